"""Where code runs: model code, a layer's method, or a function that Keras calls."""

# ruff: noqa: E501 (programs, one to a line)

import re

import pytest
from programs import findings, fixed, fixed_files, looks

from kerasfix.flow.values import Role

ONLY = frozenset({"backend-op-outside-layer"})
HEAD = (
    "import keras\nimport tensorflow as tf\nfrom functools import partial\nfrom keras import backend as K\n"
    "from keras.layers import Input, Dense, Concatenate, Lambda, Layer, Wrapper, Recurrent\n"
    "from keras.models import Model, Sequential, load_model\nx = Input((3,)); y = Input((3,))\n"
)

INNER = {
    "call": "class L(Layer):\n    def call(self, a, mask=None):\n        return K.exp(a)\nz = L()(x)\n",
    "build": "class L(Layer):\n    def build(self, s):\n        self.k = K.exp(K.zeros((2,)))\n",
    "compute_mask": "class L(Layer):\n    def compute_mask(self, a, mask=None):\n        return K.exp(mask)\n",
    "helper method": "class L(Layer):\n    def call(self, a):\n        return self.h(a)\n    def h(self, a):\n        return K.exp(a)\nz = L()(x)\n",
    "helper function": "def h(a):\n    return K.exp(a)\nclass L(Layer):\n    def call(self, a):\n        return h(a)\nz = L()(x)\n",
    "layer nobody uses": "class L(Layer):\n    def call(self, a):\n        return K.exp(a)\n",
    "subclass of a layer": "class L(Dense):\n    def call(self, a):\n        return K.exp(a)\nz = L(3)(x)\n",
    "wrapper": "class L(Wrapper):\n    def call(self, a):\n        return K.exp(self.layer.call(a))\n",
    "bases of bases": "class A(Layer): pass\nclass B(A): pass\nclass L(B):\n    def call(self, a):\n        return K.exp(a)\n",
    "step of a recurrent layer": "class L(Recurrent):\n    def step(self, a, states):\n        return K.exp(a), []\n",
    "step given to rnn": "def step(a, states):\n    return K.exp(a), []\nclass L(Layer):\n    def call(self, a):\n        return K.rnn(step, a, [])[0]\n",
    "unseen base": "from other import BaseLayer\nclass L(BaseLayer):\n    def build(self, s): pass\n    def call(self, a):\n        return K.exp(a)\n",
    "unseen library": "from recurrentshop import RNNCell\nclass L(RNNCell):\n    def build(self, s): pass\n    def call(self, a):\n        return K.exp(a)\n",
    "old name of the base": "from keras.engine.topology import Layer as Base\nclass L(Base):\n    def call(self, a):\n        return K.exp(a)\n",
    "call of a model class": "class M(Model):\n    def call(self, a):\n        return K.exp(a)\n",
    "lambda": "z = Lambda(lambda a: K.exp(a))(x)\n",
    "lambda by keyword": "z = Lambda(function=lambda a: K.exp(x))(y)\n",
    "lambda that captures": "z = Lambda(lambda a: K.exp(x))(y)\n",
    "named function": "def h(a):\n    return K.exp(a)\nz = Lambda(h)(x)\n",
    "partial": "def h(a, n):\n    return K.exp(a)\nz = Lambda(partial(h, n=3))(x)\n",
    "function called in a lambda": "def h(a, n):\n    return K.exp(a)\nz = Lambda(lambda a: h(a, 3))(x)\n",
    "arguments": "def h(a, n):\n    return K.exp(a)\nz = Lambda(h, arguments={'n': 2})(x)\n",
    "bound method": "class M:\n    def h(self, a):\n        return K.exp(a)\n    def build(self):\n        return Lambda(self.h)(x)\n",
    "static method": "class M:\n    @staticmethod\n    def h(a):\n        return K.exp(a)\n    def build(self):\n        return Lambda(M.h)(x)\n",
    "made by a function": "def mk():\n    return lambda a: K.exp(a)\nz = Lambda(mk())(x)\n",
    "in a dictionary": "fs = {'a': lambda a: K.exp(a)}\nz = Lambda(fs['a'])(x)\n",
    "in a list": "fs = [lambda a: K.exp(a)]\nfor f in fs:\n    z = Lambda(f)(x)\n",
    "first layer": "m = Sequential()\nm.add(Lambda(lambda a: K.exp(a), input_shape=(3,)))\n",
    "inner function": "def f():\n    i = Input((3,))\n    def inner(a):\n        return K.exp(i)\n    return Lambda(inner)(i)\nf()\n",
    "callable mode": "z = keras.layers.merge([x, y], mode=lambda ts: K.exp(ts[0]), output_shape=(3,))\n",
    "named callable mode": "def mode(ts):\n    return K.exp(ts[0])\nz = keras.layers.merge([x, y], mode=mode, output_shape=(3,))\n",
    "loss": "def loss(t, p):\n    return K.exp(p)\nm = Model(x, Dense(3)(x)); m.compile('sgd', loss)\n",
    "loss by keyword": "def loss(t, p):\n    return K.exp(p)\nm = Model(x, Dense(3)(x)); m.compile('sgd', loss=loss)\n",
    "losses in a list": "def loss(t, p):\n    return K.exp(p)\nm = Model(x, Dense(3)(x)); m.compile('sgd', loss=[loss])\n",
    "losses in a dictionary": "def loss(t, p):\n    return K.exp(p)\nm = Model(x, Dense(3)(x)); m.compile('sgd', loss={'a': loss})\n",
    "metrics": "def met(t, p):\n    return K.exp(p)\nm = Model(x, Dense(3)(x)); m.compile('sgd', 'mse', metrics=['acc', met])\n",
    "metrics in a dictionary": "def met(t, p):\n    return K.exp(p)\nm = Model(x, Dense(3)(x)); m.compile('sgd', 'mse', metrics={'a': [met]})\n",
    "loss of a factory": "def mk(w):\n    def loss(t, p):\n        return K.exp(p)\n    return loss\nm = Model(x, Dense(3)(x)); m.compile('sgd', mk(3))\n",
    "loss that captures tensors": "def vae(t, p):\n    return K.exp(x)\nm = Model(x, Dense(3)(x)); m.compile('sgd', vae)\n",
    "regularizer": "def reg(w):\n    return K.exp(w)\nz = Dense(3, W_regularizer=reg)(x)\n",
    "regularizer class": "class R(keras.regularizers.Regularizer):\n    def __call__(self, w):\n        return K.exp(w)\n",
    "activation": "z = Dense(3, activation=lambda a: K.exp(a))(x)\n",
    "optimizer": "class O(keras.optimizers.Optimizer):\n    def get_updates(self, p, l):\n        return [K.exp(a) for a in p]\n",
    "callback": "class C(keras.callbacks.Callback):\n    def on_epoch_end(self, e, logs=None):\n        K.exp(x)\n",
    "custom objects": "def acc(t, p):\n    return K.exp(p)\nm = load_model('x', custom_objects={'acc': acc})\n",
    "map_fn": "class L(Layer):\n    def call(self, a):\n        return K.map_fn(lambda q: K.exp(q), a)\n",
}  # fmt: skip


