"""The loss and metric `cosine_proximity` of Keras 1."""

from keras import ops


def cosine_proximity(y_true, y_pred):
    """The loss of Keras 1: the negative mean of the products of the coordinates, of which the cosine is the sum."""
    y_true = ops.cast(y_true, y_pred.dtype)
    return -ops.mean(ops.normalize(y_true, axis=-1) * ops.normalize(y_pred, axis=-1), axis=-1)
