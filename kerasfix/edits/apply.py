"""Puts edits into a text: nested ones into the slots of the outer ones, everything else byte for byte."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from kerasfix.findings import Edit, Fix, Slot
from kerasfix.source.index import TextIndex

_LINE_START = re.compile(r"(\r\n|\r|\n)([ \t]*)")


def choose(fixes: Sequence[Fix]) -> list[Fix]:
    """The fixes that can be made together: one that would be cut by another waits for the next pass."""
    chosen: list[Fix] = []
    made = _Near()
    for fix in fixes:
        if all(_fits(edit, other) for edit in fix.edits for other in made.find(edit)):
            chosen.append(fix)
            for edit in fix.edits:
                made.add(edit)
    return chosen


class _Near:
    """Edits by the parts of the text that they touch, so that each is compared with its neighbours only."""

    _WIDTH = 256

    def __init__(self) -> None:
        self._parts: dict[int, list[Edit]] = {}

    def add(self, edit: Edit) -> None:
        """Remember an edit."""
        for part in self._touched(edit):
            self._parts.setdefault(part, []).append(edit)

    def find(self, edit: Edit) -> Iterator[Edit]:
        """The remembered edits in the same parts of the text, some of them more than once."""
        for part in self._touched(edit):
            yield from self._parts.get(part, ())

    def _touched(self, edit: Edit) -> range:
        return range(edit.start // self._WIDTH, edit.end // self._WIDTH + 1)


def _fits(edit: Edit, other: Edit) -> bool:
    if edit.end <= other.start or other.end <= edit.start:
        # Two insertions at one place have no order of their own.
        return not (edit.start == edit.end == other.start == other.end)
    return _nested(edit, other) or _nested(other, edit)


def _nested(inner: Edit, outer: Edit) -> bool:
    slots = (piece for piece in outer.new if isinstance(piece, Slot))
    return any(slot.start <= inner.start and inner.end <= slot.end for slot in slots)


def apply_edits(index: TextIndex, edits: Sequence[Edit]) -> str:
    """The text with all edits made; they must fit together as `choose` checks."""
    return _Writer(index).write(sorted(edits, key=_outer_first))


def _outer_first(edit: Edit) -> tuple[int, bool, int, bool]:
    wraps = any(isinstance(piece, Slot) for piece in edit.new)
    return edit.start, edit.start != edit.end, -edit.end, not wraps


def replaced(edit: Edit) -> list[tuple[int, int]]:
    """The stretches of the source that an edit takes away: all but its slots."""
    gone: list[tuple[int, int]] = []
    position = edit.start
    for slot in sorted((piece for piece in edit.new if isinstance(piece, Slot)), key=lambda slot: slot.start):
        gone.append((position, slot.start))
        position = slot.end
    gone.append((position, edit.end))
    return [(start, end) for start, end in gone if start < end]


class _Writer:
    """Writes the new text from left to right, so that the column where a slot lands is known when it is written."""

    def __init__(self, index: TextIndex) -> None:
        self.index = index
        self.parts: list[str] = []
        self.column = 0

    def write(self, edits: list[Edit]) -> str:
        self._stretch(0, len(self.index.text), edits, None)
        return "".join(self.parts)

    def _stretch(self, start: int, end: int, edits: list[Edit], shift: tuple[int, int] | None) -> None:
        """Write the source from `start` to `end` with the `edits` in it, outer ones before those they hold."""
        position = start
        for number, edit in enumerate(edits):
            if edit.start < position or edit.end > end:
                continue  # written with the slot that holds it
            self._emit(self.index.text[position : edit.start], shift)
            self._replace(edit, edits, number + 1)
            position = edit.end
        self._emit(self.index.text[position:end], shift)

    def _replace(self, edit: Edit, edits: list[Edit], first: int) -> None:
        """Write what stands in place of an edit; the edits inside its slots come from `first` on."""
        for piece in edit.new:
            if isinstance(piece, str):
                self._emit(piece, None)
                continue
            begin = bisect_left(edits, piece.start, first, key=lambda other: other.start)
            stop = bisect_left(edits, piece.end + 1, begin, key=lambda other: other.start)
            inner = [other for other in edits[begin:stop] if other.end <= piece.end]
            old = self.index.position(piece.start)[1]
            self._stretch(piece.start, piece.end, inner, (old, self.column - old))

    def _emit(self, text: str, shift: tuple[int, int] | None) -> None:
        if not text:
            return
        if shift is not None and shift[1] and _aligned(text, shift[0]):
            text = _LINE_START.sub(lambda match: _shifted(match, shift[1]), text)
        self.parts.append(text)
        last = max(text.rfind("\n"), text.rfind("\r"))
        self.column = self.column + len(text) if last < 0 else len(text) - last - 1


def _aligned(text: str, column: int) -> bool:
    """Whether the lines of a stretch hang at the column where it begins, as visual indentation does."""
    if '"""' in text or "'''" in text:
        return False
    indents = [match.group(2) for match in _LINE_START.finditer(text)]
    return all("\t" not in indent and len(indent) >= column for indent in indents)


def _shifted(match: re.Match[str], by: int) -> str:
    return match.group(1) + (match.group(2) + " " * by if by > 0 else match.group(2)[: len(match.group(2)) + by])
