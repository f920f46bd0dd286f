"""What takes the place of a function of TensorFlow on Keras tensors computes the same, as a model of Keras 3."""

from __future__ import annotations

import ast
from functools import cache

import numpy as np
import pytest
from catalogue.pipeline import check, fix
from checks.backend.test_backend_op_numbers import SHAPES, arrays
from reference.engines import keras3_engine

from kerasfix.checks.backend.tensorflow_op import tensorflow_rows

TEXTS = [
    "tf.concat([u, v], 1)",
    "tf.concat(values=[u, v], axis=-1)",
    "tf.concat([u, v], 0)",
    "tf.stack([u, v])",
    "tf.stack([u, v], axis=1)",
    "tf.unstack(s, axis=1)[0]",
    "tf.split(s, 3, axis=1)[2]",
    "tf.split(s, num_or_size_splits=5, axis=2)[4]",
    "tf.reshape(s, (-1, 15))",
    "tf.reshape(s, [tf.shape(s)[0], 15])",
    "tf.transpose(s, [0, 2, 1])",
    "tf.transpose(s, perm=(0, 2, 1))",
    "tf.expand_dims(u, 1)",
    "tf.expand_dims(u, axis=-1)",
    "tf.squeeze(one)",
    "tf.squeeze(last, -1)",
    "tf.squeeze(one, [1])",
    "tf.tile(u, [1, 3])",
    "tf.repeat(s, 2, axis=1)",
    "tf.gather(u, [0, 2], axis=1)",
    "tf.gather(u, ids)",
    "tf.reverse(s, [1])",
    "tf.reverse(s, axis=[1, 2])",
    "tf.one_hot(ids, 5)",
    "tf.where(tf.greater(u, 0.0), u, v)",
    "tf.cast(u, tf.int32)",
    "tf.cast(ids, 'float32')",
    *(f"tf.reduce_{name}(s, 1)" for name in ("sum", "mean", "max", "min", "prod", "logsumexp")),
    "tf.reduce_sum(s, axis=[1, 2], keepdims=True)",
    "tf.reduce_mean(s)",
    "tf.math.reduce_std(s, axis=1)",
    "tf.math.reduce_variance(s, axis=1)",
    "tf.reduce_any(tf.greater(s, 0.0), axis=1)",
    "tf.reduce_all(tf.greater(s, 0.0), axis=1)",
    "tf.argmax(s, axis=1)",
    "tf.argmax(s)",
    "tf.argmin(s, -1)",
    "tf.cumsum(s, axis=1)",
    "tf.cumsum(s)",
    *(f"tf.{name}(s)" for name in ("abs", "exp", "square", "sign", "round", "floor", "sin", "cos", "tanh", "sigmoid",
                                   "negative", "zeros_like", "ones_like", "identity", "stop_gradient")),
    *(f"tf.math.{name}(pos)" for name in ("log", "sqrt", "rsqrt", "log1p", "ceil")),
    "tf.sqrt(pos)",
    "tf.ones_like(u, dtype=tf.int32)",
    "tf.logical_not(tf.greater(u, 0.0))",
    *(f"tf.{name}(u, v)" for name in ("add", "subtract", "multiply", "divide", "maximum", "minimum", "equal",
                                      "not_equal", "greater", "greater_equal", "less", "less_equal", "truediv")),
    "tf.pow(pos, 1.5)",
    "tf.maximum(u, 0.1)",
    "tf.logical_and(tf.greater(u, 0.0), tf.greater(v, 0.0))",
    "tf.logical_or(tf.greater(u, 0.0), tf.greater(v, 0.0))",
    "tf.add_n([u, v, w])",
    "tf.clip_by_value(u, -0.5, 0.5)",
    "tf.matmul(s, r)",
    "tf.matmul(s, t, transpose_b=True)",
    "tf.matmul(s, t, transpose_a=True)",
    "tf.tensordot(s, r, axes=[[2], [1]])",
    "tf.pad(i, [[0, 0], [1, 1], [2, 0], [0, 0]])",
    "tf.pad(i, [[0, 0], [1, 1], [2, 0], [0, 0]], 'REFLECT')",
    "tf.pad(i, [[0, 0], [1, 1], [2, 0], [0, 0]], mode='SYMMETRIC')",
    *(f"tf.nn.{name}(s)" for name in ("relu", "relu6", "elu", "selu", "softplus", "softsign", "leaky_relu", "softmax",
                                      "log_softmax", "sigmoid", "tanh")),
    "tf.nn.leaky_relu(s, alpha=0.1)",
    "tf.nn.softmax(s, axis=1)",
    "tf.nn.l2_normalize(s, 1)",
    "tf.math.l2_normalize(s, axis=-1)",
    "tf.image.resize(i, (8, 9))",
    "tf.image.resize(i, [2, 3], method='nearest')",
    "tf.image.resize(i, [8, 12], method='bicubic')",
]  # fmt: skip
# Of TensorFlow 0 and 1, with the names of today behind them.
OLD = {
    "tf.concat(1, [u, v])": "ops.concatenate([u, v], axis=1)",
    "tf.reduce_sum(s, reduction_indices=1, keep_dims=True)": "ops.sum(s, axis=1, keepdims=True)",
    "tf.expand_dims(u, dim=1)": "ops.expand_dims(u, 1)",
    "tf.pack([u, v])": "ops.stack([u, v])",
    "tf.mul(u, v)": "ops.multiply(u, v)",
    "tf.sub(u, v)": "ops.subtract(u, v)",
    "tf.div(u, v)": "ops.divide(u, v)",
    "tf.to_float(u)": "ops.cast(u, 'float32')",
    "tf.to_int32(u)": "ops.cast(u, 'int32')",
    "tf.batch_matmul(s, r)": "ops.matmul(s, r)",
}
RUN = """
import tensorflow as tf
import keras
import traceback
space = {}
exec(compile(source, "fixed", "exec"), space)
results, failures, expected = {}, {}, {}
for name, (text, names) in functions.items():
    given = {one: tf.constant(arrays[one]) for one in names}
    expected[text] = np.asarray(eval(text, {"tf": tf, **given}))
    try:
        inputs = {one: keras.Input(arrays[one].shape[1:], dtype=str(arrays[one].dtype)) for one in names}
        model = keras.Model(list(inputs.values()), space[name](**inputs))
        results[text] = np.asarray(model(list(given.values())))
    except Exception:
        failures[text] = traceback.format_exc()
"""


