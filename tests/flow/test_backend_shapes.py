"""The shapes of backend functions, against those of the real ones."""

from __future__ import annotations

import ast

import pytest
from reference.engines import Engine, tf_keras_engine

from kerasfix.flow.backend_shapes import backend_shape
from kerasfix.flow.values import UNKNOWN, Const, Items, Origin, Tensor, Value

SHAPES = {
    "u": (None, 5), "v": (None, 5), "one": (None, 1), "m": (5, 6), "ids": (None, 2),
    "s": (None, 3, 5), "t": (None, 3, 5), "r": (None, 5, 3), "flat": (None, 1, 5),
    "i": (None, 4, 6, 3), "z": (None, 2, 3, 4, 2),
}  # fmt: skip
CALLS = [
    "K.exp(s)", "K.softmax(u)", "K.cast(u, 'int32')", "K.maximum(u, v)", "K.maximum(u, 0.5)", "K.minimum(0.5, s)",
    "K.greater(u, one)", "K.equal(s, flat)", "K.sum(s)", "K.sum(s, axis=1)", "K.mean(s, axis=-1, keepdims=True)",
    "K.max(i, axis=[1, 2])", "K.min(i, (1, -1), True)", "K.argmax(s)", "K.argmin(s, axis=1)", "K.squeeze(flat, 1)",
    "K.concatenate([u, v])", "K.concatenate([s, t], axis=1)", "K.stack([u, v], axis=1)", "K.stack([s, t], axis=-1)",
    "K.stack([s, t])", "K.batch_flatten(i)", "K.batch_flatten(u)", "K.flatten(s)", "K.transpose(s)",
    "K.permute_dimensions(i, (0, 3, 1, 2))", "K.reshape(s, (-1, 15))", "K.reshape(s, [-1, 5, 3])", "K.expand_dims(s)",
    "K.expand_dims(u, axis=1)", "K.expand_dims(u, -2)", "K.repeat(u, 4)", "K.repeat_elements(s, 2, axis=1)",
    "K.batch_dot(u, v, axes=1)", "K.batch_dot(s, r, axes=[2, 1])", "K.batch_dot(s, u, axes=[2, 1])", "K.dot(u, m)",
    "K.dot(s, m)", "K.one_hot(ids, 7)", "K.gather(m, ids)", "K.temporal_padding(s)", "K.spatial_2d_padding(i)",
    "K.pool2d(i, (2, 2))", "K.tile(s, [1, 2, 1])", "K.relu(s, alpha=0.1)", "K.cumsum(s, axis=1)",
]  # fmt: skip
RUN = """
from keras import backend as K
from keras.layers import Input
import tensorflow as tf
shapes = {}
for text in calls:
    # A placeholder with the shape, in a graph of its own: nothing but the shape is asked for.
    with tf.Graph().as_default():
        types = {"ids": "int32"}
        tensors = {name: tf.compat.v1.placeholder(types.get(name, "float32"), shape) for name, shape in given.items()}
        shapes[text] = tuple(eval(text, {"K": K, **tensors}).shape.as_list())
"""


@pytest.fixture(scope="module")
def real() -> dict[str, tuple[int | None, ...]]:
    engine: Engine = tf_keras_engine()
    return engine.run(RUN, {"calls": CALLS, "given": SHAPES})["shapes"]


def value_of(node: ast.expr) -> Value:
    if isinstance(node, ast.Name):
        return Tensor(Origin.MODEL, SHAPES[node.id])
    if isinstance(node, (ast.List, ast.Tuple)):
        return Items(tuple(map(value_of, node.elts)))
    return Const(ast.literal_eval(node))


def shape_of(text: str) -> tuple[int | None, ...] | None:
    call = ast.parse(text, mode="eval").body
    assert isinstance(call, ast.Call)
    assert isinstance(call.func, ast.Attribute)
    keywords = tuple((keyword.arg, value_of(keyword.value)) for keyword in call.keywords)
    return backend_shape(call.func.attr, tuple(map(value_of, call.args)), keywords)


@pytest.mark.parametrize("text", CALLS)
def test_shapes_are_those_of_the_backend(text, real):
    ours, theirs = shape_of(text), real[text]
    assert ours is not None
    assert len(ours) == len(theirs)
    # What is said is right; not everything needs to be said, and TensorFlow does not say all.
    assert all(None in (size, other) or size == other for size, other in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("text", [text for text in CALLS if "batch_dot" not in text and "pool" not in text])
def test_sizes_are_said_where_literals_tell_them(text):
    assert shape_of(text) is not None


def test_what_is_not_known_stays_unknown():
    tensor, lost = Tensor(Origin.MODEL, (None, 3)), Tensor(Origin.MODEL)
    assert backend_shape("exp", (lost,)) is None
    assert backend_shape("sum", (tensor, UNKNOWN)) is None
    assert backend_shape("sum", (tensor, Const(1), UNKNOWN)) is None
    assert backend_shape("concatenate", (Items((tensor, lost)),)) is None
    assert backend_shape("concatenate", (Items((tensor, tensor)), UNKNOWN)) == (None, None)
    assert backend_shape("expand_dims", (tensor, UNKNOWN)) is None
    assert backend_shape("switch", (tensor, tensor, tensor)) is None
    assert backend_shape("maximum", (tensor, UNKNOWN)) is None
