"""Statements as they are written: removed as a whole, turned into assignments, with their comments."""

from __future__ import annotations

import ast

from kerasfix.edits.calls import Pieces, call_text
from kerasfix.findings import Edit, Slot
from kerasfix.source.index import TextIndex


def removal(index: TextIndex, statement: ast.stmt) -> Edit:
    """Remove a statement, which is not the only one of its block, with its line; a comment behind it stays."""
    start, end = index.span(statement)
    line, _ = index.position(start)
    last, _ = index.position(end)
    line_start = index.starts[line - 1]
    line_end = index.starts[last - 1] + len(index.line_text(last))
    before, after = index.text[line_start:start], index.text[end:line_end]
    bare = after.strip().removeprefix(";").strip()
    if not before.strip() and not bare:
        return Edit(line_start, index.starts[last] if last < len(index.starts) else len(index.text))
    if not before.strip() and bare.startswith("#"):
        return Edit(start, line_end - len(after) + after.index("#"))
    if bare and not bare.startswith("#"):
        # `model = Sequential(); model.add(...)`
        stop = end + after.index(";") + 1
        while stop < line_end and index.text[stop] in " \t":
            stop += 1
        return Edit(start, stop)
    return Edit(line_start + before.rindex(";"), end) if ";" in before else Edit(start, end, ("pass",))


def assignment(
    index: TextIndex, call: ast.Call, layer: ast.expr, head: str, pieces: Pieces | None, called: str
) -> Edit:
    """`model.add(layer)` as `x = layer(x)`; comments between the parentheses stay.

    `head` is what stands before the layer: the name that is assigned, or the beginning of a call. `pieces` are written
    in place of the layer, `called` behind it.
    """
    text = call_text(index, call)
    argument = text.args[0]
    if pieces is None:
        bare = index.text[argument.value_start] != "("
        pieces = callable_pieces(layer, argument.slot) if bare else (argument.slot,)
    begin = head if head.endswith(", ") else f"{head} = "
    start, end = index.span(call)
    if not text.comments:
        return Edit(start, end, (begin, *pieces, called))
    rest: Pieces = (Slot(argument.end, text.close),)
    comma = _comma(index.text[argument.end : text.close])
    if comma is not None:
        rest = (Slot(argument.end, argument.end + comma), Slot(argument.end + comma + 1, text.close))
    return Edit(start, end, (begin, "(", Slot(text.open_end, argument.start), *pieces, called, *rest, ")"))


def callable_pieces(layer: ast.expr, slot: Slot) -> Pieces:
    """An expression that can be called: in parentheses where it has to be."""
    simple = isinstance(layer, (ast.Call, ast.Name, ast.Attribute, ast.Subscript))
    return (slot,) if simple else ("(", slot, ")")


def _comma(tail: str) -> int | None:
    """Where the comma stands behind the only argument, or None if there is none."""
    position = 0
    for line in tail.splitlines(keepends=True):
        code = line.partition("#")[0]
        if "," in code:
            return position + code.index(",")
        position += len(line)
    return None


def comments_in(gap: str) -> tuple[str, list[str]]:
    """What stands between two elements of a list: the comment behind the first, and those on lines of their own."""
    first, *rest = gap.split("\n")
    found = [line[line.index("#") :].strip() for line in rest if "#" in line]
    return (first[first.index("#") :].strip() if "#" in first else ""), found


def indentation(index: TextIndex, position: int) -> str:
    """What the line of an offset begins with."""
    text = index.text[index.starts[index.position(position)[0] - 1] : position]
    return text[: len(text) - len(text.lstrip())]
