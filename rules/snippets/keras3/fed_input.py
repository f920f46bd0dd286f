"""The `Input(tensor=...)` of Keras 1 and 2 on a tensor that holds values, on Keras 3."""

from keras import Input, ops


def fed_input(tensor, name=None):
    """An input of a model that has its value from the beginning; `function` and `gradients` feed it."""
    value = ops.convert_to_tensor(tensor)
    symbolic = Input(batch_shape=value.shape, dtype=value.dtype, name=name)
    symbolic.fed = value
    return symbolic
