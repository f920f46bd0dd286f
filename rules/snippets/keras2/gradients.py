"""The `K.gradients` of Keras 1 and 2, where TensorFlow runs eagerly."""

import tensorflow as tf
from keras.layers import Layer
from keras.models import Model
from keras.utils import get_source_inputs


class GradientOf(Layer):
    """The gradient of a model's output with respect to the first of its inputs."""

    def __init__(self, model, **kwargs):
        super().__init__(**kwargs)
        self.model = model

    def call(self, tensors):
        with tf.GradientTape() as tape:
            tape.watch(tensors[0])
            value = self.model(tensors)
        return tape.gradient(value, tensors[0], unconnected_gradients="zero")


def gradients(loss, variables):
    """The gradients of a Keras tensor with respect to others that it is computed from, as Keras tensors in a list."""
    found = []
    for tensor in variables if isinstance(variables, (list, tuple)) else [variables]:
        others = [source for source in get_source_inputs(loss) if source is not tensor]
        for more in ([], [source for source in others if hasattr(source, "fed")], others):
            try:
                model = Model([tensor, *more], loss)
            except ValueError:  # the loss depends on others beside the tensor, or on these by way of it alone
                continue
            found.append(GradientOf(model)([tensor, *more]))
            break
    return found
