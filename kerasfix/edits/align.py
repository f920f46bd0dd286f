"""Lays what takes a call's place over the call itself, so that the lines and comments between its arguments stay."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kerasfix.edits.calls import Pieces
from kerasfix.findings import Edit, Slot
from kerasfix.source.index import TextIndex

_COMMENT = re.compile(r"#[^\r\n]*")
_BETWEEN = re.compile(r"(?P<before>[^,]*|.*\))(?P<comma>, )(?P<keyword>\w+=)?", re.DOTALL)
_HEAD = re.compile(r"(?P<open>.*\()(?P<keyword>\w+=)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Item:
    """An argument of the call: where it starts, with its keyword, and where its value stands."""

    start: int
    value_start: int
    end: int


def aligned(index: TextIndex, call: ast.Call, pieces: Pieces) -> list[Edit] | None:
    """The edits that turn a call into `pieces`, or None where these have another order than the call.

    `pieces` hold arguments of the call as slots. Commas, white space and comments stay as they are written.
    """
    start, end = index.span(call)
    items = _items(index, call)
    if items is None or not items or len(pieces) < 3 or len(pieces) % 2 == 0:
        return None
    texts, slots = pieces[::2], pieces[1::2]
    places = {(item.value_start, item.end): number for number, item in enumerate(items)}
    kept = [places.get((slot.start, slot.end)) if isinstance(slot, Slot) else None for slot in slots]
    numbers = [number for number in kept if number is not None]
    if len(numbers) != len(kept) or numbers != sorted(set(numbers)) or not all(isinstance(text, str) for text in texts):
        return None
    return _edits(index, start, end, items, numbers, [text for text in texts if isinstance(text, str)])


def _edits(
    index: TextIndex, start: int, end: int, items: Sequence[_Item], numbers: Sequence[int], texts: Sequence[str]
) -> list[Edit] | None:
    edits: list[Edit] = []
    first = items[numbers[0]]
    head = _HEAD.fullmatch(texts[0])
    source = index.text[start : items[0].start]
    if head is None:
        return None
    opened = start + source.rindex("(") + 1
    edits.append(Edit(start, opened, (head["open"],)))
    if numbers[0] > 0:
        edits.append(Edit(items[0].start, first.start))
    edits.append(Edit(first.start, first.value_start, (head["keyword"] or "",)))
    for number, following, text in zip(numbers, numbers[1:], texts[1:-1]):
        match = _BETWEEN.fullmatch(text)
        if match is None:
            return None
        one, other = items[number], items[following]
        edits.append(Edit(one.end, items[following - 1].end, (match["before"],)))
        edits.append(Edit(other.start, other.value_start, (match["keyword"] or "",)))
    if not texts[-1].endswith(")"):
        return None
    edits.append(Edit(items[numbers[-1]].end, items[-1].end, (texts[-1][:-1],)))
    if any("#" in index.text[edit.start : edit.end] for edit in edits):
        return None  # a comment would go
    return [edit for edit in edits if index.text[edit.start : edit.end] != "".join(map(str, edit.new))]


def _items(index: TextIndex, call: ast.Call) -> list[_Item] | None:
    """The arguments as they are written, or None where one stands in parentheses or is starred."""
    found: list[_Item] = []
    if any(isinstance(one, ast.Starred) for one in call.args):
        return None
    for argument in call.args:
        start, end = index.span(argument)
        found.append(_Item(start, start, end))
    for keyword in call.keywords:
        value_start, end = index.span(keyword.value)
        found.append(_Item(index.span(keyword)[0], value_start, end))
    found.sort(key=lambda item: item.start)
    position, close = index.span(call.func)[1], index.span(call)[1]
    gaps = [index.text[a.end : b.start] for a, b in pairwise(found)]
    if not found or _bare(index.text[position : found[0].start]).lstrip(")") != "(":
        return None
    if any(_bare(gap) != "," for gap in gaps) or _bare(index.text[found[-1].end : close]) not in (")", ",)"):
        return None
    if any(not re.fullmatch(r"\w+\s*=\s*|", index.text[item.start : item.value_start]) for item in found):
        return None
    return found


def _bare(text: str) -> str:
    """A text without comments and white space."""
    return "".join(_COMMENT.sub("", text).replace("\\", "").split())
