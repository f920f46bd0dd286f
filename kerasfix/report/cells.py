"""Findings in notebooks: from lines of the text that was analyzed to cells and their lines."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kerasfix.findings import Located
from kerasfix.report.hunks import Hunk
from kerasfix.report.locate import LocatedFix, changes_of
from kerasfix.source.index import TextIndex
from kerasfix.source.notebook import NotebookSource
from kerasfix.source.read import SourceFile


def in_cells(source: SourceFile, found: Sequence[Located]) -> list[Located]:
    """The findings as they are to be shown: those of a notebook by its cells, with IPython's syntax as it is there."""
    if not isinstance(source, NotebookSource) or not found:
        return list(found)
    cells = _Cells(source)
    return [cells.located(finding) for finding in found]


class _Cells:
    def __init__(self, source: NotebookSource) -> None:
        self.source = source
        index = TextIndex(source.text)
        self.numbers = list(source.split(source.text))
        # A cell's head is the line above its first.
        self.heads = [number for number in range(1, len(index.starts) + 1) if source.is_head(index.line_text(number))]
        self.file_lines = source.file_lines()

    def place(self, line: int) -> tuple[int, int]:
        """The cell of a line, and the line in it; what is added above a head comes at the end of the cell before."""
        position = bisect_left(self.heads, line) - 1
        return self.numbers[position], line - self.heads[position]

    def located(self, finding: Located) -> Located:
        cell, line = self.place(finding.line)
        lines = self.file_lines[cell]
        end_line = min(finding.end_line - finding.line + line, len(lines))
        changed = replace(
            finding,
            line=line,
            end_line=end_line,
            source=self.shown(finding.source),
            after=None if finding.after is None else self.shown(finding.after),
            cell=cell,
            lines_in_file=(lines[line - 1], lines[end_line - 1]),
        )
        if not isinstance(changed, LocatedFix):
            return changed
        return replace(changed, hunks=tuple(part for hunk in changes_of(finding) for part in self.by_cell(hunk)))

    def by_cell(self, hunk: Hunk) -> Iterator[Hunk]:
        """The parts of a hunk in each of the cells that it reaches over."""
        line = hunk.line
        for old, new in zip(self.source.by_cell(hunk.old), self.source.by_cell(hunk.new)):
            if old != new:
                cell, first = self.place(line)
                yield replace(hunk, line=first, old=self.source.unmasked(old), new=self.source.unmasked(new), cell=cell)
            line += len(TextIndex(old).starts)  # with the head of the next cell

    def shown(self, lines: Sequence[str]) -> tuple[str, ...]:
        """Lines without heads and masks."""
        text = "\n".join(line for line in lines if not self.source.is_head(line))
        return tuple(self.source.unmasked(text).split("\n"))
