"""The `Input(tensor=...)` of Keras 1 and 2 on a tensor that holds values, where TensorFlow runs eagerly."""

import tensorflow as tf
from keras.layers import Input


def fed_input(tensor, name=None):
    """An input of a model that has its value from the beginning; `function` and `gradients` feed it."""
    value = tf.convert_to_tensor(tensor)
    symbolic = Input(batch_shape=value.shape, dtype=value.dtype, name=name)
    symbolic.fed = value
    return symbolic
