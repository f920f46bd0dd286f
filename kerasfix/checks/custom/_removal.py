"""Takes statements out of a class, and the `if`, `else` and `for` that have nothing left to do without them."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable

from kerasfix.checks._scopes import Parents
from kerasfix.findings import Edit
from kerasfix.source.index import TextIndex

_HARMLESS = frozenset({"len", "isinstance", "hasattr", "bool", "range", "zip", "enumerate"})


def removals(index: TextIndex, parents: Parents, gone: Collection[ast.stmt]) -> list[Edit]:
    """The edits that take statements out; blocks that they leave empty go with them, or get a `pass`."""
    whole = {id(part): part for part in (_whole(statement, parents, gone) for statement in gone)}
    blocks: dict[tuple[int, str], tuple[ast.AST, str, list[ast.stmt]]] = {}
    for statement in whole.values():
        owner = parents[statement]
        name = next(name for name in ("body", "orelse", "finalbody") if statement in getattr(owner, name, ()))
        blocks.setdefault((id(owner), name), (owner, name, []))[2].append(statement)
    edits: list[Edit] = []
    for owner, name, taken in blocks.values():
        block: list[ast.stmt] = getattr(owner, name)
        if len(taken) < len(block):
            edits.extend(_line(index, statement) for statement in taken)
            continue
        if name == "orelse" and (edit := _else(index, owner, block)) is not None:
            edits.append(edit)
            continue
        first, *rest = sorted(taken, key=lambda statement: statement.lineno)
        edits.append(Edit(*index.span(first), ("pass",)))
        edits.extend(_line(index, statement) for statement in rest)
    return [*(edit for edit in edits if edit.new), *_without_gaps(index, [edit for edit in edits if not edit.new])]


def _without_gaps(index: TextIndex, edits: list[Edit]) -> list[Edit]:
    """Lines that go one after the other as one edit, which leaves one blank line where there were two."""
    runs: list[tuple[int, int]] = []
    for edit in sorted(edits, key=lambda edit: edit.start):
        if runs and not index.text[runs[-1][1] : edit.start].strip() and _is_whole(index, edit.start):
            runs[-1] = (runs[-1][0], edit.end)
        else:
            runs.append((edit.start, edit.end))
    return [Edit(start, _swallowed(index, start, end)) for start, end in runs]


def _is_whole(index: TextIndex, offset: int) -> bool:
    return index.position(offset)[1] == 0


def _swallowed(index: TextIndex, start: int, end: int) -> int:
    """Where an edit of whole lines ends once it takes the blank lines behind it along, if some stand before it."""
    if not _is_whole(index, start) or not _is_whole(index, end) or end == len(index.text):
        return end
    line = index.position(start)[0]
    before = index.line_text(line - 1).strip() if line > 1 else ""
    if before and not before.endswith(":"):
        return end
    line = index.position(end)[0]
    while line < len(index.starts) and not index.line_text(line).strip():
        line += 1
    return index.starts[line - 1]


def _whole(statement: ast.stmt, parents: Parents, gone: Collection[ast.stmt]) -> ast.stmt:
    """The outermost `if` or `for` that does nothing else."""
    while isinstance(outer := parents.get(statement), (ast.If, ast.For)) and _is_emptied(outer, gone):
        statement = outer
    return statement


def _is_emptied(outer: ast.If | ast.For, gone: Collection[ast.stmt]) -> bool:
    header = outer.test if isinstance(outer, ast.If) else outer.iter
    return is_harmless(header) and all(
        inside in gone or (isinstance(inside, (ast.If, ast.For)) and _is_emptied(inside, gone))
        for inside in (*outer.body, *outer.orelse)
    )


def is_harmless(node: ast.expr) -> bool:
    """Whether an expression need not be evaluated: it has no effect."""
    for part in ast.walk(node):
        if isinstance(part, (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)):
            return False
        if isinstance(part, ast.Call) and not (isinstance(part.func, ast.Name) and part.func.id in _HARMLESS):
            return False
    return True


def _else(index: TextIndex, owner: ast.AST, block: list[ast.stmt]) -> Edit | None:
    """Takes out the lines of an `else:` with all of its block; None where they hold a comment."""
    assert isinstance(owner, (ast.If, ast.For, ast.While, ast.Try))
    before = owner.handlers if isinstance(owner, ast.Try) and owner.handlers else owner.body
    start_line = index.position(index.span(before[-1])[1])[0] + 1
    end_line = index.position(index.span(block[-1])[1])[0]
    start, end = _lines(index, start_line, end_line)
    text = index.text[start:end]
    if "#" in text or not text.lstrip().startswith(("else", "elif")):
        return None
    return Edit(start, end)


def _line(index: TextIndex, statement: ast.stmt) -> Edit:
    start, end = index.span(statement)
    first, column = index.position(start)
    last, last_column = index.position(end)
    before = index.line_text(first)[:column]
    after = index.line_text(last)[last_column:].strip()
    if not before.strip() and (after in ("", ";") or after.startswith("#")):
        return Edit(*_lines(index, first, last))
    if after.startswith(";"):
        stop = index.text.index(";", end) + 1
        while index.text[stop] == " ":
            stop += 1
        return Edit(start, stop)
    if before.rstrip().endswith(";"):
        return Edit(index.text.rindex(";", 0, start), end)
    return Edit(start, end, ("pass",))


def _lines(index: TextIndex, first: int, last: int) -> tuple[int, int]:
    return index.starts[first - 1], index.starts[last] if last < len(index.starts) else len(index.text)


def moved(index: TextIndex, statements: Iterable[ast.stmt], after: ast.stmt) -> list[Edit] | None:
    """The edits that put whole-line statements behind another one; None where a line holds more than one statement."""
    found = sorted(statements, key=lambda statement: statement.lineno)
    pieces: list[str] = []
    edits: list[Edit] = []
    newline = index.newline_at(index.span(after)[0])
    for statement in found:
        start, end = index.span(statement)
        first, column = index.position(start)
        last, last_column = index.position(end)
        tail = index.line_text(last)[last_column:]
        if index.line_text(first)[:column].strip() or (tail.strip() and not tail.strip().startswith("#")):
            return None
        begin, stop = _lines(index, first, last)
        pieces.append(newline + index.text[begin:stop].rstrip("\r\n"))
        edits.append(Edit(begin, stop))
    end = index.span(after)[1]
    last, column = index.position(end)
    tail = index.line_text(last)[column:]
    if tail.strip() and not tail.strip().startswith("#"):
        return None
    where = end + len(tail)
    return [*edits, Edit(where, where, ("".join(pieces),))]
