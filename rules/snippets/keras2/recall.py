"""The metric `recall` of Keras 1."""

from keras import backend as K


def recall(y_true, y_pred):
    """The share of what is right that was found, of each batch."""
    y_true = K.cast(y_true, y_pred.dtype)
    right = K.sum(K.round(K.clip(y_true * y_pred, 0, 1)))
    return right / (K.sum(K.round(K.clip(y_true, 0, 1))) + K.epsilon())
