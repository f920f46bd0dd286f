"""Arguments that reach a legacy call by way of a dictionary: `params = dict(border_mode='same')`, then `**params`.

The names are changed where they are written: in the dictionary, where its items are set or read, and in the calls of a
function of the project that hands its `**kwargs` on.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from kerasfix.catalogue.adapters import Argument, Pieces, Unrenderable
from kerasfix.catalogue.call_rows import CallRow, parameters_of
from kerasfix.checks import Context
from kerasfix.checks._scopes import is_name, parameters, scope_of
from kerasfix.checks._writing import FileWriting, TemplateWriter
from kerasfix.checks.calls import legacy_calls
from kerasfix.checks.calls._binding import arguments_of, bind
from kerasfix.checks.calls._called import Called, called_name
from kerasfix.findings import Edit, Finding, Slot
from kerasfix.flow.facts import CallSeen, FunctionNode, ModuleFacts
from kerasfix.flow.values import UNKNOWN, DictValue, Value, options

rules = legacy_calls.rules

_ACCESSORS = frozenset({"get", "pop", "setdefault"})


@dataclass(frozen=True, slots=True)
class _Spread:
    """A call of Keras with `**name` in it."""

    facts: ModuleFacts
    call: ast.Call
    called: Called
    row: CallRow
    expression: ast.expr
    values: tuple[Value, ...]
    given: frozenset[str]  # the parameters that the call gives itself

    def may_give(self, names: Collection[str]) -> bool:
        """Whether the call, or what is spread in it, gives any of these parameters."""
        known = [value.entries for value in self.values if isinstance(value, DictValue)]
        if len(known) < len(self.values) or not known:
            return True
        spread = {self.row.aliases.get(str(key), str(key)) for entries in known for key, _ in entries}
        return not (self.given | spread).isdisjoint(names)

    @property
    def function(self) -> str:
        return self.row.function.rpartition(".")[2]


@dataclass(slots=True)
class _Key:
    """A place where the name of an argument is written: `start` to `end` is to become its new name, quoted or not."""

    old: str
    start: int
    end: int
    value: ast.expr | None
    spread: _Spread


@dataclass(slots=True)
class _Place:
    """What a finding is about: a dictionary, an access to one, a call."""

    node: ast.expr
    keys: list[_Key] = field(default_factory=list)


def check(context: Context) -> Iterator[Finding]:
    """Every place where names of arguments are written that a call of Keras knows no more."""
    places: dict[ast.AST, _Place] = {}
    for spread in _spreads(context):
        for key in _keys(context, spread):
            node, found = key
            known = places.setdefault(node, _Place(node)).keys
            if not any(other.start == found.start and other.spread.row is found.spread.row for other in known):
                known.append(found)
    for place in places.values():
        if (finding := _finding(context, place)) is not None:
            yield finding


def _spreads(context: Context) -> Iterator[_Spread]:
    for facts in context.facts.together or (context.facts,):
        for call in facts.spreading:
            looks = facts.calls[call]
            if any(look.guarded for look in looks):
                continue
            called = called_name(call, looks, context.rows)
            if called is None or (called.root or facts.root) != "keras":
                continue
            yield from _of_call(context, facts, call, looks, called)


def _of_call(
    context: Context, facts: ModuleFacts, call: ast.Call, looks: list[CallSeen], called: Called
) -> Iterator[_Spread]:
    arguments = arguments_of(call, looks, called.skip, partial=called.partial)
    for row in context.rows[called.name]:
        bound = bind(row, arguments)
        if row.era != "keras1" or context.settings.target not in row.templates or bound is None:
            continue
        for number, one in enumerate(arguments.spread):
            values = tuple(
                option for look in looks if number < len(look.spread) for option in options(look.spread[number])
            )
            yield _Spread(facts, call, called, row, one.node, values, frozenset(bound.given))
        return


def _keys(context: Context, spread: _Spread) -> Iterator[tuple[ast.expr, _Key]]:
    """The places in the file at hand that write names of arguments for a call."""
    index = context.facts.index
    names: list[tuple[str, ast.AST]] = []
    if spread.facts is context.facts and isinstance(spread.expression, ast.Name):
        names.append((spread.expression.id, scope_of(spread.expression, context.facts.parents)))
    displays: list[ast.expr] = [spread.expression]
    for value in spread.values:
        if isinstance(value, DictValue):
            displays += value.sites
            if isinstance(value.parameter, FunctionNode):
                displays += [call for call, facts in _callers(context, value.parameter) if facts is context.facts]
    for display in displays:
        if not _is_here(context, display):
            continue
        for old, start, end, item in _written(context, display):
            yield display, _Key(old, start, end, item, spread)
        parent = context.facts.parents.get(display)
        if isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name):
            names.append((parent.targets[0].id, scope_of(parent, context.facts.parents)))
    for name, scope in dict.fromkeys(names):
        for node in ast.walk(scope):
            if (constant := _access(node, name)) is not None and isinstance(node, ast.expr):
                yield node, _Key(str(constant.value), *index.span(constant), _set_value(context, node), spread)
            if isinstance(node, ast.Call) and _is_update(node, name):
                for old, start, end, item in _written(context, node):
                    yield node, _Key(old, start, end, item, spread)


def _callers(context: Context, function: FunctionNode) -> Iterator[tuple[ast.Call, ModuleFacts]]:
    """The calls of a function of the project."""
    yield from context.facts.callers.get(function, {}).items()


def _is_here(context: Context, node: ast.AST) -> bool:
    return node in context.facts.parents


def _written(context: Context, node: ast.expr) -> Iterator[tuple[str, int, int, ast.expr]]:
    """The names that a display or a call gives, where they stand, and their values."""
    index = context.facts.index
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, *index.span(key), value
    elif isinstance(node, ast.Call):
        for keyword in node.keywords:
            if keyword.arg is not None:
                start = index.span(keyword)[0]
                yield keyword.arg, start, start + len(keyword.arg), keyword.value


def _access(node: ast.AST, name: str) -> ast.Constant | None:
    """The key of `name['key']`, `name.get('key')` or `'key' in name`."""
    key: ast.expr | None = None
    if isinstance(node, ast.Subscript) and is_name(node.value, name):
        key = node.slice
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
        key = node.args[0] if node.func.attr in _ACCESSORS and is_name(node.func.value, name) else None
    elif isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], (ast.In, ast.NotIn)):
        key = node.left if is_name(node.comparators[0], name) else None
    return key if isinstance(key, ast.Constant) and isinstance(key.value, str) else None


def _is_update(node: ast.Call, name: str) -> bool:
    return isinstance(node.func, ast.Attribute) and node.func.attr == "update" and is_name(node.func.value, name)


def _set_value(context: Context, node: ast.expr) -> ast.expr | None:
    """What `name['key'] = value` and `name.setdefault('key', value)` put under the key."""
    if isinstance(node, ast.Call):
        return node.args[1] if len(node.args) > 1 else None
    parent = context.facts.parents.get(node)
    if isinstance(parent, ast.Assign) and parent.targets == [node]:
        return parent.value
    return None


def _finding(context: Context, place: _Place) -> Finding | None:
    """One finding for all the names that a place writes."""
    writing = FileWriting(context, None, context.facts.root)
    edits: list[Edit] = []
    renamed: dict[str, str] = {}
    problem = ""
    concerned: list[_Key] = []
    for start in sorted({key.start for key in place.keys}):
        keys = [key for key in place.keys if key.start == start]
        if _is_parameter_of_the_users(context, place.node, keys[0].old):
            continue
        try:
            results = {_renamed(context, key, writing) for key in keys}
        except Unrenderable as error:
            problem = problem or str(error)
            concerned += keys
            continue
        if results == {None}:
            continue
        concerned += keys
        if len(results) > 1:
            problem = problem or f"the calls that get `{keys[0].old}` know it by different names"
            continue
        new, value = results.pop() or ("", None)
        renamed[keys[0].old] = new
        edits.append(Edit(keys[0].start, keys[0].end, (_quoted(context, keys[0], new),)))
        if value is not None and keys[0].value is not None:
            edits.append(Edit(*context.facts.index.span(keys[0].value), value))
    if not concerned:
        return None
    return _made(context, place, concerned, edits, renamed, problem, writing)


def _made(
    context: Context,
    place: _Place,
    keys: list[_Key],
    edits: list[Edit],
    renamed: dict[str, str],
    problem: str,
    writing: FileWriting,
) -> Finding:
    spread = keys[0].spread
    start, end = context.facts.index.span(place.node)
    names = ", ".join(f"`{old}` is `{new}` now" for old, new in renamed.items())
    message = f"An argument of Keras 1 reaches `{spread.function}(...)` from here" + (f": {names}" if names else "")
    if problem or not edits:
        # The call waits: once it is one of today, nothing would tell that it gets old arguments.
        context.taken.update(id(key.spread.call) for key in keys)
        return Finding(spread.row.rule, start, end, message, help=f"Change it by hand: {problem}")
    fix = writing.fix(edits, "Write the names of the arguments as they are now")
    return Finding(spread.row.rule, start, end, message, fix)


def _is_parameter_of_the_users(context: Context, node: ast.expr, name: str) -> bool:
    """Whether the function that a call is of has a parameter of its own of that name."""
    if not isinstance(node, ast.Call):
        return False
    return any(node in calls and name in parameters(one) for one, calls in context.facts.callers.items())


def _renamed(context: Context, key: _Key, writing: FileWriting) -> tuple[str, Pieces | None] | None:
    """The new name of an argument and, if it changes, its new value; None where both stay. Raises Unrenderable."""
    row = key.spread.row
    name = row.aliases.get(key.old, key.old)
    if name not in row.parameters:
        return None
    template = row.templates[context.settings.target]
    for keyword in template.keywords:
        names = parameters_of(row, keyword.value)
        if keyword.arg is None or name not in names:
            continue
        if len(names) > 1 and (name != names[0] or key.spread.may_give(names[1:])):
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


def _quoted(context: Context, key: _Key, new: str) -> str:
    old = context.facts.index.text[key.start : key.end]
    return new if old == key.old else old.replace(key.old, new)
