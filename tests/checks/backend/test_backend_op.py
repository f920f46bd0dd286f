from __future__ import annotations

import textwrap

import numpy as np
import pytest
from catalogue.pipeline import check, fix
from reference.engines import keras3_engine, tf_keras_engine

from kerasfix import analysis
from kerasfix.catalogue import load_catalogue
from kerasfix.settings import Settings
from kerasfix.source.read import SourceFile, decode

RULE = "backend-op-outside-layer"
TARGETS = ("keras2", "keras3")
HEAD = """
from keras import backend as K
from keras.layers import Input, Dense, LSTM, Conv2D
from keras.models import Model

a = Input(shape=(4,))
b = Dense(4)(a)
s = LSTM(5, return_sequences=True)(Input(shape=(7, 3)))
i = Conv2D(4, (3, 3))(Input(shape=(8, 8, 3)))
n = 2
"""


def found(code: str, target: str = "keras2") -> list[str]:
    """The source of each call that the rule objects to."""
    code = textwrap.dedent(code)
    return [code[one.start : one.end].partition("(")[0] for one in check(code, target) if one.rule == RULE]


def rewritten(line: str, target: str, head: str = HEAD) -> str:
    """What becomes of the code after the head, when a model is made of `y`."""
    end = "\nmodel = Model(a, y)\n"
    after = fix(f"{head}{textwrap.dedent(line)}{end}", target)
    marker = head.rstrip().splitlines()[-1]
    return after.partition(marker + "\n")[2].removesuffix(end)


@pytest.mark.parametrize(
    "code",
    [
        "import keras.backend as K; y = K.exp(x)",
        "from keras import backend; y = backend.exp(x)",
        "from keras.backend import exp; y = exp(x)",
        "from keras.backend import exp as e; y = e(x)",
        "import keras; y = keras.backend.exp(x)",
        "from keras.backend import tensorflow_backend as K; y = K.exp(x)",
        "import tensorflow as tf; y = tf.keras.backend.exp(x)",
        "from tensorflow.keras import backend as K; y = K.exp(x)",
        "from tensorflow.contrib.keras import backend as K; y = K.exp(x)",
        "from keras.backend import *; y = exp(x)",
    ],
)
def test_the_backend_is_known_by_any_name(code):
    source = f"from keras.layers import Input\nfrom keras.models import Model\nx = Input((3,))\n{code}\nModel(x, y)"
    assert len(found(source)) == 1
    assert len(found(source, "keras3")) == 1


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(
    "code",
    [
        # not the backend
        "K = np\ny = K.exp(a)",
        "K = 300\ny = a",
        "class K:\n    exp = staticmethod(lambda x: x)\ny = K.exp(a)",
        # nothing is known of the argument, or it is no Keras tensor
        "def f(x):\n    return K.exp(x)",
        "y = K.exp(K.variable(1.0))",
        "y = K.exp(K.placeholder(shape=(2, 3)))",
        "y = K.int_shape(a); z = K.ndim(b); K.is_keras_tensor(a)",
        # at home
        "y = Lambda(lambda x: K.exp(x))(a); Model(a, y)",
        "def f(x):\n    return K.exp(x)\ny = Lambda(f)(a); Model(a, y)",
        "def f(x):\n    return g(x)\ndef g(x):\n    return K.exp(x)\nModel(a, Lambda(f)(a))",
        "class L(Layer):\n    def call(self, x):\n        return K.exp(x)\nModel(a, L()(a))",
        "class L(Dense):\n    def call(self, x, mask=None):\n        return self.f(x)\n"
        "    def f(self, x):\n        return K.exp(x)\nModel(a, L(3)(a))",
        "m = Model(a, b)\nm.compile('sgd', lambda t, p: K.mean(K.square(t - p)))",
        "def loss(t, p):\n    return K.mean(p)\nm = Model(a, b)\nm.compile('sgd', loss)",
        "def make(w):\n    def loss(t, p):\n        return w * K.mean(p)\n    return loss\n"
        "m = Model(a, b)\nm.compile('sgd', make(2))",
        "Model(a, Dense(3, activation=lambda x: K.exp(x))(a))",
        # a graph of its own
        "m = Model(a, b)\nloss = K.mean(m.output)\ng = K.gradients(loss, m.input)\nf = K.function([m.input], g)",
        "m = Model(a, b)\nf = K.function([m.input], [K.mean(m.get_layer('x').output)])",
        "m = Model(a, b)\nm.add_loss(K.mean(K.square(b - a)))",
        "m = Model(a, b)\nprint(K.eval(K.sum(m.output)))",
        "m = Model(a, b)\nsess.run(tf.reduce_mean(K.exp(m.output)))",
        "total = K.sum(a)",
        "scale = K.exp(a)\ny = Lambda(lambda x: x * scale)(b)\nModel(a, y)",
        # for two versions
        "import keras\nif keras.__version__.startswith('1'):\n    y = merge([a, b], mode='concat')\n"
        "else:\n    y = K.concatenate([a, b])\nModel(a, y)",
    ],
)
def test_left_alone(code, target):
    source = f"import numpy as np\n{HEAD}\nfrom keras.layers import Lambda, Layer\n{code}\n"
    assert found(source, target) == []


