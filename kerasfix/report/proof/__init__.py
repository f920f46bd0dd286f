"""Reports of a verification: how far each model is proven, for people, for programs and for build servers."""

from __future__ import annotations

from importlib import import_module
from typing import Final, TextIO

from kerasfix.report.terminal import Paint
from kerasfix.verify.verdicts import Verification

FORMATS: Final = ("full", "json", "junit")


def write(verification: Verification, fmt: str, stream: TextIO, *, color: bool) -> None:
    """Write a verification to `stream`, files in the order of their paths.

    `fmt` is one of FORMATS. `color` allows ANSI colours in the format for people. The page for a browser is
    `kerasfix.report.proof.html.render`. Raises ValueError for an unknown format.
    """
    if fmt not in FORMATS:
        raise ValueError(f"unknown output format {fmt!r}; known are {', '.join(FORMATS)}")
    text = import_module(f"{__name__}.{fmt}").render(verification, Paint(color))
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
