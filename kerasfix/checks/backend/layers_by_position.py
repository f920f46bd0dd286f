"""`zip(model.layers, ...)` of a model over a computed input: the operations that make it are layers on tf_keras."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks._scopes import Kind, definitions
from kerasfix.findings import Applicability, Edit, Finding, Fix, Slot
from kerasfix.names.canonical import canonical

RULE = "graph-function"
RULES = frozenset({RULE})
_BACKEND = "keras.backend."
# What makes no operation of its arguments.
_NO_OPERATIONS = frozenset({"placeholder", "variable", "zeros", "ones"})
_BY_POSITION = frozenset({"zip", "enumerate", "len", "list"})


def check(context: Context) -> Iterator[Finding]:
    """Every such read, in files whose placeholders become inputs, so that what they go through becomes layers."""
    if context.settings.target != "keras2" or "placeholder" not in context.facts.index.text:
        return
    index = context.facts.index
    for node in context.facts.nodes(ast.Attribute):
        if node.attr != "layers" or not isinstance(node.value, ast.Name):
            continue
        if _is_by_position(context, node) and _is_over_computed(context, node.value):
            start, end = index.span(node)
            message = f"on tf_keras, `{index.source(node)}` has the operations that make the input of the model, too"
            title = "Leave the operations out, whose names are `tf.concat` and the like"
            kept = ("[layer for layer in ", Slot(start, end), " if not layer.name.startswith('tf.')]")
            yield Finding(RULE, start, end, message, Fix((Edit(start, end, kept),), Applicability.SAFE, title))


def _is_by_position(context: Context, node: ast.Attribute) -> bool:
    above = context.facts.parents.get(node)
    if isinstance(above, ast.Call):
        return isinstance(above.func, ast.Name) and above.func.id in _BY_POSITION
    return isinstance(above, ast.Subscript)


def _is_over_computed(context: Context, name: ast.Name) -> bool:
    """Whether a model is made over an input that the backend computes, `VGG19(input_tensor=K.concatenate(...))`."""
    made = _value(context, name)
    given = [one.value for one in made.keywords if one.arg == "input_tensor"] if isinstance(made, ast.Call) else []
    values = [_value(context, one) if isinstance(one, ast.Name) else one for one in given]
    return any(isinstance(one, ast.Call) and _computes(context, one) for one in values)


def _value(context: Context, name: ast.Name) -> ast.expr | None:
    found = definitions(name.id, name, context.facts)
    return found[0].value if len(found) == 1 and found[0].kind is Kind.VALUE else None


def _computes(context: Context, call: ast.Call) -> bool:
    path = canonical(context.namer.path(call.func) or "") or ""
    return path.startswith(_BACKEND) and path.removeprefix(_BACKEND) not in _NO_OPERATIONS
