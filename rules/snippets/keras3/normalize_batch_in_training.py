from keras import ops


def normalize_batch_in_training(x, gamma, beta, reduction_axes, epsilon=1e-3):
    """Normalize with the mean and the variance of the batch; gives these, too."""
    axes = [axis % len(x.shape) for axis in reduction_axes]
    mean, var = ops.moments(x, axes)
    shape = [1 if axis in axes else size for axis, size in enumerate(x.shape)]
    scale = ops.rsqrt(ops.reshape(var, shape) + epsilon)
    if gamma is not None:
        scale = scale * ops.reshape(gamma, shape)
    shift = -ops.reshape(mean, shape) * scale
    if beta is not None:
        shift = shift + ops.reshape(beta, shape)
    return x * scale + shift, mean, var
