"""What a terminal can show: harmless characters, columns that line up, lines of a sane length, colours."""

from __future__ import annotations

import unicodedata
from typing import Final

LINE_LIMIT: Final = 120
_TAB: Final = 4
_LEAD: Final = 24  # characters kept before the marked place of a line that is cut
_CUT: Final = "..."
_CODES: Final = {
    "bold": "1",
    "red": "31",
    "bold red": "1;31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "cyan": "36",
    "dim": "2",
}


class Paint:
    """Puts ANSI colours around texts, or leaves them as they are."""

    def __init__(self, color: bool) -> None:
        self.color = color

    def __call__(self, style: str, text: str) -> str:
        """`text` in a style, which is one of "bold", "red", "bold red", "green", "yellow", "blue", "cyan", "dim"."""
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if self.color and text else text


def clean(text: str) -> str:
    """The text without what would move the cursor, recolour the terminal, reorder the line or fail to be encoded."""
    return text if text.isascii() and text.isprintable() else "".join(map(_shown, text))


def one_line(text: str) -> str:
    """A message on one line."""
    return clean(" ".join(text.split()))


def lay_out(line: str, start: int, end: int, limit: int = LINE_LIMIT) -> tuple[str, int, int]:
    """A source line as it is shown, and the display columns between which its characters `start` to `end` then are.

    Tabs become spaces, and of a line of more than `limit` characters the part around `start` is kept.
    """
    start, end = min(start, len(line)), min(end, len(line))
    left, right = 0, len(line)
    if len(line) > limit:
        # The head of a line says most, so it stays as long as the marked place is in sight.
        if end > limit:
            left = max(0, min(start - _LEAD, len(line) - limit))
        right = left + limit
    parts = [_CUT] if left else []
    width = len(_CUT) if left else 0
    first = last = width
    for at in range(left, right):
        if at == start:
            first = width
        if at == end:
            last = width
        shown = " " * (_TAB - width % _TAB) if line[at] == "\t" else _shown(line[at])
        parts.append(shown)
        width += _width(shown)
    if start >= right:
        first = width
    if end >= right:
        last = width
    if right < len(line):
        parts.append(_CUT)
    return "".join(parts).rstrip(), first, last


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)  # the picture of the control character
    if code == 0x7F:
        return "\u2421"
    if unicodedata.category(character) == "Zs":
        return " "
    return "\N{REPLACEMENT CHARACTER}"


def _width(text: str) -> int:
    return len(text) if text.isascii() else sum(map(_character_width, text))


def _character_width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
