"""Descriptions of models for tests, written as short as they can be."""

from __future__ import annotations

from typing import Any

from kerasfix.verify.carry.descriptions import Layer, Model

# Enough of a layer's weights for the pairing, by class.
_SHAPES = {
    "Dense": [[4, 4], [4]],
    "Convolution2D": [[8, 3, 3, 3], [8]],
    "Conv2D": [[3, 3, 3, 8], [8]],
}


def layer(kind: str, name: str, *inbound: str, shapes: list[list[int]] | None = None, **more: Any) -> Layer:
    """A layer that is called once, on the layers at the paths `inbound`."""
    path = more.pop("path", name)
    shapes = _SHAPES.get(kind, []) if shapes is None else shapes
    described: Layer = {
        "path": path,
        "name": path.rpartition("/")[2],
        "class": kind,
        "module": "keras.layers",
        "config": {},
        "inbound": [list(inbound)] if inbound else [],
        "container": False,
        "weights": [{"name": "", "shape": shape} for shape in shapes],
        "same_as": None,
    }
    return {**described, **more}  # type: ignore[typeddict-item]


def model(*layers: Layer, **more: Any) -> Model:
    """A model of layers that were made in the order in which they stand, unless they say otherwise."""
    for number, one in enumerate(layers):
        one.setdefault("created", number + 1)
    return {"name": "model", "class": "Model", "layers": list(layers), **more}  # type: ignore[typeddict-item]
