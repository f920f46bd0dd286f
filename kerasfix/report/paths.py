"""How paths appear in reports."""

from __future__ import annotations

import os


def below(path: str) -> str | None:
    """The path relative to the current directory, or None if it is not below it."""
    try:
        relative = os.path.relpath(path)
    except (ValueError, OSError):  # on another drive; in a directory that is gone
        return None
    return None if relative == os.pardir or relative.startswith(os.pardir + os.sep) else relative


def shown(path: str) -> str:
    """The path relative to the current directory if it is below it, else as it was given."""
    relative = below(path)
    return path if relative is None else relative


def portable(path: str) -> str:
    """`shown`, with forward slashes, and as text that can be encoded: for other programs to read."""
    return encodable(shown(path).replace(os.sep, "/"))


def encodable(text: str) -> str:
    """The text with what is no character (a lone surrogate, from a name in no known encoding) replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")
