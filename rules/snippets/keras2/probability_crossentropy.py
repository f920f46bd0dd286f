"""`binary_crossentropy` of what a softmax gives."""

from keras import backend as K


def probability_crossentropy(y_true, y_pred):
    """The binary crossentropy of probabilities; that of Keras takes the inputs of a softmax for those of a sigmoid."""
    y_true = K.cast(y_true, y_pred.dtype)
    y_pred = K.clip(y_pred, 1e-7, 1.0 - 1e-7)
    return -K.mean(y_true * K.log(y_pred) + (1.0 - y_true) * K.log(1.0 - y_pred), axis=-1)
