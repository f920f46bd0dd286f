"""Which functions of `keras.backend` today's libraries still have."""

from __future__ import annotations

from kerasfix.checks.backend._calls import BACKEND, inner_rows

# Those of the 14 names of Keras 3 that Keras 1 or 2 had, too.
_KERAS3 = frozenset(
    [
        "backend", "clear_session", "epsilon", "floatx", "get_uid", "image_data_format", "is_keras_tensor",
        "set_epsilon", "set_floatx", "set_image_data_format",
    ]
)  # fmt: skip
# `tf.keras.backend` under Keras 3 has most functions of Keras 2 still; these are gone from there, too.
_GONE_FROM_TENSORFLOW = frozenset(
    [
        "asymmetric_spatial_2d_padding", "asymmetric_temporal_padding", "atrous_conv2d",
        "control_dependencies", "conv3d_transpose", "deconv2d", "eager", "get_variable_shape", "identity",
        "in_test_phase", "in_train_phase", "is_placeholder", "is_symbolic", "is_tensor", "is_variable",
        "legacy_weight_ordering", "lesser", "lesser_equal", "local_conv1d", "local_conv2d", "logsumexp",
        "manual_variable_initialization", "normalize_batch_in_training", "normalize_data_format", "pack",
        "print_tensor", "random_binomial", "reset_uids", "separable_conv1d", "set_legacy_weight_ordering", "size",
        "slice", "symbolic", "v1_variable_initialization",
    ]
)  # fmt: skip
# What `tf_keras` has no more of the backends of Keras 1 and 2.
_GONE_FROM_KERAS2 = frozenset(
    [
        "asymmetric_spatial_2d_padding", "asymmetric_temporal_padding", "atrous_conv2d", "control_dependencies",
        "conv3d_transpose", "deconv2d", "eager", "get_variable_shape", "identity", "is_placeholder", "is_symbolic",
        "is_tensor", "is_variable", "legacy_weight_ordering", "lesser", "lesser_equal", "logsumexp",
        "normalize_data_format", "pack", "separable_conv1d", "set_legacy_weight_ordering", "size", "slice", "symbolic",
        "v1_variable_initialization",
    ]
)  # fmt: skip
# Matters of other rules: `graph-and-session`, `legacy-image-ordering`.
_OTHERS = frozenset(
    [
        "function", "get_session", "gradients", "image_dim_ordering", "learning_phase", "placeholder",
        "set_image_dim_ordering", "set_learning_phase", "set_session",
    ]
)  # fmt: skip


def is_gone(name: str, root: str, target: str) -> bool:
    """Whether a function (`keras.backend.sum`) of a package (`keras`, `tensorflow.keras`) is a matter of this rule."""
    short = name.removeprefix(BACKEND)
    if short in _OTHERS or name not in inner_rows():
        return False
    if target == "keras2":
        return short in _GONE_FROM_KERAS2 and root in ("keras", "tensorflow.keras", "tf_keras")
    if root == "tensorflow.keras":
        return short in _GONE_FROM_TENSORFLOW
    return root == "keras" and short not in _KERAS3
