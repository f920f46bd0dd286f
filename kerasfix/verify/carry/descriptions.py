"""What is known about a model and its layers on either side: the plain data that a recording holds.

A description comes from the process that ran the model, or from a saved file, and may know less than all of it: whoever
reads one takes a missing value for unknown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, TypedDict

Shape = Sequence[int | None]
_OfClass = TypedDict("_OfClass", {"class": str}, total=False)


class Weight(TypedDict, total=False):
    """One array of a layer."""

    name: str
    shape: list[int]
    trainable: bool


class Layer(_OfClass, total=False):
    """A layer of a model; its weights are in the order of its `get_weights()`."""

    path: str  # the names of the models that it is nested in and its own, joined by `/`
    name: str
    module: str  # where its class is defined
    config: dict[str, Any]
    inbound: list[list[str]]  # for each call: the paths of the layers it is called on
    input_shapes: list[Shape]
    output_shapes: list[Shape]
    parameters: int
    trainable: bool
    created: int | None  # an ordinal: layers in the order in which the code made them
    line: int | None
    container: bool  # a model used as a layer: its own layers follow it
    weights: list[Weight]
    same_as: str | None  # the path of the first place of the same layer


class Tensor(TypedDict, total=False):
    """An input or an output of a model."""

    name: str
    shape: Shape
    dtype: str


class Model(_OfClass, total=False):
    """A model that the code made."""

    name: str
    variable: str | None
    function: str | None
    line: int | None
    created: int | None
    part_of: list[int]
    inputs: list[Tensor]
    outputs: list[Tensor]
    layers: list[Layer]
    parameters: int
    trainable: int
    compiled: dict[str, Any] | None


def kind_of(described: Layer | Model) -> str:
    """The name of its class; "" where that is not known."""
    return str(described.get("class") or "")


def shapes_of(layer: Layer) -> tuple[tuple[int, ...], ...]:
    """The shapes of its weights."""
    return tuple(tuple(weight["shape"]) for weight in layer.get("weights") or ())


def size_of(layer: Layer) -> int:
    """How many numbers its weights hold."""
    total = 0
    for shape in shapes_of(layer):
        count = 1
        for length in shape:
            count *= length
        total += count
    return total


def leaves_with_weights(model: Model) -> list[Layer]:
    """The layers that hold weights themselves, each once, wherever it is used."""
    repeated = tuple(f"{layer['path']}/" for layer in model["layers"] if layer.get("same_as") and _holds(layer))
    return [
        layer
        for layer in model["layers"]
        if layer.get("weights")
        and not _holds(layer)
        and not layer.get("same_as")
        and not layer["path"].startswith(repeated)
    ]


def named_automatically(layer: Layer) -> bool:
    """Whether Keras gave it its name: `convolution2d_3` in Keras 1, `conv2d_2` in Keras 2, `conv2d` in Keras 3."""
    stem = re.sub(r"_\d+$", "", layer["name"])
    kind = kind_of(layer)
    if not kind:
        return stem != layer["name"]
    return stem in (kind.lower(), _snake_case(kind))


def number_of(layer: Layer) -> int:
    """The number in its automatic name; 0 without one, as in `conv2d`."""
    found = re.search(r"_(\d+)$", layer["name"])
    return int(found[1]) if found else 0


def _holds(layer: Layer) -> bool:
    return bool(layer.get("container"))


def _snake_case(kind: str) -> str:
    """As Keras makes names of classes, `keras/backend/common.py` of 2.x and `keras/src/utils/naming.py` of 3.x."""
    words = re.sub(r"\W+", "", kind)
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", words)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", words).lower()