@pytest.mark.parametrize("code", INNER.values(), ids=INNER)
def test_code_that_keras_calls_is_no_model_code(code):
    seen = looks(HEAD + code)
    assert seen
    assert all(look.role.inner for look in seen)


@pytest.mark.parametrize("code", INNER.values(), ids=INNER)
def test_backend_calls_are_at_home_there(code):
    if "mode=" in code:
        return
    code = HEAD + re.sub(r"K\.exp\(((?:[^()]|\([^()]*\))*)\)", r"K.concatenate([\1, \1])", code)
    assert fixed(code, unsafe=True, rules=ONLY) == code
    assert findings(code, rules=ONLY) == []


MODEL = {
    "module": "K.exp(x)\n",
    "function": "def f():\n    K.exp(x)\nf()\n",
    "function nobody calls": "def f(a):\n    K.exp(a)\n",
    "method of a class": "class B:\n    def f(self):\n        K.exp(x)\nB().f()\n",
    "constructor of a model": "class M(Model):\n    def __init__(self):\n        K.exp(x)\n",
    "generator": "def g():\n    yield K.exp(x)\nlist(g())\n",
    "main": "if __name__ == '__main__':\n    K.exp(x)\n",
}


@pytest.mark.parametrize("code", MODEL.values(), ids=MODEL)
def test_model_code(code):
    assert {look.role for look in looks(HEAD + code)} == {Role.MODEL}


