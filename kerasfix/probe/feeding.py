"""Inputs and targets that fit a model: what its own code fed it, or numbers made up to its shapes and losses."""

from __future__ import absolute_import, division, print_function

import numpy as np

from . import graphs
from .describing import whole
from .plain import name_of

BATCH = 4
SMALLEST_BATCH = 2  # in which one sample can still be mistaken for another
# Sizes for axes that the model leaves open, by the rank of the input: time steps, columns and rows, voxels.
_OPEN = {2: 6, 3: 7, 4: 64, 5: 16}
_LONGEST = 7  # of lengths: no longer than sequences whose length is open
_HANDS_ON = frozenset(
    "InputLayer Reshape Flatten RepeatVector Permute Dropout SpatialDropout1D Masking Activation Concatenate "
    "Merge".split()
)


class Feed(object):
    """What a model is fed in a measurement.

    Args:
        inputs: One array for each input.
        targets: One array for each output, or None where nobody can tell what they should be.
        batch: How many samples there are.
        seen: Whether the inputs are those that the user's code gave.
    """

    def __init__(self, inputs, targets, batch, seen):
        self.inputs = inputs
        self.targets = targets
        self.batch = batch
        self.seen = seen

    def first(self, count):
        """The first samples; None where that would be all, or where not every array has one row for each sample."""
        arrays = self.inputs + (self.targets or [])
        if self.batch <= count or any(not one.ndim or len(one) != self.batch for one in arrays):
            return None
        targets = None if self.targets is None else [one[:count] for one in self.targets]
        return Feed([one[:count] for one in self.inputs], targets, count, self.seen)


def made_up(dialect, model, seed, batch=BATCH, shrinking=False):
    """Inputs made up for a model, one array each, and how many samples there are; deterministic.

    Args:
        dialect: The `Dialect` of the model.
        model: The model.
        seed: For the numbers.
        batch: How many samples, where the model leaves it open.
        shrinking: Let each single whole number of a sample be smaller than the one of the input before: CTC takes the
            length of a sequence, and that of its labels after it, which must fit in.
    """
    random = np.random.RandomState(seed)
    graph = whole(dialect, model)
    tensors = graphs.inputs_of_model(graph)
    batch = graphs.batch_of_model(graph) or batch
    reached = _consumers(dialect, model)
    inputs = [_input(random, tensor, batch, reached.get(id(tensor), {})) for tensor in tensors]
    return _shrinking(random, inputs) if shrinking else inputs, batch