@pytest.mark.parametrize(
    ("line", "keras2", "keras3"),
    [
        ("y = K.concatenate([a, b])", "y = Concatenate()([a, b])", None),
        ("y = K.concatenate((a, b), axis=1)", "y = Concatenate(axis=1)([a, b])", None),
        ("y = K.concatenate([a, b], axis=-1)", "y = Concatenate()([a, b])", None),
        ("y = K.maximum(a, b)", "y = Maximum()([a, b])", None),
        (
            "y = K.maximum(a, 0.)",
            "y = Lambda(lambda x: K.maximum(x, 0.), output_shape=lambda s: s, name='maximum')(a)",
            "y = ops.maximum(a, 0.)",
        ),
        ("y = K.reshape(s, (-1, 35))", "y = Reshape((35,))(s)", None),
        ("y = K.reshape(s, (K.shape(s)[0], -1))", "y = Reshape((-1,))(s)", None),
        (
            "y = K.reshape(s, (-1, 5))",
            "y = Lambda(lambda x: K.reshape(x, (-1, 5)), output_shape=lambda s: (None, 5), name='reshape')(s)",
            "y = ops.reshape(s, (-1, 5))",
        ),
        ("y = K.permute_dimensions(s, [0, 2, 1])", "y = Permute((2, 1))(s)", None),
        ("y = K.mean(i, axis=[1, 2])", "y = GlobalAveragePooling2D()(i)", None),
        ("y = K.expand_dims(a, dim=1)", "y = Reshape((1, -1))(a)", None),
        (
            "y = K.expand_dims(s, dim=1)",
            "y = Lambda(lambda x: K.expand_dims(x, axis=1), output_shape=lambda s: s[:1] + (1,) + s[1:],"
            " name='expand_dims')(s)",
            "y = ops.expand_dims(s, axis=1)",
        ),
        (
            "y = K.dot(a, b)",
            "y = Lambda(lambda x: K.dot(x[0], x[1]), output_shape=lambda s: s[0][:-1] + s[1][-1:], name='dot')([a, b])",
            "y = ops.dot(a, b)",
        ),
        (
            "y = K.repeat_elements(i, n, 1)",
            "y = Lambda(lambda x, rep: K.repeat_elements(x, rep, 1), arguments={'rep': n}, name='repeat_elements')(i)",
            "y = ops.repeat(i, n, axis=1)",
        ),
        (
            "y = K.cast(K.greater(a, b), 'float32')",
            "y = Lambda(lambda x: K.cast(K.greater(x[0], x[1]), 'float32'), output_shape=lambda s: s[0],"
            " name='cast')([a, b])",
            "y = ops.cast(ops.greater(a, b), 'float32')",
        ),
        (
            "y = K.exp(a) * K.exp(K.tanh(b))",
            "y = Lambda(lambda x: K.exp(x), output_shape=lambda s: s, name='exp')(a)"
            " * Lambda(lambda x: K.exp(x), output_shape=lambda s: s, name='exp_2')(Activation('tanh')(b))",
            "y = ops.exp(a) * ops.exp(Activation('tanh')(b))",
        ),
        (
            "weights = K.exp(a)\ny = weights",
            "weights = Lambda(lambda x: K.exp(x), output_shape=lambda s: s, name='weights')(a)\ny = weights",
            "weights = ops.exp(a)\ny = weights",
        ),
        (
            "y = a\nfor k in range(3):\n    y = K.exp(y)",
            "y = a\nfor k in range(3):\n    y = Lambda(lambda x: K.exp(x), output_shape=lambda s: s)(y)",
            "y = a\nfor k in range(3):\n    y = ops.exp(y)",
        ),
        (
            "y = K.hard_sigmoid(a + b)",
            "y = Activation('hard_sigmoid')(a + b)",
            "y = ops.clip(0.2 * (a + b) + 0.5, 0.0, 1.0)",
        ),
        ("y = K.relu(a, max_value=6)", "y = ReLU(max_value=6)(a)", None),
        (
            "y = K.concatenate([a,  # one\n                   b],  # two\n                  axis=1)  # three",
            "y = Concatenate(axis=1)(\n    [a,  # one\n     b],  # two\n)  # three",
            None,
        ),
        (
            "y = K.sum(s,  # the steps\n          axis=1)",
            "y = Lambda(lambda x: K.sum(x, axis=1), output_shape=lambda s: s[:1] + s[2:],"
            " name='sum')(s  # the steps\n)",
            "y = ops.sum(s, axis=1  # the steps\n)",
        ),
    ],
)
def test_rewritten(line, keras2, keras3):
    assert rewritten(line, "keras2") == keras2
    assert rewritten(line, "keras3") == (keras3 or keras2)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(
    ("line", "help_"),
    [
        ("y = K.dot(a, K.variable([[1.0]] * 4))", "Write a layer around it"),
        ("y = K.in_train_phase(a, b)", "Write a layer whose `call` takes `training`"),
        ("y = K.concatenate([a])", "One tensor alone needs no concatenation"),
        ("y = K.concatenate([a, K.variable(1.0)])", "One tensor alone"),
        ("y = K.sum(*[a, 1])", "Write a layer around it"),
        ("y = K.reshape(s, (K.shape(s)[0], K.shape(s)[1], 5))", "Write `Reshape` with the sizes"),
        ("y = K.map_fn(lambda t: t, a)", "Write a layer"),
    ],
)
def test_reported_only(line, help_, target):
    code = f"{HEAD}{line}\nModel(a, y)\n"
    findings = [finding for finding in check(code, target) if finding.rule == RULE]
    assert len(findings) == 1
    assert findings[0].fix is None
    assert (findings[0].help or "").startswith(help_)
    assert fix(code, target) == code


