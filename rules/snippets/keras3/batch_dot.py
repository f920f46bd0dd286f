from keras import ops


def batch_dot(x, y, axes=None):
    """The product of each pair of samples over one axis of each, for tensors of two or three axes."""
    x_rank, y_rank = len(x.shape), len(y.shape)
    if x_rank > 3 or y_rank > 3:
        raise ValueError("batch_dot: versions of Keras differ for more than three axes; write it with ops.einsum")
    if axes is None:
        axes = (1 if x_rank == 2 else x_rank - 1, 1 if y_rank == 2 else y_rank - 2)
    if isinstance(axes, int):
        axes = (axes, axes)
    left = ["b", "i", "j"][:x_rank]
    right = ["b", "k", "l"][:y_rank]
    left[axes[0]] = right[axes[1]] = "s"
    kept = [axis for axis in left[1:] + right[1:] if axis != "s"]
    result = ops.einsum(f"{''.join(left)},{''.join(right)}->b{''.join(kept)}", x, y)
    return result if kept else ops.expand_dims(result, 1)
