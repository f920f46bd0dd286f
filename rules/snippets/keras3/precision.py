"""The metric `precision` of Keras 1."""

from keras import ops


def precision(y_true, y_pred):
    """The share of what was found that is right, of each batch."""
    y_true = ops.cast(y_true, y_pred.dtype)
    right = ops.sum(ops.round(ops.clip(y_true * y_pred, 0, 1)))
    return right / (ops.sum(ops.round(ops.clip(y_pred, 0, 1))) + 1e-7)
