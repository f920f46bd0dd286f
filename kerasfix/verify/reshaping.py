"""What a layer would be on inputs of other shapes: the shape of its output, and its parameters.

All is computed from shapes and configurations, in the words of Keras 1, 2 and 3. What is computed for the shapes that a
layer really has is held against what its Keras says of it, so that a layer that is not what it seems is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any, Final

from kerasfix.verify.carry.families import family_of_class
from kerasfix.verify.verdicts import Layer, Shape


class CannotTellError(Exception):
    """Nothing is known of such a layer; the message ends a sentence that begins with what is asked for."""


class CannotBeError(Exception):
    """The layer takes no inputs of these shapes; the message is a sentence without a full stop."""


@dataclass(frozen=True, slots=True)
class Form:
    """A layer on inputs of some shapes."""

    shape: Shape  # of its output
    parameters: int
    sum: str = ""  # how the parameters come about, such as "128 × 10 + 10"; empty without any


ELEMENT_WISE: Final = {
    "Add": "adds them up",
    "Subtract": "subtracts the second from the first",
    "Multiply": "multiplies them",
    "Average": "takes their mean",
    "Maximum": "takes the largest of them",
    "Minimum": "takes the smallest of them",
}
MODES: Final = {  # of `Merge` in Keras 1
    "sum": "Add",
    "concat": "Concatenate",
    "mul": "Multiply",
    "ave": "Average",
    "max": "Maximum",
    "min": "Minimum",
    "dot": "Dot",
    "cos": "Dot",
}
_UNCHANGED: Final = (
    *("Activation", "ActivityRegularization", "AlphaDropout", "Dropout", "ELU", "GaussianDropout", "GaussianNoise"),
    *("Identity", "LeakyReLU", "Masking", "ReLU", "Rescaling", "Softmax", "SpatialDropout1D", "SpatialDropout2D"),
    *("SpatialDropout3D", "ThresholdedReLU", "UnitNormalization"),
)
_GATES: Final = {"SimpleRNN": 1, "GRU": 3, "LSTM": 4}


def reshaped(layer: Layer, inputs: Sequence[Shape]) -> Form:
    """The layer as it would be, had it been called on `inputs`: a shape for each, with the batch.

    Raises CannotTellError where the layer's class is not known or its parameters are not those of its class, and
    CannotBeError where the layer takes no such inputs.
    """
    form = _FORMS.get(merge_of(layer) or family_of_class(layer.kind))
    if form is None or len(layer.output_shapes) != 1 or not layer.input_shapes:
        raise CannotTellError(f"is not known: it depends on what `{layer.kind}` does")
    if not all(map(len, (*layer.input_shapes, *inputs))):
        raise CannotTellError("is not known: it has numbers without a batch as inputs")
    try:
        return _checked(form, layer, inputs)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # A class of the user's own can have any configuration.
        raise CannotTellError(f"is not known: this `{layer.kind}` is not as its class suggests") from error


def _checked(form: Callable[[Layer, Sequence[Shape]], Form], layer: Layer, inputs: Sequence[Shape]) -> Form:
    now = form(layer, layer.input_shapes)
    if now.parameters != layer.parameters or not _agree(now.shape, layer.output_shapes[0]):
        raise CannotTellError(f"is not known: this `{layer.kind}` is not as its class suggests")
    if len(inputs) != len(layer.input_shapes):
        raise CannotTellError("is not known: it would have another number of inputs")
    return form(layer, inputs)


def merge_of(layer: Layer) -> str | None:
    """Today's class for a layer that merges, such as "Add" for a `Merge` of Keras 1 in the mode "sum"; else None."""
    if layer.kind in ELEMENT_WISE or layer.kind in ("Concatenate", "Dot"):
        return layer.kind
    if layer.kind != "Merge":
        return None
    mode = layer.config.get("mode")
    return MODES.get(mode) if isinstance(mode, str) else None


