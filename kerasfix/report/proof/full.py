"""The table for people at a terminal: how far each model is proven, and what keeps it from more."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from kerasfix.report import paths
from kerasfix.report.proof import words
from kerasfix.report.terminal import Paint, clean, lay_out, one_line
from kerasfix.verify.verdicts import FileVerdict, Level, ModelVerdict, Outcome, Verification

_HEADS: Final = ("model", "made by", "level", "parameters", "difference", "reference")
_RIGHT: Final = (3, 4)  # columns of numbers
_NARROW: Final = 60  # columns below which no terminal is taken to be
_WIDE: Final = 140
_LEAST: Final = 7  # columns that a name gets at least
_LABELS: Final = {True: ("failed: ", "bold red"), False: ("unverified: ", "yellow")}
_SHOWN: Final = 5  # differences of one model that are out of tolerance
_STYLES: Final = {
    Level.NOTHING: "red",
    Level.PARSES: "yellow",
    Level.BUILDS: "yellow",
    Level.TRAINS: "cyan",
    Level.EQUAL: "green",
}


@dataclass(frozen=True)
class _Table:
    """The columns, the same for all files, so that the eye can run down them."""

    widths: tuple[int, ...]
    total: int
    paint: Paint
    require: Level


def render(verification: Verification, paint: Paint) -> str:
    """The table, grouped by file, and the outcome below it."""
    total = min(_WIDE, max(_NARROW, shutil.get_terminal_size().columns))
    files = words.ordered(verification)
    rows = [_cells(model) for file in files for model in file.models]
    table = _Table(_widths(rows, total), total, paint, verification.require)
    lines: list[str] = []
    if rows:
        lines += [paint("bold", line) for line in _row(_HEADS, table.widths)]
    for file in files:
        lines += ["", *_file(file, table)] if lines else list(_file(file, table))
    if lines:
        lines.append("")
    lines += _wrapped(f"{words.summary(verification)} {words.duration(verification.seconds)}.", total)
    style = "green" if verification.satisfied else "bold red"
    lines += [paint(style, line) for line in _wrapped(words.verdict(verification), total)]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return lay_out(text, 0, len(text), limit=max(1, len(text)))[2]


def _cells(model: ModelVerdict) -> tuple[str, ...]:
    parameters, largest = words.parameters(model), words.largest(model)
    return (
        one_line(model.name),
        one_line(model.scenario),
        words.LEVELS[model.level],
        "-" if parameters is None else f"{parameters:,}",
        "-" if largest is None else words.number(largest),
        one_line(model.reference or "-"),
    )


def _widths(rows: Sequence[Sequence[str]], total: int) -> tuple[int, ...]:
    """The numbers get what they need; names share what is left, and are wrapped where it is not enough."""
    needed = [max(map(columns, column)) for column in zip(_HEADS, *rows)]
    words_at = [0, 1, 5]
    left = total - 2 * len(needed) - sum(needed[at] for at in (2, 3, 4))
    while sum(needed[at] for at in words_at) > max(left, 3 * _LEAST):
        widest = max(words_at, key=lambda at: needed[at])
        needed[widest] -= 1
    return tuple(needed)


def _row(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    """One row, of as many lines as its longest cell needs."""
    wrapped = [_wrapped(cell, width) for cell, width in zip(cells, widths)]
    return [
        ("  " + "  ".join(_aligned(at, text, width) for at, (text, width) in enumerate(zip(line, widths)))).rstrip()
        for line in zip_longest(*wrapped, fillvalue="")
    ]


def _aligned(at: int, text: str, width: int) -> str:
    space = " " * (width - columns(text))
    return space + text if at in _RIGHT else text + space


def _file(file: FileVerdict, table: _Table) -> Iterator[str]:
    paint = table.paint
    yield paint("bold", clean(paths.shown(file.path)))
    if file.failure:
        yield from _labelled("failed: ", file.failure, "bold red", table, 2)
    for model in file.models:
        first, *more = _row(_cells(model), table.widths)
        yield _painted(first, model, table)
        yield from more
        yield from _reasons(model, table)
    for shortfall in file.shortfalls:
        label, style = _LABELS[shortfall.failed]
        yield from _labelled(label, str(shortfall), style, table, 2)
    for note in words.notes_of(file):
        yield from _labelled("note: ", note, "dim", table, 2)
    if not (file.models or file.failure or file.shortfalls):
        yield f"  {paint('dim', 'no model was found')}"


def _painted(line: str, model: ModelVerdict, table: _Table) -> str:
    """The line with its level in a colour; the columns before it are as wide as their text, whatever it is."""
    level = words.LEVELS[model.level]
    style = "bold red" if model.outcome == Outcome.FAILED else _STYLES[model.level]
    before = 2 + sum(table.widths[:2]) + 4
    at = next(at for at in range(len(line) + 1) if columns(line[:at]) >= before and line.startswith(level, at))
    return line[:at] + table.paint(style, level) + line[at + len(level) :]


def _reasons(model: ModelVerdict, table: _Table) -> Iterator[str]:
    """What keeps a model from being proven further."""
    if not words.wanting(model, table.require):
        return
    failed = model.outcome == Outcome.FAILED
    label, style = _LABELS[failed]
    yield from _labelled(label, model.reason or "no reason is known", style, table, 4)
    if model.parted_at:
        yield from _labelled("first differs at: ", model.parted_at, "yellow", table, 4)
    wrong = words.out_of_tolerance(model)
    for one in wrong[:_SHOWN]:
        yield from _labelled(f"{one_line(one.what)}: ", words.apart(one), "", table, 4)
    if len(wrong) > _SHOWN:
        yield f"    and {len(wrong) - _SHOWN} more that differ"


def _labelled(label: str, text: str, style: str, table: _Table, indent: int) -> Iterator[str]:
    first, *more = _wrapped(label + one_line(text), table.total - indent, hanging=2)
    paint = (lambda part: table.paint(style, part)) if style else (lambda part: part)
    if style == "dim":
        yield from (" " * indent + paint(line) for line in (first, *more))
        return
    head = label.rstrip()
    rest = first[len(head) :] if first.startswith(head) else None
    yield " " * indent + (first if rest is None else paint(head) + rest)
    yield from (" " * indent + line for line in more)


def _wrapped(text: str, width: int, hanging: int = 0) -> list[str]:
    """The text in lines of at most `width` columns, broken at spaces if it can be; `textwrap` counts characters."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if columns(longer) <= width:
            line = longer
            continue
        if line.strip():
            lines.append(line)
        line = " " * hanging + word if lines else word
        while columns(line) > width:
            cut = _cut(line, width)
            lines.append(line[:cut])
            line = " " * hanging + line[cut:]
    return [*lines, line]


def _cut(line: str, width: int) -> int:
    """Where to break what has no spaces: after punctuation in the latter half of the line, else where it is full."""
    fitting = next(at for at in range(len(line), 0, -1) if columns(line[:at]) <= width or at == 1)
    return next((at for at in range(fitting, fitting // 2, -1) if line[at - 1] in "(,=/._"), fitting)
