"""Which model of the original code is which of the rewritten one.

A rewrite may drop models (the branches of a `Sequential` with a `Merge` become tensors), add some (a method that Keras
has no more takes one), make them in another order, and make a `Model` where there was a `Sequential`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

from kerasfix.verify.carry.descriptions import Model, Tensor, leaves_with_weights, named_automatically, size_of
from kerasfix.verify.carry.matching import Evidence, match


@dataclass(frozen=True, slots=True)
class ModelPair:
    """Two models that are one, by their places in the lists."""

    before: int
    after: int
    why: str  # what they are known by


@dataclass(frozen=True, slots=True)
class ModelPairing:
    """The models of both sides."""

    pairs: tuple[ModelPair, ...]  # in the order of the original
    only_before: tuple[int, ...]  # without a partner
    only_after: tuple[int, ...]


def pair_models(before: Sequence[Model], after: Sequence[Model]) -> ModelPairing:
    """Pair the models that the code made on either side.

    Args:
        before: Those of the original, in the order in which the code makes them.
        after: Those of the rewritten code.

    Returns:
        The pairs. A model whose weights, inputs and outputs are others is paired all the same if it is the one that the
        code calls by the same name: that it is another model is for the numbers to say.
    """
    place = ("variable", "function")
    evidences = [
        _same("the same place and content", place, _is_compiled, _interface, _content),
        _same("the same place and content", place, _interface, _content),
        _same("the same content, and compiled", (), _is_compiled, _interface, _content),
        _same("the same content", (), _interface, _content),
        _same("the same place", place, _is_compiled),
        _same("the same place", place),
        _same("the same variable", ("variable",)),
        _same("the same inputs and outputs", (), _is_compiled, _interface),
        _same("the only ones that are compiled", (), lambda model: _is_compiled(model) or None),
    ]
    matches = match(list(before), list(after), evidences)
    olds = {id(model): number for number, model in enumerate(before)}
    news = {id(model): number for number, model in enumerate(after)}
    pairs = (ModelPair(olds[id(old)], news[id(new)], why) for old, new, why in matches.pairs)
    return ModelPairing(
        tuple(sorted(pairs, key=lambda pair: pair.before)),
        tuple(olds[id(model)] for model in matches.before),
        tuple(news[id(model)] for model in matches.after),
    )


def _same(why: str, fields: Sequence[str], *keys: Callable[[Model], Hashable]) -> Evidence[Model]:
    def key(model: Model) -> Hashable:
        named = tuple(model.get(name) for name in fields)
        if fields and not any(named):
            return None
        found = tuple(one(model) for one in keys)
        return None if None in found else (named, found)

    return Evidence(why, key, key)


def _is_compiled(model: Model) -> bool:
    return bool(model.get("compiled"))


def _interface(model: Model) -> Hashable:
    """The shapes of its inputs, in any order, and of its outputs."""
    return tuple(sorted(map(str, _shapes(model.get("inputs"))))), _shapes(model.get("outputs"))


def _shapes(tensors: Sequence[Tensor] | None) -> tuple[tuple[int | None, ...], ...]:
    # The batch is None on one side and a number on the other, where a layer was told `batch_input_shape`.
    return tuple(tuple(tensor.get("shape") or ())[1:] for tensor in tensors or ())


def _content(model: Model) -> Hashable:
    """How many weights it holds in all, and the names that the user gave to the layers that hold them."""
    leaves = leaves_with_weights(model)
    names = sorted(layer["name"] for layer in leaves if not named_automatically(layer))
    return sum(map(size_of, leaves)), tuple(names)