def test_a_function_that_a_layer_uses_too_is_reported_only():
    code = f"{HEAD}from keras.layers import Lambda\ndef f(x):\n    return K.exp(x)\nModel(a, [f(a), Lambda(f)(b)])\n"
    (finding,) = check(code, "keras2")
    assert finding.fix is None
    assert "a function each" in (finding.help or "")


def test_what_depends_on_the_callers_is_not_taken_for_granted():
    """The rank is that of the calls that were seen; a caller in another file may have another one."""
    code = f"{HEAD}def pooled(x):\n    return K.mean(x, axis=1)\nmodel = Model(a, pooled(s))\n"
    assert "GlobalAveragePooling1D" not in fix(code, "keras2")
    assert "ops.mean(x, axis=1)" in fix(code, "keras3")
    own = f"{HEAD}def build(k):\n    x = Input((k, 3))\n    return Model(x, K.mean(x, axis=1))\nbuild(3)\n"
    assert "GlobalAveragePooling1D()(x)" in fix(own, "keras2")


def test_what_only_the_seen_callers_allow_is_unsafe():
    helper = "def attend(x, y):\n    return K.batch_dot(x, y, axes=[2, 1])\n"
    code = f"{HEAD}{helper}model = Model(a, attend(s, Dense(5)(b)))\n"
    (finding,) = (finding for finding in check(code, "keras3") if finding.rule == RULE)
    assert finding.fix is not None
    assert finding.fix.assumes == "the tensors have as many axes as in the calls that were seen"
    assert fix(code, "keras3") == code
    assert "Dot(axes=[2, 1])([x, y])" in fix(code, "keras3", unsafe=True)


def test_masks_make_layers_unsafe_and_poolings_something_else():
    head = HEAD + "from keras.layers import Masking\ns = LSTM(3, return_sequences=True)(Masking()(s))\n"
    assert rewritten("y = K.concatenate([s, s])", "keras2", head).endswith("K.concatenate([s, s])")
    assert rewritten("y = K.mean(s, axis=1)", "keras3", head) == "y = ops.mean(s, axis=1)"
    assert rewritten("y = K.softmax(s, axis=1)", "keras3", head) == "y = ops.softmax(s, axis=1)"


@pytest.mark.parametrize(
    ("line", "flatten"),
    [
        ("", "Flatten()(i)"),
        ("K.set_image_dim_ordering('tf')\n", "Flatten()(i)"),
        ("K.set_image_data_format('channels_last')\n", "Flatten()(i)"),
        ("K.set_image_dim_ordering('th')\n", "Flatten(data_format='channels_last')(i)"),
        ("first = K.image_data_format() == 'channels_first'\n", "Flatten(data_format='channels_last')(i)"),
    ],
)
def test_the_data_format_is_written_out_where_the_program_may_change_it(line, flatten):
    today = line.replace("set_image_dim_ordering('tf')", "set_image_data_format('channels_last')")
    today = today.replace("set_image_dim_ordering('th')", "set_image_data_format('channels_first')")
    assert rewritten(f"{line}y = K.batch_flatten(i)", "keras2") == f"{today}y = {flatten}"


