"""Diffs for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Final

from kerasfix.report.hunks import Hunk
from kerasfix.report.terminal import Paint, clean, lay_out

_LIMIT: Final = 40  # lines of one hunk that are shown
_COMPARED: Final = 400  # lines of one hunk up to which unchanged lines in it are looked for
_STYLES: Final = {"+": "green", "-": "red", "@": "cyan"}


def show_diff(diff: str, paint: Paint) -> str:
    """A unified diff: as it is for `patch` to read, or in colours and harmless for a terminal."""
    if not paint.color:
        return diff if diff.endswith("\n") else f"{diff}\n"
    lines = diff.removesuffix("\n").split("\n")
    return "".join(_painted(line.removesuffix("\r"), paint) + "\n" for line in lines)


def show_hunk(hunk: Hunk, gutter: int, paint: Paint) -> list[str]:
    """The lines of a hunk, old ones with `-` and new ones with `+`, their numbers `gutter` wide."""
    rows = list(_rows(hunk))
    shown = [
        f"{paint('blue', str(number).rjust(gutter))} {_painted(f'{sign} {text}'.rstrip(), paint)}"
        for number, sign, text in rows[:_LIMIT]
    ]
    if len(rows) > _LIMIT:
        shown.append(f"{' ' * gutter} ... {len(rows) - _LIMIT} more lines; --diff shows all")
    return shown


def _painted(line: str, paint: Paint) -> str:
    style = _STYLES.get(line[:1])
    text = "\t".join(map(clean, line.split("\t")))
    return paint(style, text) if style else text


def _rows(hunk: Hunk) -> Iterator[tuple[int, str, str]]:
    """Line number, sign and text of each line; a new line has the number that it would have in the hunk's place."""
    old, new = hunk.old_lines, hunk.new_lines
    blocks: Sequence[tuple[str, int, int, int, int]] = [("replace", 0, len(old), 0, len(new))]
    if len(old) + len(new) <= _COMPARED:
        blocks = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for kind, old_start, old_end, new_start, new_end in blocks:
        befores, afters = old[old_start:old_end], new[new_start:new_end]
        if kind == "equal":
            yield from ((hunk.line + new_start + at, " ", lay_out(text, 0, 0)[0]) for at, text in enumerate(afters))
            continue
        # Where lines are too long to be shown, both are cut at the same place: where they begin to differ.
        pairs = [_laid_out(before, after) for before, after in zip_longest(befores, afters, fillvalue="")]
        yield from ((hunk.line + old_start + at, "-", pairs[at][0]) for at in range(len(befores)))
        yield from ((hunk.line + new_start + at, "+", pairs[at][1]) for at in range(len(afters)))


def _laid_out(before: str, after: str) -> tuple[str, str]:
    shorter = min(len(before), len(after))
    at = next((at for at in range(shorter) if before[at] != after[at]), shorter)
    return lay_out(before, at, at)[0], lay_out(after, at, at)[0]
