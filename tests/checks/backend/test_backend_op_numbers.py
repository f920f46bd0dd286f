"""Every row computes what the backend function of real Keras 1.2.2 (or 2.3.1, for what is newer) computes.

The modern side runs in a model, on symbolic tensors, as it does in fixed code.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pytest
from reference.engines import keras3_engine, legacy_engine, tf_keras_engine

from kerasfix.catalogue import load_catalogue
from kerasfix.catalogue.conditions import SourceFacts, applies
from kerasfix.catalogue.lambdas import render_lambda
from kerasfix.catalogue.rows import Row, parse_rows
from kerasfix.findings import Slot
from kerasfix.source.index import TextIndex

ROWS = parse_rows(load_catalogue().rules["backend-op-outside-layer"].rows)

# The tensors that the cases use: shapes with the batch, and what they hold.
FLOATS = {
    "u": (4, 5), "v": (4, 5), "w": (4, 5), "p": (4, 6), "one": (4, 1, 5), "last": (4, 3, 5, 1),
    "square": (5, 6), "cube": (4, 5, 6),
    "s": (4, 3, 5), "masked": (4, 3, 5), "t": (4, 3, 5), "r": (4, 5, 3), "q": (4, 3, 6),
    "i": (2, 4, 6, 3), "j": (2, 4, 6, 3), "c": (2, 3, 4, 6), "z": (2, 2, 3, 4, 2),
}  # fmt: skip
POSITIVE = {"pos": (4, 5), "vec": (4,)}
INTEGERS = {"ids": (4, 2), "labels": (4,)}
KERNELS = {
    "k1": (2, 5, 3), "k2": (3, 2, 3, 2), "k3": (2, 1, 2, 2, 3),
    "d2": (3, 2, 3, 2), "x2": (1, 1, 6, 4), "d1": (2, 5, 2), "x1": (1, 10, 4), "bias": (5,),
}  # fmt: skip
SHAPES = FLOATS | POSITIVE | INTEGERS | {"flags": (4, 5)}


@dataclass(frozen=True)
class Call:
    """A legacy call, the legacy Keras to ask for its numbers, and the targets for which the call is rewritten."""

    text: str
    version: str = "1.2.2"
    targets: tuple[str, ...] = field(default=("keras2", "keras3"))

    def __str__(self) -> str:
        return self.text


CALLS = [
    Call("K.concatenate([u, v])"),
    Call("K.concatenate((u, v, p), axis=-1)"),
    Call("K.concatenate([s, t], axis=1)"),
    Call("K.concatenate([s, t], 2)"),
    Call("K.concatenate([u, v], axis=0)"),
    Call("K.concatenate([u])", targets=()),
    Call("K.stack([u, v])"),
    Call("K.stack([u, v], axis=1)", "2.3.1"),
    Call("K.stack([s, t], axis=-1)", "2.3.1"),
    Call("K.stack([s, t], -2)", "2.3.1"),
    Call("K.maximum(u, v)"),
    Call("K.maximum(u, 0.1)"),
    Call("K.minimum(s, t)"),
    Call("K.minimum(0.1, u)"),
    Call("K.batch_dot(u, v, axes=1)"),
    Call("K.batch_dot(u, v, (1, 1))"),
    Call("K.batch_dot(s, t, axes=2)"),
    Call("K.batch_dot(s, t, axes=[1, 1])"),
    Call("K.batch_dot(s, r, axes=(2, 1))"),
    Call("K.batch_dot(s, r, axes=[1, 2])"),
    Call("K.batch_dot(s, r)"),
    Call("K.batch_dot(s, u, axes=(2, 1))", "2.3.1"),
    Call("K.batch_dot(u, r, axes=[1, 1])", "2.3.1"),
    Call("K.batch_dot(u, v)", "2.3.1"),
    Call("K.batch_dot(i, j, axes=(3, 3))", "2.3.1", targets=("keras2",)),
    Call("K.dot(u, square)"),
    Call("K.dot(u, cube)"),
    Call("K.dot(s, square)"),
    Call("K.batch_flatten(i)"),
    Call("K.batch_flatten(u)"),
    Call("K.flatten(s)"),
    Call("K.permute_dimensions(s, (0, 2, 1))"),
    Call("K.permute_dimensions(i, [0, 3, 1, 2])"),
    Call("K.permute_dimensions(s, pattern=(1, 0, 2))"),
    Call("K.transpose(s)"),
    Call("K.reshape(s, (-1, 15))"),
    Call("K.reshape(s, [-1, 5, 3])"),
    Call("K.reshape(s, (K.shape(s)[0], 5, -1))"),
    Call("K.reshape(s, (-1, 5))"),
    Call("K.reshape(s, (6, -1))"),
    Call("K.reshape(s, (K.shape(s)[0], K.shape(s)[1], -1))", targets=()),
    Call("K.expand_dims(u)"),
    Call("K.expand_dims(u, dim=1)"),
    Call("K.expand_dims(u, -2)"),
    Call("K.expand_dims(u, 2)"),
    Call("K.expand_dims(u, 0)"),
    Call("K.expand_dims(s)"),
    Call("K.expand_dims(s, 1)"),
    Call("K.expand_dims(s, dim=-2)"),
    Call("K.squeeze(one, 1)"),
    Call("K.squeeze(one, axis=-2)", "2.3.1"),
    Call("K.squeeze(last, axis=3)"),
    Call("K.repeat(u, 3)"),
    Call("K.repeat(u, n=2)"),
    Call("K.repeat_elements(s, 2, 1)"),
    Call("K.repeat_elements(s, 3, axis=2)"),
    Call("K.tile(s, [1, 2, 1])"),
    Call("K.tile(u, (1, 3))"),
    Call("K.reverse(s, 1)"),
    Call("K.reverse(s, axes=[1, 2])"),
    Call("K.slice(s, [0, 1, 2], [-1, 2, 2])", "2.3.1", targets=("keras3",)),
    Call("K.gather(u, ids)"),
    Call("K.one_hot(ids, 5)"),
    Call("K.one_hot(ids, nb_classes=4)"),
    Call("K.temporal_padding(s)"),
    Call("K.temporal_padding(s, padding=2)"),
    Call("K.temporal_padding(s, (1, 2))", "2.3.1"),
    Call("K.asymmetric_temporal_padding(s)"),
    Call("K.asymmetric_temporal_padding(s, 2, 0)"),
    Call("K.asymmetric_temporal_padding(s, right_pad=3)"),
    Call("K.spatial_2d_padding(i)"),
    Call("K.spatial_2d_padding(i, (2, 1))"),
    Call("K.spatial_2d_padding(c, padding=(2, 1), dim_ordering='th')"),
    Call("K.spatial_2d_padding(i, ((1, 2), (0, 3)), data_format='channels_last')", "2.3.1"),
    Call("K.asymmetric_spatial_2d_padding(i)"),
    Call("K.asymmetric_spatial_2d_padding(i, top_pad=0, right_pad=2)"),
    Call("K.asymmetric_spatial_2d_padding(c, 1, 2, 3, 4, dim_ordering='th')"),
    Call("K.spatial_3d_padding(z)"),
    Call("K.spatial_3d_padding(z, (2, 1, 0), 'th')"),
    Call("K.resize_images(i, 2, 3, 'tf')"),
    Call("K.resize_images(c, 2, 3, dim_ordering='th')"),
    Call("K.resize_images(i, 2, 2, 'channels_last', interpolation='nearest')", "2.3.1"),
    Call("K.resize_images(i, 2, 2, 'channels_last', interpolation='bilinear')", "2.3.1", targets=()),
    Call("K.resize_volumes(z, 2, 1, 3, 'tf')"),
    Call("K.resize_volumes(z, 2, 1, 3, dim_ordering='th')"),
    Call("K.pool2d(i, (2, 2))"),
    Call("K.pool2d(i, (2, 3), strides=(2, 2), border_mode='same')"),
    Call("K.pool2d(i, (2, 2), (2, 2), pool_mode='avg')"),
    Call("K.pool2d(i, (3, 3), border_mode='same', dim_ordering='tf', pool_mode='avg')"),
    Call("K.pool3d(z, (2, 2, 2))"),
    Call("K.pool3d(z, (1, 2, 2), (1, 2, 2), 'same', pool_mode='avg')"),
    Call("K.mean(s, axis=1)"),
    Call("K.mean(i, axis=[1, 2])"),
    Call("K.mean(c, axis=(2, 3))"),
    Call("K.mean(s, axis=-1)"),
    Call("K.mean(s, 1, True)"),
    Call("K.mean(i, axis=[1, 2], keepdims=True)"),
    Call("K.mean(s)"),
    Call("K.mean(masked, axis=1)"),
    Call("K.max(s, axis=1)"),
    Call("K.max(i, axis=(2, 1))"),
    Call("K.max(c, axis=[2, 3])"),
    Call("K.max(u, axis=-1, keepdims=True)"),
    Call("K.min(s, 2)"),
    Call("K.sum(s, axis=1)"),
    Call("K.sum(s, axis=-2, keepdims=True)"),
    Call("K.sum(s, axis=(-2, -1), keepdims=True)"),
    Call("K.sum(i, axis=[1, 3])"),
    Call("K.sum(s, axis=0)"),
    Call("K.prod(s, axis=2)"),
    Call("K.var(s, axis=1)"),
    Call("K.std(s, axis=[1, 2])"),
    Call("K.any(s, axis=1)"),
    Call("K.all(s, axis=-1)"),
    Call("K.logsumexp(s, axis=1)", "2.3.1", targets=("keras3",)),
    Call("K.argmax(s)"),
    Call("K.argmax(s, axis=1)"),
    Call("K.argmin(s)"),
    Call("K.cumsum(s, axis=1)", "2.3.1"),
    Call("K.cumsum(s)", "2.3.1"),
    Call("K.cumprod(s, 2)", "2.3.1"),
    Call("K.l2_normalize(s, axis=1)"),
    Call("K.l2_normalize(u, -1)"),
    Call("K.l2_normalize(s)", "2.3.1"),
    *(Call(f"K.{name}(s)") for name in ("abs", "exp", "round", "sign", "sin", "cos", "square", "sqrt")),
    Call("K.log(pos)"),
    Call("K.pow(pos, 1.5)"),
    Call("K.pow(s, 2)"),
    Call("K.clip(s, -0.5, 0.5)"),
    Call("K.clip(s, 0.1, None)"),
    Call("K.clip(s, 0.5, -0.5)"),
    Call("K.clip(s, None, 0.2)", "2.3.1"),
    *(Call(f"K.{name}(u, v)") for name in ("equal", "not_equal", "greater", "greater_equal", "lesser", "lesser_equal")),
    Call("K.less(u, 0.3)", "2.3.1"),
    Call("K.less_equal(u, v)", "2.3.1"),
    Call("K.cast(s, 'int32')"),
    Call("K.cast(s, 'float')"),
    Call("K.cast(s, 'double')"),
    Call("K.cast(s, 'half')"),
    Call("K.zeros_like(s)"),
    Call("K.ones_like(s, name='ones')"),
    Call("K.ones_like(s, dtype='int32')"),
    Call("K.stop_gradient(u)"),
    Call("K.identity(u)", "2.3.1"),
    Call("K.switch(flags, v, w)", "2.3.1"),
    Call("K.relu(s)"),
    Call("K.relu(s, 0.2)"),
    Call("K.relu(s, alpha=0.0)"),
    Call("K.relu(s, max_value=0.5)"),
    Call("K.relu(s, 0.1, 0.5)"),
    Call("K.relu(s, max_value=1.0, threshold=0.2)", "2.3.1"),
    Call("K.elu(s)"),
    Call("K.elu(s, 0.5)"),
    Call("K.softmax(s)"),
    Call("K.softmax(s, axis=1)", "2.3.1"),
    Call("K.softmax(masked, axis=1)", "2.3.1"),
    *(Call(f"K.{name}(s)") for name in ("softplus", "softsign", "sigmoid", "tanh", "hard_sigmoid")),
    Call("K.conv1d(s, k1)"),
    Call("K.conv1d(s, k1, stride=2, border_mode='same')"),
    Call("K.conv1d(s, k1, padding='causal', dilation_rate=2)", "2.3.1", targets=("keras2",)),
    Call("K.conv2d(i, k2)"),
    Call("K.conv2d(i, k2, (2, 2), 'same', 'tf')"),
    Call("K.conv2d(i, k2, border_mode='same', filter_dilation=(2, 2))"),
    Call("K.conv2d(i, k2, border_mode='same', image_shape=(2, 4, 6, 3))"),
    Call("K.conv3d(z, k3, border_mode='same')"),
    Call("K.atrous_conv2d(i, k2, 2, border_mode='same')"),
    Call("K.depthwise_conv2d(i, d2, padding='same')", "2.3.1"),
    Call("K.separable_conv1d(s, d1, x1)", "2.3.1", targets=("keras3",)),
    Call("K.separable_conv2d(i, d2, x2, border_mode='same')"),
    Call("K.bias_add(s, bias)", "2.3.1", targets=("keras2",)),
    Call("K.in_top_k(u, labels, 2)"),
]


# Random, of Keras 1.0, or in need of a sparse tensor.
UNMEASURED = {"keras.backend.dropout", "keras.backend.pack", "keras.backend.ctc_batch_cost"}
MODERN = {"keras2": tf_keras_engine, "keras3": keras3_engine}
EVALUATE_ALL = """
from keras import backend as K
import traceback
results, failures = {}, {}
for text in calls:
    tensors = {name: K.variable(value, dtype=str(value.dtype)) for name, value in arrays.items() if name in text}
    try:
        results[text] = np.asarray(K.eval(eval(text, {"K": K, **tensors})))
    except Exception:
        failures[text] = traceback.format_exc()