def test_the_function_style():
    settings = Settings("keras2", frozenset(load_catalogue().rules), layer_style="function")
    code = f"{HEAD}y = K.concatenate([K.maximum(a, b), K.tanh(a)], axis=1)\nmodel = Model(a, y)\n"
    source = decode("case.py", code.encode())
    assert isinstance(source, SourceFile)
    after = analysis.fix([source], settings)["case.py"].text
    assert "y = concatenate([maximum([a, b]), Activation('tanh')(a)], axis=1)\n" in after


@pytest.mark.parametrize(
    ("imports", "call", "after"),
    [
        ("import tensorflow as tf", "tf.keras.backend.concatenate", "tf.keras.layers.Concatenate()"),
        ("import keras", "keras.backend.concatenate", "keras.layers.Concatenate()"),
        ("import keras.layers as kl\nfrom keras import backend as K", "K.concatenate", "kl.Concatenate()"),
    ],
)
def test_names_are_written_as_the_file_writes_them(imports, call, after):
    code = f"""{imports}
from {"tensorflow." if "tf" in imports else ""}keras.models import Model

a = {after.rpartition(".")[0]}.Input((3,))
b = {after.rpartition(".")[0]}.Dense(2)(a)
model = Model(a, {call}([a, b]))
"""
    fixed = fix(code, "keras2")
    assert f"Model(a, {after}([a, b]))" in fixed
    assert "import Concatenate" not in fixed


def test_an_import_goes_when_nothing_uses_it():
    assert "backend" not in fix(f"{HEAD}model = Model(a, K.tanh(a))\n", "keras3")
    assert "backend as K" in fix(f"{HEAD}model = Model(a, K.tanh(a))\nK.clear_session()\n", "keras3")
    assert "backend as K" in fix(f"{HEAD}model = Model(a, [K.tanh(a), K.exp(a)])\n", "keras2")


MODEL = """
from keras import backend as K
from keras.layers import Input, Dense, LSTM, Conv2D
from keras.models import Model


def weighted(states, weights):
    return K.batch_dot(weights, states, axes=[1, 1])


steps = Input(shape=(7, 3))
image = Input(shape=(6, 6, 2))
states = LSTM(5, return_sequences=True, recurrent_activation='sigmoid')(steps)
query = Dense(5)(K.mean(states, axis=1))
scores = K.softmax(K.batch_dot(states, query, axes=[2, 1]))
context = weighted(states, Dense(7, activation='softmax')(query))
pooled = K.max(K.spatial_2d_padding(Conv2D(5, (3, 3))(image), ((1, 0), (0, 1))), axis=(1, 2))
norm = K.sqrt(K.sum(K.square(context), axis=-1, keepdims=True)) + K.epsilon()
joined = K.concatenate([context, pooled, K.l2_normalize(query, axis=-1)])
gate = K.cast(K.greater(pooled, context), 'float32') * K.exp(-context)
flat = K.batch_flatten(K.permute_dimensions(K.temporal_padding(states), (0, 2, 1)))
model = Model([steps, image], [Dense(2)(joined), norm, gate, K.stack([context, pooled], axis=1), flat, scores])
"""


def test_a_whole_model_computes_what_it_did():
    """The Keras 2 of TensorFlow takes backend functions in models: it runs the code before and after."""
    random = np.random.default_rng(5)
    inputs = [random.normal(size=shape).astype("float32") for shape in ((4, 7, 3), (4, 6, 6, 2))]
    before = tf_keras_engine().run_model(MODEL, inputs)
    after = tf_keras_engine().run_model(fix(MODEL, "keras2"), inputs, weights=before.weights)
    new = keras3_engine().run_model(fix(MODEL, "keras3", unsafe=True), inputs, weights=before.weights)
    assert not [finding for finding in check(fix(MODEL, "keras2"), "keras2") if finding.rule == RULE]
    assert len(before.outputs) == len(after.outputs) == len(new.outputs) == 6
    for old, two, three in zip(before.outputs, after.outputs, new.outputs, strict=True):
        np.testing.assert_allclose(two, old, atol=1e-6)
        np.testing.assert_allclose(three, old, atol=1e-6)
