"""`probas_to_classes` of Keras 1."""


def probas_to_classes(y_pred):
    """The class of each row of probabilities, or 0 and 1 for those of a single class."""
    if len(y_pred.shape) > 1 and y_pred.shape[1] > 1:
        return y_pred.argmax(axis=1)
    return (y_pred.reshape(-1) > 0.5).astype("int64")
