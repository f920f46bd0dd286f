"""Reports: for people at a terminal, for editors, and for the services that show findings beside the code."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, TextIO

from kerasfix.findings import Report
from kerasfix.project.config import OUTPUT_FORMATS
from kerasfix.report.run import Run, ordered

if TYPE_CHECKING:
    from kerasfix.catalogue import Catalogue


def write(
    reports: Sequence[Report],
    fmt: str,
    stream: TextIO,
    *,
    color: bool,
    statistics: bool,
    target: str,
    fixing: bool = False,
    catalogue: Catalogue | None = None,
) -> None:
    """Write the reports of a run to `stream`, the same text for the same findings whatever their order.

    `fmt` is one of OUTPUT_FORMATS. `color` allows ANSI colours in the formats for people. `statistics` gives counts by
    rule, in the formats for people in place of the findings. `fixing` says that the run made fixes, so that the
    findings are those that are left. `catalogue` describes the rules, where they are not only those that ship with
    kerasfix. Raises ValueError for an unknown format.
    """
    if fmt not in OUTPUT_FORMATS:
        raise ValueError(f"unknown output format {fmt!r}; known are {', '.join(OUTPUT_FORMATS)}")
    run = Run(ordered(reports), target, color, statistics, fixing, catalogue)
    stream.write(_encodable(import_module(f"{__name__}.{fmt}").render(run), stream.encoding))


def _encodable(text: str, encoding: str | None) -> str:
    """The text with escapes for what the stream cannot hold: a report must not fail for a character."""
    encoding = encoding or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)
