"""The metric `matthews_correlation` of Keras 1."""

from keras import backend as K


def matthews_correlation(y_true, y_pred):
    """The correlation of what was found with what is right, of each batch."""
    y_true = K.cast(y_true, y_pred.dtype)
    found = K.round(K.clip(y_pred, 0, 1))
    right = K.round(K.clip(y_true, 0, 1))
    tp, tn = K.sum(right * found), K.sum((1 - right) * (1 - found))
    fp, fn = K.sum((1 - right) * found), K.sum(right * (1 - found))
    return (tp * tn - fp * fn) / (K.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)) + K.epsilon())