def _shrinking(random, inputs):
    largest = _LONGEST
    found = []
    for array in inputs:
        if _is_count(array):
            array = random.randint(max(1, largest - 1), largest + 1, array.shape).astype(array.dtype)
            largest = max(1, largest // 2 - 1)
        found.append(array)
    return found


def counts(inputs):
    """How many inputs are single whole numbers, which may count something of the others."""
    return sum(map(_is_count, inputs))


def _is_count(array):
    return array.dtype.kind == "i" and array.ndim == 2 and array.shape[1] == 1


def _input(random, tensor, batch, reached):
    shape = graphs.shape_of(tensor)
    sizes = tuple(_OPEN.get(len(shape), 8) if size is None else size for size in shape[1:])
    kind = graphs.dtype_of(tensor)
    if "indices" in reached or "int" in kind:
        values = random.randint(1, max(2, reached.get("indices", 10)), (batch,) + sizes)
        if sizes and sizes[-1] > 2:  # zeros before what is short, as `pad_sequences` puts them
            for row in range(batch):
                values[row, ..., : row % max(1, sizes[-1] // 2)] = 0
        return values.astype(kind if "int" in kind else "int32")
    if "bool" in kind:
        return random.uniform(size=(batch,) + sizes) > 0.5
    values = random.uniform(-1, 1, (batch,) + sizes).astype("float32")
    if "masked" in reached and len(sizes) > 1:
        for row in range(batch):
            values[row, : row % max(1, sizes[0] // 2 + 1)] = reached["masked"]
    return values


def _consumers(dialect, model):
    """What each input of a model goes to, as far as it shows in layers that hand their input on, by its `id`."""
    found = {}
    _follow(dialect, model, {}, found)
    return found


def _follow(dialect, model, origins, found):
    """Follow inputs through the graph of a model; `origins` maps its input tensors to those of the outermost one."""
    model = whole(dialect, model)
    origin = dict((id(tensor), [id(tensor)]) for tensor in graphs.inputs_of_model(model))
    origin.update(origins)
    for call in graphs.calls_of(model):
        sources = [one for tensor in call.inputs for one in origin.get(id(tensor), ())]
        if not sources:
            continue
        layer = call.layer
        if dialect.is_model(layer):
            inner = graphs.inputs_of_model(whole(dialect, layer))
            within = dict((id(one), origin.get(id(outer), [])) for one, outer in zip(inner, call.inputs))
            _follow(dialect, layer, within, found)
            continue
        kind, layer = type(layer).__name__, getattr(layer, "layer", layer)  # a wrapper's own
        notes = {}
        if type(layer).__name__ == "Embedding":
            notes["indices"] = int(layer.input_dim)
        if kind == "Masking":
            notes["masked"] = float(layer.mask_value)
        for source in sources:
            known = found.setdefault(source, {})
            if "indices" in notes and "indices" in known:
                notes["indices"] = min(notes["indices"], known["indices"])
            known.update(notes)
        if kind in _HANDS_ON:
            for tensor in call.outputs:
                origin.setdefault(id(tensor), []).extend(sources)


def targets_for(losses, outputs, seed):
    """Targets that fit each loss of a model.

    Args:
        losses: What the model was compiled with, one for each output: a name, a function, an object or None.
        outputs: What the model predicted, one array each, whose shapes the targets take.
        seed: For the numbers.
    """
    random = np.random.RandomState(seed)
    return [_target(random, loss_name(loss), np.asarray(output).shape) for loss, output in zip(losses, outputs)]


def loss_name(loss):
    """The name of a loss in one spelling, such as "categorical_crossentropy"; "" for none."""
    if loss is None:
        return ""
    name = loss if hasattr(loss, "lower") else getattr(loss, "name", None) or name_of(loss)
    if not hasattr(name, "lower"):
        return ""
    spelled = "".join("_" + letter.lower() if letter.isupper() else letter for letter in name).lstrip("_")
    return _ALIASES.get(spelled, spelled)


_ALIASES = {"kullback_leibler_divergence": "kld", "k_l_divergence": "kld", "kl_divergence": "kld"}


def _target(random, loss, shape):
    values = random.uniform(0.1, 1.0, shape)
    if loss == "sparse_categorical_crossentropy":
        return random.randint(0, max(1, shape[-1]), shape[:-1] + (1,)).astype("int32")
    if loss == "categorical_crossentropy":
        classes = random.randint(0, max(1, shape[-1]), shape[:-1])
        return np.eye(shape[-1], dtype="float32")[classes]
    if loss in ("binary_crossentropy", "binary_focal_crossentropy"):
        return (values > 0.55).astype("float32")
    if "hinge" in loss:
        return np.where(values > 0.55, 1.0, -1.0).astype("float32")
    if loss == "kld":
        values = values / values.sum(axis=-1, keepdims=True)
    return values.astype("float32")


def varied(arrays):
    """Whether arrays hold more than one value each, so that what is computed from them tells something."""
    return all(np.asarray(one).size == 1 or np.ptp(np.asarray(one, dtype="float64")) > 0 for one in arrays)


def untied(array, seed):
    """Numbers of which no two are equal, unless they stand for something, as whole numbers do.

    Where several are the largest, the gradient of a maximum goes to all of them in Theano, and to one in TensorFlow.
    """
    if array.dtype.kind != "f" or np.array_equal(array, np.round(array)):
        return array
    noise = np.random.RandomState(seed).uniform(-0.01, 0.01, array.shape)
    return (array + noise).astype(array.dtype)
