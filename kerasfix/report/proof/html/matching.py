"""Which layer is which on both sides, so that they can be shown beside each other."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from kerasfix.verify.carry.families import family_of_class
from kerasfix.verify.merges import is_merge, written
from kerasfix.verify.reshaping import merge_of
from kerasfix.verify.verdicts import Architecture, Layer, ModelVerdict


@dataclass(frozen=True, slots=True)
class Matched:
    """A layer on both sides, or on the one where it is."""

    before: Layer | None
    after: Layer | None
    compared: bool = True  # both models are known

    @property
    def layer(self) -> Layer:
        """The layer on the side where it is, today's if on both."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def alone(self) -> bool:
        """Whether it is on one side only."""
        return self.before is None or self.after is None

    @property
    def astray(self) -> bool:
        """Whether it is missing on a side that is known; Keras 3 does not count the inputs of a `Sequential`."""
        return self.compared and self.alone and self.layer.kind != "InputLayer"

    @property
    def differs(self) -> bool:
        """Whether something is other that should not be: what it does, its shapes, its parameters."""
        if self.before is None or self.after is None:
            return False
        return (
            _family(self.before) != _family(self.after)
            or self.before.output_shapes != self.after.output_shapes
            or self.before.parameters != self.after.parameters
        )

    @property
    def merges(self) -> bool:
        """Whether it is one of Keras' own layers that merge."""
        return is_merge(self.layer)

    @property
    def rewritten_merge(self) -> bool:
        """Whether it merges, and is written in another way than before."""
        if not self.merges or not self.compared:
            return False
        return self.before is None or self.after is None or written(self.before) != written(self.after)


def matched(model: ModelVerdict) -> list[Matched]:
    """The layers of both sides: those that the verdict pairs, then those that look alike in the same place."""
    before, after = _layers(model.before), _layers(model.after)
    if not before or not after:
        return [*(Matched(layer, None, False) for layer in before), *(Matched(None, layer, False) for layer in after)]
    partners = _told(before, after, model.pairs)
    # From the surest sign to the weakest.
    for key in (_looks, _kind_and_parameters, _family, _role):
        _align(before, after, partners, key)
    return _in_order(before, after, partners)


def _layers(architecture: Architecture | None) -> Sequence[Layer]:
    return () if architecture is None else architecture.layers


def _told(before: Sequence[Layer], after: Sequence[Layer], pairs: Sequence[tuple[str, str]]) -> dict[int, int]:
    old = {layer.path: at for at, layer in enumerate(before)}
    new = {layer.path: at for at, layer in enumerate(after)}
    found: dict[int, int] = {}
    for one, other in pairs:
        if one in old and other in new and old[one] not in found and new[other] not in found.values():
            found[old[one]] = new[other]
    return found


def _align(before: Sequence[Layer], after: Sequence[Layer], partners: dict[int, int], key: object) -> None:
    """Adds the partners that a longest common sequence of what is left finds; those that have one stay."""
    assert callable(key)
    taken = set(partners.values())
    old = [at for at in range(len(before)) if at not in partners]
    new = [at for at in range(len(after)) if at not in taken]
    keys = [key(before[at]) for at in old], [key(after[at]) for at in new]
    for block in SequenceMatcher(None, *keys, autojunk=False).get_matching_blocks():
        for offset in range(block.size):
            partners[old[block.a + offset]] = new[block.b + offset]


def _family(layer: Layer) -> Hashable:
    return merge_of(layer) or ("model" if layer.container else family_of_class(layer.kind))


def _looks(layer: Layer) -> Hashable:
    return _family(layer), layer.output_shapes, layer.parameters


def _kind_and_parameters(layer: Layer) -> Hashable:
    return _family(layer), layer.parameters


def _role(layer: Layer) -> Hashable:
    return "merge" if is_merge(layer) else _family(layer)


def _in_order(before: Sequence[Layer], after: Sequence[Layer], partners: dict[int, int]) -> list[Matched]:
    """The order of the old layers; a new one comes after that which is before it on its side."""
    owners = {new: old for old, new in partners.items()}
    following: dict[int, list[Layer]] = {}
    last = -1
    for at, layer in enumerate(after):
        if at in owners:
            last = owners[at]
        else:
            following.setdefault(last, []).append(layer)
    found = [Matched(None, layer) for layer in following.get(-1, ())]
    for at, layer in enumerate(before):
        found.append(Matched(layer, after[partners[at]] if at in partners else None))
        found += [Matched(None, new) for new in following.get(at, ())]
    return found
