"""The metric `fmeasure` of Keras 1."""

from keras import backend as K


def fmeasure(y_true, y_pred):
    """The harmonic mean of precision and recall, of each batch."""
    y_true = K.cast(y_true, y_pred.dtype)
    right = K.sum(K.round(K.clip(y_true * y_pred, 0, 1)))
    precision = right / (K.sum(K.round(K.clip(y_pred, 0, 1))) + K.epsilon())
    recall = right / (K.sum(K.round(K.clip(y_true, 0, 1))) + K.epsilon())
    return 2 * precision * recall / (precision + recall + K.epsilon())
