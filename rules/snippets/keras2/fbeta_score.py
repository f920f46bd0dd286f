"""The metric `fbeta_score` of Keras 1."""

from keras import backend as K


def fbeta_score(y_true, y_pred, beta=1):
    """The mean of precision and of recall, which counts `beta` times as much, of each batch."""
    y_true = K.cast(y_true, y_pred.dtype)
    right = K.sum(K.round(K.clip(y_true * y_pred, 0, 1)))
    precision = right / (K.sum(K.round(K.clip(y_pred, 0, 1))) + K.epsilon())
    recall = right / (K.sum(K.round(K.clip(y_true, 0, 1))) + K.epsilon())
    return (1 + beta**2) * precision * recall / (beta**2 * precision + recall + K.epsilon())
