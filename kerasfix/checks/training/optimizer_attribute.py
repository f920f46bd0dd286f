"""`model.optimizer.lr`: attributes of optimizers that Keras 3 has under another name, or not at all."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.findings import Applicability, Edit, Finding, Fix
from kerasfix.flow.values import Instance, Method, Model, Object, Value, options

RULE = "optimizer-attribute"
RULES = frozenset({RULE})

_ADVICE = (
    "Keras 3 has schedules instead: give the optimizer "
    "`learning_rate=keras.optimizers.schedules.InverseTimeDecay(rate, 1, decay)`"
)

_OF_VARIABLES = frozenset(
    f"{root}.backend.{name}" for root in ("keras", "tensorflow.keras") for name in ("get_value", "set_value")
)


def check(context: Context) -> Iterator[Finding]:
    """Every use that is gone of `lr` and `decay` of what is certain to be an optimizer of Keras."""
    index = context.facts.index
    for node, looks in context.facts.attributes.items():
        if not isinstance(node, ast.Attribute) or node.attr not in ("lr", "decay"):
            continue
        if any(look.guarded for look in looks):
            continue
        if not all(_is_optimizer(node.value, look.owner) for look in looks) and not _is_variable(context, node):
            continue
        if (finding := _of_theano(context, node)) is not None:
            yield finding
            continue
        if context.settings.target != "keras3":
            continue
        start, end = index.span(node)
        if node.attr == "decay":
            message = f"`{index.source(node)}` does not exist any more"
            yield Finding(RULE, start, end, message, help=_ADVICE)
            continue
        edit = Edit(end - len("lr"), end, ("learning_rate",))
        fix = Fix((edit,), Applicability.SAFE, "Call it `learning_rate`")
        what = "set in vain" if isinstance(node.ctx, ast.Store) else "gone"
        message = f"`{index.source(node)}` is {what} on Keras 3: it is `learning_rate` there"
        yield Finding(RULE, start, end, message, fix)


def _of_theano(context: Context, node: ast.Attribute) -> Finding | None:
    """`optimizer.lr.set_value(0.1)` and `optimizer.lr.get_value()`, which variables of Theano have."""
    index, parents = context.facts.index, context.facts.parents
    method = parents.get(node)
    if node.attr != "lr" or not isinstance(method, ast.Attribute):
        return None
    call = parents.get(method)
    if not isinstance(call, ast.Call) or call.func is not method or call.keywords:
        return None
    start, end = index.span(call)
    owner = index.span(node.value)[1]
    if method.attr == "get_value" and not call.args:
        edits = (Edit(start, start, ("float(",)), Edit(owner, end, (".learning_rate)",)))
    elif method.attr == "set_value" and len(call.args) == 1 and call.lineno == call.end_lineno:
        if not isinstance(parents.get(call), ast.Expr):
            return None
        first, last = index.span(call.args[0])
        edits = (Edit(owner, first, (".learning_rate = ",)), Edit(last, end, ("",)))
    else:
        return None
    fix = Fix(edits, Applicability.SAFE, "Read and set the `learning_rate` itself")
    message = f"`{index.source(method)}(...)` is a method of variables of Theano"
    return Finding(RULE, start, end, message, fix)


def _is_optimizer(node: ast.expr, owner: Value) -> bool:
    """Whether an object is an optimizer of Keras: one that was made here, or that of a model."""
    found = options(owner)
    if all(isinstance(option, Object) and option.cls.startswith("keras.optimizers.") for option in found):
        return True
    if not isinstance(node, ast.Attribute) or node.attr != "optimizer":
        return False
    if all(isinstance(option, Method) and isinstance(option.owner, Model) for option in found):
        return True
    # `self.model.optimizer` of a callback. What a class of the project calls `optimizer` is its own.
    return isinstance(node.value, ast.Attribute) and node.value.attr == "model" and not _is_own(found)


def _is_variable(context: Context, node: ast.Attribute) -> bool:
    """Whether `K.set_value` or `K.get_value` gets it, which shows that it is a variable of Keras."""
    call = context.facts.parents.get(node)
    if not isinstance(call, ast.Call) or node not in call.args[:1] or node.attr != "lr":
        return False
    return context.namer.path(call.func) in _OF_VARIABLES


def _is_own(found: tuple[Value, ...]) -> bool:
    return any(isinstance(option, (Instance, Object)) for option in found)
