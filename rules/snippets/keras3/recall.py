"""The metric `recall` of Keras 1."""

from keras import ops


def recall(y_true, y_pred):
    """The share of what is right that was found, of each batch."""
    y_true = ops.cast(y_true, y_pred.dtype)
    right = ops.sum(ops.round(ops.clip(y_true * y_pred, 0, 1)))
    return right / (ops.sum(ops.round(ops.clip(y_true, 0, 1))) + 1e-7)
