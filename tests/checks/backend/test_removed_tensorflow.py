"""Where functions of TensorFlow 1 are looked for, and how a file writes those of today."""

from __future__ import annotations

import pytest
from catalogue.pipeline import check, fix

LOSS = """
def loss(y_true, y_pred):
    return {}
"""


def fixed(head: str, text: str) -> str:
    return fix(f"{head}\nfrom keras import backend as K\n\n{LOSS.format(text)}", "keras2")


@pytest.mark.parametrize(
    ("head", "text", "after"),
    [
        ("import tensorflow", "tensorflow.log(y_pred)", "tensorflow.math.log(y_pred)"),
        ("import tensorflow as T", "T.to_float(y_pred)", "T.cast(y_pred, T.float32)"),
        ("import tensorflow as tf", "tf.log(tf.to_float(y_pred))", "tf.math.log(tf.cast(y_pred, tf.float32))"),
        ("import tensorflow as tf", "tf.select(y_pred > 0, *y_true)", "tf.compat.v1.where(y_pred > 0, *y_true)"),
        ("import tensorflow as tf", "tf.log(y_pred, **y_true)", "tf.math.log(y_pred, **y_true)"),
        ("import tensorflow as tf", "tf.concat(1, [  y_true, y_pred  ])", "tf.concat([  y_true, y_pred  ], 1)"),
        ("import tensorflow as tf", "tf.random_normal((2,), 0.0, 1.0)", "tf.random.normal((2,), 0.0, 1.0)"),
        (
            "import tensorflow as tf",
            "tf.reduce_sum(y_pred,\n        reduction_indices=1,  # rows\n        keep_dims=True)",
            "tf.reduce_sum(y_pred,\n        axis=1,  # rows\n        keepdims=True)",
        ),
    ],
)
def test_it_is_written_as_the_file_writes_it(head, text, after):
    assert fixed(head, text) == f"{head}\nfrom keras import backend as K\n\n{LOSS.format(after)}"


def test_a_name_that_was_imported_by_itself():
    after = fixed("from tensorflow import log, square", "log(square(y_pred))")
    assert "import tensorflow as tf\n" in after
    assert "from tensorflow import square\n" in after
    assert "return tf.math.log(square(y_pred))" in after


def test_an_import_in_a_function():
    code = "from keras import backend as K\n\n\ndef f(x):\n    import tensorflow as tf\n    return tf.log(x)\n"
    assert fix(code, "keras3") == code.replace("tf.log", "tf.math.log")


def test_a_loss_in_a_file_of_its_own():
    code = f"import tensorflow as tf\n{LOSS.format('tf.log(y_pred)')}"
    assert fix(code, "keras3") == code.replace("tf.log", "tf.math.log")


@pytest.mark.parametrize(
    "code",
    [
        "import tensorflow as tf\n\nx = tf.log(tf.placeholder(tf.float32))\n",  # nothing of Keras
        "import tensorflow as tf\nimport keras\n\nif tf.__version__ < '1':\n    x = tf.pack([1, 2])\n",
        "import tensorflow as tf\nimport keras\n\nx = tf.pack([1]) if hasattr(tf, 'pack') else tf.stack([1])\n",
        "import tensorflow as tf\nimport keras\n\ntry:\n    x = tf.pack([1])\nexcept Exception:\n    x = 1\n",
        "import keras\ntry:\n    import tensorflow.compat.v1 as tf\nexcept ImportError:\n    import tensorflow as tf\n"
        "x = tf.pack([1])\n",
        "import tensorflow as tf\nimport keras\n\ntf = tf.compat.v1\nx = tf.log([1.0])\n",
    ],
)
def test_code_for_other_versions_and_of_no_keras_is_left_alone(code):
    assert not [finding for finding in check(code, "keras2") if finding.rule == "removed-tensorflow-function"]


def test_another_error_that_is_caught_says_nothing_of_versions():
    code = "import tensorflow as tf\nimport keras\n\ntry:\n    x = tf.pack([1])\nexcept KeyboardInterrupt:\n    pass\n"
    assert "tf.stack([1])" in fix(code, "keras2")


@pytest.mark.parametrize("text", ["tf.log(x)", "tf.concat(1, [x, x])", "tf.reduce_sum(x, keep_dims=True)"])
def test_keras_tensors_are_those_of_another_rule_on_keras_3(text):
    code = f"import tensorflow as tf\nfrom keras.layers import Input\n\nx = Input(shape=(4,))\ny = {text}\n"
    assert [finding.rule for finding in check(code, "keras3")] == ["tensorflow-op-on-keras-tensor"]
    assert [finding.rule for finding in check(code, "keras2")] == ["removed-tensorflow-function"]


def test_what_cannot_be_written_is_told():
    code = "import tensorflow as tf\nimport keras\n\n\ndef f(x, h, w):\n    return tf.image.resize_images(x, h, w)\n"
    (finding,) = check(code, "keras2")
    assert finding.fix is None
    assert "[height, width]" in finding.help
