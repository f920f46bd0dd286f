"""A layer that Keras has no more."""

from keras import activations, constraints, initializers, ops, regularizers
from keras.layers import Layer
from keras.saving import register_keras_serializable


@register_keras_serializable()
class Highway(Layer):
    """The `Highway` of Keras 1: a dense layer, and a gate that says how much of the input goes past it."""

    def __init__(
        self,
        activation=None,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        carry_kernel_initializer=None,
        carry_bias_initializer="ones",
        kernel_regularizer=None,
        bias_regularizer=None,
        activity_regularizer=None,
        kernel_constraint=None,
        bias_constraint=None,
        **kwargs,
    ):
        super().__init__(activity_regularizer=regularizers.get(activity_regularizer), **kwargs)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.carry_kernel_initializer = initializers.get(carry_kernel_initializer or kernel_initializer)
        self.carry_bias_initializer = initializers.get(carry_bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)

    def build(self, input_shape):
        size = input_shape[-1]
        self.kernel = self.add_weight(
            shape=(size, size),
            initializer=self.kernel_initializer,
            name="kernel",
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.carry_kernel = self.add_weight(
            shape=(size, size), initializer=self.carry_kernel_initializer, name="carry_kernel"
        )
        if self.use_bias:
            self.bias = self.add_weight(
                shape=(size,),
                initializer=self.bias_initializer,
                name="bias",
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )
            self.carry_bias = self.add_weight(shape=(size,), initializer=self.carry_bias_initializer, name="carry_bias")
        self.built = True

    def call(self, inputs):
        gate = ops.matmul(inputs, self.carry_kernel)
        outputs = ops.matmul(inputs, self.kernel)
        if self.use_bias:
            gate = gate + self.carry_bias
            outputs = outputs + self.bias
        gate = activations.sigmoid(gate)
        return self.activation(outputs) * gate + (1 - gate) * inputs

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        config = {
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "carry_kernel_initializer": initializers.serialize(self.carry_kernel_initializer),
            "carry_bias_initializer": initializers.serialize(self.carry_bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
        }
        return {**super().get_config(), **config}
