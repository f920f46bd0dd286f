"""What stands in the place of a backend function inside of layers computes what Keras 1.2.2 (or 2.3.1) computed.

All calls are fixed as one file, one function a call, and run twice: at once, and traced as in a layer's `call`.
"""

from __future__ import annotations

import ast
from functools import cache

import numpy as np
import pytest
from catalogue.pipeline import fix
from checks.backend.test_backend_op_numbers import CALLS, KERNELS, SHAPES, Call, arrays
from reference.engines import keras3_engine, legacy_engine, tf_keras_engine

from kerasfix.checks.backend._calls import inner_rows

MORE = [
    Call("K.int_shape(s)"),
    Call("K.int_shape(s)[1]"),
    Call("K.int_shape(s)[1:]"),
    Call("len(K.int_shape(s))"),
    Call("K.ndim(s)"),
    Call("K.ndim(u) + K.ndim(s)"),
    Call("K.shape(s)"),
    Call("K.shape(s)[1]"),
    Call("K.shape(s)[1:3] * 2"),
    Call("K.reshape(s, (K.shape(s)[0], K.shape(s)[1], -1))"),
    Call("K.reshape(u, K.shape(v))"),
    Call("K.dtype(s)"),
    Call("K.dtype(ids)"),
    Call("K.count_params(s)"),
    Call("K.size(s)", "2.3.1"),
    Call("K.cast_to_floatx(0.1)"),
    Call("K.cast_to_floatx([1, 2])"),
    Call("K.arange(4)"),
    Call("K.arange(1, 7, 2)"),
    Call("K.arange(0, 3, dtype='float32')"),
    Call("K.constant(3)", "2.3.1"),
    Call("K.constant([1, 2], dtype='int32')", "2.3.1"),
    Call("K.constant(2, shape=(2, 3))", "2.3.1"),
    Call("K.eye(3)"),
    Call("K.zeros((2, 3))"),
    Call("K.ones((2, 3), dtype='int32')", "2.3.1"),
    Call("K.variable(3)"),
    Call("K.variable([[1, 2]])"),
    Call("K.variable(2, dtype='int32')"),
    Call("K.get_value(K.variable([1.5, 2]))"),
    Call("K.eval(K.sum(s))"),
    Call("K.batch_get_value([K.variable(1.0), K.variable([2.0])])[1]"),
    Call("K.batch_dot(s, t, 2)"),
    Call("K.batch_dot(s, u, axes=[2, 1])", "2.3.1"),
    Call("K.batch_dot(u, r, axes=1)", "2.3.1"),
    Call("K.batch_flatten(s * 2)"),
    Call("K.bias_add(s, bias)", "2.3.1"),
    Call("K.bias_add(c, k4, data_format='channels_first')", "2.3.1"),
    Call("K.batch_normalization(s, bias, bias * bias, bias, bias, epsilon=0.01)"),
    Call("K.normalize_batch_in_training(s, bias, bias, [0, 1])[0]"),
    Call("K.normalize_batch_in_training(s, bias, bias, [0, 1], epsilon=0.1)[2]"),
    Call("K.categorical_crossentropy(target=K.softmax(u), output=K.softmax(v))"),
    Call("K.categorical_crossentropy(target=K.softmax(u), output=v, from_logits=True)"),
    Call("K.binary_crossentropy(target=K.sigmoid(u), output=K.sigmoid(v))"),
    Call("K.binary_crossentropy(target=K.sigmoid(u), output=v, from_logits=True)"),
    Call("K.sparse_categorical_crossentropy(target=labels, output=K.softmax(v))"),
    Call("K.switch(K.greater(u, v), u, v)", "2.3.1"),
    Call("K.relu(s, alpha=0.3)"),
    Call("K.relu(s, -0.3)"),
    Call("K.resize_images(i, 2, 3, 'tf')"),
    Call("K.spatial_2d_padding(i, (1, 2))"),
    Call("K.map_fn(lambda x: x * 2, s)"),
    Call("K.ctc_batch_cost(ctc_labels, K.softmax(ctc_output), ctc_length, ctc_label_length)"),
    Call("K.ctc_decode(K.softmax(ctc_output), ctc_length[:, 0])[0][0]"),
    Call("K.ctc_decode(K.softmax(ctc_output), ctc_length[:, 0])[1]"),
    Call("K.ctc_decode(K.softmax(ctc_output), ctc_length[:, 0], False, 9, 2)[0][1]", "2.3.1"),
    Call("K.is_tensor(s)", "2.3.1"),
    Call("K.rnn(lambda x, states: (x * states[1] + states[0], [x]), s, [K.zeros_like(u)], constants=[v])[1]"),
    Call("K.rnn(lambda x, states: (x + states[0], [x]), s, [u], go_backwards=True)[0]"),
    Call("K.foldl(lambda a, b: a * 2 + b, u)"),
    Call("K.foldr(lambda a, b: a * 2 + b, u)"),
    Call("K.resize_volumes(z, 2, 1, 3, 'tf')"),
    Call("K.resize_volumes(z, 2, 1, 3, dim_ordering='th')"),
    Call("K.conv2d(i, k2, padding='same', data_format={'a': 'channels_last'}['a'])", "2.3.1"),
    Call("K.conv2d_transpose(i, k5, (2, 9, 13, 4), strides=(2, 2))", "2.3.1"),
    Call("K.deconv2d(i, k6, (2, 9, 13, 4), strides=(2, 2))"),
    Call("list(map(K.l2_normalize, [u], [1]))[0]"),
    Call("(lambda f: f(i, k2, padding='same'))({1: K.conv2d}[1])", "2.3.1"),
    Call("(lambda f: f([u, v], axis=0))(K.concatenate)"),
    Call("list(map(K.square, [u, v]))[1]"),
    Call("list(map(K.sqrt, [u]))[0]"),
    Call("K.sqrt(K.abs(u) + K.epsilon())"),
    Call("K.mean(K.equal(u, v))"),
    Call("K.mean(K.cast(K.greater(u, v), K.floatx()), axis=-1)"),
]  # fmt: skip
# Rewritten otherwise by what they are: 4 axes, 'th' kernels, a `Lambda` of the surrounding code.
UNWRITTEN = {
    "K.batch_dot(i, j, axes=(3, 3))",
    "K.resize_images(i, 2, 2, 'channels_last', interpolation='bilinear')",
    "K.conv1d(s, k1, padding='causal', dilation_rate=2)",
    "K.spatial_3d_padding(z)",
    "K.spatial_3d_padding(z, (2, 1, 0), 'th')",
}
INNER = [call for call in CALLS if call.text not in UNWRITTEN] + MORE
NAMES = {*SHAPES, *KERNELS, "k4", "k5", "k6", "ctc_labels", "ctc_output", "ctc_length", "ctc_label_length"}

