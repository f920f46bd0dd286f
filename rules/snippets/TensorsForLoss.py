"""What lets a loss function read other tensors of its model than the output."""

from keras.layers import Layer


class TensorsForLoss(Layer):
    """Gives back the first of its inputs, and keeps the values of the others where the loss function can read them."""

    def call(self, inputs):
        self.tensors = tuple(inputs[1:])
        return inputs[0]

    def compute_output_shape(self, input_shape):
        return input_shape[0]
