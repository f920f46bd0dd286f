"""Adds the imports that fixed code needs and removes those that nothing uses any more."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from kerasfix.edits.apply import replaced
from kerasfix.findings import Edit, ImportNeed
from kerasfix.names.canonical import LEGACY, canonical, keras_root
from kerasfix.names.dead import dead_path
from kerasfix.names.namer import statements
from kerasfix.names.scopes import Scope, Scopes
from kerasfix.source.index import TextIndex

_LINE_LIMIT = 120
_REST_OF_ALIAS = re.compile(r"([ \t]*,)?[ \t]*(#.*)?")


@dataclass(eq=False, slots=True)
class _Place:
    """An import statement, the block it stands in, and what happens to it."""

    node: ast.Import | ast.ImportFrom
    block: Sequence[ast.stmt]
    scope: Scope  # which it binds names in
    start: int
    end: int
    top: bool  # directly in the module
    drop: list[ast.alias] = field(default_factory=list)
    join: list[str] = field(default_factory=list)  # names to add to it
    follow: list[str] = field(default_factory=list)  # statements to put after it
    module: str = ""  # that it imports from, once the edits are made
    rewritten: bool = False  # as a whole
    taken: bool = False  # with its line end, so that nothing can follow it

    @property
    def goes(self) -> bool:
        """Whether nothing is left of it."""
        return len(self.drop) == len(self.node.names) and not self.join

    @property
    def parenthesised(self) -> bool:
        """Whether its names stand in parentheses."""
        return isinstance(self.node, ast.ImportFrom) and self.end_character == ")"

    end_character: str = ""


class Uses:
    """Which imported names of a file are read once edits are made.

    `scopes` are those of the file. `foreign` are reads that were seen to mean something else than the import of that
    name, as after a `def merge`.
    """

    def __init__(
        self, index: TextIndex, scopes: Scopes, edits: Sequence[Edit] = (), foreign: Collection[ast.expr] = ()
    ) -> None:
        self._index = index
        self._foreign = foreign
        self._gone = sorted(stretch for edit in edits for stretch in replaced(edit))
        self._exported = set(exported_names(scopes.tree))
        self.scopes = scopes

    def has(self, scope: Scope, alias: ast.alias, node: ast.Import | ast.ImportFrom) -> bool:
        """Whether anything reads what an import binds in a scope."""
        name = _bound(alias)
        if scope is self.scopes.module and name in self._exported:
            return True
        # What is foreign to `merge` may well be this import: `import keras.backend as merge`.
        foreign = self._foreign if isinstance(node, ast.ImportFrom) and not _is_other_api(node, alias) else ()
        return any(read not in foreign and not self._is_gone(read) for read in self.scopes.reads(scope, name))

    def _is_gone(self, node: ast.Name) -> bool:
        start, end = self._index.span(node)
        position = bisect_right(self._gone, (start, len(self._index.text))) - 1
        return position >= 0 and end <= self._gone[position][1]


def exported_names(tree: ast.Module) -> Iterator[str]:
    """The names in `__all__`, however it is put together."""
    for statement in tree.body:
        targets: list[ast.expr] = []
        if isinstance(statement, ast.Assign):
            targets = statement.targets
        elif isinstance(statement, (ast.AugAssign, ast.AnnAssign)):
            targets = [statement.target]
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            func = statement.value.func  # `__all__.append('merge')`
            targets = [func.value] if isinstance(func, ast.Attribute) else []
        if any(isinstance(target, ast.Name) and target.id == "__all__" for target in targets):
            for node in ast.walk(statement):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def unused_imports(
    index: TextIndex, scopes: Scopes, names: Collection[str], foreign: Collection[ast.expr] = ()
) -> list[ast.alias]:
    """The imports of `names` that nothing uses; `foreign` is as for `Uses`."""
    uses = Uses(index, scopes, (), foreign)
    return [
        alias
        for place in _places(index, scopes)
        for alias in place.node.names
        if _bound(alias) in names and not uses.has(place.scope, alias, place.node)
    ]


def import_edits(
    index: TextIndex,
    scopes: Scopes,
    needs: Iterable[ImportNeed],
    released: frozenset[str],
    edits: Sequence[Edit],
    *,
    foreign: Collection[ast.expr] = (),
    project: Collection[ast.alias] = (),
    defined: Collection[str] = (),
) -> list[Edit]:
    """The edits that settle the imports after `edits` are made.

    Of the names in `released`, those are dropped that nothing outside of what the edits take away uses any more, if
    they are imported from Keras, TensorFlow, `functools` or a package that is gone, or are in `project`: imports of
    Keras' objects by way of other modules. `foreign` is as for `Uses`. What the file gets a definition of (`defined`)
    is used from there.
    """
    tree = scopes.tree
    uses = Uses(index, scopes, edits, foreign)
    places = list(_places(index, scopes))
    _note_edits(index, places, edits)
    for place in places:
        for alias in place.node.names:
            if _bound(alias) not in released or place.rewritten:
                continue
            ours = alias in project or _from_keras(place.node, alias) or _is_spent(place.node, alias)
            if ours and (_bound(alias) in defined or not uses.has(place.scope, alias, place.node)):
                place.drop.append(alias)
    homeless: list[str] = []
    for need in sorted(set(needs), key=lambda need: (need.module, need.name, need.asname or "", need.beside)):
        beside = _beside(tree, places, need)
        if beside is not None and any(_brings(place, need) for place in _run_by(beside, places)):
            continue
        text = _statement_text(need)
        if beside is not None and any(text in one.follow for one in places if one.top and one.start <= beside.start):
            continue
        host = _host(index, places, need, beside)
        if host is not None:
            if _alias_text(need) not in map(ast.unparse, _staying(host)):
                host.join.append(_alias_text(need))
        elif beside is not None:
            beside.follow.append(text)
        else:
            homeless.append(text)
    result = [edit for place in places for edit in _edit_statement(index, place, places)]
    return [*result, _at_top(index, tree, homeless)] if homeless else result


def _places(index: TextIndex, scopes: Scopes) -> Iterator[_Place]:
    tree = scopes.tree
    for node, block in statements(tree):
        scope = scopes.at(node)
        if isinstance(node, (ast.Import, ast.ImportFrom)) and scope is not None:
            start, end = index.span(node)
            place = _Place(node, block, scope, start, end, block is tree.body)
            place.end_character = index.text[end - 1]
            place.module = getattr(node, "module", None) or ""
            yield place


def _staying(place: _Place) -> list[ast.alias]:
    return [alias for alias in place.node.names if alias not in place.drop]


def _note_edits(index: TextIndex, places: list[_Place], edits: Sequence[Edit]) -> None:
    """What the edits themselves make of import statements: another one, or the same names from another module."""
    starts = [place.start for place in places]
    for edit in edits:
        first, last = bisect_left(starts, edit.start), bisect_right(starts, edit.end)
        for place in places[first:last]:
            place.rewritten = place.rewritten or (place.end <= edit.end and edit.start < edit.end)
            place.taken = place.taken or _line_end(index, place) < edit.end
        around = places[first - 1] if first else None
        if around is not None and edit.start < edit.end < around.end and len(edit.new) == 1:
            new = edit.new[0]
            if isinstance(new, str) and index.text[edit.start : edit.end] == around.module:
                around.module = new


def _bound(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


def _is_spent(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> bool:
    """Whether an import brings what a fix may have been the last to use: `partial`, or what is gone."""
    of_functools = getattr(node, "module", alias.name) == "functools"
    return of_functools or dead_path(node, alias) is not None


def _is_other_api(node: ast.ImportFrom, alias: ast.alias) -> bool:
    """Whether an import brings something of Keras, but not what only Keras 1 had."""
    target = canonical(f"{node.module}.{alias.name}") if not node.level else None
    return target is not None and target not in LEGACY


def _from_keras(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> bool:
    """Whether an import brings something of Keras, or of TensorFlow's top, where `log` and its like are no more."""
    if isinstance(node, ast.Import):
        return bool(alias.asname) and keras_root(alias.name) is not None
    return not node.level and (node.module == "tensorflow" or canonical(f"{node.module}.{alias.name}") is not None)