EVALUATE_ALL = """
from keras import backend as K
import traceback
results, failures = {}, {}
for text, names in calls.items():
    tensors = {name: K.variable(arrays[name], dtype=str(arrays[name].dtype)) for name in names}
    try:
        result = eval(text, {"K": K, **tensors})
        results[text] = np.asarray(K.eval(result) if hasattr(result, "op") or hasattr(result, "assign") else result)
    except Exception:
        failures[text] = traceback.format_exc()
"""
RUN_ALL = """
import tensorflow as tf
import traceback
results, traced, failures = {}, {}, {}
space = {}
exec(compile(source, "fixed", "exec"), space)
for name, (text, names) in functions.items():
    tensors = [tf.constant(arrays[one]) for one in names]
    try:
        results[text] = np.asarray(space[name](*tensors))
        if "get_value" not in text and "eval" not in text and "variable" not in text and names:
            output = tf.function(space[name])(*tensors)
            traced[text] = np.asarray(output)
    except Exception:
        failures[text] = traceback.format_exc()
"""


@cache
def values() -> dict[str, np.ndarray]:
    random = np.random.default_rng(5)
    found = dict(arrays())
    found["k4"] = random.normal(size=(3,)).astype("float32")
    found["k5"] = random.normal(size=(3, 3, 4, 3)).astype("float32")
    found["k6"] = random.normal(size=(3, 3, 3, 4)).astype("float32")
    found["ctc_labels"] = random.integers(0, 4, size=(3, 4)).astype("float32")
    found["ctc_output"] = random.normal(size=(3, 9, 5)).astype("float32")
    found["ctc_length"] = np.array([[9], [8], [9]], dtype="int32")
    found["ctc_label_length"] = np.array([[4], [3], [2]], dtype="int32")
    return found


