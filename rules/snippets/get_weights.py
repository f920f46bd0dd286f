"""`get_weights` of a layer of Keras 1, where kernels had other axes with the channels of images first."""

import numpy as np


def get_weights(layer):
    """The weights of a layer as Keras 1 gave them: the kernel as (filters, channels, rows, columns)."""
    weights = layer.get_weights()
    if getattr(layer, "data_format", None) == "channels_first":
        weights = [np.moveaxis(one, (-1, -2), (0, 1)) if one.ndim > 3 else one for one in weights]
    return weights
