"""The metric `fbeta_score` of Keras 1."""

from keras import ops


def fbeta_score(y_true, y_pred):
    """The harmonic mean of precision and recall, of each batch."""
    y_true = ops.cast(y_true, y_pred.dtype)
    right = ops.sum(ops.round(ops.clip(y_true * y_pred, 0, 1)))
    precision = right / (ops.sum(ops.round(ops.clip(y_pred, 0, 1))) + 1e-7)
    recall = right / (ops.sum(ops.round(ops.clip(y_true, 0, 1))) + 1e-7)
    return 2 * precision * recall / (precision + recall + 1e-7)
