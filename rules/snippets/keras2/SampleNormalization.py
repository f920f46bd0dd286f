"""The `BatchNormalization(mode=1)` of Keras 1."""

from keras import backend as K
from keras.layers import BatchNormalization


class SampleNormalization(BatchNormalization):
    """The `BatchNormalization(mode=1)` of Keras 1, which normalizes each sample by itself; the weights are the same."""

    def call(self, inputs, training=None):
        mean = K.mean(inputs, axis=-1, keepdims=True)
        deviation = K.sqrt(K.var(inputs, axis=-1, keepdims=True) + self.epsilon)
        return self.gamma * (inputs - mean) / (deviation + self.epsilon) + self.beta
