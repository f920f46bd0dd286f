from __future__ import annotations

import textwrap

import numpy as np
import pytest
from catalogue.pipeline import check, fix

RULE = "graph-function"
HEAD = """
from keras import backend as K
from keras.layers import Dense, Dropout, Input, Lambda, Layer
from keras.models import Model

x = Input(shape=(4,))
h = Dropout(0.5)(Dense(3)(x))
model = Model(x, Dense(2)(h))
"""


def fixed(code: str, target: str = "keras3") -> str:
    """The new text of the code, without the definitions that it gets."""
    done = fix(HEAD + textwrap.dedent(code), target)
    return done[done.index("x = Input(shape=(4,))") :]


def offences(code: str, target: str = "keras3"):
    return [one for one in check(HEAD + textwrap.dedent(code), target) if one.rule == RULE]


@pytest.mark.parametrize(
    "code",
    [
        "hidden = K.function([model.input], [model.layers[1].output])",
        "hidden = K.function([model.input], [model.layers[1].output], updates=[])",
        "y = Input(tensor=x)",
        "total = K.variable(0.)",
        "total = K.variable(0.)\ntotal = K.update_add(total, 1.)",
        "total = K.variable([0., 1.])\ntotal += K.sum(h, axis=0)",
        """
        if K.backend() == 'theano':
            rate = K.variable(0.1)
        else:
            rate = 0.1
        """,
        """
        class Mine(Layer):
            def build(self, shape):
                self.count = K.placeholder((3,))
        """,
        """
        import keras
        if keras.__version__ < '2':
            slopes = K.gradients(K.sum(model.output), model.input)
        """,
    ],
)
def test_leaves_alone_what_tf_keras_has(code):
    assert not offences(code, "keras2")


def test_phases_among_the_inputs():
    code = "f = K.function([model.input, K.learning_phase()], [model.output])"
    for target in ("keras2", "keras3"):
        assert "f = function([model.input, 'training'], [model.output])" in fixed(code, target)


@pytest.mark.parametrize(
    "code",
    [
        "f = K.function([model.input], [model.output], updates=model.updates)",
        "inputs = [model.input, K.learning_phase()]\nf = K.function(inputs, [model.output])",
        "f = K.function([*model.inputs, K.learning_phase()], [model.output])",
        "wanted = K.placeholder(ndim=rank)",
    ],
)
def test_says_what_to_do_where_it_cannot_do_it(code):
    found = offences("rank = len(model.layers)\n" + code)
    assert [one.fix for one in found] == [None] and found[0].help


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("K.placeholder((2, 3))", "Input(batch_shape=(2, 3))"),
        ("K.placeholder(shape=(None, 3), name='p')", "Input(batch_shape=(None, 3), name='p')"),
        ("K.placeholder(ndim=2, dtype='int32')", "Input(batch_shape=(None, None), dtype='int32')"),
        ("K.placeholder(ndim=1)", "Input(batch_shape=(None,))"),
    ],
)
def test_placeholders_are_inputs(before, after):
    assert f"p = {after}\n" in fixed(f"p = {before}\n")


def test_inside_of_a_lambda_it_is_a_graph_still():
    done = fix(HEAD + "y = Lambda(lambda v: K.gradients(K.sum(v[1]), v[0]))([h, model.output])\n", "keras3")
    assert "tf.gradients(ops.sum(v[1]), v[0], unconnected_gradients='zero')[0]" in done
    assert "import tensorflow as tf\n" in done


def test_a_sum_begins_with_a_number():
    done = fixed("total = K.variable(0.)\nfor layer in model.layers:\n    total += K.sum(layer.output)\n")
    assert "total = 0.\nfor" in done
    done = fixed(
        "def total(xs):\n    s = K.variable(0)\n    for x in xs:\n        s += K.sum(x)\n    return s\n\ntotal([x, h])"
    )
    assert "    s = 0\n" in done


