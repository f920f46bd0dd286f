"""A progress bar for long runs."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_DELAY = 1.0  # seconds without a bar: most runs are over by then
_PERIOD = 0.1  # seconds between two drawings
_WIDTH = 32


@contextmanager
def progress(total: int, *, wanted: bool) -> Iterator[Callable[[int], None]]:
    """A function to tell how many more of `total` files are done; shows a bar if that takes long and someone looks."""
    if not wanted or not sys.stderr.isatty():
        yield lambda count: None
        return
    bar = _Bar(total)
    try:
        yield bar.advance
    finally:
        bar.clear()


class _Bar:
    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._next = time.monotonic() + _DELAY
        self._drawn = False

    def advance(self, count: int) -> None:
        self._done += count
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _PERIOD
        self._drawn = True
        full = _WIDTH * self._done // max(self._total, 1)
        sys.stderr.write(f"\rkerasfix [{'#' * full}{'-' * (_WIDTH - full)}] {self._done}/{self._total} files")
        sys.stderr.flush()

    def clear(self) -> None:
        if self._drawn:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
