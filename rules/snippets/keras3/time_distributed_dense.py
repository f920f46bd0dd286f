"""`time_distributed_dense` of Keras 1."""

from keras import ops, random
from keras.layers import Layer


class DropoutOfSteps(Layer):
    """Drops the same inputs at all steps in time; it has no variables, so that it can be made in a `call`."""

    def __init__(self, rate):
        super().__init__()
        self.rate = rate

    def call(self, x, training=False):
        return random.dropout(x, self.rate, noise_shape=(None, 1, None)) if training else x


def time_distributed_dense(x, w, b=None, dropout=None):
    """The product with `w`, plus `b`, at each step in time; in training, the same inputs are dropped at all steps."""
    if dropout is not None and 0.0 < dropout < 1.0:
        x = DropoutOfSteps(dropout)(x)
    x = ops.matmul(x, w)
    return x if b is None else x + b
