"""The initial weights of a convolution of Keras 1, whose kernels had other axes with the channels of images first."""

import numpy as np
from keras import backend as K


def legacy_weights(weights, data_format=None):
    """Weights with the axes of today; a kernel was (filters, channels, rows, columns) where channels come first."""
    if weights is None or (data_format or K.image_data_format()) != "channels_first":
        return weights
    return [np.moveaxis(one, (0, 1), (-1, -2)) if np.ndim(one) > 3 else one for one in weights]
