"""The loss and metric `squared_hinge` of Keras 1 and 2."""

from keras import ops


def squared_hinge(y_true, y_pred):
    """The loss of Keras 1 and 2, which takes labels as they are; that of today takes 0 for -1."""
    y_true = ops.cast(y_true, y_pred.dtype)
    return ops.mean(ops.square(ops.maximum(1.0 - y_true * y_pred, 0.0)), axis=-1)
