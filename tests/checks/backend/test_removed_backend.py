from __future__ import annotations

import pytest
from catalogue.pipeline import check, fix

HEAD = "from keras import backend as K\n"


def inside(code: str, target: str = "keras3", **options) -> str:
    """What becomes of an expression in a function that nothing calls."""
    source = f"{HEAD}import numpy as np\n\n\ndef f(x, y, z, layer):\n    return {code}\n"
    return fix(source, target, **options).split("layer):\n    return ")[1].rstrip("\n")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("K.sum(x, 1)", "ops.sum(x, axis=1)"),
        ("K.mean(K.square(x - y), axis=-1)", "ops.mean(ops.square(x - y), axis=-1)"),
        ("K.sqrt(x)", "ops.sqrt(ops.maximum(x, 0.0))"),
        ("K.int_shape(x)[1]", "x.shape[1]"),
        ("K.int_shape(x)[-1] * 2", "x.shape[-1] * 2"),
        ("K.int_shape(x)[1:]", "tuple(x.shape)[1:]"),
        ("K.int_shape(x - y)", "tuple((x - y).shape)"),
        ("len(K.int_shape(x))", "len(x.shape)"),
        ("K.ndim(x) > 2", "len(x.shape) > 2"),
        ("K.shape(x)[0]", "ops.shape(x)[0]"),
        ("K.shape(x)[1:3] * 2", "ops.convert_to_tensor(ops.shape(x))[1:3] * 2"),
        ("K.zeros(K.shape(x))", "ops.zeros(ops.shape(x))"),
        ("K.random_normal(shape=K.shape(x), mean=0., std=0.1)", "random.normal(ops.shape(x), stddev=0.1)"),
        ("K.dtype(x)", "K.standardize_dtype(x.dtype)"),
        ("K.variable(0.5)", "Variable(0.5, dtype=K.floatx())"),
        ("K.update_add(layer.count, 1)", "layer.count.assign_add(1)"),
        ("K.get_value(layer.count)", "ops.convert_to_numpy(layer.count)"),
        ("K.get_value(x.optimizer.learning_rate)", "float(x.optimizer.learning_rate)"),
        ("float(K.get_value(x.optimizer.learning_rate))", "float(x.optimizer.learning_rate)"),
        ("K.cast_to_floatx(0.1)", "np.asarray(0.1, dtype=K.floatx())"),
        ("K.concatenate([x, y])", "ops.concatenate([x, y], axis=-1)"),
        ("list(map(K.square, [x, y]))", "list(map(ops.square, [x, y]))"),
        ("K.relu if x else K.tanh", "activations.relu if x else activations.tanh"),
        ("K.sqrt if x else y", "(lambda x: ops.sqrt(ops.maximum(x, 0.0))) if x else y"),
        ("layer(activation=K.hard_sigmoid)", "layer(activation=hard_sigmoid)"),
        ("K.conv2d(x, y, data_format=layer.format)", "ops.conv(x, y, data_format=layer.format)"),
        ("K.categorical_crossentropy(y_true, y_pred)", "ops.categorical_crossentropy(y_true, y_pred)"),
        ("K.cast(x, 'float') + K.cast(x, dtype='double')", "ops.cast(x, 'float32') + ops.cast(x, 'float64')"),
        (
            "K.pool2d(x, (2, 2), dim_ordering=layer.data_format)",
            "ops.max_pool(x, (2, 2), strides=(1, 1), data_format=layer.data_format)",
        ),
        ("K.conv2d(x, y, dim_ordering=layer.data_format)", "ops.conv(x, y, data_format=layer.data_format)"),
        (
            "K.pool2d(x, 2, (2, 2), dim_ordering=z)",
            "ops.max_pool(x, 2, strides=(2, 2), data_format={'th': 'channels_first', 'tf': 'channels_last'}.get(z, z))",
        ),
        ("K._BACKEND", "K.backend()"),
        ("K.tf.nn.relu(x)", "tf.nn.relu(x)"),
    ],
)
def test_what_it_becomes(code, expected):
    assert inside(code) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("K.switch(x, y, z)", "ops.where(x, y, z)"),
        ("K.switch(x, lambda: y, lambda: z)", "ops.cond(x, lambda: y, lambda: z)"),
        ("K.dropout(x, 0.5, seed=3)", "random.dropout(x, 0.5)"),
        ("K.random_uniform((2,), seed=3)", "random.uniform((2,))"),
        ("K.categorical_crossentropy(y_pred, y_true)", "ops.categorical_crossentropy(y_true, y_pred)"),
        ("K.foldl(x, y)", "tf.keras.backend.foldl(x, y)"),
    ],
)
def test_under_an_assumption(code, expected):
    assert inside(code, unsafe=True) == expected


@pytest.mark.parametrize(
    "code",
    [
        "K.epsilon() * K.floatx()",
        "K.clear_session()",
        "K.image_data_format()",
        "K.is_keras_tensor(x)",
        "K.backend() == 'tensorflow'",
        "getattr(K, layer)(x)",
        "K.something_else(x)",
    ],
)
def test_what_stays(code):
    assert inside(code) == code
    assert not check(f"{HEAD}x = layer = 1\n{code}\n", "keras3")


