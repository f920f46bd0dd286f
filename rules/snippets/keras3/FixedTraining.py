"""A layer whose `training` is given where it is called, as Keras 1 and 2 had it."""

from keras import ops
from keras.layers import Wrapper
from keras.saving import register_keras_serializable


@register_keras_serializable()
class FixedTraining(Wrapper):
    """A layer that is in training, or is not, whatever the model around it does: `fit` and `predict` of Keras 3
    override a `training=...` at the call. It has the layer's own name, unless another is given."""

    def __init__(self, layer, training, **kwargs):
        super().__init__(layer, **{"name": layer.name, **kwargs})
        self.fixed = None if training is None else bool(training)
        self.supports_masking = layer.supports_masking

    def call(self, inputs, training=None):
        moving = [weight for weight in self.layer.non_trainable_weights if weight.name.startswith("moving_")]
        kept = [] if training else [ops.copy(weight) for weight in moving]
        outputs = self.layer(inputs, training=self.fixed)
        for weight, value in zip(moving, kept):
            weight.assign(value)  # moving averages only move in `fit`
        return outputs

    def compute_mask(self, inputs, mask=None):
        return self.layer.compute_mask(inputs, mask)

    def get_config(self):
        return {**super().get_config(), "training": self.fixed}
