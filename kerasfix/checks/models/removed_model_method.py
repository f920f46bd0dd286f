"""`predict_classes`, `predict_proba`, `reset_states` and `layers.pop`, which models of today do not have."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from kerasfix.checks import Context
from kerasfix.edits.snippets import snippet_name
from kerasfix.findings import Applicability, Edit, Finding, Fix, Slot
from kerasfix.flow.facts import CallSeen
from kerasfix.flow.values import UNKNOWN, LayerList, Method, Model, Tensor

RULE = "removed-model-method"
RULES = frozenset({RULE})
_POPPED = (
    "For a `Sequential` call `model.pop()`; else make a new model that ends at another layer,"
    " `Model(model.inputs, model.layers[-2].output)`"
)


def check(context: Context) -> Iterator[Finding]:
    """Every call of such a method."""
    for node, looks in context.facts.calls.items():
        func = node.func
        if not isinstance(func, ast.Attribute) or id(node) in context.taken or any(look.guarded for look in looks):
            continue
        methods = [look.callee for look in looks]
        if func.attr == "predict_classes" and _is_of_model(context, methods, unsure=True):
            yield _classes(context, node, func, looks)
        elif func.attr == "predict_proba" and _is_of_model(context, methods):
            message = "models have no `predict_proba` any more"
            yield _finding(context, node, message, "Call `predict`", (_renamed(context, func),))
        elif func.attr == "reset_states" and context.settings.target == "keras3" and _is_of_model(context, methods):
            yield _as_function(context, node, func, "models of Keras 3 have no `reset_states`")
        elif func.attr == "pop" and all(
            isinstance(one, Method) and isinstance(one.owner, LayerList) for one in methods
        ):
            yield Finding(
                RULE,
                *context.facts.index.span(node),
                "`model.layers` is a copy: to take a layer out of it changes nothing",
                help=_POPPED,
            )


def _is_of_model(context: Context, methods: Sequence[object], *, unsure: bool = False) -> bool:
    """Whether the object is a model; with `unsure`, also if nothing speaks against it."""
    owners = [one.owner for one in methods if isinstance(one, Method)]
    if len(owners) != len(methods) or not owners:
        return False
    if all(isinstance(owner, Model) for owner in owners):
        return True
    if not unsure or not all(isinstance(owner, Model) or owner is UNKNOWN for owner in owners):
        return False
    return not context.facts.has_function("predict_classes")


def _classes(context: Context, node: ast.Call, func: ast.Attribute, looks: Sequence[CallSeen]) -> Finding:
    """The class is the largest of several outputs; a single one is above or below a half."""
    message = "models have no `predict_classes` any more"
    widths = {_width(look) for look in looks}
    if len(widths) != 1 or None in widths:
        return _as_function(context, node, func, message)
    start, end = context.facts.index.span(node)
    whole = (Slot(start, end),)
    new = ("(", *whole, " > 0.5).astype('int32')") if widths == {1} else (*whole, ".argmax(axis=-1)")
    title = "Find the class in what `predict` gives"
    return _finding(context, node, message, title, (_renamed(context, func), Edit(start, end, new)))


def _width(look: CallSeen) -> int | None:
    """The number of outputs for each sample."""
    owner = look.callee.owner if isinstance(look.callee, Method) else None
    outputs = owner.outputs if isinstance(owner, Model) else ()
    shape = outputs[0].shape if len(outputs) == 1 and isinstance(outputs[0], Tensor) else None
    return shape[-1] if shape else None


def _renamed(context: Context, func: ast.Attribute) -> Edit:
    end = context.facts.index.span(func)[1]
    return Edit(end - len(func.attr), end, ("predict",))


def _as_function(context: Context, node: ast.Call, func: ast.Attribute, message: str) -> Finding:
    """Call a definition of the file, with the model as its first argument."""
    facts, index = context.facts, context.facts.index
    name = snippet_name(facts.tree, facts.scopes, func.attr, context.settings.target)
    if name is None:
        return Finding(
            RULE, *index.span(node), message, help="Rename what the file calls the same, and run kerasfix again"
        )
    owner = Slot(*index.span(func.value))
    start, (end, last) = index.span(node)[0], (index.span(func)[1], index.span(node)[1])
    opening = index.text.index("(", end) + 1
    comma = ", " if node.args or node.keywords else ""
    edit = Edit(start, last, (f"{name}(", owner, comma, Slot(opening, last)))
    return _finding(context, node, message, f"Call `{name}`, a definition that the file gets", (edit,), name)


def _finding(
    context: Context, node: ast.Call, message: str, title: str, edits: tuple[Edit, ...], *snippets: str
) -> Finding:
    fix = Fix(edits, Applicability.SAFE, title, snippets=snippets)
    return Finding(RULE, *context.facts.index.span(node), message, fix)
