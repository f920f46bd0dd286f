"""`binary_crossentropy` of what a softmax gives."""

from keras import ops


def probability_crossentropy(y_true, y_pred):
    """The binary crossentropy of probabilities; that of Keras takes the inputs of a softmax for those of a sigmoid."""
    y_true = ops.cast(y_true, y_pred.dtype)
    y_pred = ops.clip(y_pred, 1e-7, 1.0 - 1e-7)
    return -ops.mean(y_true * ops.log(y_pred) + (1.0 - y_true) * ops.log(1.0 - y_pred), axis=-1)
