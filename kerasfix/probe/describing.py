"""Models and layers as data: the `MODEL` and `LAYER` of a recording."""

from __future__ import absolute_import, division, print_function

import numpy as np

from . import graphs
from .plain import plain


class Places(object):
    """The layers of a model by their paths, each object once.

    Args:
        dialect: The `Dialect` of the model.
        model: A model that is built.
    """

    def __init__(self, dialect, model):
        self.dialect = dialect
        self.leaves = []  # (path, layer) in the order of the graph
        self.entries = []  # (path, layer, calls, container), the containers included
        self._first = {}
        self._visit(model, "")

    def first(self, layer):
        """The path of the first place of a layer; None if it has none yet."""
        return self._first.get(id(layer))

    def _visit(self, model, prefix):
        model = whole(self.dialect, model)
        calls = graphs.calls_of(model)
        ordered, by_layer = [], {}
        for call in calls:
            if id(call.layer) not in by_layer:
                by_layer[id(call.layer)] = []
                ordered.append(call.layer)
            by_layer[id(call.layer)].append(call)
        if not ordered:  # not a graph: a model that is called
            ordered = list(getattr(model, "layers", None) or [])
            by_layer = dict((id(layer), []) for layer in ordered)
        for layer in ordered:
            path = prefix + layer.name
            inside = _inside(layer)
            container = self.dialect.is_model(inside)
            again = id(layer) in self._first
            self.entries.append((path, layer, by_layer[id(layer)], container, prefix))
            if again:
                continue
            self._first[id(layer)] = path
            if container:
                self._visit(inside, path + "/")
            else:
                self.leaves.append((path, layer))


def _inside(layer):
    """What a layer is that a fix has put around another: a model, it may be."""
    return layer.layer if type(layer).__name__ == "FixedTraining" else layer


def whole(dialect, model):
    """The graph behind a model: before Keras 2.2 a `Sequential` kept it in a model of its own."""
    if not isinstance(model, dialect.Sequential) or dialect.major >= 3:
        return model
    if "model" not in vars(model):  # Keras 2.2 and later
        return model
    if vars(model)["model"] is None and model.layers:
        model.build()
    return vars(model)["model"] or model


def describe_layers(places, created, lines):
    """The layers of a model as `LAYER` entries.

    Args:
        places: The `Places` of the model.
        created: The number of each layer in the order of creation, by `id`.
        lines: The line of the user's code that made each layer, by `id`.
    """
    return [_layer(places, entry, created, lines) for entry in places.entries]


def _layer(places, entry, created, lines):
    path, layer, calls, container, prefix = entry
    first = places.first(layer)
    weights = [] if container else weights_of(layer)
    return {
        "path": path,
        "name": layer.name,
        "class": type(layer).__name__,
        "module": type(layer).__module__,
        "config": {} if container else _config(layer),
        "inbound": [[prefix + found[0].name for found in call.sources if found] for call in calls],
        "input_shapes": _shapes(calls[0].inputs) if calls else [],
        "output_shapes": _shapes(calls[0].outputs) if calls else [],
        "parameters": count(layer),
        "trainable": bool(getattr(layer, "trainable", True)),
        "created": created.get(id(layer), 0),
        "line": lines.get(id(layer)),
        "container": container,
        "weights": weights,
        "same_as": None if first == path else first,
    }


def _config(layer):
    try:
        config = layer.get_config()
    except Exception:  # a class of the user's own that cannot tell
        return {}
    config = dict(config) if isinstance(config, dict) else {}
    if "function" in config:  # byte code of a Lambda
        config["function"] = getattr(layer, "function", None)
    return plain(config)


def _shapes(tensors):
    return [list(graphs.shape_of(tensor)) for tensor in tensors]


def weights_of(layer):
    """The weights of a layer as data, in the order of `get_weights()`."""
    trainable = set(id(weight) for weight in getattr(layer, "trainable_weights", None) or [])
    found = []
    for weight in getattr(layer, "weights", None) or []:
        name = getattr(weight, "path", None) or getattr(weight, "name", "")
        found.append({"name": str(name), "shape": _sizes(weight), "trainable": id(weight) in trainable})
    return found


def _sizes(weight):
    if hasattr(weight, "get_value"):  # Theano, whose `shape` is symbolic
        return [int(size) for size in weight.get_value(borrow=True).shape]
    shape = weight.shape if hasattr(weight, "shape") else weight.get_shape()  # before TensorFlow 1
    shape = shape.as_list() if hasattr(shape, "as_list") else shape
    return [int(size) for size in shape] if isinstance(shape, (list, tuple)) else []


def count(layer):
    """How many numbers the weights of a layer or a model are."""
    return int(sum(np.prod(weight["shape"]) if weight["shape"] else 1 for weight in weights_of(layer)))


def describe_tensors(tensors, names=()):
    """Inputs or outputs of a model as data."""
    found = []
    for index, tensor in enumerate(tensors):
        history = graphs.history(tensor)
        name = names[index] if index < len(names) else history[0].name if history else "tensor_%d" % index
        found.append({"name": name, "shape": list(graphs.shape_of(tensor)), "dtype": graphs.dtype_of(tensor)})
    return found


def describe_optimizer(model, compiled):
    """The class and the configuration of what a model is trained with.

    Args:
        model: The model.
        compiled: The arguments that it was compiled with, by their names; None if it was not.
    """
    optimizer = getattr(model, "optimizer", None) or (compiled or {}).get("optimizer")
    try:
        config = plain(optimizer.get_config())
    except Exception:
        config = {}
    return {"optimizer": type(optimizer).__name__, "optimizer_config": config}
