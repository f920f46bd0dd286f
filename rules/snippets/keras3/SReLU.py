"""An activation that Keras has no more."""

from keras import initializers, ops
from keras.layers import Layer
from keras.saving import register_keras_serializable


@register_keras_serializable()
class SReLU(Layer):
    """The `SReLU` of Keras 1: straight in the middle, with learned slopes to the left and the right of it."""

    def __init__(
        self,
        t_left_initializer="zeros",
        a_left_initializer="glorot_uniform",
        t_right_initializer="glorot_uniform",
        a_right_initializer="ones",
        shared_axes=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.initializers = {
            "t_left": initializers.get(t_left_initializer),
            "a_left": initializers.get(a_left_initializer),
            "t_right": initializers.get(t_right_initializer),
            "a_right": initializers.get(a_right_initializer),
        }
        self.shared_axes = [shared_axes] if isinstance(shared_axes, int) else list(shared_axes or [])

    def build(self, input_shape):
        shape = [1 if axis in self.shared_axes else size for axis, size in enumerate(input_shape)][1:]
        self.t_left, self.a_left, self.t_right, self.a_right = [
            self.add_weight(shape=shape, initializer=initializer, name=name)
            for name, initializer in self.initializers.items()
        ]
        self.built = True

    def call(self, inputs):
        width = ops.abs(self.t_right)
        left = ops.minimum(inputs - self.t_left, 0.0) * self.a_left
        middle = ops.minimum(ops.maximum(inputs - self.t_left, 0.0), width)
        right = ops.maximum(inputs - self.t_left - width, 0.0) * self.a_right
        return self.t_left + left + middle + right

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        config = {f"{name}_initializer": initializers.serialize(one) for name, one in self.initializers.items()}
        return {**super().get_config(), **config, "shared_axes": self.shared_axes}
