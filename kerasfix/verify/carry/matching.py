"""Finding partners by one kind of evidence after the other, the strongest first."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Evidence(Generic[Item]):
    """Something by which a thing of one side is known on the other."""

    why: str  # said of a pair: "the same name"
    before: Callable[[Item], Hashable]  # None: says nothing about this one
    after: Callable[[Item], Hashable]


@dataclass
class Matches(Generic[Item]):
    """Who belongs to whom."""

    pairs: list[tuple[Item, Item, str]] = field(default_factory=list)
    before: list[Item] = field(default_factory=list)  # without a partner
    after: list[Item] = field(default_factory=list)


def match(before: Sequence[Item], after: Sequence[Item], evidences: Sequence[Evidence[Item]]) -> Matches[Item]:
    """Pair two sequences.

    By each kind of evidence in turn, what has no partner yet is put into groups; a group that has as many members on
    both sides is paired in order. A group with more on one side is left to the weaker evidence: it does not say which
    one is the odd one out.

    Args:
        before: One side, in the order in which the code made them.
        after: The other one, too.
        evidences: The strongest first.
    """
    result = Matches(before=list(before), after=list(after))
    for evidence in evidences:
        groups = _groups(result.before, evidence.before)
        others = _groups(result.after, evidence.after)
        for key, members in groups.items():
            partners = others.get(key, [])
            if len(members) != len(partners):
                continue
            why = evidence.why if len(members) == 1 else f"{evidence.why}, in the order of creation"
            result.pairs.extend((one, other, why) for one, other in zip(members, partners))
            for one, other in zip(members, partners):
                _remove(result.before, one)
                _remove(result.after, other)
    return result


def _groups(items: Sequence[Item], key: Callable[[Item], Hashable]) -> dict[Hashable, list[Item]]:
    groups: dict[Hashable, list[Item]] = {}
    for item in items:
        found = key(item)
        if found is not None:
            groups.setdefault(found, []).append(item)
    return groups


def _remove(items: list[Item], gone: Item) -> None:
    items[:] = [item for item in items if item is not gone]
