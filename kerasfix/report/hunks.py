"""What a fix changes, in whole lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from kerasfix.source.index import TextIndex

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_LOOK_AHEAD: Final = 120  # lines; a larger change becomes one hunk with the next, which is as right and less pretty
_AGREEMENT: Final = 3  # equal lines that end a hunk


@dataclass(frozen=True)
class Hunk:
    """The lines of `old`, which begin at line `line`, and what stands in their place once a fix is made."""

    line: int  # from 1; without old lines, the line before which the new ones come
    old: str  # with line ends
    new: str
    aside: bool = False  # not made by the fix's own edits: an import that it brings or lets go
    cell: int | None = None  # of a notebook: `line` is one of the cell

    @cached_property
    def old_lines(self) -> tuple[str, ...]:
        """The old lines without their ends."""
        return lines(self.old)

    @cached_property
    def new_lines(self) -> tuple[str, ...]:
        """The new lines without their ends."""
        return lines(self.new)

    @property
    def end_line(self) -> int:
        """The line after the last old one."""
        return self.line + len(self.old_lines)


def lines(text: str) -> tuple[str, ...]:
    """The lines of a text as Python counts them, without their ends."""
    return tuple(line.rstrip("\r\n") for line in _LINE.findall(text))


def hunks(index: TextIndex, new: str) -> list[Hunk]:
    """Where the text of `index` and the text `new` differ, from top to bottom."""
    old = index.text
    head = _common_head(old, new)
    head = old.rfind("\n", 0, head) + 1  # also in `new`, as all before is equal
    tail = _common_tail(old, new, min(len(old), len(new)) - head)
    before = _LINE.findall(old[head : len(old) - tail])
    after = _LINE.findall(new[head : len(new) - tail])
    while before and after and before[-1] == after[-1]:
        before.pop()
        after.pop()
    found = []
    first = index.position(head)[0]
    at_old = at_new = 0
    while at_old < len(before) or at_new < len(after):
        if at_old < len(before) and at_new < len(after) and before[at_old] == after[at_new]:
            at_old += 1
            at_new += 1
            continue
        end_old, end_new = _next_agreement(before, at_old, after, at_new)
        found.append(Hunk(first + at_old, "".join(before[at_old:end_old]), "".join(after[at_new:end_new])))
        at_old, at_new = end_old, end_new
    return found


def _next_agreement(old: list[str], at_old: int, new: list[str], at_new: int) -> tuple[int, int]:
    for distance in range(1, _LOOK_AHEAD):
        for skipped in range(distance + 1):
            left, right = at_old + skipped, at_new + distance - skipped
            agreed = old[left : left + _AGREEMENT]
            if len(agreed) == _AGREEMENT and agreed == new[right : right + _AGREEMENT]:
                return left, right
    return len(old), len(new)


def _common_head(one: str, other: str) -> int:
    # Halving leaves the comparison of characters to C.
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one.startswith(other[low:middle], low):
            low = middle
        else:
            high = middle - 1
    return low


def _common_tail(one: str, other: str, limit: int) -> int:
    """How many characters of the equal ends are whole lines; at most `limit`."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        if one.endswith(other[len(other) - middle : len(other) - low], 0, len(one) - low):
            low = middle
        else:
            high = middle - 1
    start = one.find("\n", len(one) - low)
    return len(one) - start - 1 if low and start >= 0 else 0
