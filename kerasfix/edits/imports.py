"""Adds the imports that fixed code needs and removes those that nothing uses any more."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kerasfix.edits.apply import replaced
from kerasfix.findings import Edit, ImportNeed
from kerasfix.source.index import TextIndex

_LINE_LIMIT = 120


@dataclass(frozen=True, slots=True)
class _Place:
    """An import statement and the block it stands in."""

    node: ast.Import | ast.ImportFrom
    block: list[ast.stmt]
    scope: ast.AST  # the function or module that it binds names in
    top: bool  # directly in the module


def import_edits(
    index: TextIndex, tree: ast.Module, needs: Iterable[ImportNeed], released: frozenset[str], edits: Sequence[Edit]
) -> list[Edit]:
    """The edits that settle the imports after `edits` are made.

    Of the names in `released`, those are dropped that nothing outside of what the edits take away uses any more.
    """
    places = list(_places(tree, tree, tree.body, top=True))
    gone = [stretch for edit in edits for stretch in replaced(edit)]
    dropped = _unused(index, places, released, gone)
    joined: dict[int, list[str]] = {}
    statements: dict[int, list[str]] = {}
    for need in sorted(set(needs)):
        host = _host(index, places, need)
        if host is not None:
            joined.setdefault(index.span(host.node)[0], []).append(_alias_text(need))
        else:
            statements.setdefault(_neighbour(index, places, need), []).append(_statement_text(need))
    result: list[Edit] = []
    for place in places:
        start, _ = index.span(place.node)
        names = joined.get(start, [])
        drop = dropped.get(start, [])
        extra = statements.pop(start, [])
        if names or drop or extra:
            result.extend(_edit_statement(index, place, names, drop, extra))
    for _, lines in sorted(statements.items()):
        result.append(_at_top(index, tree, lines))
    return result


def _places(node: ast.AST, scope: ast.AST, block: list[ast.stmt], *, top: bool) -> Iterator[_Place]:
    for statement in block:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            yield _Place(statement, block, scope, top)
            continue
        inner = statement if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)) else scope
        for name in ("body", "orelse", "finalbody"):
            yield from _places(statement, inner, getattr(statement, name, []), top=False)
        for handler in getattr(statement, "handlers", []):
            yield from _places(handler, inner, handler.body, top=False)
        for case in getattr(statement, "cases", []):
            yield from _places(case, inner, case.body, top=False)


def unused_imports(index: TextIndex, tree: ast.Module, edits: Sequence[Edit] = ()) -> list[ast.alias]:
    """The imported names that nothing in their scope uses, once `edits` are made; star imports are not among them."""
    gone = [stretch for edit in edits for stretch in replaced(edit)]
    return [
        alias
        for place in _places(tree, tree, tree.body, top=True)
        for alias in place.node.names
        if alias.name != "*" and not _is_used(index, place.scope, alias.asname or alias.name.partition(".")[0], gone)
    ]


def _unused(
    index: TextIndex, places: list[_Place], released: frozenset[str], gone: list[tuple[int, int]]
) -> dict[int, list[ast.alias]]:
    """The aliases to drop, by the offset of their statement."""
    dropped: dict[int, list[ast.alias]] = {}
    if not released:
        return dropped
    for place in places:
        for alias in place.node.names:
            name = alias.asname or alias.name
            if name in released and not _is_used(index, place.scope, name, gone):
                dropped.setdefault(index.span(place.node)[0], []).append(alias)
    return dropped


def _is_used(index: TextIndex, scope: ast.AST, name: str, gone: list[tuple[int, int]]) -> bool:
    for node in ast.walk(scope):
        if isinstance(node, ast.Name) and node.id == name:
            start, end = index.span(node)
            if not any(begin <= start and end <= stop for begin, stop in gone):
                return True
        elif isinstance(node, ast.Constant) and node.value == name:
            return True  # in `__all__`, in getattr(module, 'merge'), ...
        elif isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names:
            return True
    return False


def _host(index: TextIndex, places: list[_Place], need: ImportNeed) -> _Place | None:
    """The statement that the name can join: the one beside, else one of the same module at the top of the file."""
    if not need.name:
        return None
    fitting = [
        place
        for place in places
        if isinstance(place.node, ast.ImportFrom)
        and place.node.module == need.module
        and place.node.level == 0
        and not any(alias.name == "*" for alias in place.node.names)
    ]
    for place in fitting:
        if index.span(place.node)[0] == need.beside:
            return place
    beside = next((place for place in places if index.span(place.node)[0] == need.beside), None)
    for place in fitting:
        same_block = beside is not None and place.block is beside.block
        if (same_block or (place.top and (beside is None or beside.top))) and _has_room(index, place, need):
            return place
    return None


def _has_room(index: TextIndex, place: _Place, need: ImportNeed) -> bool:
    start, end = index.span(place.node)
    if index.position(start)[0] != index.position(end)[0]:
        return True
    return index.position(end)[1] + len(_alias_text(need)) + 2 <= _LINE_LIMIT


def _neighbour(index: TextIndex, places: list[_Place], need: ImportNeed) -> int:
    """The offset of the statement after which a new one goes; -1 for the top of the file."""
    starts = [index.span(place.node)[0] for place in places if place.top]
    if need.beside >= 0:
        return need.beside
    return starts[-1] if starts else -1


def _alias_text(need: ImportNeed) -> str:
    return f"{need.name} as {need.asname}" if need.asname else need.name


def _statement_text(need: ImportNeed) -> str:
    if need.name:
        return f"from {need.module} import {_alias_text(need)}"
    return f"import {need.module} as {need.asname}" if need.asname else f"import {need.module}"


def _edit_statement(
    index: TextIndex, place: _Place, names: list[str], drop: list[ast.alias], extra: list[str]
) -> list[Edit]:
    node = place.node
    start, end = index.span(node)
    newline = index.newline_at(start) + index.text[index.starts[node.lineno - 1] : start]
    added = "".join(newline + line for line in _merged(extra))
    if len(drop) == len(node.names) and not names:
        return [_remove_statement(index, place, _merged(extra), newline)]
    edits = _edit_names(index, node, names, drop)
    if added:
        edits.append(Edit(end, end, (added,)))
    return edits


def _merged(lines: list[str]) -> list[str]:
    """`from m import a` and `from m import b` as one line."""
    names: dict[str, list[str]] = {}
    for line in lines:
        head, found, name = line.partition(" import ")
        names.setdefault(head if found else line, []).extend([name] if found else [])
    return [f"{head} import {', '.join(found)}" if found else head for head, found in names.items()]


def _remove_statement(index: TextIndex, place: _Place, extra: list[str], newline: str) -> Edit:
    start, end = index.span(place.node)
    if extra:
        return Edit(start, end, (newline.join(extra),))
    alone = len(place.block) == 1
    if alone:
        return Edit(start, end, ("pass",))
    line, column = index.position(start)
    last, _ = index.position(end)
    after = index.line_text(last)[index.position(end)[1] :].strip()
    before = index.text[index.starts[line - 1] : start].strip()
    if before or (after and not after.startswith("#")):
        # `import a; from keras.layers import merge; x = 1`
        semicolon = index.text.find(";", end) if after.startswith(";") else -1
        stop = semicolon + 1 if semicolon >= 0 else end
        while stop < len(index.text) and semicolon >= 0 and index.text[stop] == " ":
            stop += 1
        return Edit(start, stop) if semicolon >= 0 else Edit(index.text.rfind(";", 0, start), end)
    stop = index.starts[last] if last < len(index.starts) else len(index.text)
    return Edit(start - column, stop)


def _edit_names(
    index: TextIndex, node: ast.Import | ast.ImportFrom, names: list[str], drop: list[ast.alias]
) -> list[Edit]:
    """Put new names where dropped ones stood, then at the end; close the gaps of the others."""
    edits: list[Edit] = []
    waiting = list(names)
    aliases = list(node.names)
    kept = [alias for alias in aliases if alias not in drop]
    for number, alias in enumerate(aliases):
        if alias not in drop:
            continue
        start, end = index.span(alias)
        if waiting:
            edits.append(Edit(start, end, (waiting.pop(0),)))
            kept.append(alias)
        elif any(other in kept for other in aliases[number + 1 :]):
            edits.append(Edit(start, index.span(aliases[number + 1])[0]))
        else:
            edits.append(Edit(index.span(aliases[number - 1])[1], end))
    if waiting:
        last = max(kept, key=lambda alias: index.span(alias)[0])
        edits.append(_append(index, aliases, last, waiting, edits))
    return edits


def _append(index: TextIndex, aliases: list[ast.alias], last: ast.alias, names: list[str], edits: list[Edit]) -> Edit:
    """Names after the last one, below it where each stands on a line of its own."""
    start, end = index.span(last)
    lines = [alias.lineno for alias in aliases]
    one_per_line = len(lines) > 1 and len(set(lines)) == len(lines)
    if one_per_line:
        indent = index.text[index.starts[last.lineno - 1] : start]
        if not indent.strip():
            separator = "," + index.newline_at(start) + indent
            tail = separator + separator.join(names)
            return _joined(edits, start, end, tail)
    return _joined(edits, start, end, ", " + ", ".join(names))


def _joined(edits: list[Edit], start: int, end: int, tail: str) -> Edit:
    """The tail after a name; merged with the edit that replaces the name, if there is one."""
    for edit in edits:
        if edit.start == start and edit.end == end:
            edits.remove(edit)
            return Edit(start, end, (*edit.new, tail))
    return Edit(end, end, (tail,))


def _at_top(index: TextIndex, tree: ast.Module, lines: list[str]) -> Edit:
    """Imports for a file that has none at the top: after its docstring and its `__future__` imports."""
    newline = index.newline_at(0)
    text = "".join(line + newline for line in _merged(lines))
    body = tree.body
    position = 0
    if (
        body
        and isinstance(body[0], ast.Expr)
        and isinstance(body[0].value, ast.Constant)
        and isinstance(body[0].value.value, str)
    ):
        line = body[0].end_lineno or 1
        position = index.starts[line] if line < len(index.starts) else len(index.text)
        text = newline + text
    elif body:
        position = index.starts[body[0].lineno - 1]
        text += newline
    return Edit(position, position, (text,))
