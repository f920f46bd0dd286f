"""Where the values of a JSON text stand in it, so that some of them can be replaced and all else stays as it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from json import JSONDecoder
from typing import Any

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = JSONDecoder()


@dataclass(frozen=True, slots=True)
class Value:
    """A value, and the offsets at which its text starts and ends."""

    value: Any
    start: int
    end: int


def document(text: str) -> Value:
    """The one value of a text. Raises JSONDecodeError if it is no JSON, ValueError or RecursionError if too large."""
    start = _skip(text, 0)
    return Value(_DECODER.decode(text), start, _skip(text, len(text)))


def members(text: str, start: int) -> dict[str, Value]:
    """The members of the object whose (valid) text starts at an offset; of equal names the last, as everywhere."""
    found: dict[str, Value] = {}
    at = _skip(text, start + 1)
    while text[at] != "}":
        name = _value(text, at)
        member = _value(text, _skip(text, _skip(text, name.end) + 1))
        found[name.value] = member
        at = _next(text, member)
    return found


def elements(text: str, start: int) -> list[Value]:
    """The elements of the array whose (valid) text starts at an offset."""
    found: list[Value] = []
    at = _skip(text, start + 1)
    while text[at] != "]":
        found.append(_value(text, at))
        at = _next(text, found[-1])
    return found


def _value(text: str, at: int) -> Value:
    value, end = _DECODER.raw_decode(text, at)
    return Value(value, at, end)


def _next(text: str, value: Value) -> int:
    """Where the next value or the closing bracket is."""
    at = _skip(text, value.end)
    return _skip(text, at + 1) if text[at] == "," else at


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at
