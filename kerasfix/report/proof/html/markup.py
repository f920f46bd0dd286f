"""HTML and SVG that cannot be broken by what is put into it: all that is not `Markup` already is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TypeAlias

_EMPTY = frozenset(("br", "meta", "col", "rect", "circle", "path", "line", "polyline", "use"))


class Markup(str):
    """Text that is HTML."""

    __slots__ = ()


Child: TypeAlias = "str | Iterable[Child] | None"


def tag(name: str, /, *children: Child, **attributes: object) -> Markup:
    """An element.

    Names of attributes have `_` for `-`, and one at the end where Python has the word for itself (`class_`). An
    attribute that is None or False is left out; True has no value. Children that are None are left out.
    """
    told = "".join(
        _attribute(key, value) for key, value in attributes.items() if value is not None and value is not False
    )
    if name in _EMPTY and not children:
        return Markup(f"<{name}{told}/>")
    return Markup(f"<{name}{told}>{join(*children)}</{name}>")


def join(*children: Child) -> Markup:
    """Elements and texts after each other."""
    return Markup("".join(map(_child, children)))


def text(value: str) -> Markup:
    """A text, escaped; what is no character to look at, or would turn the line around, becomes one."""
    escaped = escape(value, quote=True)
    return Markup(escaped if escaped.isprintable() else "".join(map(_shown, escaped)))


def _child(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Markup):
        return child
    return text(child) if isinstance(child, str) else join(*child)


def _attribute(key: str, value: object) -> str:
    name = key.removesuffix("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{text(str(value))}"'


def _shown(character: str) -> str:
    if character.isprintable() or character in "\n\t":
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)  # the picture of the control character
    return "\u2421" if code == 0x7F else " " if character.isspace() else "\N{REPLACEMENT CHARACTER}"
