"""Edits of whole statements: taking them out of their block, and putting a branch in place of its `if`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Set

from kerasfix.checks._scopes import Parents
from kerasfix.findings import Edit, Slot
from kerasfix.source.index import TextIndex

_HEADER_COMMENT = re.compile(r"[ \t)]*:[ \t]*(#.*)")
_BLOCKS = ("body", "orelse", "finalbody")
_HARMLESS_CALLS = frozenset(
    """hasattr isinstance len zip enumerate range reversed list tuple callable backend image_dim_ordering
    image_data_format int_shape ndim is_keras_tensor""".split()
)


def removal(index: TextIndex, parents: Parents, statement: ast.stmt, gone: Set[ast.stmt]) -> Edit:
    """Takes a statement out, whole lines, with every `if` and `for` that has nothing left to do once `gone` is gone."""
    whole: ast.stmt = statement
    while isinstance(outer := parents.get(whole), (ast.If, ast.For)) and _is_emptied(outer, gone):
        whole = outer
    block = _block_of(whole, parents)
    start, end = index.span(whole)
    if len(block) == 1 and not index.text.startswith("elif", start):
        return Edit(start, end, ("pass",))
    return _lines(index, start, end)


def _is_emptied(outer: ast.If | ast.For, gone: Set[ast.stmt]) -> bool:
    header = outer.test if isinstance(outer, ast.If) else outer.iter
    inside = [*outer.body, *outer.orelse]
    return _is_harmless(header) and all(
        statement in gone or (isinstance(statement, (ast.If, ast.For)) and _is_emptied(statement, gone))
        for statement in inside
    )


def _is_harmless(node: ast.expr) -> bool:
    """Whether evaluating an expression has no effect, so that it need not be evaluated."""
    for part in ast.walk(node):
        if isinstance(part, (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)):
            return False
        if isinstance(part, ast.Call):
            func = part.func
            name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
            if name not in _HARMLESS_CALLS:
                return False
    return True


def _block_of(statement: ast.stmt, parents: Parents) -> list[ast.stmt]:
    owner = parents[statement]
    for name in _BLOCKS:
        block = getattr(owner, name, None)
        if isinstance(block, list) and statement in block:
            return block
    return [statement]


def _lines(index: TextIndex, start: int, end: int) -> Edit:
    line, column = index.position(start)
    last, last_column = index.position(end)
    after = index.line_text(last)[last_column:].strip()
    before = index.text[index.starts[line - 1] : start].strip()
    if not before and (after in ("", ";") or after.startswith("#")):
        stop = index.starts[last] if last < len(index.starts) else len(index.text)
        return Edit(start - column, stop)
    if after.startswith(";"):
        # `a._keras_shape = s; b = 1`
        stop = index.text.index(";", end) + 1
        while index.text[stop] == " ":
            stop += 1
        return Edit(start, stop)
    if before.endswith(";"):
        return Edit(index.text.rindex(";", 0, start), end)
    return Edit(start, end, ("pass",))


def branch(index: TextIndex, statement: ast.If, kept: list[ast.stmt], parents: Parents) -> Edit | None:
    """Puts one branch in place of an `if`; None where its lines cannot be moved with certainty.

    `kept` is the branch's block; an empty one takes the whole statement out.
    """
    start, end = index.span(statement)
    is_elif = index.text.startswith("elif", start)
    if not kept:
        return removal(index, parents, statement, {statement})
    if any(_has_long_string(node) for node in kept):
        return None
    column = index.position(start)[1]
    indent = index.text[start - column : start]
    if indent.strip():
        return None
    comment = _header_comment(index, statement)
    newline = index.newline_at(start)
    if is_elif:
        head = [f"{indent}else:{'  ' if comment else ''}{comment}{newline}"]
    else:
        head = [f"{indent}{comment}{newline}"] if comment else []
    deeper = indent + (_step(index, kept, indent) if is_elif else "")
    return Edit(start - column, end, (*head, *_moved(index, kept, deeper, end)))


def _header_comment(index: TextIndex, statement: ast.If) -> str:
    """The comment behind `if ...:`."""
    end = index.span(statement.test)[1]
    line, column = index.position(end)
    match = _HEADER_COMMENT.fullmatch(index.line_text(line)[column:])
    return match.group(1) if match else ""


def _step(index: TextIndex, kept: list[ast.stmt], indent: str) -> str:
    """How much deeper a block stands than its header."""
    start, _ = index.span(kept[0])
    _, column = index.position(start)
    text = index.text[start - column : start]
    return text[len(indent) :] if not text.strip() and text.startswith(indent) else "    "


def _moved(index: TextIndex, kept: list[ast.stmt], indent: str, outer_end: int) -> Iterator[str | Slot]:
    """The lines of a block at another indentation, the code in slots, with the comments above and behind it."""
    start, _ = index.span(kept[0])
    _, end = index.span(kept[-1])
    first, column = index.position(start)
    last, _ = index.position(end)
    if end < outer_end:
        end = index.starts[last - 1] + len(index.line_text(last))
    old = index.text[start - column : start]
    if old.strip():
        # `if hasattr(x, '_keras_shape'): s = x._keras_shape` on one line
        yield from (indent, Slot(start, end))
        return
    while index.line_text(first - 1).startswith(f"{old}#"):
        first -= 1
    for line in range(first, last + 1):
        begin = index.starts[line - 1]
        text = index.line_text(line)
        stop = min(begin + len(text), end)
        moved = begin + len(old) if text.startswith(old) else begin
        if text.startswith(old) and text.strip():
            yield indent
        if moved < stop:
            yield Slot(moved, stop)
        if line < last:
            yield index.text[begin + len(text) : index.starts[line]]


def _has_long_string(node: ast.AST) -> bool:
    """Whether a string in the code goes over several lines, which an indentation must not touch."""
    return any(
        isinstance(part, (ast.Constant, ast.JoinedStr))
        and (isinstance(part, ast.JoinedStr) or isinstance(part.value, (str, bytes)))
        and part.end_lineno != part.lineno
        for part in ast.walk(node)
    )
