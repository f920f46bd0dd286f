"""`accuracy` of Keras 1's `np_utils`."""


def accuracy(p, y):
    """The share of the predictions that are right."""
    import numpy as np

    return np.mean([a == b for a, b in zip(p, y)])
