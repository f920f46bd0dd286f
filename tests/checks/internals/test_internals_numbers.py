"""What the fixes of Keras-tensor internals give on real libraries, beside what the code gave on Keras 1.2.2."""

from __future__ import annotations

import textwrap

import numpy as np
import pytest
from catalogue.pipeline import fix
from reference.engines import EngineError

RANDOM = np.random.default_rng(7)
NODES = RANDOM.normal(size=(6, 5, 4)).astype("float32")
EDGES = RANDOM.normal(size=(6, 5, 2, 3)).astype("float32")
FLAT = RANDOM.normal(size=(6, 4)).astype("float32")

# The API of layers that both worlds share: one class for all, with the names that either asks for.
HEAD = """
from keras import backend as K
from keras.layers import Activation, Dense, Input, Layer, TimeDistributed
from keras.models import Model


class Both(Layer):
    def own(self, layer, shape):
        layer.build(shape)
        try:
            self.trainable_weights = list(layer.trainable_weights)
        except AttributeError:  # today's Keras finds the layers in a layer
            pass
        return layer

    def get_output_shape_for(self, shape):
        return self.compute_output_shape(shape)

"""
GRAPH = """
class Graph(Both):
    def build(self, shapes):
        nodes, edges = shapes
        self.inner = self.own(TimeDistributed(Dense(3)), (None, nodes[1], nodes[-1] + edges[-1]))
        self.built = True

    def call(self, inputs, mask=None):
        nodes, edges = inputs
        count = nodes._keras_shape[1]
        width = nodes._keras_shape[-1] + edges._keras_shape[-1]
        features = K.concatenate([nodes, K.sum(edges, axis=-2)], axis=-1)
        # Keras has to know the shape
        features._keras_shape = (None, count, width)
        return K.relu(self.inner(features))

    def compute_output_shape(self, shapes):
        return tuple(shapes[0][:-1]) + (3,)


nodes = Input(shape=(5, 4))
edges = Input(shape=(5, 2, 3))
model = Model([nodes, edges], Graph()([nodes, edges]))
"""
# The width comes out of the graph, so that TensorFlow cannot tell it.
PICKED = """
import tensorflow as tf


class Picked(Both):
    def build(self, shape):
        self.inner = self.own(Dense(3), (None, shape[-1]))
        self.built = True

    def call(self, x, mask=None):
        order = tf.range(tf.shape(x)[0] * 0 + 4)
        y = tf.gather(x, order[::-1], axis=1)
        y._keras_shape = x._keras_shape
        return self.inner(y)

    def compute_output_shape(self, shape):
        return (shape[0], 3)


x = Input(shape=(4,))
model = Model(x, Picked()(x))
"""
# What the layers of Keras 3 can call: no backend.
SCALED = """
class Scaled(Both):
    def build(self, shape):
        self.inner = self.own(Dense(3), (None, shape[-1]))
        self.built = True

    def call(self, x, mask=None):
        y = x / x._keras_shape[-1]
        setattr(y, '_keras_shape', x._keras_shape)
        return self.inner(y)

    def compute_output_shape(self, shape):
        return (shape[0], 3)


x = Input(shape=(4,))
model = Model(x, Scaled()(x))
"""
GUARDED = """
def block(x, width):
    if hasattr(x, '_keras_shape'):
        size = x._keras_shape[-1]
    elif hasattr(K, 'int_shape'):
        size = K.int_shape(x)[-1]
    if size != width:
        x = Dense(width)(x)
    x._keras_shape = (None, width)
    return Dense(x._keras_shape[1] // 2 if hasattr(x, '_keras_shape') else 2)(x)


x = Input(shape=(4,))
model = Model(x, block(block(x, 4), 6))
"""


@pytest.mark.parametrize(
    ("code", "inputs", "target"),
    [
        pytest.param(GRAPH, [NODES, EDGES], "keras2", id="graph"),
        pytest.param(PICKED, [FLAT], "keras2", id="picked-keras2"),
        pytest.param(PICKED, [FLAT], "keras3", id="picked-keras3"),
        pytest.param(SCALED, [FLAT], "keras2", id="scaled-keras2"),
        pytest.param(SCALED, [FLAT], "keras3", id="scaled-keras3"),
        pytest.param(GUARDED, [FLAT], "keras2", id="guarded-keras2"),
        pytest.param(GUARDED, [FLAT], "keras3", id="guarded-keras3"),
    ],
)
def test_the_fixed_code_computes_what_keras_1_computed(code, inputs, target, legacy, tf_keras, keras3):
    before = HEAD + code
    after = fix(before, target)
    assert "_keras_shape" not in after
    engine = tf_keras if target == "keras2" else keras3
    old = legacy.run_model(before, inputs)
    targets = [RANDOM.normal(size=output.shape).astype("float32") for output in old.outputs]
    old = legacy.run_model(before, inputs, weights=old.weights, targets=targets, steps=2)
    new = engine.run_model(after, inputs, weights=old.weights, targets=targets, steps=2)
    # Keras 1 gives a shape that was read off a tensor in TensorFlow 1's own numbers.
    assert new.output_shapes == [tuple(getattr(n, "value", n) for n in shape) for shape in old.output_shapes]
    for mine, theirs in zip(new.outputs, old.outputs, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-6)
    for mine, theirs in zip(new.trained_weights, old.trained_weights, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=1e-5)


