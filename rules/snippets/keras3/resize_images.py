from keras import ops


def resize_images(x, height_factor, width_factor, data_format):
    """Repeat rows and columns."""
    rows = 2 if data_format == "channels_first" else 1
    return ops.repeat(ops.repeat(x, height_factor, axis=rows), width_factor, axis=rows + 1)
