"""Graphs of layers as each Keras keeps them: nodes, tensors and shapes under one set of names."""

from __future__ import absolute_import, division, print_function


class Call(object):
    """One call of a layer inside a model: what it was called on, and what it gave."""

    def __init__(self, layer, inputs, outputs, sources):
        self.layer = layer
        self.inputs = inputs
        self.outputs = outputs
        self.sources = sources if inputs else []  # what gave each input, as `history` says it


def history(tensor):
    """The layer that gave a tensor, and which of its calls; None for what no layer gave."""
    found = getattr(tensor, "_keras_history", None)
    return None if found is None else (found[0], found[1])


def node_of(layer, index):
    """One node of a layer."""
    nodes = getattr(layer, "inbound_nodes", None)  # a property that raises nothing in any version
    if nodes is None:
        nodes = layer._inbound_nodes
    return nodes[index]


def listed(value):
    """A list of one thing, of several, or of what a dictionary holds."""
    if value is None:
        return []
    if isinstance(value, dict):
        return [value[key] for key in value]
    return list(value) if isinstance(value, (list, tuple)) else [value]


def inputs_of(node):
    """The tensors that a layer was called on."""
    arguments = getattr(node, "arguments", None)  # something else before Keras 3
    if hasattr(arguments, "keras_tensors"):
        return listed(arguments.keras_tensors)
    for name in ("keras_inputs", "input_tensors"):  # tf_keras, before
        if hasattr(node, name):
            return listed(getattr(node, name))
    return []


def sources_of(node):
    """What gave each tensor that a layer was called on, as `history` says it.

    The first versions of Keras give the very tensor on where a layer changes nothing, such as `Activation("linear")`:
    then the tensor knows the last such layer only, and the node has to be asked (keras/engine/topology.py of 1.2.2).
    """
    tensors = inputs_of(node)
    layers, indices = listed(getattr(node, "inbound_layers", None)), getattr(node, "node_indices", None)
    if isinstance(indices, (list, tuple)) and len(layers) == len(indices) == len(tensors):
        return list(zip(layers, indices))
    return [history(tensor) for tensor in tensors]


def outputs_of(node):
    """The tensors that a call of a layer gave."""
    for name in ("output_tensors", "outputs"):
        value = getattr(node, name, None)
        if value is not None:
            return _flat(value)
    return []


def _flat(value):
    found = []
    for one in listed(value):
        found.extend(_flat(one) if isinstance(one, (list, tuple, dict)) else [one])
    return found


def shape_of(tensor):
    """The shape of a symbolic tensor, None where it is open; as Keras declares it where that is not as it is."""
    shape = getattr(tensor, "_keras_shape", None)
    if shape is None:
        shape = tensor.shape if hasattr(tensor, "shape") else tensor.get_shape()  # before TensorFlow 1
        shape = shape.as_list() if hasattr(shape, "as_list") else shape
    return tuple(None if size is None else int(size) for size in shape)


def dtype_of(tensor):
    """The type of a tensor as text, such as "float32"."""
    dtype = getattr(tensor, "dtype", "float32")
    name = getattr(dtype, "name", None) or str(dtype)
    return name.replace("_ref", "")


def inputs_of_model(model):
    """The input tensors of a model; none where it is not built."""
    return _flat(getattr(model, "inputs", None))


def outputs_of_model(model):
    """The output tensors of a model; none where it is not built."""
    return _flat(getattr(model, "outputs", None))


def batch_of_model(model):
    """How many samples a model takes at a time; None where any number will do."""
    return next((shape[0] for shape in map(shape_of, inputs_of_model(model)) if shape and shape[0]), None)


def calls_of(model):
    """The calls of layers between the inputs and the outputs of a model, each after those that it builds upon."""
    ends = set(id(tensor) for tensor in inputs_of_model(model))
    calls = []
    seen = set()
    stack = [(history(tensor), id(tensor) in ends, False) for tensor in reversed(outputs_of_model(model))]
    while stack:
        found, end, done = stack.pop()
        if found is None:
            continue
        layer, index = found
        node = node_of(layer, index)
        if done:
            calls.append(Call(layer, [] if end else inputs_of(node), outputs_of(node), sources_of(node)))
            continue
        key = (id(layer), index)
        if key in seen:
            continue
        seen.add(key)
        stack.append((found, end, True))
        if not end:
            before = zip(inputs_of(node), sources_of(node))
            stack.extend((source, id(tensor) in ends, False) for tensor, source in reversed(list(before)))
    return calls
