"""`layer_test` of Keras 1 and 2."""

from keras import backend as K
from keras.layers import Input
from keras.models import Model, Sequential, model_from_json


def layer_test(
    layer_cls,
    kwargs=None,
    input_shape=None,
    input_dtype=None,
    input_data=None,
    expected_output=None,
    expected_output_dtype=None,
    fixed_batch_size=False,
):
    """Try a layer of one input and one output in both kinds of models and through its config; gives its output."""
    import numpy as np

    kwargs = kwargs or {}
    input_dtype = input_dtype or K.floatx()
    if input_data is None:
        sizes = [np.random.randint(1, 4) if size is None else size for size in input_shape]
        input_data = (10 * np.random.random(sizes)).astype(input_dtype)
    elif input_shape is None:
        input_shape = input_data.shape

    def check(model):
        output = model.predict(input_data, verbose=0)
        for expected, actual in zip(expected_output_shape, output.shape):
            assert expected is None or expected == actual
        if expected_output is not None:
            np.testing.assert_allclose(output, expected_output, rtol=1e-3)
        return output

    layer = layer_cls(**kwargs)
    layer.set_weights(layer.get_weights())

    # in the functional API
    inputs = Input(batch_shape=input_shape if fixed_batch_size else (None, *input_shape[1:]), dtype=input_dtype)
    outputs = layer(inputs)
    assert outputs.dtype.name == (expected_output_dtype or input_dtype)
    expected_output_shape = layer.compute_output_shape(input_shape)
    model = Model(inputs, outputs)
    model.compile("sgd", "mse")
    check(model)
    Model.from_config(model.get_config()).compile("sgd", "mse")

    # as the first layer of a `Sequential`
    model = Sequential([Input(batch_shape=input_shape, dtype=input_dtype), layer_cls.from_config(layer.get_config())])
    model.compile("sgd", "mse")
    output = check(model)
    model_from_json(model.to_json())
    return output
