"""What takes the place of NumPy's functions on tensors computes what NumPy does, on both targets."""

from __future__ import annotations

import ast
from functools import cache

import numpy as np
import pytest
from catalogue.pipeline import fix
from reference.engines import keras3_engine, tf_keras_engine

from kerasfix.checks.backend.numpy_on_tensor import numpy_rows

TEXTS = [
    *(f"np.{name}(K.square(y_pred) + 0.5)" for name in ("log", "sqrt", "log2", "log10", "log1p")),
    *(f"np.{name}(K.identity(y_pred))" for name in (
        "exp", "abs", "absolute", "fabs", "square", "sign", "sin", "cos", "tan", "tanh", "round", "rint", "floor",
        "ceil", "expm1", "negative")),
    "np.sqrt(K.identity(y_pred))",  # not a number where it is negative, other than `K.sqrt`
    "2.0 ** np.log10(K.square(y_pred) + 0.5)",
    "1.0 / np.log2(K.square(y_pred) + 1.5)",
    *(f"np.{name}(K.abs(y_pred), y_true)" for name in ("maximum", "minimum", "power", "add", "subtract", "multiply",
                                                      "divide", "true_divide")),
    "np.maximum(0.1, K.abs(y_pred))",
    "np.clip(K.identity(y_pred), -0.5, a_max=0.5)",
    *(f"np.{name}(K.identity(y_pred), axis=-1)" for name in ("sum", "mean", "max", "amax", "min", "amin", "prod")),
    "np.mean(K.square(y_pred))",
    "np.sum(K.square(y_pred), 1, keepdims=True)",
    "np.abs(y_true - 2.0 * y_pred)",
    "np.exp(np.sin(y_pred))",
]  # fmt: skip
RUN = """
import numpy as np
import tensorflow as tf
import traceback
space = {}
exec(compile(source, "fixed", "exec"), space)
results, failures = {}, {}
for name, text in functions.items():
    try:
        graph = tf.function(lambda y_true, y_pred: space[name](y_true, y_pred))
        results[text] = graph(tf.constant(y_true), tf.constant(y_pred)).numpy()
    except Exception:
        failures[text] = traceback.format_exc()
"""
ENGINES = {"keras2": tf_keras_engine, "keras3": keras3_engine}
FUNCTIONS = {f"f{number}": text for number, text in enumerate(TEXTS)}


def source_of(texts: list[str]) -> str:
    names = [f"f{TEXTS.index(text)}" for text in texts]
    parts = ["import numpy as np\nfrom keras import backend as K\nfrom keras.models import Model"]
    parts += [f"def {name}(y_true, y_pred):\n    return {text}" for name, text in zip(names, texts)]
    compiled = "\n".join(f"    model.compile('sgd', {name})" for name in names)
    return (
        "\n\n\n".join([*parts, f"def compiled(model):\n    model = Model(model.inputs, model.outputs)\n{compiled}"])
        + "\n"
    )


def arrays() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    return random.normal(size=(8, 3)).astype("float32"), random.normal(size=(8, 3)).astype("float32")


@cache
def run(target: str) -> tuple[str, dict[str, dict]]:
    source = fix(source_of(TEXTS), target)
    y_true, y_pred = arrays()
    given = {"source": source, "functions": FUNCTIONS, "y_true": y_true, "y_pred": y_pred}
    return source, ENGINES[target]().run(RUN, given, timeout=300)


class Backend:
    """The functions of the backend that the texts have, of arrays."""

    square, abs = np.square, np.abs

    @staticmethod
    def identity(x: np.ndarray) -> np.ndarray:
        return x


@pytest.mark.filterwarnings("ignore:invalid value")
@pytest.mark.parametrize("target", ["keras2", "keras3"])
@pytest.mark.parametrize("text", TEXTS)
def test_same_numbers(text, target):
    source, new = run(target)
    written = source.split(f"def f{TEXTS.index(text)}(")[1].split("\n\n\n")[0]
    assert text not in new["failures"], f"{written}\n{new['failures'][text]}"
    y_true, y_pred = arrays()
    expected = eval(text, {"np": np, "K": Backend, "y_true": y_true, "y_pred": y_pred})
    assert new["results"][text].shape == np.shape(expected), written
    np.testing.assert_allclose(new["results"][text], expected, rtol=1e-5, atol=1e-6, err_msg=written)


@pytest.mark.parametrize("target", ["keras2", "keras3"])
@pytest.mark.parametrize("text", TEXTS)
def test_once_is_enough(text, target):
    fixed = fix(source_of([text]), target)
    assert fix(fixed, target) == fixed


def test_every_row_was_measured():
    called = {node.func.attr for text in TEXTS for node in ast.walk(ast.parse(text))
              if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)}  # fmt: skip
    assert not {name.rpartition(".")[2] for name in numpy_rows()} - called
