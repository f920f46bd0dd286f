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
    """Every use of `lr` and `decay` of what is certain to be an optimizer of Keras."""
    if context.settings.target != "keras3":
        return
    index = context.facts.index
    for node, looks in context.facts.attributes.items():
        if not isinstance(node, ast.Attribute) or node.attr not in ("lr", "decay"):
            continue
        if any(look.guarded for look in looks):
            continue
        if not all(_is_optimizer(node.value, look.owner) for look in looks) and not _is_variable(context, node):
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
