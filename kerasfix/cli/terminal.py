"""What a stream can show."""

from __future__ import annotations

import os
from typing import TextIO


def color_of(wanted: str, stream: TextIO) -> bool:
    """Whether to colour what goes to a stream; `wanted` is what `--color` says."""
    if wanted != "auto":
        return wanted == "always"
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