def broadcast(inputs: Sequence[Shape]) -> Shape:
    """The shape of an element-wise result: of equal shapes the same, else what Keras stretches them to.

    Raises CannotBeError where the sizes do not fit.
    """
    rank = max(map(len, inputs))
    if any(len(shape) != rank for shape in inputs) and any(None in shape[1:] for shape in inputs):
        raise CannotBeError("the inputs differ in rank")
    # Keras puts the missing axes after the batch.
    padded = [(*shape[:1], *(1,) * (rank - len(shape)), *shape[1:]) for shape in inputs]
    return tuple(_common(sizes) for sizes in zip(*padded))


def concatenated(inputs: Sequence[Shape], axis: int) -> Shape:
    """The shape of inputs side by side along `axis`, which counts the batch and may be negative.

    Raises CannotBeError where the other sizes differ.
    """
    first = inputs[0]
    if any(len(shape) != len(first) for shape in inputs) or not -len(first) <= axis < len(first):
        raise CannotBeError("`Concatenate` wants inputs of one rank")
    axis %= len(first)
    for at, sizes in enumerate(zip(*inputs)):
        if at != axis and len({size for size in sizes if size is not None}) > 1:
            raise CannotBeError(f"`Concatenate` wants all sizes but those along axis {axis} to be equal")
    along = [shape[axis] for shape in inputs]
    known = [size for size in along if size is not None]
    return (*first[:axis], sum(known) if len(known) == len(along) else None, *first[axis + 1 :])


def _common(sizes: Sequence[int | None]) -> int | None:
    wide = {size for size in sizes if size not in (1, None)}
    if len(wide) > 1:
        raise CannotBeError(f"sizes that are {' and '.join(map(str, sorted(map(int, filter(None, wide)))))} do not fit")
    if wide:
        return wide.pop()
    return None if None in sizes else 1


def _agree(one: Shape, other: Shape) -> bool:
    return len(one) == len(other) and all(a == b or None in (a, b) for a, b in zip(one, other))


def _same(layer: Layer, inputs: Sequence[Shape]) -> Form:
    return Form(inputs[0], 0)


def _element_wise(layer: Layer, inputs: Sequence[Shape]) -> Form:
    return Form(broadcast(inputs), 0)


def _concatenate(layer: Layer, inputs: Sequence[Shape]) -> Form:
    return Form(concatenated(inputs, axis_of(layer)), 0)


def axis_of(layer: Layer) -> int:
    """The axis of a `Concatenate` or of a `Merge` in the mode "concat", as it is written: the batch is axis 0."""
    axis = _said(layer.config, -1, "axis", "concat_axis")
    return axis if isinstance(axis, int) else -1


def _dense(layer: Layer, inputs: Sequence[Shape]) -> Form:
    units = _number(layer.config, "units", "output_dim")
    width = _size(inputs[0], -1)
    bias = _has_bias(layer.config)
    return Form((*inputs[0][:-1], units), (width + bias) * units, f"{width:,} × {units:,}{_plus(bias * units)}")


