from keras import backend, ops


def bias_add(x, bias, data_format=None):
    """Add a bias to the channels of `x`."""
    if (data_format or backend.image_data_format()) == "channels_first" and len(x.shape) > 2:
        shape = tuple(bias.shape)
        bias = ops.reshape(bias, (1, shape[-1], *(shape[:-1] if len(shape) > 1 else (1,) * (len(x.shape) - 2))))
    return ops.add(x, bias)
