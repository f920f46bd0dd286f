"""Texts with code in them, and the little markdown in which the rules are explained."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kerasfix.report.proof.html.markup import Markup, join, tag

_INLINE: Final = re.compile(
    r"``(.+?)``|`([^`\n]+)`|\[([^\]\n]+)\]\((https?://[^)\s]+)\)|\*\*([^*\n]+)\*\*|\*([^*\s][^*\n]*)\*"
)


def inline(text: str) -> Markup:
    """One line of text: code, links, emphasis."""
    parts: list[str] = []
    end = 0
    for found in _INLINE.finditer(text):
        parts += [text[end : found.start()], _marked(found)]
        end = found.end()
    return join(*parts, text[end:])


def _marked(found: re.Match[str]) -> Markup:
    long_code, code, label, address, strong, emphasis = found.groups()
    if long_code or code:
        return tag("code", long_code or code)
    if address:
        return tag("a", inline(label), href=address, rel="noreferrer noopener")
    return tag("strong", strong) if strong else tag("em", emphasis)


def blocks(text: str, heading: str) -> Markup:
    """Paragraphs, lists, tables, code and headings, the latter all as the element `heading`."""
    return join(*_blocks(text.strip().split("\n"), heading))


def _blocks(lines: list[str], heading: str) -> Iterator[Markup]:
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.startswith("```"):
            end = next((number for number in range(at + 1, len(lines)) if lines[number].startswith("```")), len(lines))
            yield tag("pre", tag("code", "\n".join(lines[at + 1 : end])))
            at = end + 1
            continue
        if line.startswith("#"):
            yield tag(heading, inline(line.lstrip("# ")))
            at += 1
            continue
        end = at
        while end < len(lines) and lines[end].strip() and not (end > at and lines[end].startswith(("```", "#"))):
            end += 1
        if end > at:
            yield _block(lines[at:end])
        at = max(end, at + 1)


def _block(lines: list[str]) -> Markup:
    if all(line.startswith("|") for line in lines):
        return _table(lines)
    if lines[0].startswith(("- ", "* ")):
        return tag("ul", *(tag("li", inline(item)) for item in _items(lines)))
    return tag("p", inline(" ".join(line.strip() for line in lines)))


def _items(lines: list[str]) -> list[str]:
    items: list[str] = []
    for line in lines:
        if line.startswith(("- ", "* ")):
            items.append(line[2:])
        else:
            items[-1] += f" {line.strip()}"
    return items


def _table(lines: list[str]) -> Markup:
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    head, body = rows[0], [row for row in rows[1:] if not all(set(cell) <= set("-: ") for cell in row)]
    return tag(
        "div",
        tag(
            "table",
            tag("thead", tag("tr", *(tag("th", inline(cell), scope="col") for cell in head))),
            tag("tbody", *(tag("tr", *(tag("td", inline(cell)) for cell in row)) for row in body)),
        ),
        class_="scroll",
        tabindex="0",
    )
