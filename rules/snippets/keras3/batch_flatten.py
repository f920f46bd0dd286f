from keras import ops


def batch_flatten(x):
    """All axes but the first as one."""
    size = 1
    for axis in x.shape[1:]:
        size = None if axis is None or size is None else size * axis
    return ops.reshape(x, (ops.shape(x)[0], -1) if size is None else (-1, size))
