from keras import ops


def normalized(x, mean, var, beta, gamma, epsilon=1e-3):
    """Normalize with a mean and a variance that are given, then scale and shift."""
    scale = ops.rsqrt(var + epsilon)
    if gamma is not None:
        scale = scale * gamma
    shift = -mean * scale
    if beta is not None:
        shift = shift + beta
    return x * scale + shift
