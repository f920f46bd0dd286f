"""The activation function that Keras 3 has under the same name with another slope."""

from keras import ops
from keras.saving import register_keras_serializable


@register_keras_serializable()
def hard_sigmoid(x):
    """The `hard_sigmoid` of Keras 1 and 2; that of Keras 3 is `relu6(x + 3) / 6`."""
    return ops.clip(0.2 * x + 0.5, 0.0, 1.0)
