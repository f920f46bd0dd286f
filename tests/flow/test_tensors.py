"""Which values are proven to be Keras tensors of the functional API, and which are not."""

# ruff: noqa: E501 (programs, one to a line)

import pytest
from programs import argument

from kerasfix.flow.values import Tensor, is_symbolic, options

HEAD = (
    "import functools\nfrom functools import partial\nimport numpy as np\nimport keras\n"
    "from keras import backend as K\nfrom keras.layers import *\nfrom keras.models import Model, Sequential\n"
    "from keras.applications import VGG16\nx = Input((3,)); y = Input((3,))\n"
)

SYMBOLIC = [
    "K.exp(x)",
    "K.exp(Dense(3)(x))",
    "d = Dense(3)\nK.exp(d(x))",
    "K.exp(Dense(3)(unknown))",
    "K.exp(TimeDistributed(Dense(3))(x))",
    "K.exp(concatenate([x, y]))",
    "K.exp(Concatenate()([x, y]))",
    "K.exp(merge([x, y], mode='sum'))",
    "m = Model(x, Dense(3)(x))\nK.exp(m(y))",
    "m = Model(x, Dense(3)(x))\nK.exp(m.output)",
    "m = Model(x, Dense(3)(x))\nK.exp(m.input)",
    "m = Model(x, Dense(3)(x))\nK.exp(m.outputs[0])",
    "m = Model(x, Dense(3)(x))\nK.exp(m.layers[-1].output)",
    "m = Model(x, Dense(3)(x))\nK.exp(m.get_layer('a').output)",
    "m = VGG16(include_top=False)\nK.exp(m.output)",
    "m = Sequential()\nm.add(Dense(3, input_dim=3))\nK.exp(m(x))",
    "m = Sequential([Dense(3, input_dim=3)])\nK.exp(m.output)",
    "K.exp(x + 1)",
    "K.exp(-x)",
    "K.exp(1 - x * y)",
    "K.exp(x[:, 0])",
    "K.exp(K.exp(x))",
    "a = b = x\nK.exp(b)",
    "a, (b, c) = 1, (2, x)\nK.exp(c)",
    "a, *b = x, y\nK.exp(a)",
    "for t in [x, y]:\n    K.exp(t)",
    "for i, t in enumerate([x, y]):\n    K.exp(t)",
    "for a, b in zip([x], [y]):\n    K.exp(b)",
    "[K.exp(t) for t in (x, y)]",
    "{k: K.exp(t) for k, t in {'a': x}.items()}",
    "l = []\nfor i in range(3):\n    l.append(x)\nK.exp(l[-1])",
    "l = [Dense(3)(x) for i in range(3)]\nK.exp(l[i])",
    "d = {'a': x, 'b': y}\nK.exp(d['a'])",
    "d = {'a': x, 'b': y}\nK.exp(d[k])",
    "d = dict(a=x)\nK.exp(d['a'])",
    "d = {}\nd['a'] = x\nK.exp(d['a'])",
    "K.exp(x if c else y)",
    "z = x\nif c:\n    z = y\nK.exp(z)",
    "z = x\nfor i in range(3):\n    z = Dense(3)(z)\nK.exp(z)",
    "z = x\nwhile c:\n    z = Dense(3)(z)\nK.exp(z)",
    "try:\n    z = x\nexcept E:\n    z = y\nK.exp(z)",
    "with open('f') as f:\n    z = x\nK.exp(z)",
    "if (z := x) is not None: K.exp(z)",
    "def f():\n    return x\nK.exp(f())",
    "def f():\n    return x, y\na, b = f()\nK.exp(b)",
    "def f():\n    return {'a': x}\nK.exp(f()['a'])",
    "def f():\n    return [x, y]\nK.exp(f()[1])",
    "def f(a):\n    return a\nK.exp(f(x))",
    "def f(a, b=x):\n    return b\nK.exp(f(1))",
    "def f(a, b):\n    return b\nK.exp(f(b=x, a=1))",
    "def f(*a):\n    return a[1]\nK.exp(f(1, x))",
    "def f(**k):\n    return k['a']\nK.exp(f(a=x))",
    "def f(a, b):\n    return b\nK.exp(f(*[1, x]))",
    "def f(a, b):\n    return b\nK.exp(f(**{'a': 1, 'b': x}))",
    "def f(n):\n    if n == 0: return x\n    return Dense(3)(f(n - 1))\nK.exp(f(3))",
    "def f():\n    i = Input((3,))\n    def g():\n        return K.exp(i)\n    return g()\nf()",
    "def f():\n    K.exp(x)",
    "f = lambda a: a\nK.exp(f(x))",
    "f = partial(lambda a, b: b, 1)\nK.exp(f(x))",
    "conv = partial(Dense, 3)\nK.exp(conv()(x))",
    "def block(n):\n    def f(a):\n        return Dense(n)(a)\n    return f\nK.exp(block(3)(x))",
    "def compose(*fs):\n    return functools.reduce(lambda f, g: lambda a: g(f(a)), fs)\nK.exp(Dense(3)(compose(Dense(3), Dense(3))(x)))",
    "def gen():\n    yield x\nfor t in gen():\n    K.exp(t)",
    "def gen():\n    yield from [x, y]\nfor t in gen():\n    K.exp(t)",
    "@functools.wraps(print)\ndef f(a):\n    return a\nK.exp(f(x))",
    "class B:\n    def __init__(self):\n        self.x = Input((3,))\n    def f(self):\n        K.exp(self.x)\nB().f()",
    "class B:\n    x = Input((3,))\nK.exp(B.x)\n",
    "class B:\n    def f(self):\n        return x\nclass C(B):\n    def g(self):\n        K.exp(self.f())\nC().g()",
    "class B:\n    def f(self):\n        return x\nclass C(B):\n    def f(self):\n        return super().f()\nK.exp(C().f())",
    "class B:\n    def f(self):\n        return x\nclass C(B):\n    def f(self):\n        return super(C, self).f()\nK.exp(C().f())",
    "class B:\n    @property\n    def t(self):\n        return x\nK.exp(B().t)",
    "class B:\n    @staticmethod\n    def f(a):\n        return a\nK.exp(B.f(x))",
    "class B:\n    @classmethod\n    def f(cls, a):\n        return a\nK.exp(B.f(x))",
    "for t in map(Dense(3), [x, y]):\n    K.exp(t)",
    "K.exp(functools.reduce(lambda a, b: merge([a, b]), [x, y]))",
    "a, b, c = LSTM(3, return_state=True)(x)\nK.exp(a)",
    "global_x = x\ndef f():\n    global z\n    z = x\nf()\nK.exp(z)",
    "match c:\n    case 1:\n        z = x\n    case _:\n        z = y\nK.exp(z)",
]