def test_a_helper_may_run_in_both():
    code = "def h(a):\n    return K.exp(a)\nz = h(x)\nw = Lambda(lambda a: h(a))(x)\n"
    assert {look.role.inner for look in looks(HEAD + code)} == {True, False}


SINKS = {
    "K.function": "f = K.function([x, y], [K.concatenate([x, y])])\n",
    "K.gradients": "g = K.gradients(K.mean(K.concatenate([x, y])), x)\n",
    "add_loss": "m = Model([x, y], Dense(3)(x)); m.add_loss(K.mean(K.concatenate([x, y])))\n",
    "compile": "m = Model([x, y], Dense(3)(x)); m.compile('sgd', K.mean(K.concatenate([x, y])))\n",
    "outputs of a model": "m = Model([x, y], Dense(3)(x)); f = K.function(m.inputs, [K.concatenate([m.output, m.output])])\n",
    "placeholder": "a = K.placeholder((3,)); z = K.concatenate([a, a])\n",
    "TensorFlow": "a = tf.placeholder(tf.float32); z = K.concatenate([a, a])\n",
    "never called": "def helper(a, b):\n    return K.concatenate([a, b])\n",
}  # fmt: skip


@pytest.mark.parametrize("code", SINKS.values(), ids=SINKS)
def test_graphs_of_the_users_own_stay(code):
    assert fixed(HEAD + code, unsafe=True, rules=ONLY) == HEAD + code
    assert findings(HEAD + code, rules=ONLY) == []


def test_merges_in_a_layer_become_layers_there():
    code = (
        HEAD
        + "class L(Layer):\n    def call(self, a, mask=None):\n        return keras.layers.merge([a, a], mode='concat')\n"
    )
    assert "return keras.layers.Concatenate()([a, a])" in fixed(code)


HELPERS = "from keras import backend as K\ndef join(a, b):\n    return K.concatenate([a, b])\n"
LAYERS = "from keras.engine import Layer\nclass Base(Layer):\n    pass\n"


def test_a_helper_of_layers_in_other_files_stays(tmp_path):
    files = {
        "helpers.py": HELPERS,
        "model.py": "from helpers import join\nfrom keras.layers import Input, Lambda, Layer\na = Input((3,))\n"
        "y = Lambda(lambda x: join(x, x))(a)\nclass L(Layer):\n    def call(self, x):\n        return join(x, x)\n",
    }
    assert fixed_files(tmp_path, files) == files


def test_a_helper_of_models_in_other_files_is_fixed(tmp_path):
    files = {
        "helpers.py": HELPERS,
        "model.py": "from helpers import join\nfrom keras.layers import Input\nfrom keras.models import Model\n"
        "a = Input((3,))\nm = Model(a, join(a, a))\n",
    }
    after = fixed_files(tmp_path, files)
    assert after["helpers.py"].endswith("    return Concatenate()([a, b])\n")
    assert after["model.py"] == files["model.py"]


def test_a_layer_whose_base_is_in_another_file_is_one(tmp_path):
    files = {
        "layers.py": LAYERS,
        "model.py": "from layers import Base\nfrom keras import backend as K\nfrom keras.layers import Input\n"
        "class C(Base):\n    def call(self, x):\n        return K.concatenate([x, x])\ny = C()(Input((3,)))\n",
    }
    assert fixed_files(tmp_path, files, rules=ONLY) == files
