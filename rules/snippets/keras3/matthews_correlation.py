"""The metric `matthews_correlation` of Keras 1."""

from keras import ops


def matthews_correlation(y_true, y_pred):
    """The correlation of what was found with what is right, of each batch."""
    y_true = ops.cast(y_true, y_pred.dtype)
    found = ops.round(ops.clip(y_pred, 0, 1))
    right = ops.round(ops.clip(y_true, 0, 1))
    tp, tn = ops.sum(right * found), ops.sum((1 - right) * (1 - found))
    fp, fn = ops.sum((1 - right) * found), ops.sum(right * (1 - found))
    return (tp * tn - fp * fn) / (ops.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)) + 1e-7)