"""
RUN_ALL = """
import keras
import tensorflow as tf
import traceback
from keras import Model
results, failures, shapes, lambda_shapes = {}, {}, {}, {}
for text, (modern, names) in calls.items():
    try:
        variables = {"keras": keras, **{name: tf.constant(value) for name, value in kernels.items()}}
        given = [arrays[name] for name in names]
        inputs = [keras.layers.Input(array.shape[1:], dtype=str(array.dtype)) for array in given]
        variables.update(zip(names, inputs))
        output = eval(modern, variables)
        model = Model(inputs, output)
        results[text] = np.asarray(model(given))
        shapes[text] = tuple(output.shape)
        layer = model.layers[-1]
        if "output_shape=" in modern:
            sizes = [(None, *tensor.shape[1:]) for tensor in inputs]
            lambda_shapes[text] = tuple(layer.compute_output_shape(sizes if len(sizes) > 1 else sizes[0]))
    except Exception:
        failures[text] = traceback.format_exc()
"""


class InputFacts(SourceFacts):
    """Names are the tensors of the tables above; kernels are not Keras tensors."""

    def shape(self, node: ast.expr) -> tuple[int | None, ...] | None:
        return (None, *SHAPES[node.id][1:]) if isinstance(node, ast.Name) and node.id in SHAPES else None

    def masked(self, node: ast.expr) -> bool | None:
        return isinstance(node, ast.Name) and node.id == "masked"

    def symbolic(self, node: ast.expr) -> bool | None:
        if isinstance(node, (ast.Tuple, ast.List)):
            return bool(node.elts) and all(self.symbolic(element) for element in node.elts)
        return isinstance(node, ast.Name) and node.id in SHAPES


@dataclass(frozen=True)
class Modern:
    """What a call becomes, and the row that said so."""

    row: Row
    text: str


def rewrite(text: str, target: str) -> Modern | None:
    call = ast.parse(text, mode="eval").body
    assert isinstance(call, ast.Call)
    assert isinstance(call.func, ast.Attribute)
    index, facts = TextIndex(text), InputFacts()
    for row in ROWS[f"keras.backend.{call.func.attr}"]:
        binding = row.bind(call)
        if binding is None or not row.templates or not applies(row, binding, facts):
            continue
        template = row.template(target)
        if template is None and row.advice:
            continue
        if target == "keras2" and (template is None or ast.unparse(template).startswith("keras.backend")):
            written = render_lambda(row, binding, index, str, facts, name="op")
            pieces = written.pieces if written else None
        elif template is None:
            continue
        else:
            pieces = row.render(template, binding, index, str)
        if pieces is not None:
            return Modern(row, "".join(text[one.start : one.end] if isinstance(one, Slot) else one for one in pieces))
    return None


@cache
def arrays() -> dict[str, np.ndarray]:
    random = np.random.default_rng(3)
    values = {name: random.normal(size=shape).astype("float32") for name, shape in (FLOATS | KERNELS).items()}
    values |= {name: random.uniform(0.1, 2.0, size=shape).astype("float32") for name, shape in POSITIVE.items()}
    values |= {name: random.integers(0, 4, size=shape).astype("int32") for name, shape in INTEGERS.items()}
    values["flags"] = values["u"] > 0
    values["v"][:, 2] = values["u"][:, 2]  # for comparisons
    return values


@cache
def reference(version: str) -> dict[str, dict]:
    texts = [call.text for call in CALLS if call.version == version]
    return legacy_engine(version).run(EVALUATE_ALL, {"calls": texts, "arrays": arrays()})


@cache
def modern(target: str) -> dict[str, dict]:
    calls = {}
    for call in CALLS:
        if target in call.targets and (found := rewrite(call.text, target)):
            names = [node.id for node in ast.walk(ast.parse(call.text)) if isinstance(node, ast.Name)]
            calls[call.text] = (found.text, [name for name in dict.fromkeys(names) if name in SHAPES])
    kernels = {name: arrays()[name] for name in KERNELS}
    return MODERN[target]().run(RUN_ALL, {"calls": calls, "arrays": arrays(), "kernels": kernels}, timeout=300)


@pytest.mark.parametrize("target", ["keras2", "keras3"])
@pytest.mark.parametrize("call", CALLS, ids=str)
def test_same_numbers(call, target):
    if target not in call.targets:
        assert rewrite(call.text, target) is None
        return
    found = rewrite(call.text, target)
    assert found is not None, "no row for this call"
    assert call.text not in reference(call.version)["failures"], reference(call.version)["failures"][call.text]
    assert call.text not in modern(target)["failures"], f"{found.text}\n{modern(target)['failures'][call.text]}"
    expected, actual = reference(call.version)["results"][call.text], modern(target)["results"][call.text]
    if call.text in (lambda_shapes := modern(target)["lambda_shapes"]):
        assert tuple(lambda_shapes[call.text]) == modern(target)["shapes"][call.text], found.text
    assert actual.shape == expected.shape, found.text
    np.testing.assert_allclose(actual.astype("float64"), expected.astype("float64"), atol=1e-5, err_msg=found.text)


@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_every_row_was_measured(target):
    measured = {id(found.row) for call in CALLS if (found := rewrite(call.text, target))}
    rows = [row for rows in ROWS.values() for row in rows if row.template(target) and row.function not in UNMEASURED]
    assert not [(row.function, row.when and ast.unparse(row.when)) for row in rows if id(row) not in measured]
