"""What each layer of a model gives, to find the first at which two models part."""

from __future__ import absolute_import, division, print_function

import numpy as np

from . import graphs
from .describing import whole
from .measuring import predict, set_weights

_MOST = 400  # layers


def trace(dialect, described, feed, weights):
    """The output of the first call of each layer, by its name in the order of the graph; layers inside of models in it
    are not looked into.

    Args:
        dialect: The `Dialect` of the model.
        described: The model with its `places` and what was `seen` of it.
        feed: What to feed it.
        weights: Its weights by path.
    """
    model = whole(dialect, described.seen.model)
    inputs = graphs.inputs_of_model(model)
    own = set(id(tensor) for tensor in inputs)
    names, tensors = [], []
    for call in graphs.calls_of(model):
        if call.layer.name in names or len(call.outputs) != 1 or id(call.outputs[0]) in own:
            continue
        names.append(call.layer.name)
        tensors.append(call.outputs[0])
    names, tensors = names[:_MOST], tensors[:_MOST]
    set_weights(described.places, weights)
    whole_outputs = _model(dialect, inputs, tensors)
    return list(zip(names, [np.asarray(one) for one in predict(dialect, whole_outputs, feed, True)]))


def _model(dialect, inputs, outputs):
    if dialect.major == 1:
        return dialect.Model(input=inputs, output=outputs)
    return dialect.Model(inputs=inputs, outputs=outputs)