def names_in(text: str) -> list[str]:
    names = [node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)]
    return [name for name in dict.fromkeys(names) if name in NAMES]


@cache
def reference(version: str, texts: tuple[str, ...]) -> dict[str, dict]:
    calls = {text: names_in(text) for text in texts}
    return legacy_engine(version).run(EVALUATE_ALL, {"calls": calls, "arrays": values()}, timeout=300)


def source_of(texts: list[str]) -> tuple[str, dict[str, tuple[str, list[str]]]]:
    functions = {f"f{number}": (text, names_in(text)) for number, text in enumerate(texts)}
    lines = [f"def {name}({', '.join(names)}):\n    return {text}" for name, (text, names) in functions.items()]
    return "\n\n\n".join(["from keras import backend as K", *lines]) + "\n", functions


@cache
def fixed(target: str) -> tuple[str, dict[str, dict]]:
    source, functions = source_of([call.text for call in INNER])
    source = fix(source, target, unsafe=True)
    engine = keras3_engine() if target == "keras3" else tf_keras_engine()
    return source, engine.run(RUN_ALL, {"source": source, "functions": functions, "arrays": values()}, timeout=300)


@pytest.mark.parametrize("call", INNER, ids=str)
def test_same_numbers_inside(call):
    texts = tuple(one.text for one in INNER if one.version == call.version)
    old = reference(call.version, texts)
    source, new = fixed("keras3")
    number = next(number for number, one in enumerate(INNER) if one is call)
    written = source.split(f"def f{number}(")[1].split("\n\n\ndef ")[0]
    assert call.text not in old["failures"], old["failures"][call.text]
    assert call.text not in new["failures"], f"{written}\n{new['failures'][call.text]}"
    expected = old["results"][call.text]
    for actual in (new["results"][call.text], new["traced"].get(call.text, new["results"][call.text])):
        assert actual.shape == expected.shape, written
        if expected.dtype.kind == "U":
            assert actual.tolist() in (expected.tolist(), expected.tolist().encode())
            continue
        if "dtype" in call.text or "arange" in call.text or "constant" in call.text or "variable" in call.text:
            assert actual.dtype == expected.dtype, written
        np.testing.assert_allclose(actual.astype("float64"), expected.astype("float64"), atol=2e-5, err_msg=written)


@pytest.mark.parametrize("text", sorted(UNWRITTEN))
def test_what_cannot_be_written_stays(text):
    source, _ = source_of([text])
    assert fix(source, "keras3", unsafe=True) == source or "raise ValueError" in fix(source, "keras3", unsafe=True)


def test_every_row_was_measured():
    unmeasured = {
        "random_normal", "random_uniform", "random_binomial", "truncated_normal", "random_normal_variable",
        "random_uniform_variable", "dropout", "update", "update_add", "update_sub", "moving_average_update",
        "set_value", "batch_set_value", "name_scope", "pack", "get_variable_shape", "is_variable",
        "normalize_data_format", "is_sparse", "to_dense", "ctc_label_dense_to_sparse",
    }  # fmt: skip
    called = {node.attr for call in INNER for node in ast.walk(ast.parse(call.text)) if isinstance(node, ast.Attribute)}
    written = {
        name.removeprefix("keras.backend.")
        for name, rows in inner_rows().items()
        if any(row.inner is not None for row in rows)
    }
    assert not written - called - unmeasured
