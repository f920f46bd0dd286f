"""Where a call that makes a layer stands: at the head of a `Sequential`, where it is called itself, or elsewhere."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import Enum

from kerasfix.checks.sequential._layers import added_to
from kerasfix.flow.facts import ModuleFacts
from kerasfix.flow.values import Layer, Method, Model, options


class Standing(Enum):
    """What becomes of a layer, as far as its input is concerned."""

    FIRST = "the first layer of a Sequential"
    INNER = "called, wrapped, or not the first layer: it gets its input from others"
    UNKNOWN = "nobody knows"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a layer is made. For a first layer, `before` is where another may be put in front of it."""

    standing: Standing
    statement: ast.stmt | None = None  # `model.add(layer)`; None where it is an element of a list
    function: ast.expr | None = None  # `model.add`


def place_of(facts: ModuleFacts, node: ast.Call) -> Place:
    """The place of the layer that a call makes."""
    parent = facts.parents.get(node)
    if isinstance(parent, ast.Call) and parent.func is node:
        return Place(Standing.INNER)
    if isinstance(parent, ast.Call) and parent.args[:1] == [node]:
        return _argument(facts, node, parent)
    if isinstance(parent, (ast.List, ast.Tuple)) and parent.elts[0] is node:
        outer = facts.parents.get(parent)
        if isinstance(outer, ast.Call) and _is_sequential(facts, outer) and outer.args[:1] == [parent]:
            return Place(Standing.FIRST)
    if isinstance(parent, ast.Assign) and _is_called(facts, node):
        return Place(Standing.INNER)
    return Place(Standing.UNKNOWN)


def _is_called(facts: ModuleFacts, node: ast.Call) -> bool:
    """Whether the layer that a call makes is called on tensors later on, and not seen to be added to a model."""
    called = False
    for looks in facts.calls.values():
        for look in looks:
            called = called or any(isinstance(one, Layer) and one.site is node for one in options(look.callee))
            if isinstance(look.callee, Method) and look.callee.name == "add":
                given = [one for value in look.args[:1] for one in options(value)]
                if any(isinstance(one, Layer) and one.site is node for one in given):
                    return False
    return called


def _argument(facts: ModuleFacts, node: ast.Call, parent: ast.Call) -> Place:
    looks = facts.calls.get(parent, [])
    sites = {
        owner.site
        for look in looks
        if isinstance(look.callee, Method) and look.callee.name == "add"
        for owner in options(look.callee.owner)
        if isinstance(owner, Model) and owner.kind == "Sequential"
    }
    if not sites:
        name = parent.func.attr if isinstance(parent.func, ast.Attribute) else getattr(parent.func, "id", "")
        return Place(Standing.INNER if name in ("TimeDistributed", "Bidirectional") else Standing.UNKNOWN)
    firsts = {bool(site is not None and (layers := added_to(facts, site)) and layers[0][0] is node) for site in sites}
    if firsts == {False}:
        return Place(Standing.INNER)
    statement = facts.parents.get(parent)
    if firsts != {True} or not isinstance(statement, ast.Expr) or _repeats(facts, statement):
        return Place(Standing.UNKNOWN)
    return Place(Standing.FIRST, statement, parent.func)


def _repeats(facts: ModuleFacts, statement: ast.stmt) -> bool:
    """Whether a statement may run several times for one model: it stands in a loop."""
    node: ast.AST | None = facts.parents.get(statement)
    while node is not None and not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        if isinstance(node, (ast.For, ast.AsyncFor, ast.While)):
            return True
        node = facts.parents.get(node)
    return False


def _is_sequential(facts: ModuleFacts, node: ast.Call) -> bool:
    result = facts.value_of_call(node)
    return isinstance(result, Model) and result.kind == "Sequential"
