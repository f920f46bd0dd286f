from keras import backend, ops


def spatial_2d_padding(x, padding=((1, 1), (1, 1)), data_format=None):
    """Pad rows and columns with zeros."""
    rows, columns = ((side, side) if isinstance(side, int) else tuple(side) for side in padding)
    if (data_format or backend.image_data_format()) == "channels_first":
        return ops.pad(x, ((0, 0), (0, 0), rows, columns))
    return ops.pad(x, ((0, 0), rows, columns, (0, 0)))