BEFORE = """
import numpy as np
from keras import backend as K
from keras.layers import Dense, Input
from keras.models import Model

data = np.arange(12.).reshape(3, 4) / 7
kernel = np.sin(np.arange(12.)).reshape(4, 3)
if {fed}:
    masks = K.variable(np.cos(np.arange(9.)).reshape(3, 3))
    scale = Input(tensor=masks, shape=(3,), name='scale')
x = Input(batch_shape=(3, 4))
layer = Dense(3, activation='tanh', name='one')
h = layer(x)
y = Dense(1, activation='sigmoid', name='two')(h)
model = Model(x, y)
layer.set_weights([kernel, np.ones(3)])
model.get_layer('two').set_weights([kernel[:3, :1], np.ones(1)])

loss = K.variable(0.)
for power in (1, 2):
    loss += K.sum(K.pow(model.output, power))
if {fed}:
    loss += K.sum(scale * h)
slopes = K.gradients(loss, {of})
f = K.function([x], [loss] + slopes)
results = f([data])
loss = masks = scale = None
"""


@pytest.mark.parametrize("of", ["x", "h", "[x, h]"])
@pytest.mark.parametrize("fed", ["True", "False"])
def test_values_and_gradients_are_those_of_keras_1(of, fed, legacy, keras3, tf_keras):
    code = BEFORE.format(of=of, fed=fed)
    old = legacy.run(code)["results"]
    for target, engine in (("keras2", tf_keras), ("keras3", keras3)):
        new = engine.run(fix(code, target))["results"]
        assert len(new) == len(old)
        for ours, theirs in zip(new, old):
            np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("outputs", ["[model.output]", "model.output"])
@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_one_output_is_a_list_where_it_was(target, outputs, keras3, tf_keras):
    code = f"{HEAD}import numpy as np\nf = K.function([model.input, K.learning_phase()], {outputs})\n"
    code += "shape = list(np.shape(f([np.ones((5, 4)), 0])))\n"
    found = {"keras2": tf_keras, "keras3": keras3}[target].run(fix(code, target))["shape"]
    assert found == ([1, 5, 2] if outputs.startswith("[") else [5, 2])


FIRST_LAYER = """
import numpy as np
from keras import backend as K
from keras.layers import Dense, Input
from keras.models import Model

x = Input(shape=(4,))
model = Model(input=x, output=Dense(2, init='one')(Dense(3, init='one', activation='sigmoid')(x)))
f = K.function([model.layers[0].input], [model.layers[-1].output, model.layers[1].output])
g = K.function([model.layers[0].input, K.learning_phase()], [model.layers[-1].output])
values = np.linspace(0, 1, 8).reshape((2, 4))
results = [*f([values]), *g([values, 0])]
"""


def test_the_input_of_an_input_layer_is_its_tensor(legacy, keras3, tf_keras):
    old = legacy.run(FIRST_LAYER)["results"]
    for target, engine in (("keras2", tf_keras), ("keras3", keras3)):
        for ours, theirs in zip(engine.run(fix(FIRST_LAYER, target))["results"], old, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-5)


COMPUTED = """
image = K.placeholder((1, 32, 32, 3))
both = K.concatenate([image, K.zeros((1, 32, 32, 3))], axis=0)
network = VGG16(include_top=False, weights=None, input_tensor=both)
"""


def test_layers_are_counted_without_the_operations_that_make_the_input():
    code = f"from keras.applications.vgg16 import VGG16\n{COMPUTED}pairs = zip(network.layers, names)\n"
    kept = "zip([layer for layer in network.layers if not layer.name.startswith('tf.')], names)"
    assert fixed(code, "keras2").endswith(f"pairs = {kept}\n")
    assert fixed(code, "keras3").endswith("pairs = zip(network.layers, names)\n")


@pytest.mark.parametrize(
    "code",
    [
        COMPUTED + "features = {layer.name: layer.output for layer in network.layers}\n",
        COMPUTED.replace("input_tensor=both", "input_tensor=x") + "first = network.layers[0]\n",
    ],
)
def test_layers_that_are_not_counted_or_start_at_an_input_stay(code):
    line = code.splitlines()[-1]
    assert fixed(f"from keras.applications.vgg16 import VGG16\n{code}", "keras2").endswith(f"{line}\n")
