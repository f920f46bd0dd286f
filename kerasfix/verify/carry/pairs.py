"""Which layer of the original model is which of the rewritten one.

Names that a user gave stay; those that Keras makes do not (`convolution2d_3`, `conv2d_2`), nor do the names of classes,
and a `Sequential` that began with a `Merge` has become a functional model. What stays is what a layer holds, where it
stands in the graph, and the order in which the code makes the layers.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

from kerasfix.verify.carry.descriptions import (
    Layer,
    Model,
    kind_of,
    leaves_with_weights,
    named_automatically,
    number_of,
    shapes_of,
    size_of,
)
from kerasfix.verify.carry.families import family_of
from kerasfix.verify.carry.graph import Numbering, places
from kerasfix.verify.carry.matching import Evidence, match

# Layers whose arrays have the same shapes in every Keras.
_AS_THEY_ARE = ("Dense", "Embedding", "BatchNormalization", "PReLU", "SReLU", "MaxoutDense", "Highway")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two layers that are one, by their paths."""

    before: str
    after: str
    why: str  # what they are known by: "the same name"


@dataclass(frozen=True, slots=True)
class Pairing:
    """The layers with weights of two models."""

    pairs: tuple[Pair, ...]  # in the order of the original
    only_before: tuple[str, ...]  # paths of layers without a partner
    only_after: tuple[str, ...]
    doubts: tuple[str, ...] = ()  # why there is none, where several could be it


def pair_layers(before: Model, after: Model) -> Pairing:
    """Pair the layers that hold weights; a layer that is used at several places counts at the first one.

    Args:
        before: The original model.
        after: The rewritten one.

    Returns:
        The pairs, and what has no partner. Where the evidence leaves a choice, nothing is paired and `doubts` says so.
    """
    olds, news = (sorted(leaves_with_weights(model), key=_order(model)) for model in (before, after))
    numbering = Numbering()
    known = all(any(layer.get("inbound") for layer in model["layers"]) for model in (before, after))
    place_before, place_after = (places(model, _signature, numbering) if known else {} for model in (before, after))
    given = {layer["name"] for layer in olds if not named_automatically(layer)}
    given &= {layer["name"] for layer in news if not named_automatically(layer)}

    def name(layer: Layer) -> str | None:
        return layer["name"] if layer["name"] in given else None

    def both(key: str | None, layer: Layer) -> Hashable:
        return key and (key, _signature(layer))

    evidences: list[Evidence[Layer]] = [
        _same("the same name", lambda layer: both(name(layer), layer)),
        _same("the same name", name),
        Evidence(
            "the same place in the graph",
            lambda layer: place_before.get(layer["path"]),
            lambda layer: place_after.get(layer["path"]),
        ),
        Evidence(
            "the same input in the graph",
            lambda layer: place_before.get(layer["path"], (None,))[0],
            lambda layer: place_after.get(layer["path"], (None,))[0],
        ),
        _same("the only ones of their kind", _signature),
        _same("the only ones of their class", family_of),
        # A file of weights alone does not say what holds them.
        Evidence("the only ones of their size", lambda layer: None if kind_of(layer) else _size(layer), _size),
        # A class of the user's that has another name now, or gave way to one of Keras.
        Evidence("the same shapes", lambda layer: shapes_of(layer) if _is_own(layer) else None, shapes_of),
        Evidence("the same shapes", shapes_of, lambda layer: shapes_of(layer) if _is_own(layer) else None),
    ]
    matches = match(olds, news, evidences)
    order = {layer["path"]: number for number, layer in enumerate(before["layers"])}
    pairs = sorted(
        (Pair(old["path"], new["path"], why) for old, new, why in matches.pairs), key=lambda pair: order[pair.before]
    )
    return Pairing(
        tuple(pairs),
        tuple(layer["path"] for layer in matches.before),
        tuple(layer["path"] for layer in matches.after),
        tuple(_doubts(matches.before, matches.after)),
    )


def _same(why: str, key: Callable[[Layer], Hashable]) -> Evidence[Layer]:
    return Evidence(why, key, key)


def _order(model: Model) -> Callable[[Layer], tuple[float, int, int]]:
    """The order of creation: as recorded, else by the numbers of automatic names, else as listed."""
    listed = {layer["path"]: number for number, layer in enumerate(model["layers"])}

    def key(layer: Layer) -> tuple[float, int, int]:
        created = layer.get("created")
        if created is not None:
            return created, 0, listed[layer["path"]]
        return float("inf"), number_of(layer) if named_automatically(layer) else 0, listed[layer["path"]]

    return key


def _signature(layer: Layer) -> Hashable:
    """What a layer is like by itself: the same on both sides, whatever the layout of its arrays."""
    family = family_of(layer)
    return family, shapes_of(layer) if family in _AS_THEY_ARE else _size(layer)


def _size(layer: Layer) -> int:
    shapes = shapes_of(layer)
    size = size_of(layer)
    if kind_of(layer) == "CuDNNLSTM" and len(shapes) == 3:  # with a second bias, which is added to the first
        return size - shapes[2][0] // 2
    return size


def _is_own(layer: Layer) -> bool:
    """Whether its class may be the user's: no module of Keras is known to hold it."""
    module = str(layer.get("module") or "")
    return not module.startswith(("keras.", "tf_keras.", "tensorflow."))


def _doubts(before: Sequence[Layer], after: Sequence[Layer]) -> Iterator[str]:
    for signature in dict.fromkeys(map(_signature, before)):
        olds = [layer["path"] for layer in before if _signature(layer) == signature]
        news = [layer["path"] for layer in after if _signature(layer) == signature]
        if news:
            yield f"{_listed(olds)} before and {_listed(news)} after are alike: which one is which cannot be told"


def _listed(paths: Sequence[str]) -> str:
    return ", ".join(f"`{path}`" for path in paths)