# -- where new names go


def _beside(tree: ast.Module, places: list[_Place], need: ImportNeed) -> _Place | None:
    """The import that a new one stands beside; None where the file has none at its top."""
    named = next((place for place in places if place.start == need.beside), None)
    if named is not None:
        near = [place for place in places if place.block is named.block and not place.taken]
        before = [place for place in near if place.start <= named.start]
        if near:
            return before[-1] if before else near[0]
    # The code that needs it comes after the first import of Keras; later ones may come after that code.
    tops = [place for place in places if place.top and not place.taken]
    keras = [place for place in tops if _is_keras(place.node)]
    others = [place for place in tops if getattr(place.node, "module", "") != "__future__"]
    first = next(iter(keras or others or tops), None)
    if first is None:
        return None
    beside = previous = first
    for place in places[places.index(first) + 1 :]:
        if not _follows(previous, place) or (keras and not _is_keras(place.node)):
            break
        previous = place
        beside = beside if place.taken else place
    return beside


def _brings(place: _Place, need: ImportNeed) -> bool:
    """Whether the file has the very `import numpy as np` at its top."""
    wanted = (need.module, need.asname)
    here = place.top and not need.name and isinstance(place.node, ast.Import)
    return here and any((alias.name, alias.asname) == wanted for alias in _staying(place))


