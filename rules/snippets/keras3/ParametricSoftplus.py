"""An activation that Keras has no more."""

from keras import activations, initializers
from keras.layers import Layer
from keras.saving import register_keras_serializable


@register_keras_serializable()
class ParametricSoftplus(Layer):
    """The `ParametricSoftplus` of Keras 1: `alpha * log(1 + exp(beta * x))`, where both numbers are learned."""

    def __init__(self, alpha_init=0.2, beta_init=5.0, shared_axes=None, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.alpha_init = alpha_init
        self.beta_init = beta_init
        self.shared_axes = [shared_axes] if isinstance(shared_axes, int) else list(shared_axes or [])

    def build(self, input_shape):
        shape = [1 if axis in self.shared_axes else size for axis, size in enumerate(input_shape)][1:]
        self.alphas = self.add_weight(shape=shape, initializer=initializers.Constant(self.alpha_init), name="alphas")
        self.betas = self.add_weight(shape=shape, initializer=initializers.Constant(self.beta_init), name="betas")
        self.built = True

    def call(self, inputs):
        return activations.softplus(self.betas * inputs) * self.alphas

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        config = {"alpha_init": self.alpha_init, "beta_init": self.beta_init, "shared_axes": self.shared_axes}
        return {**super().get_config(), **config}
