"""`Sequential.predict_classes` as a function."""


def predict_classes(model, *args, **kwargs):
    """The class of each sample, as `predict_classes` of a `Sequential` gave it."""
    predictions = model.predict(*args, **kwargs)
    if predictions.shape[-1] > 1:
        return predictions.argmax(axis=-1)
    return (predictions > 0.5).astype("int32")