def source_of(texts: list[str]) -> tuple[str, dict[str, tuple[str, list[str]]]]:
    functions = {}
    lines = ["import tensorflow as tf\nfrom keras.layers import Input"]
    for number, text in enumerate(texts):
        names = dict.fromkeys(node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name))
        functions[f"f{number}"] = (text, [name for name in names if name in SHAPES])
    for name, (text, names) in functions.items():
        lines.append(f"def {name}({', '.join(names)}):\n    return {text}")
    lines.append("def all_of_them():")
    for name, (_, names) in functions.items():
        made = [f"Input({SHAPES[one][1:]}, dtype='{arrays()[one].dtype}')" for one in names]
        lines[-1] += f"\n    {name}({', '.join(made)})"
    return "\n\n\n".join(lines) + "\n", functions


@cache
def run() -> tuple[str, dict[str, dict]]:
    source, functions = source_of(TEXTS)
    source = fix(source, "keras3")
    return source, keras3_engine().run(RUN, {"source": source, "functions": functions, "arrays": arrays()}, timeout=300)


@pytest.mark.parametrize("text", TEXTS)
def test_same_numbers(text):
    source, new = run()
    written = source.split(f"def f{TEXTS.index(text)}(")[1].split("\n\n\n")[0]
    assert "tf." not in written.replace("tf.int32", "")
    assert text not in new["failures"], f"{written}\n{new['failures'][text]}"
    expected, actual = new["expected"][text], new["results"][text]
    assert actual.shape == expected.shape, written
    np.testing.assert_allclose(actual.astype("float64"), expected.astype("float64"), atol=1e-5, err_msg=written)


@pytest.mark.parametrize("text", OLD)
def test_names_of_tensorflow_1(text):
    source, _ = source_of([text])
    assert f"return {OLD[text]}\n" in fix(source, "keras3")


def test_every_row_was_measured():
    called = {node.func.attr for text in [*TEXTS, *OLD] for node in ast.walk(ast.parse(text))
              if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)}  # fmt: skip
    rows = {name.rpartition(".")[2] for name, rows in tensorflow_rows().items() if any(row.templates for row in rows)}
    assert not rows - called


@pytest.mark.parametrize("text", ["tf.nn.dropout(u, 0.5)", "tf.shape(u)", "tf.split(s, [1, 2], axis=1)"])
def test_what_has_no_counterpart_is_reported(text):
    source, _ = source_of([text])
    assert [finding.applicability.value for finding in check(source, "keras3")] == ["manual"]
    assert fix(source, "keras3", unsafe=True) == source