def _is_keras(node: ast.Import | ast.ImportFrom) -> bool:
    if isinstance(node, ast.ImportFrom):
        return not node.level and keras_root(f"{node.module}.{node.names[0].name}") is not None
    return any(keras_root(alias.name) is not None for alias in node.names)


def _run_by(beside: _Place, places: list[_Place]) -> Iterator[_Place]:
    """The imports that have run before anything else does after one: those above it, and those of the same group."""
    for place in places:
        if place.start <= beside.start:
            yield place
        elif _follows(beside, place):
            beside = place
            yield place


def _follows(one: _Place, other: _Place) -> bool:
    """Whether a statement comes right after another in its block."""
    if one.block is not other.block:
        return False
    position = next(number for number, statement in enumerate(one.block) if statement is one.node)
    return position + 1 < len(one.block) and one.block[position + 1] is other.node


def _host(index: TextIndex, places: list[_Place], need: ImportNeed, beside: _Place | None) -> _Place | None:
    """The statement that the name can join: the one beside, else one of the same module that runs before or next."""
    if not need.name or beside is None:
        return None
    if _fits(beside, need) and _has_room(index, beside, need):
        return beside
    reached = True  # by a run of imports
    previous = beside
    for place in places:
        if place.block is not beside.block or place is beside:
            continue
        if place.start > beside.start:
            reached = reached and _follows(previous, place)
            previous = place
        if reached and _fits(place, need) and _has_room(index, place, need):
            return place
    return None


def _fits(place: _Place, need: ImportNeed) -> bool:
    return (
        isinstance(place.node, ast.ImportFrom)
        and place.module == need.module
        and place.node.level == 0
        and not place.rewritten
        and not any(alias.name == "*" for alias in place.node.names)
    )


def _has_room(index: TextIndex, place: _Place, need: ImportNeed) -> bool:
    line, column = index.position(place.end)
    if index.position(place.start)[0] != line or len(place.join) < len(place.drop):
        return True
    added = sum(len(name) + 2 for name in (*place.join, _alias_text(need)))
    gone = sum(len(ast.unparse(alias)) + 2 for alias in place.drop)
    return column + added - gone <= _LINE_LIMIT


def _alias_text(need: ImportNeed) -> str:
    return f"{need.name} as {need.asname}" if need.asname else need.name


def _statement_text(need: ImportNeed) -> str:
    if need.name:
        return f"from {need.module} import {_alias_text(need)}"
    return f"import {need.module} as {need.asname}" if need.asname else f"import {need.module}"


def _merged(lines: list[str]) -> list[str]:
    """`from m import a` and `from m import b` as one line."""
    names: dict[str, list[str]] = {}
    for line in lines:
        head, found, name = line.partition(" import ")
        names.setdefault(head if found else line, []).extend([name] if found else [])
    return [f"{head} import {', '.join(found)}" if found else head for head, found in names.items()]


def _at_top(index: TextIndex, tree: ast.Module, lines: list[str]) -> Edit:
    """Imports for a file that has none at its top: after its docstring."""
    newline = index.newline_at(0)
    text = "".join(line + newline for line in _merged(lines))
    first = tree.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        line = first.end_lineno or 1
        position = index.starts[line] if line < len(index.starts) else len(index.text)
        return Edit(position, position, (newline + text,))
    line = min([first.lineno, *(decorator.lineno for decorator in getattr(first, "decorator_list", ()))])
    position = index.starts[line - 1]
    return Edit(position, position, (text + newline,))


# -- the edits of one statement


def _edit_statement(index: TextIndex, place: _Place, places: list[_Place]) -> list[Edit]:
    if place.goes:
        return [_remove_statement(index, place, places)]
    edits = _edit_names(index, place) if place.drop or place.join else []
    if place.follow:
        edits.append(_append_statements(index, place))
    return edits


def _append_statements(index: TextIndex, place: _Place) -> Edit:
    lines = _merged(place.follow)
    if _shares_line(index, place):
        return Edit(place.end, place.end, ("".join(f"; {line}" for line in lines),))
    end = _line_end(index, place)
    newline = index.newline_at(place.start) + _indent(index, place)
    return Edit(end, end, ("".join(newline + line for line in lines),))


def _line_end(index: TextIndex, place: _Place) -> int:
    line, _ = index.position(place.end)
    return index.starts[line - 1] + len(index.line_text(line))


def _indent(index: TextIndex, place: _Place) -> str:
    before = index.text[index.starts[place.node.lineno - 1] : place.start]
    return before[: len(before) - len(before.lstrip())]


def _shares_line(index: TextIndex, place: _Place) -> bool:
    """Whether other code stands on the lines of a statement: `import a; import b`, `if c: import d`."""
    before = index.text[index.starts[place.node.lineno - 1] : place.start]
    return bool(before.strip()) or _after(index, place).startswith(";")


