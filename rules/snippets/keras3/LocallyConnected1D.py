"""A layer that Keras 3 does not have."""

from keras import activations, constraints, initializers, ops, regularizers
from keras.layers import Layer
from keras.saving import register_keras_serializable


@register_keras_serializable()
class LocallyConnected1D(Layer):
    """A convolution whose kernel is another at each place, as Keras 1 and 2 had it."""

    def __init__(
        self,
        filters,
        kernel_size,
        strides=1,
        padding="valid",
        data_format=None,
        activation=None,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        kernel_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        **kwargs,
    ):
        super().__init__(activity_regularizer=regularizers.get(activity_regularizer), **kwargs)
        if padding != "valid":
            raise ValueError(f"LocallyConnected1D has no padding but 'valid': {padding!r}")
        self.filters = filters
        self.kernel_size = kernel_size if isinstance(kernel_size, int) else kernel_size[0]
        self.strides = strides if isinstance(strides, int) else strides[0]
        self.data_format = data_format or "channels_last"
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)

    def build(self, input_shape):
        length = self.compute_length(input_shape)
        channels = input_shape[1 if self.data_format == "channels_first" else 2]
        self.kernel = self.add_weight(
            shape=(length, self.kernel_size * channels, self.filters),
            initializer=self.kernel_initializer,
            name="kernel",
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        if self.use_bias:
            self.bias = self.add_weight(
                shape=(length, self.filters),
                initializer=self.bias_initializer,
                name="bias",
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )
        self.built = True

    def compute_length(self, input_shape):
        length = input_shape[2 if self.data_format == "channels_first" else 1]
        return (length - self.kernel_size) // self.strides + 1

    def call(self, inputs):
        length = self.compute_length(inputs.shape)
        first = self.data_format == "channels_first"
        patches = []
        for start in range(0, length * self.strides, self.strides):
            window = slice(start, start + self.kernel_size)
            patch = inputs[:, :, window] if first else inputs[:, window, :]
            patches.append(ops.reshape(patch, (-1, self.kernel.shape[1])))
        outputs = ops.transpose(ops.matmul(ops.stack(patches), self.kernel), (1, 0, 2))
        if self.use_bias:
            outputs = outputs + self.bias
        return self.activation(ops.transpose(outputs, (0, 2, 1)) if first else outputs)

    def compute_output_shape(self, input_shape):
        length = self.compute_length(input_shape)
        if self.data_format == "channels_first":
            return (input_shape[0], self.filters, length)
        return (input_shape[0], length, self.filters)

    def get_config(self):
        config = {
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "data_format": self.data_format,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
        }
        return {**super().get_config(), **config}
