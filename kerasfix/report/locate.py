"""From offsets in a text to what a report shows: lines, columns, the fixed lines, a fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from kerasfix.findings import Finding, Fix, Located
from kerasfix.report import paths
from kerasfix.report.hunks import Hunk, hunks
from kerasfix.source.index import TextIndex
from kerasfix.source.read import SourceFile


@dataclass(frozen=True, slots=True)
class LocatedFix(Located):
    """A located finding that knows all that its fix changes, near and far."""

    hunks: tuple[Hunk, ...] = ()


def locate(source: SourceFile, index: TextIndex, finding: Finding, after: str | None) -> Located:
    """The finding with its place in lines and columns, ready for a report.

    `index` is that of the text of `source`. `after` is the whole text with this finding's fix alone applied, or None
    where there is no fix to show.
    """
    start, end = _without_line_ends(index.text, finding.start, finding.end)
    line, column = index.position(start)
    end_line, end_column = index.position(end)
    shown = tuple(index.line_text(number) for number in range(line, end_line + 1))
    changes = () if after is None or finding.fix is None else _changes(index, finding.fix, after)
    return LocatedFix(
        rule=finding.rule,
        path=source.path,
        line=line,
        column=column + 1,
        end_line=end_line,
        end_column=end_column + 1,
        message=finding.message,
        applicability=finding.applicability,
        help=finding.help,
        fix_title=finding.fix.title if finding.fix else None,
        assumes=finding.fix.assumes if finding.fix else None,
        source=shown,
        after=_fixed(shown, line, changes) if changes else None,
        fingerprint=_fingerprint(source.path, index, finding.rule, line, start),
        hunks=changes,
    )


def changes_of(finding: Located) -> tuple[Hunk, ...]:
    """What the fix of a located finding changes, from top to bottom; empty without a fix."""
    if isinstance(finding, LocatedFix):
        return finding.hunks
    if finding.after is None:
        return ()
    old, new = ("".join(f"{line}\n" for line in lines) for lines in (finding.source, finding.after))
    return (Hunk(finding.line, old, new),)


def normalized(line: str) -> str:
    """A source line without what changes when code is moved or aligned."""
    return " ".join(line.split())


def _without_line_ends(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without the line ends at its end: they belong to no column of the next line."""
    while end > start and text[end - 1] in "\r\n":
        end -= 1
    return start, end


def _changes(index: TextIndex, fix: Fix, after: str) -> tuple[Hunk, ...]:
    own = [(index.position(edit.start)[0], index.position(edit.end)[0]) for edit in fix.edits]
    found = []
    for hunk in hunks(index, after):
        last = max(hunk.line, hunk.end_line - 1)
        # What is added at the end of a line begins on the next.
        slack = 0 if hunk.old else 1
        touched = any(first <= last and hunk.line <= end + slack for first, end in own)
        found.append(hunk if touched else replace(hunk, aside=True))
    # Of equal lines that stand together it cannot be said which went: then nothing counts as being aside.
    return (
        tuple(found) if not all(hunk.aside for hunk in found) else tuple(replace(hunk, aside=False) for hunk in found)
    )


def _fixed(shown: tuple[str, ...], line: int, changes: Sequence[Hunk]) -> tuple[str, ...]:
    """The shown lines, which begin at `line`, with the changes that touch them."""
    end = line + len(shown)
    result: list[str] = []
    at = line
    for hunk in changes:
        if hunk.aside or hunk.line >= end or max(hunk.end_line, hunk.line + 1) <= line:
            continue
        result += shown[at - line : max(hunk.line, at) - line]
        result += hunk.new_lines
        at = max(at, hunk.end_line)
    return (*result, *shown[at - line :])


def _fingerprint(path: str, index: TextIndex, rule: str, line: int, start: int) -> str:
    """The same wherever the line moves to, and its own for each place of a file."""
    text = index.line_text(line)
    before = normalized(text[: start - index.starts[line - 1]])
    parts = (paths.portable(path), rule, normalized(text), f"{_ranks(index)[line - 1]}:{len(before)}")
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


# Only the file at hand: its findings come one after the other.
@lru_cache(maxsize=1)
def _ranks(index: TextIndex) -> tuple[int, ...]:
    """For each line, how many lines above it say the same."""
    counts: dict[str, int] = {}
    ranks = []
    for number in range(1, len(index.starts) + 1):
        text = normalized(index.line_text(number))
        rank = counts.get(text, 0)
        counts[text] = rank + 1
        ranks.append(rank)
    return tuple(ranks)
