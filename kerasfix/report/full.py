"""The report that shows the code: what is wrong, where, and what it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kerasfix.findings import Applicability, Located
from kerasfix.report import paths
from kerasfix.report.concise import failure_line
from kerasfix.report.diff import show_diff, show_hunk
from kerasfix.report.hunks import Hunk
from kerasfix.report.locate import changes_of
from kerasfix.report.run import Run
from kerasfix.report.summary import statistics, summary
from kerasfix.report.terminal import Paint, clean, lay_out

_LIMIT: Final = 12  # lines of one finding that are shown
_HEAD: Final = 6  # of these, those before the gap
_STYLES: Final = {Applicability.SAFE: "green", Applicability.UNSAFE: "yellow", Applicability.MANUAL: "cyan"}


def render(run: Run) -> str:
    """The report of a run."""
    paint = Paint(run.color)
    parts = [show_diff(diff, paint) for _, diff in run.diffs]
    parts += [failure_line(path, failure, paint) + "\n" for path, failure in run.failures]
    if run.statistics:
        parts.append(statistics(run))
    else:
        parts += ["".join(f"{line}\n" for line in _finding(finding, paint)) for finding in run.findings]
    return "\n".join((*(part for part in parts if part), f"{summary(run)}\n"))


def _finding(finding: Located, paint: Paint) -> list[str]:
    changes = changes_of(finding)
    near = [hunk for hunk in changes if not hunk.aside]
    last = max([finding.end_line, *(hunk.line + max(len(hunk.old_lines), len(hunk.new_lines)) for hunk in near)])
    gutter = len(str(last))
    kind = finding.applicability
    place = f"{clean(paths.shown(finding.path))}:{finding.place}:"
    lines = [f"{paint('bold', place)} {paint('bold red', finding.rule)} {paint(_STYLES[kind], f'[{kind.value}]')}"]
    lines += _indented(finding.message)
    lines += _source(finding, gutter, paint)
    if finding.fix_title is not None:
        lines += _labelled(f"fix ({kind.value}): ", finding.fix_title, _STYLES[kind], paint)
        for number, hunk in enumerate(near):
            if number:
                lines.append(f"{' ' * gutter} ...")
            if hunk.cell != finding.cell:
                lines.append(f"{' ' * gutter} in cell {hunk.cell}:")
            lines += show_hunk(hunk, gutter, paint)
        if finding.assumes:
            lines += _labelled("Assumes: ", finding.assumes.rstrip(".") + ".", "yellow", paint)
        lines += [line for hunk in changes if hunk.aside for line in _labelled("note: ", _aside(hunk), "blue", paint)]
    if finding.help:
        lines += _labelled("help: ", finding.help, "cyan", paint)
    return lines


def _indented(text: str) -> list[str]:
    return [f"  {clean(line)}".rstrip() for line in text.splitlines()]


def _labelled(label: str, text: str, style: str, paint: Paint) -> list[str]:
    first, *more = text.splitlines() or [""]
    return [f"  {paint(style, label)}{clean(first)}".rstrip(), *(f"    {clean(line)}".rstrip() for line in more)]


def _aside(hunk: Hunk) -> str:
    """An import that comes or goes far from the finding, in words."""
    old = [line.strip() for line in hunk.old_lines if line.strip()]
    new = [line.strip() for line in hunk.new_lines if line.strip()]
    cell = "" if hunk.cell is None else f" of cell {hunk.cell}"
    if not old and len(new) <= 3:
        return f"adds {_code(new)} at line {hunk.line}{cell}"
    if len(old) <= 3 and not new:
        return f"removes {_code(old)} from line {hunk.line}{cell}"
    if len(old) == 1 and len(new) <= 3:
        return f"makes line {hunk.line}{cell} {_code(new)}"
    last = max(hunk.line, hunk.end_line - 1)
    lines = f"the imports in lines {hunk.line} to {last}" if last > hunk.line else f"line {hunk.line}"
    return f"changes {lines}{cell}"


def _code(texts: Sequence[str]) -> str:
    return ", ".join(f"`{text}`" for text in texts)


def _source(finding: Located, gutter: int, paint: Paint) -> list[str]:
    """The source lines with the place marked, between two empty ones."""
    if not finding.source:
        return []
    empty = f"{' ' * gutter} {paint('blue', '|')}"
    marked = _one_line if len(finding.source) == 1 else _many_lines
    return [empty, *marked(finding, gutter, paint), empty]


def _one_line(finding: Located, gutter: int, paint: Paint) -> list[str]:
    text, start, end = lay_out(finding.source[0], finding.column - 1, finding.end_column - 1)
    carets = " " * start + paint("red", "^" * max(1, end - start))
    return [_row(finding.line, text, gutter, paint), _row(None, carets, gutter, paint)]


def _many_lines(finding: Located, gutter: int, paint: Paint) -> list[str]:
    """A line is drawn from the first character along the left edge to the last one."""
    first, *rest = finding.source
    bar = paint("red", "|")
    text, start, _ = lay_out(first, finding.column - 1, finding.column - 1)
    if first[: finding.column - 1].strip():
        rows = [
            _row(finding.line, f"  {text}".rstrip(), gutter, paint),
            _row(None, " " + paint("red", "_" * (start + 1) + "^"), gutter, paint),
        ]
    else:
        rows = [_row(finding.line, f"{paint('red', '/')} {text}".rstrip(), gutter, paint)]
    for number, line in _with_gap(rest, finding.line + 1):
        if number is None:
            rows.append(f"{' ' * gutter} ...")
            continue
        rows.append(_row(number, f"{bar} {lay_out(line, 0, 0)[0]}".rstrip(), gutter, paint))
    text, _, end = lay_out(rest[-1], 0, finding.end_column - 1)
    rows.append(_row(None, paint("red", "|" + "_" * min(end, len(text)) + "^"), gutter, paint))
    return rows


def _with_gap(lines: Sequence[str], first: int) -> list[tuple[int | None, str]]:
    numbered: list[tuple[int | None, str]] = list(enumerate(lines, first))
    if len(numbered) < _LIMIT:
        return numbered
    return [*numbered[: _HEAD - 1], (None, ""), *numbered[_HEAD - _LIMIT :]]


def _row(number: int | None, text: str, gutter: int, paint: Paint) -> str:
    label = "" if number is None else str(number)
    return f"{paint('blue', label.rjust(gutter))} {paint('blue', '|')} {text}".rstrip()
