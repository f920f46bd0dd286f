"""The `BatchNormalization(mode=2)` of Keras 1."""

from keras import ops
from keras.layers import BatchNormalization
from keras.saving import register_keras_serializable


@register_keras_serializable()
class BatchStatisticsNormalization(BatchNormalization):
    """The `BatchNormalization(mode=2)` of Keras 1, which uses the statistics of the batch in tests, too."""

    def call(self, inputs, training=None, mask=None):
        axis = self.axis % len(inputs.shape)
        axes = [other for other in range(len(inputs.shape)) if other != axis]
        mean, variance = ops.moments(inputs, axes, keepdims=True)
        shape = [-1 if other == axis else 1 for other in range(len(inputs.shape))]
        normed = (inputs - mean) / ops.sqrt(variance + self.epsilon)
        return normed * ops.reshape(self.gamma, shape) + ops.reshape(self.beta, shape)
