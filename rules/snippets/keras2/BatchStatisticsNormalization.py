"""The `BatchNormalization(mode=2)` of Keras 1."""

from keras import backend as K
from keras.layers import BatchNormalization


class BatchStatisticsNormalization(BatchNormalization):
    """The `BatchNormalization(mode=2)` of Keras 1, which uses the statistics of the batch in tests, too."""

    def __init__(self, axis=-1, **kwargs):
        super().__init__(axis=axis, **kwargs)
        self.feature_axis = axis

    def call(self, inputs, training=None):
        axis = self.feature_axis % K.ndim(inputs)
        axes = [other for other in range(K.ndim(inputs)) if other != axis]
        mean = K.mean(inputs, axis=axes, keepdims=True)
        variance = K.var(inputs, axis=axes, keepdims=True)
        shape = [-1 if other == axis else 1 for other in range(K.ndim(inputs))]
        normed = (inputs - mean) / K.sqrt(variance + self.epsilon)
        return normed * K.reshape(self.gamma, shape) + K.reshape(self.beta, shape)