@pytest.mark.parametrize("code", ["K.sum(x, 1)", "K.int_shape(x)", "K.less(x, y)", "K.square"])
def test_keras_2_keeps_its_backend(code):
    assert inside(code, "keras2") == code


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("K.lesser(x, y)", "K.less(x, y)"),
        ("K.asymmetric_temporal_padding(x, 1, 0)", "K.temporal_padding(x, (1, 0))"),
        ("K.get_variable_shape(x)", "K.int_shape(x)"),
        ("K.identity(x)", "activations.linear(x)"),
        ("K.normalize_data_format(x)", "normalize_data_format(x)"),
    ],
)
def test_what_keras_2_lost(code, expected):
    assert inside(code, "keras2") == expected


def test_the_backend_of_tensorflow_keeps_its_functions():
    code = "from tensorflow.keras import backend as K\n\n\ndef f(x):\n    return K.sum(K.sqrt(x)) + K.int_shape(x)[1]\n"
    assert fix(code, "keras3") == code
    gone = code.replace("K.sum", "K.lesser").replace("sqrt(x)", "sqrt(x), 1")
    assert "ops.less(K.sqrt(x), 1)" in fix(gone, "keras3")


def test_code_for_two_versions_stays():
    code = (
        "import keras\nfrom keras import backend as K\n\n\ndef f(x):\n"
        "    if keras.__version__ < '3':\n        return K.sum(x)\n    return keras.ops.sum(x)\n"
    )
    assert fix(code, "keras3", unsafe=True) == code


def test_lines_and_comments_stay():
    rest = "sum(x,  # the steps\n                 axis=1,\n                 keepdims=True)\n"
    assert fix(f"{HEAD}\n\ndef f(x):\n    return K.{rest}", "keras3").endswith(f"    return ops.{rest}")


def test_training_reaches_the_call():
    code = (
        f"{HEAD}from keras.layers import Layer\n\n\nclass L(Layer):\n    def call(self, x, mask=None):\n"
        "        a = K.in_train_phase(x * 2, x)\n        b = K.in_test_phase(lambda: x, lambda: x + 1)\n"
        "        return K.in_train_phase(a, b, training=False)\n"
    )
    after = fix(code, "keras3")
    assert "def call(self, x, mask=None, training=None):\n" in after
    assert "a = x * 2 if training else x\n" in after
    assert "b = x + 1 if training else x\n" in after
    assert "return a if False else b\n" in after


def test_the_import_stays_with_what_is_written():
    assert fix(f"{HEAD}\n\ndef f(x):\n    return K.dtype(x)\n", "keras3").startswith(HEAD)
    assert not fix(f"{HEAD}\n\ndef f(x):\n    return K.sum(x)\n", "keras3").startswith(HEAD)


def test_a_name_of_ones_own_is_respected():
    code = f"{HEAD}\n\ndef batch_dot(a):\n    return a\n\n\ndef f(x, y):\n    return K.batch_dot(x, y)\n"
    assert fix(code, "keras3") == code
    assert [finding.fix for finding in check(code, "keras3")] == [None]


def test_the_product_of_a_sparse_tensor():
    code = (
        f"{HEAD}from keras.layers import Input\n\nedges = Input((4,), sparse=True)\n\n\n"
        "def f(x, y):\n    return K.dot(x, y)\n"
    )
    assert "return ops.matmul(x, y)\n" in fix(code, "keras3", unsafe=True)
    assert "return ops.dot(x, y)\n" in fix(code.replace(", sparse=True", ""), "keras3")


@pytest.mark.parametrize("proof", ["from keras import objectives", "from keras.engine.topology import Layer"])
def test_modules_that_keras_1_and_2_had_do_not_say_which_order_a_crossentropy_has(proof):
    code = f"{HEAD}{proof}\n\n\ndef loss(y_true, y_pred):\n    return K.binary_crossentropy({{}})\n"
    swapped = code.format("y_pred, y_true")
    assert "K.binary_crossentropy(y_pred, y_true)" in fix(swapped, "keras3")
    assert "ops.binary_crossentropy(y_true, y_pred)" in fix(swapped, "keras3", unsafe=True)
    assert "K.binary_crossentropy(y_pred, y_true)" in fix(swapped, "keras2")
    assert "ops.binary_crossentropy(y_true, y_pred)" in fix(code.format("y_true, y_pred"), "keras3")


def test_a_function_with_an_ordering_that_is_handed_on_is_reported():
    code = f"{HEAD}\n\ndef pick(x):\n    return K.pool2d if x else None\n"
    assert fix(code, "keras3") == code
    assert [finding.rule for finding in check(code, "keras3")] == ["removed-backend-function"]


def test_a_variable_that_holds_what_the_backend_said_stays():
    code = "from keras import backend as K\n\nkind = K._BACKEND\nprint(kind)\n"
    assert fix(code, "keras3") == code.replace("K._BACKEND", "K.backend()")
