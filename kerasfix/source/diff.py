"""Unified diffs that `git apply` and `patch -p1` take."""

from __future__ import annotations

import os
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Literal

_CONTEXT = 3


def unified_diff(path: str, old: str, new: str) -> str:
    """How to get from `old` to `new`; empty if they are the same.

    Lines end at line feeds alone, as `patch` has it, so that carriage returns and form feeds come through.
    """
    before, after = _lines(old), _lines(new)
    # Fixes change a few lines of a long file: comparing only the stretch between them keeps this linear.
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(after)) - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    if head == len(before) == len(after):
        return ""
    name = path.replace(os.sep, "/")
    relative = not (Path(path).is_absolute() or name.startswith("../"))
    parts = [f"--- {'a/' if relative else ''}{name}\n", f"+++ {'b/' if relative else ''}{name}\n"]
    parts += _hunks(before, after, head, tail)
    return "".join(parts)


Opcode = tuple[Literal["replace", "delete", "insert", "equal"], int, int, int, int]


class _Trimmed(SequenceMatcher[str]):
    """Compares two lists of lines whose first `head` and last `tail` lines are known to be the same."""

    def __init__(self, before: list[str], after: list[str], head: int, tail: int) -> None:
        super().__init__(None, before[head : len(before) - tail], after[head : len(after) - tail])
        self._head = head
        self._ends: Opcode = ("equal", len(before) - tail, len(before), len(after) - tail, len(after))

    def get_opcodes(self) -> list[Opcode]:
        """As for the whole lists: `patch` takes a hunk with less context than it could have for one at the end."""
        head = self._head
        codes: list[Opcode] = [("equal", 0, head, 0, head)] if head else []
        codes += [(tag, a + head, b + head, c + head, d + head) for tag, a, b, c, d in super().get_opcodes()]
        return [*codes, self._ends] if self._ends[1] < self._ends[2] else codes


def _hunks(before: list[str], after: list[str], head: int, tail: int) -> Iterator[str]:
    matcher = _Trimmed(before, after, head, tail)
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        yield f"@@ -{_range(group[0][1], group[-1][2])} +{_range(group[0][3], group[-1][4])} @@\n"
        for tag, old_start, old_end, new_start, new_end in group:
            if tag == "equal":
                yield from (_marked(" ", line) for line in before[old_start:old_end])
                continue
            yield from (_marked("-", line) for line in before[old_start:old_end])
            yield from (_marked("+", line) for line in after[new_start:new_end])


def _range(start: int, end: int) -> str:
    length = end - start
    if length == 1:
        return str(start + 1)
    return f"{start + 1 if length else start},{length}"


def _marked(mark: str, line: str) -> str:
    return f"{mark}{line}" if line.endswith("\n") else f"{mark}{line}\n\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    last = lines.pop()
    return [*(f"{line}\n" for line in lines), *([last] if last else [])]