NOT_SYMBOLIC = [
    "K.exp(unknown)",
    "K.exp(3)",
    "K.exp(np.ones(3))",
    "K.exp(K.variable(3))",
    "K.exp(K.placeholder((3,)))",
    "K.exp(K.constant(3))",
    "K.exp(K.learning_phase())",
    "def f(a):\n    return K.exp(a)",
    "z = x\nif c:\n    z = np.ones(3)\nK.exp(z)",
    "z = None\nif c:\n    z = x\nK.exp(z)",
    "K.exp(x if c else 3)",
    "z = x\ndel z\nK.exp(z)",
    "x = 3\nK.exp(x)",
    "for x in range(3):\n    K.exp(x)",
    "for a in data:\n    K.exp(a)",
    "[K.exp(x) for x in data]",
    "def f(x):\n    return K.exp(x)\nf(3)",
    "with open('f') as x:\n    K.exp(x)",
    "try:\n    pass\nexcept E as x:\n    K.exp(x)",
    "match c:\n    case [x, *z]:\n        K.exp(x)",
    "m = Model(x, x)\nK.exp(m.predict(1))",
    "K.exp(Dense(3).kernel)",
    "K.exp(x.shape[0])",
    "K.exp(K.int_shape(x)[1])",
    "K.exp({'a': x}['b'])",
    "import tensorflow as tf\nK.exp(tf.placeholder('float32'))",
    "class L(Layer):\n    def call(self, a):\n        return K.exp(Dense(3)(a))\nL()(x)",
    "Lambda(lambda a: K.exp(a))(x)",
    "f = unknown(lambda a: K.exp(a))",
]


@pytest.mark.parametrize("code", SYMBOLIC)
def test_a_keras_tensor_is_followed(code):
    value = argument(HEAD + code + "\n")
    assert any(isinstance(option, Tensor) for option in options(value)), value
    assert is_symbolic(value), value


@pytest.mark.parametrize("code", NOT_SYMBOLIC)
def test_what_is_none_or_may_be_none_is_not(code):
    assert not is_symbolic(argument(HEAD + code + "\n"))
