"""Finds the `Merge` calls that models begin with, and the statements that make the models."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from kerasfix.checks.sequential import _scope as scopes
from kerasfix.checks.sequential._chain import Chain, Problem, Step
from kerasfix.flow.expressions import dotted
from kerasfix.flow.facts import CallSeen, ModuleFacts
from kerasfix.flow.values import Api, Layer, Method, Model


def merges_in_models(facts: ModuleFacts) -> dict[ast.Call, list[CallSeen]]:
    """The `Merge(...)` calls that are given to the `add` of a model, or stand in the list of a `Sequential`."""
    added = {
        value.site
        for looks in facts.calls.values()
        for look in looks
        if isinstance(look.callee, Method) and look.callee.name == "add"
        for value in (*look.args, *(value for _, value in look.keywords))
        if isinstance(value, Layer)
    }
    found: dict[ast.Call, list[CallSeen]] = {}
    for node, looks in facts.calls.items():
        seen = [look for look in looks if isinstance(look.callee, Api) and look.callee.name == "keras.layers.Merge"]
        if seen and not any(look.guarded for look in seen) and (node in added or stands_in_list(node, facts)):
            found[node] = seen
    return found


def stands_in_list(node: ast.Call, facts: ModuleFacts) -> bool:
    around = facts.parents.get(node)
    call = facts.parents.get(around) if isinstance(around, (ast.List, ast.Tuple)) else None
    return isinstance(call, ast.Call) and _is_sequential(call, facts)


def _is_sequential(call: ast.Call, facts: ModuleFacts) -> bool:
    return any(
        isinstance(look.callee, Api) and look.callee.name == "keras.models.Sequential"
        for look in facts.calls.get(call, ())
    )


def from_list(facts: ModuleFacts, merge: ast.Call, seen: Sequence[CallSeen]) -> Chain | Problem:
    """`model = Sequential([Merge(...), Dense(3)])`."""
    layers = facts.parents[merge]
    call = facts.parents[layers]
    assert isinstance(layers, (ast.List, ast.Tuple)) and isinstance(call, ast.Call)
    created = facts.parents.get(call)
    if layers.elts[0] is not merge:
        return Problem("a `Merge` can only be the first layer")
    if any(isinstance(layer, ast.Starred) for layer in layers.elts):
        return Problem("the list of layers is not known in full")
    target = target_of(created)
    if target is None or not isinstance(created, ast.Assign):
        return Problem("the model has no name of its own here")
    scope = scopes.namespace_of(created, facts.parents)
    suite = scopes.suite_of(created, facts.parents)
    chain = Chain(merge, seen, target, created, call, scope, suite, created, None, None)
    chain.steps = [Step(layer, None, 0, nested=False) for layer in layers.elts[1:]]
    return chain


def from_add(facts: ModuleFacts, merge: ast.Call, seen: Sequence[CallSeen]) -> Chain | Problem:
    """`model.add(Merge(...))`, or `merged = Merge(...)` and `model.add(merged)`."""
    parent = facts.parents.get(merge)
    named: ast.Assign | None = None
    if isinstance(parent, ast.keyword):
        parent = facts.parents.get(parent)
    call = parent
    if isinstance(parent, ast.Assign):
        named = parent
        call = _add_of(facts, named)
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr != "add":
        return Problem("the `Merge` goes through code that cannot be followed")
    head = facts.parents.get(call)
    target = dotted(call.func.value)
    if not isinstance(head, ast.Expr) or target is None or added_layer(call) is None:
        return Problem("this `add` is no plain `model.add(layer)`")
    site = owner_of(facts, call)
    created = facts.parents.get(site) if site is not None else None
    if site is None or not isinstance(created, ast.Assign) or target_of(created) != target:
        return Problem(f"it is not seen that `{target}` is a `Sequential` made in the same function")
    scope = scopes.namespace_of(head, facts.parents)
    if scopes.namespace_of(created, facts.parents) is not scope:
        return Problem(f"`{target}` is made in another function")
    suite = scopes.suite_of(created, facts.parents)
    return Chain(merge, seen, target, created, site, scope, suite, head, call, named)


def _add_of(facts: ModuleFacts, named: ast.Assign) -> ast.AST | None:
    """The only use of a Merge that has a name."""
    name = target_of(named)
    if name is None or "." in name:
        return None
    scope = scopes.namespace_of(named, facts.parents)
    found = [occurrence for occurrence in scopes.occurrences(scope, name) if occurrence.is_load]
    stores = [occurrence for occurrence in scopes.occurrences(scope, name) if not occurrence.is_load]
    if len(found) != 1 or len(stores) != 1 or scopes.is_shared(scope, name) or name in facts.imported_by_others:
        return None
    return facts.parents.get(found[0].node)


def target_of(statement: ast.AST | None) -> str | None:
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        return dotted(statement.targets[0])
    return None


def added_layer(call: ast.Call) -> ast.expr | None:
    """The layer of `model.add(layer)`."""
    if len(call.args) == 1 and not call.keywords and not isinstance(call.args[0], ast.Starred):
        return call.args[0]
    if not call.args and len(call.keywords) == 1 and call.keywords[0].arg == "layer":
        return call.keywords[0].value
    return None


def owner_of(facts: ModuleFacts, call: ast.Call) -> ast.Call | None:
    """The `Sequential()` call that made the model whose method is called, if it can be no other."""
    owners = [look.callee.owner if isinstance(look.callee, Method) else None for look in facts.calls.get(call, ())]
    sites = {owner.site if isinstance(owner, Model) and owner.kind == "Sequential" else None for owner in owners}
    return sites.pop() if len(sites) == 1 else None
