"""The `BatchNormalization(mode=1)` of Keras 1."""

from keras import ops
from keras.layers import BatchNormalization
from keras.saving import register_keras_serializable


@register_keras_serializable()
class SampleNormalization(BatchNormalization):
    """The `BatchNormalization(mode=1)` of Keras 1, which normalizes each sample by itself; the weights are the same."""

    def call(self, inputs, training=None, mask=None):
        mean = ops.mean(inputs, axis=-1, keepdims=True)
        deviation = ops.sqrt(ops.var(inputs, axis=-1, keepdims=True) + self.epsilon)
        return self.gamma * (inputs - mean) / (deviation + self.epsilon) + self.beta
