"""Unified diffs that `git apply` and `patch -p1` take."""

from __future__ import annotations

import os
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

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
    start = max(0, head - _CONTEXT)
    end = max(0, tail - _CONTEXT)
    name = path.replace(os.sep, "/")
    relative = not (Path(path).is_absolute() or name.startswith("../"))
    parts = [f"--- {'a/' if relative else ''}{name}\n", f"+++ {'b/' if relative else ''}{name}\n"]
    parts += _hunks(before[start : len(before) - end], after[start : len(after) - end], start)
    return "".join(parts)


def _hunks(before: list[str], after: list[str], skipped: int) -> Iterator[str]:
    for group in SequenceMatcher(None, before, after).get_grouped_opcodes(_CONTEXT):
        old = _range(group[0][1] + skipped, group[-1][2] + skipped)
        new = _range(group[0][3] + skipped, group[-1][4] + skipped)
        yield f"@@ -{old} +{new} @@\n"
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
