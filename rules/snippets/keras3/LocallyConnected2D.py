"""A layer that Keras 3 does not have."""

from keras import activations, config, constraints, initializers, ops, regularizers
from keras.layers import Layer
from keras.saving import register_keras_serializable


@register_keras_serializable()
class LocallyConnected2D(Layer):
    """A convolution whose kernel is another at each place, as Keras 1 and 2 had it."""

    def __init__(
        self,
        filters,
        kernel_size,
        strides=(1, 1),
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
            raise ValueError(f"LocallyConnected2D has no padding but 'valid': {padding!r}")
        self.filters = filters
        self.kernel_size = (kernel_size, kernel_size) if isinstance(kernel_size, int) else tuple(kernel_size)
        self.strides = (strides, strides) if isinstance(strides, int) else tuple(strides)
        self.data_format = data_format or config.image_data_format()
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)

    def build(self, input_shape):
        rows, columns = self.compute_size(input_shape)
        channels = input_shape[1 if self.data_format == "channels_first" else 3]
        self.kernel = self.add_weight(
            shape=(rows * columns, self.kernel_size[0] * self.kernel_size[1] * channels, self.filters),
            initializer=self.kernel_initializer,
            name="kernel",
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        if self.use_bias:
            self.bias = self.add_weight(
                shape=(rows, columns, self.filters),
                initializer=self.bias_initializer,
                name="bias",
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )
        self.built = True

    def compute_size(self, input_shape):
        size = input_shape[2:] if self.data_format == "channels_first" else input_shape[1:3]
        return [(one - kernel) // stride + 1 for one, kernel, stride in zip(size, self.kernel_size, self.strides)]

    def call(self, inputs):
        rows, columns = self.compute_size(inputs.shape)
        first = self.data_format == "channels_first"
        patches = []
        for row in range(0, rows * self.strides[0], self.strides[0]):
            for column in range(0, columns * self.strides[1], self.strides[1]):
                window = slice(row, row + self.kernel_size[0]), slice(column, column + self.kernel_size[1])
                patch = inputs[:, :, window[0], window[1]] if first else inputs[:, window[0], window[1], :]
                patches.append(ops.reshape(patch, (-1, self.kernel.shape[1])))
        outputs = ops.matmul(ops.stack(patches), self.kernel)
        outputs = ops.reshape(outputs, (rows, columns, -1, self.filters))
        outputs = ops.transpose(outputs, (2, 3, 0, 1) if first else (2, 0, 1, 3))
        if self.use_bias:
            shape = (1, self.filters, rows, columns) if first else (1, rows, columns, self.filters)
            outputs = outputs + ops.reshape(self.bias, shape)
        return self.activation(outputs)

    def compute_output_shape(self, input_shape):
        rows, columns = self.compute_size(input_shape)
        if self.data_format == "channels_first":
            return (input_shape[0], self.filters, rows, columns)
        return (input_shape[0], rows, columns, self.filters)

    def get_config(self):
        settings = {
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
        return {**super().get_config(), **settings}
