"""Keeps fixes away from what has to stay as it is: lines of a notebook that belong to no cell, or are no Python."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace

from kerasfix.findings import Edit, Finding, Slot

_Span = tuple[int, int]


def respect(text: str, locked: Sequence[_Span], findings: list[Finding]) -> list[Finding]:
    """The findings that are about code outside of the `locked` spans, which are whole lines, from top to bottom.

    A finding whose fix would touch such a line is left without it.
    """
    if not locked:
        return findings
    left = []
    for finding in findings:
        if _touches(locked, finding.start, finding.start + 1):
            continue
        if finding.fix is None or not any(_breaks(text, locked, edit) for edit in finding.fix.edits):
            left.append(finding)
            continue
        advice = f"{finding.fix.title} by hand: this reaches across the cells of the notebook, or into IPython's syntax"
        left.append(replace(finding, fix=None, help=finding.help or advice))
    return left


def _breaks(text: str, locked: Sequence[_Span], edit: Edit) -> bool:
    # Also in a slot, where lines may get another indentation.
    if _touches(locked, edit.start, edit.end):
        return True
    if not any(start == edit.end for start, _ in locked):
        return False
    # What comes before a locked line has to end one, and there is nothing before the first.
    if edit.end == 0:
        return True
    last = edit.new[-1] if edit.new else text[: edit.start]
    return not (text[: last.end] if isinstance(last, Slot) else last).endswith(("\r", "\n"))


def _touches(locked: Sequence[_Span], start: int, end: int) -> bool:
    """Whether a stretch overlaps a locked span, or an insertion lies inside one."""
    position = bisect_right(locked, start, key=lambda span: span[1])
    return position < len(locked) and locked[position][0] < end
