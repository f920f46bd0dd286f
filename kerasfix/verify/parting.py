"""The first layer at which two models part."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from kerasfix.verify.compare import compare_outputs

# Names that Keras makes; the same one may be another layer on the other side.
_NUMBERED = re.compile(r"_\d+$")
Given = tuple[str, np.ndarray]
Trace = Sequence[Given]  # the outputs of layers by their names, in the order of the graph


def first_parting(before: Trace, after: Trace, partners: Mapping[str, str]) -> str | None:
    """Where two models that get the same inputs part first.

    Args:
        before: What the layers of the original gave.
        after: What those of the rewritten model gave.
        partners: Names of layers after by those before, as far as they are known. Layers between two of them are
            partners where there are as many of them on both sides.

    Returns:
        A clause for people, or None if no layer that has a partner gives anything else.
    """
    for (old_name, old), (new_name, new) in _aligned(before, after, partners):
        difference = compare_outputs([new_name], [old], [new])[0]
        if difference.equal:
            continue
        name = f"`{new_name}`" if old_name == new_name else f"`{new_name}` (`{old_name}` before)"
        if old.shape != new.shape:
            return f"{name}: shape {old.shape} before, {new.shape} after"
        return f"{name}: {difference.largest:.3g} apart"
    return None


def _aligned(before: Trace, after: Trace, partners: Mapping[str, str]) -> list[tuple[Given, Given]]:
    places = {name: place for place, (name, _) in enumerate(after)}
    anchors = [(-1, -1)]
    for place, (name, _) in enumerate(before):
        other = places.get(partners.get(name, "" if _NUMBERED.search(name) else name))
        if other is not None and other > anchors[-1][1]:
            anchors.append((place, other))
    anchors.append((len(before), len(after)))
    pairs: list[tuple[Given, Given]] = []
    for (old_start, new_start), (old_end, new_end) in pairwise(anchors):
        if old_end - old_start == new_end - new_start:
            pairs += zip(before[old_start + 1 : old_end], after[new_start + 1 : new_end], strict=True)
        if old_end < len(before):
            pairs.append((before[old_end], after[new_end]))
    return pairs