@pytest.mark.parametrize(("code", "inputs"), [(GRAPH, [NODES, EDGES]), (SCALED, [FLAT])], ids=["graph", "scaled"])
def test_the_code_does_not_run_any_more_as_it_is(code, inputs, tf_keras):
    with pytest.raises(EngineError, match="no attribute '_keras_shape'"):
        tf_keras.run_model(HEAD + code, inputs)


def test_without_the_shape_that_was_told_the_layer_cannot_be_called(tf_keras):
    code = fix(HEAD + PICKED, "keras2")
    code = code.replace("self.own(Dense(3), (None, shape[-1]))", "Dense(3)")
    told = "        y.set_shape(K.int_shape(x))\n"
    assert told in code
    tf_keras.run_model(code, [FLAT])
    with pytest.raises(EngineError, match="should be defined"):
        tf_keras.run_model(code.replace(told, ""), [FLAT])


TWIN = """
from keras import backend as K
from keras.layers import Dense, Input, TimeDistributed
from keras.models import Model


def hidden(nodes, edges, width):
    count = nodes._keras_shape[1]
    features = K.concatenate([nodes, K.sum(edges, axis=-2)], axis=-1)
    features._keras_shape = (None, count, nodes._keras_shape[-1] + edges._keras_shape[-1])
    return TimeDistributed(Dense(width))(features)


nodes = Input(shape=(5, 4))
edges = Input(shape=(5, 2, 3))
model = Model([nodes, edges], hidden(hidden(nodes, edges, 8), edges, 3))
"""


def test_the_same_outside_a_layer_which_never_ran_on_keras_1(tf_keras, keras3):
    first, second = fix(TWIN, "keras2"), fix(TWIN, "keras3")
    assert "_keras_shape" not in first + second
    one = tf_keras.run_model(first, [NODES, EDGES])
    two = keras3.run_model(second, [NODES, EDGES], weights=one.weights)
    features = NODES
    for kernel, bias in (one.weights[:2], one.weights[2:]):
        features = np.concatenate([features, EDGES.sum(axis=-2)], axis=-1) @ kernel + bias
    np.testing.assert_allclose(one.outputs[0], features, atol=1e-5)
    np.testing.assert_allclose(two.outputs[0], features, atol=1e-5)


# Each gives a tensor whose sizes are all known, the batch apart, when those of `a` (4, 3) and `b` (4, 3) are.
INFERRED = [
    "K.concatenate([a, b], axis=-1)",
    "K.concatenate([a, K.repeat(K.sum(b, axis=1), 2)], axis=1)",
    "a * 2 + b",
    "K.repeat_elements(K.expand_dims(a, 2), 3, axis=2)",
    "K.reshape(a, (-1, 2, 6))",
    "K.reshape(a, [-1] + list(K.int_shape(b)[1:]))",
    "K.permute_dimensions(K.dot(a, self.kernel), (0, 2, 1))",
    "K.in_train_phase(a, b)",
    "K.switch(K.equal(a, 0), a, b)",
    "K.switch(K.greater(K.sum(a), 0), a, b)",
    "K.stack([t * 2 for t in inputs])",
    "K.batch_dot(a, b, axes=(2, 2))",
    "K.softmax(K.max(a, axis=-1))",
    "K.tile(a, (1, 2, 3))",
    "K.l2_normalize(K.squeeze(a[:, :1], 1), axis=-1)",
    "K.one_hot(K.argmax(a, axis=-1), 7)",
    "K.gather(self.kernel, K.argmax(a, axis=-1))",
    "K.conv1d(a, K.expand_dims(self.kernel, 0), padding='same')",
    "K.temporal_padding(a, (1, 1))",
    "K.reverse(K.clip(a, 0, 1), 1)",
    "tf.concat([a, b], axis=1)",
    "tf.nn.relu(tf.matmul(a, b, transpose_b=True))",
    "tf.reduce_sum(tf.pad(a, [[0, 0], [1, 1], [0, 0]]), axis=-1)",
    "tf.split(a, 3, axis=-1)[0]",
]


def test_the_operations_that_are_said_to_infer_do(tf_keras):
    lines = "".join(f"        shapes.append(({made}).shape.as_list())\n" for made in INFERRED)
    code = f"""
import tensorflow as tf
from keras import backend as K
from keras.layers import Input, Layer

shapes = []


class Probe(Layer):
    def build(self, shape):
        self.kernel = self.add_weight(shape=(3, 5), name='kernel')

    def call(self, inputs):
        a, b = inputs
{lines}        return a


Probe()([Input(shape=(4, 3)), Input(shape=(4, 3))])
"""
    shapes = tf_keras.run(code)["shapes"]
    assert len(shapes) == len(INFERRED)
    # The batch is first, but for what is stacked on top of it.
    unknown = [made for made, shape in zip(INFERRED, shapes) if shape.count(None) > 1]
    assert unknown == []


@pytest.mark.parametrize("made", INFERRED)
def test_and_their_shapes_need_not_be_set(made):
    code = f"""
    import tensorflow as tf
    from keras import backend as K
    from keras.layers import Layer


    class Probe(Layer):
        def build(self, shape):
            self.kernel = self.add_weight(shape=(3, 5), name='kernel')

        def call(self, inputs):
            a, b = inputs
            x = {made}
            x._keras_shape = (None, 4, 3)
            return self.inner(x)
    """
    assert fix(textwrap.dedent(code), "keras2") == textwrap.dedent(code).replace(
        "        x._keras_shape = (None, 4, 3)\n", ""
    )
