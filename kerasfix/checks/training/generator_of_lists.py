"""Generators of training data that yield lists, where Keras 3 wants tuples."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks._scopes import Kind, definitions, own_nodes
from kerasfix.findings import Applicability, Edit, Finding, Fix
from kerasfix.flow.facts import FunctionNode, ModuleFacts
from kerasfix.flow.values import UNKNOWN, Method, Model

RULE = "generator-of-lists"
RULES = frozenset({RULE})

_TRAINING = frozenset({"fit", "fit_generator", "evaluate", "evaluate_generator"})
_PREDICTION = frozenset({"predict", "predict_generator"})
_DEPTH = 4


def check(context: Context) -> Iterator[Finding]:
    """Every `yield` of a list in a generator that a model is trained with."""
    if context.settings.target != "keras3" or "yield" not in context.facts.index.text:
        return
    used: dict[FunctionNode, set[ast.Call]] = {}
    for call, looks in context.facts.calls.items():
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        owners = [look.callee.owner for look in looks if isinstance(look.callee, Method)]
        loose = len(owners) == len(looks) and all(isinstance(one, Model) or one is UNKNOWN for one in owners)
        if name not in _TRAINING | _PREDICTION or not loose or any(look.guarded for look in looks):
            continue
        for given in _generators(call):
            for made in _makers(given, context.facts, _DEPTH):
                function = next((one for one, calls in context.facts.callers.items() if made in calls), None)
                if function is not None:
                    used.setdefault(function, set()).add(made)
    for function, calls in used.items():
        yield from _yields(context, function, calls)


def _generators(call: ast.Call) -> Iterator[ast.expr]:
    """The arguments that may be generators."""
    yield from call.args[:1]
    yield from (one.value for one in call.keywords if one.arg in ("x", "generator", "validation_data"))


def _makers(node: ast.expr, facts: ModuleFacts, depth: int) -> Iterator[ast.Call]:
    """The calls that may have made a generator."""
    if isinstance(node, ast.Call):
        yield node
    elif isinstance(node, ast.Name) and depth:
        for one in definitions(node.id, node, facts):
            if one.kind is Kind.VALUE and one.value is not None:
                yield from _makers(one.value, facts, depth - 1)


def _yields(context: Context, function: FunctionNode, calls: set[ast.Call]) -> Iterator[Finding]:
    facts = context.facts
    if isinstance(function, ast.Lambda) or function not in facts.parents:  # of another file
        return
    others = facts.callers[function].keys() - calls
    assumes = f"what else calls `{function.name}` does not need lists of it" if others else None
    for node in own_nodes(function):
        if isinstance(node, ast.Yield) and node.value is not None:
            edits = tuple(_edits(node.value, facts))
            if edits:
                applicability = Applicability.UNSAFE if assumes else Applicability.SAFE
                fix = Fix(edits, applicability, "Yield tuples", assumes=assumes)
                message = f"`{function.name}` yields lists, and Keras 3 wants tuples from a generator"
                yield Finding(RULE, *facts.index.span(node), message, fix)


def _edits(node: ast.expr, facts: ModuleFacts) -> Iterator[Edit]:
    """A batch `[x, y]` as a tuple, and the lists of inputs, targets and weights in it."""
    if not isinstance(node, (ast.List, ast.Tuple)) or not 2 <= len(node.elts) <= 3:
        return
    if isinstance(node, ast.List):
        yield from _brackets(node, facts)
    for element in node.elts:
        if isinstance(element, ast.List):
            yield from _brackets(element, facts)
        elif isinstance(element, ast.Name) and _is_list(element, facts):
            start, end = facts.index.span(element)
            yield Edit(start, end, (f"tuple({element.id})",))


def _brackets(node: ast.List, facts: ModuleFacts) -> Iterator[Edit]:
    start, end = facts.index.span(node)
    yield Edit(start, start + 1, ("(",))
    yield Edit(end - 1, end, (",)" if len(node.elts) == 1 else ")",))


def _is_list(node: ast.Name, facts: ModuleFacts) -> bool:
    """Whether a name is a list of several arrays, written as such."""
    found = definitions(node.id, node, facts)
    return bool(found) and all(
        one.kind is Kind.VALUE and isinstance(one.value, ast.List) and len(one.value.elts) > 1 for one in found
    )
