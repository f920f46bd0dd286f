"""Legacy weights in the layout of today: what `get_weights()` gave, as `set_weights()` of the heir takes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from kerasfix.verify.carry import convolutions, normalization, recurrent
from kerasfix.verify.carry.descriptions import Layer, Weight, kind_of, shapes_of
from kerasfix.verify.carry.families import family_of_class, wrapped
from kerasfix.verify.carry.origin import Arrays, CarryError, Origin

Conversion = Callable[[Layer, Layer, Arrays, Origin], Arrays]
# What is not here has the same arrays in every Keras.
_CONVERSIONS: dict[str, Conversion] = {
    "BatchNormalization": normalization.batch_normalization,
    "Conv1D": convolutions.convolution_1d,
    "Conv2D": convolutions.convolution,
    "Conv2DTranspose": convolutions.transposed,
    "Conv3D": convolutions.convolution,
    "ConvLSTM2D": recurrent.convolutional_lstm,
    "GRU": recurrent.gru,
    "LSTM": recurrent.lstm,
    "SeparableConv2D": convolutions.separable,
}


def carry(
    before: Layer, after: Layer, arrays: Sequence[np.ndarray], keras_version: str, *, from_theano: bool = False
) -> Arrays:
    """Bring the weights of a layer into the layout of its heir.

    Args:
        before: The original layer; where its class is not known, that of its heir says what the arrays are.
        after: The rewritten one, with the shapes of its weights.
        arrays: The weights, in the order of the original's `get_weights()`.
        keras_version: The Keras that they are from, such as "1.2.2".
        from_theano: Whether they were trained on Theano, whose convolutions turn the kernel by half a turn.

    Returns:
        The arrays in the order and the shapes of the heir's `get_weights()`; they may be views of those given.

    Raises:
        CarryError: They do not fit. The text says why, and goes on after the name of the layer: "has 2 arrays before".
    """
    carried = _convert(before, after, list(arrays), Origin(keras_version, from_theano))
    wanted, given = shapes_of(after), tuple(array.shape for array in carried)
    if len(wanted) != len(given):
        raise CarryError(_uncounted(len(given), after))
    for number, (one, other) in enumerate(zip(given, wanted)):
        if one != other:
            raise CarryError(f"has {_named(after, number)} with the shape {one} before, {other} after")
    return carried


def _convert(before: Layer, after: Layer, arrays: Arrays, origin: Origin) -> Arrays:
    held = wrapped(after) if kind_of(after) == "FixedTraining" else None
    if held:
        return _convert(before, _with_weights(held, after.get("weights") or []), arrays, origin)
    if "Bidirectional" in (kind_of(before), kind_of(after)):
        return _both_directions(before, after, arrays, origin)
    inner_before, inner_after = wrapped(before), wrapped(after)
    if inner_before or inner_after:
        heir = _with_weights(inner_after, after.get("weights") or []) if inner_after else after
        return _convert(inner_before or before, heir, arrays, origin)
    conversion = _CONVERSIONS.get(family_of_class(kind_of(before) or kind_of(after)))
    return conversion(before, after, arrays, origin) if conversion and arrays else arrays


def _both_directions(before: Layer, after: Layer, arrays: Arrays, origin: Origin) -> Arrays:
    """Keras 1 to 3 hold the arrays of the layer that goes forward, then those of the one that goes backward."""
    weights = after.get("weights") or []
    if len(arrays) % 2 or len(weights) % 2:
        raise CarryError(f"has {_arrays(len(arrays))} before and {len(weights)} after, which is no pair of directions")
    first = wrapped(before) or Layer(name="", config={})
    heir = wrapped(after) or Layer(name="", config={})
    carried: Arrays = []
    for turn in (0, 1):
        own = arrays[turn * len(arrays) // 2 : (turn + 1) * len(arrays) // 2]
        theirs = weights[turn * len(weights) // 2 : (turn + 1) * len(weights) // 2]
        carried += _convert(first, _with_weights(heir, theirs), own, origin)
    return carried


def _with_weights(layer: Layer, weights: list[Weight]) -> Layer:
    held = layer.copy()
    held["weights"] = weights
    return held


def _uncounted(count: int, after: Layer) -> str:
    """Why the number of arrays is another, as far as it can be told."""
    weights = after.get("weights") or []
    text = f"has {_arrays(count)} before, {len(weights)} after"
    if count == len(weights) + 1 and all(len(weight["shape"]) > 1 for weight in weights):
        return f"{text}: the bias is gone"
    if count + 1 == len(weights) and len(weights[-1]["shape"]) == 1:
        return f"{text}: there was no bias"
    return text


def _arrays(count: int) -> str:
    return f"{count} array{'' if count == 1 else 's'}"


def _named(layer: Layer, number: int) -> str:
    name = str((layer.get("weights") or [])[number].get("name") or "").rpartition("/")[2].partition(":")[0]
    return f"`{name}`" if name else f"array {number}"
