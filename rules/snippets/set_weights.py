"""`set_weights` of a layer of Keras 1, where kernels had other axes with the channels of images first."""

import numpy as np


def set_weights(layer, weights):
    """Give a layer the weights that Keras 1 took: the kernel as (filters, channels, rows, columns)."""
    if getattr(layer, "data_format", None) == "channels_first":
        weights = [np.moveaxis(one, (0, 1), (-1, -2)) if np.ndim(one) > 3 else one for one in weights]
    layer.set_weights(weights)