def _after(index: TextIndex, place: _Place) -> str:
    line, column = index.position(place.end)
    return index.line_text(line)[column:].strip()


def _remove_statement(index: TextIndex, place: _Place, places: list[_Place]) -> Edit:
    if place.follow:
        newline = "; " if _shares_line(index, place) else index.newline_at(place.start) + _indent(index, place)
        return Edit(place.start, place.end, (newline.join(_merged(place.follow)),))
    going = {id(other.node) for other in places if other.block is place.block and other.goes and not other.follow}
    if not place.top and len(going) == len(place.block) and place.block[0] is place.node:
        return Edit(place.start, place.end, ("pass",))
    if not _shares_line(index, place):
        return _remove_lines(index, place)
    if not _after(index, place).startswith(";"):
        return Edit(index.text.rfind(";", 0, place.start), place.end)
    stop = index.text.index(";", place.end) + 1
    while stop < len(index.text) and index.text[stop] in " \t":
        stop += 1
    return Edit(place.start, stop)


def _remove_lines(index: TextIndex, place: _Place) -> Edit:
    """All lines of a statement, and one of two empty lines that would come together."""
    first, last = index.position(place.start)[0], index.position(place.end)[0]
    alone_before = first == 1 or not index.line_text(first - 1).strip()
    if alone_before and last < len(index.starts) - 1 and not index.line_text(last + 1).strip():
        last += 1
    stop = index.starts[last] if last < len(index.starts) else len(index.text)
    return Edit(index.starts[first - 1], stop)


def _edit_names(index: TextIndex, place: _Place) -> list[Edit]:
    """Put new names where dropped ones stood, then at the end; close the gaps of the others."""
    edits: list[Edit] = []
    waiting = list(place.join)
    aliases = place.node.names
    going: list[ast.alias] = []
    for alias in aliases:
        if alias in place.drop and waiting:
            edits.append(Edit(*index.span(alias), (waiting.pop(0),)))
        elif alias in place.drop:
            going.append(alias)
    for number, alias in enumerate(aliases):
        if alias in going:
            edits.append(_remove_name(index, place, number, going))
    if waiting:
        edits.extend(_append_names(index, place, waiting))
    return edits


def _remove_name(index: TextIndex, place: _Place, number: int, going: list[ast.alias]) -> Edit:
    aliases = place.node.names
    alias = aliases[number]
    start, end = index.span(alias)
    line = alias.lineno
    rest = _rest_of_line(index, alias)
    if place.parenthesised and not index.text[index.starts[line - 1] : start].strip() and rest is not None:
        return Edit(index.starts[line - 1], index.starts[line])
    stays_before = [other for other in aliases[:number] if other not in going]
    following = aliases[number + 1] if number + 1 < len(aliases) else None
    if following is None or (stays_before and stays_before[-1].end_lineno == line and following.lineno != line):
        return Edit(index.span(stays_before[-1])[1] if stays_before else start, end)
    stop = index.span(following)[0]
    if "#" in index.text[end:stop]:
        return Edit(start, index.text.index(",", end) + 1)
    return Edit(start, stop)


def _append_names(index: TextIndex, place: _Place, names: list[str]) -> list[Edit]:
    """Names after the last one, below it where each stands on a line of its own."""
    aliases = [alias for alias in place.node.names if alias not in place.drop[len(place.join) :]]
    last = aliases[-1]
    start, end = index.span(last)
    lines = [alias.lineno for alias in place.node.names]
    indent = index.text[index.starts[last.lineno - 1] : start]
    if not place.parenthesised or len(set(lines)) < len(lines) or len(lines) < 2 or indent.strip():
        return [Edit(end, end, (", " + ", ".join(names),))]
    rest = _rest_of_line(index, last)
    separator = "," + index.newline_at(start) + indent
    if rest is None:  # the parenthesis closes on the same line
        return [Edit(end, end, (separator + separator.join(names),))]
    line_end = index.starts[last.lineno - 1] + len(index.line_text(last.lineno))
    tail = index.newline_at(start) + indent + separator.join(names)
    if rest:
        return [Edit(line_end, line_end, (tail + ",",))]
    if line_end == end:
        return [Edit(end, end, ("," + tail,))]
    return [Edit(end, end, (",",)), Edit(line_end, line_end, (tail,))]


def _rest_of_line(index: TextIndex, alias: ast.alias) -> str | None:
    """The comma after a name, if nothing but that and a comment follows on its line; None if something else does."""
    line, column = index.position(index.span(alias)[1])
    match = _REST_OF_ALIAS.fullmatch(index.line_text(line)[column:])
    return (match.group(1) or "").strip() if match else None
