"""The `K.function` of Keras 1 and 2, on Keras 3."""

from keras import ops
from keras.models import Model
from keras.utils import get_source_inputs


def function(inputs, outputs):
    """A function that takes a list of arrays and gives arrays, from Keras tensors to Keras tensors.

    Where "training" stands among the inputs, the function takes whether the layers are to act as in training.
    """
    single = not isinstance(outputs, (list, tuple))
    outputs = [outputs] if single else list(outputs)
    sources = {id(one): one for output in outputs for one in get_source_inputs(output)}
    fed = [one for one in sources.values() if hasattr(one, "fed")]
    unnamed = [one for key, one in sources.items() if key not in map(id, [*inputs, *fed])]
    if len(unnamed) == 1:  # the `input` of an input layer, which is an empty list on Keras 3
        inputs = [unnamed[0] if isinstance(one, list) and not one else one for one in inputs]
    symbolic = [one for one in inputs if not isinstance(one, str)]
    model = Model([*symbolic, *fed], outputs)

    def run(values):
        given = [
            ops.convert_to_tensor(value, one.dtype) for value, one in zip(values, inputs) if not isinstance(one, str)
        ]
        training = any(value for value, one in zip(values, inputs) if isinstance(one, str))
        results = model([*given, *(one.fed for one in fed)], training=bool(training))
        results = results if isinstance(results, (list, tuple)) else [results]
        results = [ops.convert_to_numpy(one) for one in results]
        return results[0] if single else results

    return run
