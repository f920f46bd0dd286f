"""`categorical_probas_to_classes` of Keras 1."""


def categorical_probas_to_classes(p):
    """The class of each row of probabilities."""
    import numpy as np

    return np.argmax(p, axis=1)
