"""Arguments that reach a legacy call by way of a dictionary: `params = dict(border_mode='same')`, then `**params`.

The names are changed where they are written: in the dictionary, where its items are set or read, and in the calls of a
function of the project that hands its `**kwargs` on.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks._scopes import is_name, parameters, scope_of
from kerasfix.checks.calls import legacy_calls
from kerasfix.checks.calls._accesses import Access, access_finding, accesses
from kerasfix.checks.calls._dictionary import DictionaryUse
from kerasfix.checks.calls._spreads import Display, Spread, as_display, spreads
from kerasfix.checks.calls._use import agreed
from kerasfix.findings import Finding
from kerasfix.flow.facts import FunctionNode
from kerasfix.flow.values import DictValue

rules = legacy_calls.rules


def check(context: Context) -> Iterator[Finding]:
    """Every place where names of arguments are written that a call of Keras knows no more."""
    uses: dict[Display, list[DictionaryUse]] = {}
    strangers: dict[Display, None] = {}  # dictionaries that something else is called with
    read: dict[ast.expr, list[Access]] = {}
    for spread in spreads(context):
        displays = [one for one in _displays(context, spread) if one in context.facts.parents]
        for display in displays:
            if spread.called is None:
                strangers[display] = None
            elif (spread.called.root or spread.facts.root) == "keras":
                _add(uses.setdefault(display, []), context, display, spread)
        for name, scope in dict.fromkeys(_names(context, spread, displays)):
            for node, access in accesses(context, spread, name, scope):
                read.setdefault(node, []).append(access)
            for update in _updates(scope, name):
                if spread.called is not None:
                    _add(uses.setdefault(update, []), context, update, spread)
    for display, found in uses.items():
        if (finding := agreed(found, strangers=display in strangers)) is not None:
            yield finding
    for node, found_here in read.items():
        if (access_found := access_finding(context, node, found_here)) is not None:
            yield access_found


def _add(uses: list[DictionaryUse], context: Context, display: Display, spread: Spread) -> None:
    """Note a use of a dictionary; one that says where the class is named says more than the call that runs it."""
    assert spread.called is not None
    own = _parameters_of_the_users(context, display)
    new = DictionaryUse(context, display, spread.called, spread, own)
    if spread.handed:
        same = [one for one in uses if one.called.name == spread.called.name and one.spread.handed]
        if any(one.spread.cls is not None for one in same):
            return
        for one in same:
            uses.remove(one)
    uses.append(new)


def _displays(context: Context, spread: Spread) -> Iterator[Display]:
    """The places that write the items of a dictionary."""
    written = as_display(spread.expression)
    if written is not None:
        yield written
    for value in spread.values:
        if isinstance(value, DictValue):
            yield from value.sites
            if isinstance(value.parameter, FunctionNode):
                yield from context.facts.callers.get(value.parameter, ())


def _names(context: Context, spread: Spread, displays: list[Display]) -> Iterator[tuple[str, ast.AST]]:
    """The names that the file has for a dictionary, with their scopes."""
    parents = context.facts.parents
    if isinstance(spread.expression, ast.Name) and spread.expression in parents:
        yield spread.expression.id, scope_of(spread.expression, parents)
    for display in displays:
        parent = parents.get(display)
        if isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name):
            yield parent.targets[0].id, scope_of(parent, parents)


def _updates(scope: ast.AST, name: str) -> Iterator[ast.Call]:
    """The calls `name.update(key=value)`."""
    for node in ast.walk(scope):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != "update":
            continue
        if is_name(node.func.value, name):
            yield node


def _parameters_of_the_users(context: Context, display: Display) -> frozenset[str]:
    """The parameters that a function of the project has for itself, where a call of it is what writes the items."""
    functions = [one for one, calls in context.facts.callers.items() if display in calls]
    return frozenset(name for one in functions for name in parameters(one))
