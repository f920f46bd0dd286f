"""The `K.function` of Keras 1 and 2 with inputs that tf_keras does not take."""

import tensorflow as tf
from keras import backend as K
from keras.models import Model
from keras.utils import get_source_inputs


def function(inputs, outputs):
    """A function that takes a list of arrays and gives arrays, from Keras tensors to Keras tensors.

    Where "training" stands among the inputs, the function takes whether the layers are to act as in training.
    """
    single = not isinstance(outputs, (list, tuple))
    outputs = [outputs] if single else list(outputs)
    symbolic = [one for one in inputs if not isinstance(one, str)]
    sources = {id(one): one for output in outputs for one in get_source_inputs(output)}
    fed = [one for one in sources.values() if hasattr(one, "fed")]
    model = Model([*symbolic, *fed], outputs)

    def run(values):
        given = [tf.cast(value, one.dtype) for value, one in zip(values, inputs) if not isinstance(one, str)]
        training = any(value for value, one in zip(values, inputs) if isinstance(one, str))
        results = model([*given, *(one.fed for one in fed)], training=bool(training))
        results = results if isinstance(results, (list, tuple)) else [results]
        results = [K.get_value(one) for one in results]
        return results[0] if single else results

    return run
