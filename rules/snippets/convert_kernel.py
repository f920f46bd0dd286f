"""`convert_kernel` of Keras 1 and 2."""

import numpy as np
from keras import backend as K


def convert_kernel(kernel, data_format=None):
    """A kernel of Theano as one of TensorFlow, or the other way round: flipped along its rows and columns."""
    kernel = np.asarray(kernel)
    first = 2 if (data_format or K.image_data_format()) == "channels_first" else 0
    return np.flip(kernel, tuple(range(first, first + kernel.ndim - 2))).copy()
