"""The `K.gradients` of Keras 1 and 2, on Keras 3 over TensorFlow."""

import tensorflow as tf
from keras import Function, KerasTensor, Operation
from keras.utils import get_source_inputs


class GradientOf(Operation):
    """The gradient of a function of tensors with respect to the first of them."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def call(self, tensor, *others):
        with tf.GradientTape() as tape:
            tape.watch(tensor)
            value = self.function([tensor, *others])
        return tape.gradient(value, tensor, unconnected_gradients="zero")

    def compute_output_spec(self, tensor, *others):
        return KerasTensor(tensor.shape, tensor.dtype)


def gradients(loss, variables):
    """The gradients of a Keras tensor with respect to others that it is computed from, as Keras tensors in a list."""
    found = []
    for tensor in variables if isinstance(variables, (list, tuple)) else [variables]:
        others = [source for source in get_source_inputs(loss) if source is not tensor]
        found.append(GradientOf(Function([tensor, *others], loss))(tensor, *others))
    return found
