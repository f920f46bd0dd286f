"""The metric `fbeta_score` of Keras 1."""

from keras import ops


def fbeta_score(y_true, y_pred, beta=1):
    """The mean of precision and of recall, which counts `beta` times as much, of each batch."""
    y_true = ops.cast(y_true, y_pred.dtype)
    right = ops.sum(ops.round(ops.clip(y_true * y_pred, 0, 1)))
    precision = right / (ops.sum(ops.round(ops.clip(y_pred, 0, 1))) + 1e-7)
    recall = right / (ops.sum(ops.round(ops.clip(y_true, 0, 1))) + 1e-7)
    return (1 + beta**2) * precision * recall / (beta**2 * precision + recall + 1e-7)
