"""Static shapes, as far as literals tell them: the rank above all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kerasfix.flow.values import (
    UNKNOWN,
    Const,
    Function,
    Items,
    Layer,
    Origin,
    Role,
    Shape,
    Tensor,
    Value,
    constants,
    join_shapes,
    tensors,
)

if TYPE_CHECKING:
    from kerasfix.flow.calls import Call
    from kerasfix.flow.interpreter import Interpreter


def value_of(shape: Shape | None) -> Value:
    """A shape as the tuple that code sees."""
    if shape is None:
        return Items(None, UNKNOWN, 0)
    return Items(tuple(UNKNOWN if size is None else Const(size) for size in shape), UNKNOWN, len(shape))


def literal_shape(run: Interpreter, value: Value | None) -> Shape | None:
    """A tuple or list of sizes as a shape; sizes that are not literals are None."""
    if value is None:
        return None
    items = run.items(value)
    if items is None:
        return None
    return tuple(item.value if isinstance(item, Const) and isinstance(item.value, int) else None for item in items)


def input_shape(run: Interpreter, call_: Call) -> Shape | None:
    """The shape of `Input(shape=..., batch_shape=...)`."""
    batch = call_.argument(1, "batch_shape")
    if batch is not None and not (isinstance(batch, Const) and batch.value is None):
        return literal_shape(run, batch)
    shape = literal_shape(run, call_.argument(0, "shape"))
    return None if shape is None else (None, *shape)


def first_shape(run: Interpreter, layer: Layer) -> Shape | None:
    """The shape of the input that the first layer of a `Sequential` asks for."""
    batch = layer.argument(-1, "batch_input_shape")
    if batch is not None:
        return literal_shape(run, batch)
    given = layer.argument(-1, "input_shape")
    if given is not None:
        shape = literal_shape(run, given)
        return None if shape is None else (None, *shape)
    name = layer.cls.rpartition(".")[2] if isinstance(layer.cls, str) else ""
    if name == "Embedding":
        return (None, None)
    if layer.argument(-1, "input_dim") is None:
        return None
    if name in _SEQUENCES:
        return (None, None, None)
    return (None, None) if name in ("Dense", "MaxoutDense", "Highway") else None


def merged_shape(run: Interpreter, inputs: Value, call_: Call | Layer) -> Shape | None:
    """The shape of a merge, from the shapes of its inputs and its mode."""
    found = [tensor.shape for tensor in tensors(inputs)]
    mode = call_.argument(1, "mode")
    modes = constants(mode) if mode is not None else ["sum"]
    if isinstance(mode, Function):
        shapes = tuple(value_of(shape) if shape is not None else UNKNOWN for shape in found)
        return declared_shape(run, call_.argument(4, "output_shape"), Items(shapes, UNKNOWN, len(shapes)))
    if not found or any(shape is None for shape in found) or modes is None or len(modes) != 1:
        return None
    if modes[0] == "concat":
        return _concatenated([shape for shape in found if shape is not None], call_.argument(2, "concat_axis"), inputs)
    if modes[0] in ("sum", "mul", "ave", "max"):
        shape = found[0]
        for other in found[1:]:
            shape = join_shapes(shape, other)
        return shape
    ranks = {len(shape) for shape in found if shape is not None}
    if modes[0] == "dot" and ranks == {2}:
        return (None, 1)
    if modes[0] == "cos" and ranks == {2}:
        return (None, 1, 1)
    return (None, None, None) if modes[0] == "dot" and ranks == {3} else None


def _concatenated(found: list[Shape], axis_value: Value | None, inputs: Value) -> Shape | None:
    axis = axis_value.value if isinstance(axis_value, Const) else -1 if axis_value is None else None
    if len({len(shape) for shape in found}) != 1:
        return None
    rank = len(found[0])
    if not isinstance(axis, int) or not -rank <= axis < rank:
        return (None,) * rank
    sizes = [shape[axis] for shape in found]
    exact = isinstance(inputs, Items) and inputs.items is not None
    total = sum(size for size in sizes if size is not None) if exact and None not in sizes else None
    merged = list(found[0])
    merged[axis] = total
    return tuple(merged)


_SAME = frozenset(
    [
        "Activation",
        "Dropout",
        "BatchNormalization",
        "LeakyReLU",
        "PReLU",
        "ELU",
        "ReLU",
        "Softmax",
        "ThresholdedReLU",
        "GaussianNoise",
        "GaussianDropout",
        "AlphaDropout",
        "Masking",
        "ActivityRegularization",
        "SpatialDropout1D",
        "SpatialDropout2D",
        "SpatialDropout3D",
        "Highway",
        "SReLU",
        "ParametricSoftplus",
    ]
)
# With `input_dim` they take (batch, steps, input_dim).
_SEQUENCES = frozenset(
    [
        "LSTM",
        "GRU",
        "SimpleRNN",
        "TimeDistributedDense",
        "Convolution1D",
        "AtrousConvolution1D",
        "LocallyConnected1D",
    ]
)
_RECURRENT = frozenset(["LSTM", "GRU", "SimpleRNN", "CuDNNLSTM", "CuDNNGRU"])
_RANKS = {
    "Convolution1D": 3, "Conv1D": 3, "MaxPooling1D": 3, "AveragePooling1D": 3, "UpSampling1D": 3, "ZeroPadding1D": 3,
    "AtrousConvolution1D": 3, "Cropping1D": 3, "RepeatVector": 3,
    "Convolution2D": 4, "Conv2D": 4, "MaxPooling2D": 4, "AveragePooling2D": 4, "UpSampling2D": 4, "ZeroPadding2D": 4,
    "Deconvolution2D": 4, "Conv2DTranspose": 4, "SeparableConv2D": 4, "SeparableConvolution2D": 4, "Cropping2D": 4,
    "AtrousConvolution2D": 4, "DepthwiseConv2D": 4,
    "Convolution3D": 5, "Conv3D": 5, "MaxPooling3D": 5, "AveragePooling3D": 5, "UpSampling3D": 5, "ZeroPadding3D": 5,
    "Flatten": 2, "GlobalAveragePooling1D": 2, "GlobalMaxPooling1D": 2, "GlobalAveragePooling2D": 2,
    "GlobalMaxPooling2D": 2, "GlobalAveragePooling3D": 2, "GlobalMaxPooling3D": 2, "MaxoutDense": 2,
    "TimeDistributedDense": 3,
}  # fmt: skip


def layer_shape(run: Interpreter, layer: Layer, inputs: Value) -> Shape | None:
    """The shape that a layer of Keras gives for its inputs."""
    if not isinstance(layer.cls, str):
        return None
    name = layer.cls.rpartition(".")[2]
    given = next((tensor.shape for tensor in tensors(inputs)), None)
    if name in _SAME:
        return given
    if (handler := _HANDLERS.get(name)) is not None:
        return handler(run, layer, given)
    if name in _RECURRENT:
        return _recurrent(run, layer, given)
    rank = _RANKS.get(name)
    if rank is None:
        return None
    return (None,) * (rank - 1) + (_units(layer),) if name.endswith("Dense") else (None,) * rank


def _units(layer: Layer) -> int | None:
    units = layer.argument(0, "units", "output_dim", "filters", "nb_filter")
    return units.value if isinstance(units, Const) and isinstance(units.value, int) else None


def _dense(run: Interpreter, layer: Layer, given: Shape | None) -> Shape | None:
    return None if given is None else (*given[:-1], _units(layer))


def _recurrent(run: Interpreter, layer: Layer, given: Shape | None) -> Shape | None:
    sequences = layer.argument(-1, "return_sequences")
    if sequences is None or (isinstance(sequences, Const) and sequences.value is False):
        return (None, _units(layer))
    if isinstance(sequences, Const) and sequences.value is True:
        return (None, given[1] if given is not None and len(given) == 3 else None, _units(layer))
    return None


def _embedding(run: Interpreter, layer: Layer, given: Shape | None) -> Shape | None:
    size = layer.argument(1, "output_dim")
    width = size.value if isinstance(size, Const) and isinstance(size.value, int) else None
    return None if given is None else (*given, width)


def _flatten(run: Interpreter, layer: Layer, given: Shape | None) -> Shape | None:
    total: int | None = 1
    for size in given[1:] if given is not None else (None,):
        total = None if size is None or total is None else total * size
    return (None, total)


def _reshape(run: Interpreter, layer: Layer, given: Shape | None) -> Shape | None:
    target = literal_shape(run, layer.argument(0, "target_shape", "dims"))
    return None if target is None else (None, *(None if size == -1 else size for size in target))


def _permute(run: Interpreter, layer: Layer, given: Shape | None) -> Shape | None:
    order = literal_shape(run, layer.argument(0, "dims"))
    if order is None:
        return None
    if given is None or any(axis is None or not 0 < axis < len(given) for axis in order):
        return (None,) * (len(order) + 1)
    return (given[0], *(given[axis] for axis in order if axis is not None))


def _repeat(run: Interpreter, layer: Layer, given: Shape | None) -> Shape | None:
    times = layer.argument(0, "n")
    count = times.value if isinstance(times, Const) and isinstance(times.value, int) else None
    return (None, count, given[-1] if given else None)


def _lambda(run: Interpreter, layer: Layer, given: Shape | None) -> Shape | None:
    return declared_shape(run, layer.argument(1, "output_shape"), value_of(given) if given is not None else UNKNOWN)


def declared_shape(run: Interpreter, declared: Value | None, given: Value) -> Shape | None:
    """What `output_shape=` of a Lambda or of a mode says: a tuple without the batch, or a function of `given`."""
    if isinstance(declared, Function):
        result = run.call_function(declared, (given,), (), Role.LAMBDA, declared.frame)
        return literal_shape(run, result)
    shape = literal_shape(run, declared)
    return None if shape is None else (None, *shape)


def _bidirectional(run: Interpreter, layer: Layer, given: Shape | None) -> Shape | None:
    inner = layer.argument(0, "layer")
    shape = layer_shape(run, inner, Tensor(Origin.INNER, given)) if isinstance(inner, Layer) else None
    return None if shape is None else (*shape[:-1], None)


def _wrapped(run: Interpreter, layer: Layer, given: Shape | None) -> Shape | None:
    inner = layer.argument(0, "layer")
    if not isinstance(inner, Layer) or given is None or len(given) < 3:
        return None
    shape = layer_shape(run, inner, Tensor(Origin.INNER, (given[0], *given[2:])))
    return None if shape is None else (given[0], given[1], *shape[1:])


_HANDLERS: dict[str, Callable[[Interpreter, Layer, Shape | None], Shape | None]] = {
    "Dense": _dense,
    "Embedding": _embedding,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Permute": _permute,
    "RepeatVector": _repeat,
    "TimeDistributed": _wrapped,
    "Bidirectional": _bidirectional,
    "Lambda": _lambda,
}
