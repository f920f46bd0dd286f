"""The loss and metric `cosine_proximity` of Keras 1."""

from keras import backend as K


def cosine_proximity(y_true, y_pred):
    """The loss of Keras 1: the negative mean of the products of the coordinates, of which the cosine is the sum."""
    y_true = K.cast(y_true, y_pred.dtype)
    return -K.mean(K.l2_normalize(y_true, axis=-1) * K.l2_normalize(y_pred, axis=-1), axis=-1)
