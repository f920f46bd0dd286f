"""Keys of a dictionary of arguments where its items are set or read one by one: `params['border_mode'] = 'same'`."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from kerasfix.catalogue.adapters import Argument, Pieces, Unrenderable
from kerasfix.catalogue.call_rows import CallRow, parameters_of
from kerasfix.checks import Context
from kerasfix.checks._scopes import is_name
from kerasfix.checks._writing import FileWriting, TemplateWriter
from kerasfix.checks.calls._binding import CallArguments, bind
from kerasfix.checks.calls._spreads import Spread
from kerasfix.findings import Edit, Finding, Slot
from kerasfix.flow.values import UNKNOWN

_ACCESSORS = frozenset({"get", "pop", "setdefault"})


@dataclass(frozen=True, slots=True)
class Access:
    """A place where a key is written, and what is put under it."""

    key: ast.Constant
    value: ast.expr | None
    spread: Spread
    row: CallRow

    @property
    def old(self) -> str:
        """The key."""
        return str(self.key.value)

    def may_give(self, names: Collection[str]) -> bool:
        """Whether the call, or what is spread in it, gives any of these parameters."""
        if not self.spread.is_known:
            return True
        spread = {self.row.aliases.get(str(key), str(key)) for entries in self.spread.entries for key, _ in entries}
        named = {one.keyword for one in self.spread.named}
        positions = [one.name for one in self.row.signatures[0].parameters if not one.by_keyword]
        return not (spread | named | set(positions[: len(self.spread.positional)])).isdisjoint(names)


def accesses(context: Context, spread: Spread, name: str, scope: ast.AST) -> Iterator[tuple[ast.expr, Access]]:
    """The accesses to a dictionary of that name."""
    row = _row(context, spread)
    if row is None:
        return
    for node in ast.walk(scope):
        if isinstance(node, ast.expr) and (key := _key(node, name)) is not None:
            yield node, Access(key, _set_value(context, node), spread, row)


def _row(context: Context, spread: Spread) -> CallRow | None:
    """The row that says what becomes of the items."""
    if spread.called is None or (spread.called.root or spread.facts.root) != "keras":
        return None
    rest = CallArguments(spread.positional, spread.named, False, spread.named or spread.positional, unseen=True)
    for row in context.rows[spread.called.name]:
        if row.era == "keras1" and context.settings.target in row.templates and bind(row, rest) is not None:
            return row
    return None


def _key(node: ast.expr, name: str) -> ast.Constant | None:
    """The key of `name['key']`, `name.get('key')` or `'key' in name`."""
    key: ast.expr | None = None
    if isinstance(node, ast.Subscript) and is_name(node.value, name):
        key = node.slice
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        key = node.args[0] if node.func.attr in _ACCESSORS and is_name(node.func.value, name) else None
    elif isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], (ast.In, ast.NotIn)):
        key = node.left if is_name(node.comparators[0], name) else None
    return key if isinstance(key, ast.Constant) and isinstance(key.value, str) else None


def _set_value(context: Context, node: ast.expr) -> ast.expr | None:
    """What `name['key'] = value` and `name.setdefault('key', value)` put under the key."""
    if isinstance(node, ast.Call):
        return node.args[1] if len(node.args) > 1 else None
    parent = context.facts.parents.get(node)
    if isinstance(parent, ast.Assign) and parent.targets == [node]:
        return parent.value
    return None


def access_finding(context: Context, node: ast.expr, found: list[Access]) -> Finding | None:
    """What a finding says of one access, for all the calls that the dictionary goes to."""
    writing = FileWriting(context, None, context.facts.root)
    first = found[0]
    start, end = context.facts.index.span(node)
    message = f"An argument of Keras 1 reaches `{first.row.function.rpartition('.')[2]}(...)` from here"
    try:
        results = {_renamed(context, one, writing) for one in found}
        if results == {None}:
            return None
        if len(results) > 1:
            raise Unrenderable(f"the calls that get `{first.old}` know it by different names")
    except Unrenderable as error:
        context.taken.update(id(one.spread.call) for one in found)
        return Finding(first.row.rule, start, end, message, help=f"Change it by hand: {error}")
    new, value = results.pop() or ("", None)
    key = context.facts.index.span(first.key)
    edits = [Edit(*key, (context.facts.index.source(first.key).replace(first.old, new),))]
    if value is not None and first.value is not None:
        edits.append(Edit(*context.facts.index.span(first.value), value))
    fix = writing.fix(edits, "Write the names of the arguments as they are now")
    return Finding(first.row.rule, start, end, f"{message}: `{first.old}` is `{new}` now", fix)


def _renamed(context: Context, key: Access, writing: FileWriting) -> tuple[str, Pieces | None] | None:
    """The new name of an argument and, if it changes, its new value; None where both stay. Raises Unrenderable."""
    row = key.row
    name = row.aliases.get(key.old, key.old)
    if name not in row.parameters:
        return None
    template = row.templates[context.settings.target]
    for keyword in template.keywords:
        names = parameters_of(row, keyword.value)
        if keyword.arg is None or name not in names:
            continue
        if len(names) > 1 and (name != names[0] or key.may_give(names[1:])):
            raise Unrenderable(f"`{key.old}` becomes a part of `{keyword.arg}`")
        defaults = {one: row.parameters[one] for one in names[1:]}
        others = {one: Argument(default, UNKNOWN, None) for one, default in defaults.items() if default is not None}
        if len(others) < len(defaults):
            raise Unrenderable(f"`{key.old}` becomes a part of `{keyword.arg}`")
        slot = Slot(*context.facts.index.span(key.value)) if key.value is not None else None
        argument = Argument(key.value or ast.Name(name), UNKNOWN, slot)
        value = (
            TemplateWriter(writing, {name: argument, **others}).value(keyword.value) if key.value is not None else None
        )
        return None if keyword.arg == key.old and value is None else (keyword.arg, value)
    if name in row.drop:
        raise Unrenderable(f"`{key.old}` has no effect any more and has to go")
    raise Unrenderable(f"`{key.old}` has no successor")
