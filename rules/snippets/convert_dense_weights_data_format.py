"""`convert_dense_weights_data_format` of Keras 2."""

import numpy as np


def convert_dense_weights_data_format(dense, previous_feature_map_shape, target_data_format="channels_first"):
    """Give a `Dense` after a `Flatten` of images the weights for images whose channels are elsewhere."""
    kernel = np.array(dense.kernel)
    if target_data_format == "channels_first":
        channels, rows, columns = previous_feature_map_shape
        images = np.moveaxis(kernel.reshape((rows, columns, channels, -1)), 2, 0)
    else:
        rows, columns, channels = previous_feature_map_shape
        images = np.moveaxis(kernel.reshape((channels, rows, columns, -1)), 0, 2)
    dense.kernel.assign(images.reshape(kernel.shape))