def _convolution(rank: int) -> Callable[[Layer, Sequence[Shape]], Form]:
    def form(layer: Layer, inputs: Sequence[Shape]) -> Form:
        filters = _number(layer.config, "filters", "nb_filter")
        kernel = _kernel(layer.config, rank)
        groups = _said(layer.config, 1, "groups")
        channels, shape = _slid(layer, inputs[0], kernel)
        if channels % groups:
            raise CannotBeError(f"{channels} channels cannot be split into {groups} groups")
        bias = _has_bias(layer.config) * filters
        weights = (*kernel, channels // groups, filters)
        return Form(_with_channels(layer, shape, filters), prod(weights) + bias, _times(weights) + _plus(bias))

    return form


def _transposed(layer: Layer, inputs: Sequence[Shape]) -> Form:
    filters = _number(layer.config, "filters", "nb_filter")
    kernel = _kernel(layer.config, len(inputs[0]) - 2)
    channels, shape = _as_far_apart(layer, inputs[0])
    bias = _has_bias(layer.config) * filters
    weights = (*kernel, filters, channels)
    return Form(_with_channels(layer, shape, filters), prod(weights) + bias, _times(weights) + _plus(bias))


def _separable(rank: int) -> Callable[[Layer, Sequence[Shape]], Form]:
    def form(layer: Layer, inputs: Sequence[Shape]) -> Form:
        filters = _number(layer.config, "filters", "nb_filter")
        kernel = _kernel(layer.config, rank)
        channels, shape = _slid(layer, inputs[0], kernel)
        depth = channels * _said(layer.config, 1, "depth_multiplier")
        bias = _has_bias(layer.config) * filters
        parameters = prod(kernel) * depth + depth * filters + bias
        how = f"{_times((*kernel, depth))} + {depth:,} × {filters:,}{_plus(bias)}"
        return Form(_with_channels(layer, shape, filters), parameters, how)

    return form


def _depthwise(layer: Layer, inputs: Sequence[Shape]) -> Form:
    kernel = _kernel(layer.config, len(inputs[0]) - 2)
    channels, shape = _slid(layer, inputs[0], kernel)
    depth = channels * _said(layer.config, 1, "depth_multiplier")
    bias = _has_bias(layer.config) * depth
    how = _times((*kernel, depth)) + _plus(bias)
    return Form(_with_channels(layer, shape, depth), prod(kernel) * depth + bias, how)


def _pooling(layer: Layer, inputs: Sequence[Shape]) -> Form:
    rank = len(inputs[0]) - 2
    window = _sizes(_said(layer.config, 2, "pool_size", "pool_length"), rank)
    _, shape = _slid(layer, inputs[0], window, stride=window)
    return Form(shape, 0)


def _global_pooling(layer: Layer, inputs: Sequence[Shape]) -> Form:
    shape = inputs[0]
    axis = _channels(layer.config, len(shape))
    kept = tuple(size if at in (0, axis) else 1 for at, size in enumerate(shape))
    return Form(kept if layer.config.get("keepdims") else (shape[0], shape[axis]), 0)


def _resized(layer: Layer, inputs: Sequence[Shape]) -> Form:
    """Padding, cropping, repeating in space: the channels stay, and space is known if it stays."""
    _, shape = _as_far_apart(layer, inputs[0])
    return Form(_with_channels(layer, shape, inputs[0][_channels(layer.config, len(shape))]), 0)


def _recurrent(layer: Layer, inputs: Sequence[Shape]) -> Form:
    kind = family_of_class(layer.kind)
    units = _number(layer.config, "units", "output_dim")
    width, how, parameters = _cell(kind, units, layer.parameters, layer.input_shapes, inputs)
    steps = (inputs[0][1],) if _said(layer.config, False, "return_sequences") else ()
    return Form((inputs[0][0], *steps, units), parameters, how if width else "")


def _bidirectional(layer: Layer, inputs: Sequence[Shape]) -> Form:
    inner = _inner(layer)
    kind = family_of_class(inner.kind)
    if kind not in _GATES or layer.parameters % 2:
        raise CannotTellError(f"is not known: it depends on what `{inner.kind}` does")
    units = _number(inner.config, "units", "output_dim")
    _, how, parameters = _cell(kind, units, layer.parameters // 2, layer.input_shapes, inputs)
    steps = (inputs[0][1],) if _said(inner.config, False, "return_sequences") else ()
    width = 2 * units if layer.config.get("merge_mode", "concat") == "concat" else units
    return Form((inputs[0][0], *steps, width), 2 * parameters, f"2 × {how}")


def _cell(
    kind: str, units: int, parameters: int, before: Sequence[Shape], inputs: Sequence[Shape]
) -> tuple[int, str, int]:
    """The input's width, how the parameters come about and how many they are; biases are told from what there is."""
    if len(inputs) != 1 or len(inputs[0]) != 3:
        raise CannotTellError("is not known: it has states among its inputs")
    gates = _GATES[kind]
    old, width = _size(before[0], -1), _size(inputs[0], -1)
    biases, rest = divmod(parameters - gates * units * (old + units), gates * units)
    if rest or biases not in (0, 1, 2):
        raise CannotTellError(f"is not known: this `{kind}` is not as its class suggests")
    bias = ("", f" + {units:,}", f" + 2 × {units:,}")[biases]
    how = f"({width:,} × {units:,} + {units:,} × {units:,}{bias})"
    return width, f"{gates} × {how}" if gates > 1 else how, gates * units * (width + units + biases)


def _normalization(layer: Layer, inputs: Sequence[Shape]) -> Form:
    """As many numbers for each feature as there are now."""
    axes = _said(layer.config, -1, "axis")
    axes = axes if isinstance(axes, list | tuple) else (axes,)
    old, new = (prod(_size(shape, axis) for axis in axes) for shape in (layer.input_shapes[0], inputs[0]))
    each, rest = divmod(layer.parameters, old)
    if rest or each > 4:
        raise CannotTellError(f"is not known: this `{layer.kind}` is not as its class suggests")
    return Form(inputs[0], each * new, f"{each} × {new:,}" if each else "")


def _prelu(layer: Layer, inputs: Sequence[Shape]) -> Form:
    shared = _said(layer.config, None, "shared_axes") or ()
    sizes = [_size(inputs[0], at) for at in range(1, len(inputs[0])) if at not in shared]
    return Form(inputs[0], prod(sizes), _times(sizes))


def _flatten(layer: Layer, inputs: Sequence[Shape]) -> Form:
    sizes = inputs[0][1:]
    known = [size for size in sizes if size is not None]
    return Form((inputs[0][0], prod(known) if len(known) == len(sizes) else None), 0)


def _reshape(layer: Layer, inputs: Sequence[Shape]) -> Form:
    target = tuple(_said(layer.config, (), "target_shape", "dims"))
    have = prod(_size(inputs[0], at) for at in range(1, len(inputs[0])))
    known = prod(size for size in target if size != -1)
    if (-1 not in target and known != have) or not known or have % known:
        raise CannotBeError(f"`{layer.name}` cannot make {target} of {have:,} numbers")
    return Form((inputs[0][0], *(have // known if size == -1 else size for size in target)), 0)


def _permute(layer: Layer, inputs: Sequence[Shape]) -> Form:
    return Form((inputs[0][0], *(inputs[0][axis] for axis in _said(layer.config, (), "dims"))), 0)


def _repeat(layer: Layer, inputs: Sequence[Shape]) -> Form:
    return Form((inputs[0][0], _number(layer.config, "n"), *inputs[0][1:]), 0)


def _time_distributed(layer: Layer, inputs: Sequence[Shape]) -> Form:
    """The layer in it, on one time step."""
    before, after = layer.input_shapes[0], layer.output_shapes[0]
    inner = replace(
        _inner(layer),
        input_shapes=((before[0], *before[2:]),),
        output_shapes=((after[0], *after[2:]),),
        parameters=layer.parameters,
    )
    form = reshaped(inner, [(shape[0], *shape[2:]) for shape in inputs])
    return replace(form, shape=(form.shape[0], inputs[0][1], *form.shape[1:]))


def _inner(layer: Layer) -> Layer:
    inner = layer.config.get("layer")
    if not isinstance(inner, Mapping) or not isinstance(inner.get("config"), Mapping):
        raise CannotTellError(f"is not known: it depends on what is in the `{layer.kind}`")
    return replace(layer, kind=str(inner.get("class_name", "")), config=dict(inner["config"]))


def _slid(
    layer: Layer, shape: Shape, window: Sequence[int], stride: Sequence[int] | None = None
) -> tuple[int, tuple[int | None, ...]]:
    """The channels of the input, and the input's shape after a window has slid over its axes in space."""
    axis = _channels(layer.config, len(shape))
    rank = len(shape) - 2
    said = _said(layer.config, stride or 1, "strides", "subsample", "subsample_length", "stride")
    strides = _sizes(said if said is not None else stride, rank)
    dilation = _sizes(_said(layer.config, 1, "dilation_rate", "atrous_rate"), rank)
    padding = _said(layer.config, "valid", "padding", "border_mode")
    found = list(shape)
    for at, spatial in enumerate(_spatial(axis, len(shape))):
        size = shape[spatial]
        wide = (window[at] - 1) * dilation[at]
        if size is None:
            continue
        slack = {"valid": -wide, "full": wide}.get(padding, 0)
        if size + slack < 1:
            raise CannotBeError(f"`{layer.name}` has a window that is larger than its input")
        found[spatial] = -(-(size + slack) // strides[at])
    return _size(shape, axis), tuple(found)


def _as_far_apart(layer: Layer, shape: Shape) -> tuple[int, Shape]:
    """The channels of the input, and the shape that the output has now, which it keeps as long as space does."""
    axis = _channels(layer.config, len(shape))
    before = layer.input_shapes[0]
    if any(shape[at] != before[at] for at in _spatial(axis, len(shape))):
        raise CannotTellError(f"is not known: it depends on how `{layer.name}` changes sizes")
    return _size(shape, axis), layer.output_shapes[0]


def _spatial(channels: int, rank: int) -> list[int]:
    return [at for at in range(1, rank) if at != channels % rank]


def _with_channels(layer: Layer, shape: Shape, channels: int | None) -> Shape:
    axis = _channels(layer.config, len(shape)) % len(shape)
    return (*shape[:axis], channels, *shape[axis + 1 :])


def _channels(config: Mapping[str, Any], rank: int) -> int:
    """The axis of the channels."""
    return 1 if _said(config, "tf", "data_format", "dim_ordering") in ("channels_first", "th") else rank - 1


def _kernel(config: Mapping[str, Any], rank: int) -> tuple[int, ...]:
    for names in (("nb_row", "nb_col"), ("kernel_dim1", "kernel_dim2", "kernel_dim3"), ("filter_length",)):
        if all(name in config for name in names):
            return tuple(int(config[name]) for name in names)
    return _sizes(_said(config, None, "kernel_size"), rank)


def _sizes(value: object, rank: int) -> tuple[int, ...]:
    if isinstance(value, int):
        return (value,) * rank
    if isinstance(value, list | tuple) and len(value) == rank and all(isinstance(size, int) for size in value):
        return tuple(value)
    raise CannotTellError("is not known: its configuration does not say enough")


def _has_bias(config: Mapping[str, Any]) -> bool:
    return bool(_said(config, True, "use_bias", "bias"))


def _number(config: Mapping[str, Any], *names: str) -> int:
    value = _said(config, None, *names)
    if not isinstance(value, int):
        raise CannotTellError("is not known: its configuration does not say enough")
    return value


def _said(config: Mapping[str, Any], default: Any, *names: str) -> Any:
    """The value under the first of `names` that the configuration has."""
    return next((config[name] for name in names if config.get(name) is not None), default)


def _size(shape: Shape, axis: int) -> int:
    size = shape[axis]
    if size is None:
        raise CannotTellError("is not known: a size is open")
    return size


def _times(sizes: Sequence[int]) -> str:
    return " × ".join(f"{size:,}" for size in sizes)


def _plus(number: int) -> str:
    return f" + {number:,}" if number else ""


_FORMS: Final[dict[str, Callable[[Layer, Sequence[Shape]], Form]]] = {
    **dict.fromkeys(_UNCHANGED, _same),
    **dict.fromkeys(ELEMENT_WISE, _element_wise),
    **dict.fromkeys(_GATES, _recurrent),
    **{f"Conv{rank}D": _convolution(rank) for rank in (1, 2, 3)},
    **{f"SeparableConv{rank}D": _separable(rank) for rank in (1, 2)},
    **dict.fromkeys(("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"), _transposed),
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), _depthwise),
    **{f"{how}Pooling{rank}D": _pooling for how in ("Max", "Average") for rank in (1, 2, 3)},
    **{f"Global{how}Pooling{rank}D": _global_pooling for how in ("Max", "Average") for rank in (1, 2, 3)},
    **{f"{what}{rank}D": _resized for what in ("ZeroPadding", "Cropping", "UpSampling") for rank in (1, 2, 3)},
    "BatchNormalization": _normalization,
    "Bidirectional": _bidirectional,
    "Concatenate": _concatenate,
    "Dense": _dense,
    "Flatten": _flatten,
    "LayerNormalization": _normalization,
    "PReLU": _prelu,
    "Permute": _permute,
    "RepeatVector": _repeat,
    "Reshape": _reshape,
    "TimeDistributed": _time_distributed,
}
