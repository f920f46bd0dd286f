"""`Dense(np.max(y) + 1)`: a number of NumPy for the size of a layer, which Keras 3 does not take for an integer."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks._arguments import argument_node
from kerasfix.checks._scopes import Kind, definitions
from kerasfix.findings import Applicability, Edit, Finding, Fix, Slot
from kerasfix.flow.facts import ModuleFacts
from kerasfix.flow.values import Api

RULE = "numpy-number-as-size"
RULES = frozenset({RULE})

# The sizes that Keras 3 asks to be integers of Python, by their places and their names in Keras 1 and today.
_SIZES: dict[str, tuple[tuple[int, tuple[str, ...]], ...]] = {
    "Dense": ((0, ("units", "output_dim")),),
    "GRU": ((0, ("units", "output_dim")),),
    "SimpleRNN": ((0, ("units", "output_dim")),),
    "RepeatVector": ((0, ("n",)),),
    "Embedding": ((0, ("input_dim",)), (1, ("output_dim",))),
}
# What gives a number of NumPy: as a function of it, and as a method of an array.
_FUNCTIONS = frozenset(
    {"max", "min", "amax", "amin", "sum", "prod", "argmax", "ceil", "floor", "int32", "int64", "median"}
)
_METHODS = frozenset({"max", "min", "sum", "prod"})
_MAX_STEPS = 4  # from one name to the next


def check(context: Context) -> Iterator[Finding]:
    """Every size of a layer that NumPy has computed."""
    if context.settings.target != "keras3":
        return
    for node, looks in context.facts.calls.items():
        names = {look.callee.name if isinstance(look.callee, Api) else "" for look in looks}
        layer = names.pop().removeprefix("keras.layers.") if len(names) == 1 else ""
        if layer not in _SIZES or any(look.guarded for look in looks):
            continue
        for place, keywords in _SIZES[layer]:
            value = argument_node(node, place, *keywords)
            if value is not None and _is_of_numpy(context, value, _MAX_STEPS):
                yield _finding(context, layer, value)


def _is_of_numpy(context: Context, node: ast.expr, steps: int) -> bool:
    """Whether an expression is certain to be a number of NumPy."""
    if isinstance(node, ast.BinOp):
        return _is_of_numpy(context, node.left, steps) or _is_of_numpy(context, node.right, steps)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _is_numpy_call(node.func, context.facts)
    if not isinstance(node, ast.Name) or not steps:
        return False
    found = definitions(node.id, node, context.facts)
    return bool(found) and all(
        one.kind is Kind.VALUE and one.value is not None and _is_of_numpy(context, one.value, steps - 1)
        for one in found
    )


def _is_numpy_call(func: ast.Attribute, facts: ModuleFacts) -> bool:
    """`np.max(...)`, or `y.max()`."""
    root = func.value
    if isinstance(root, ast.Name) and any(
        isinstance(one.node, ast.Import) or isinstance(facts.parents.get(one.node), ast.Import)
        for one in definitions(root.id, root, facts)
    ):
        return func.attr in _FUNCTIONS and root.id in ("np", "numpy")
    return func.attr in _METHODS


def _finding(context: Context, layer: str, value: ast.expr) -> Finding:
    index = context.facts.index
    start, end = index.span(value)
    fix = Fix((Edit(start, end, ("int(", Slot(start, end), ")")),), Applicability.SAFE, "Make it an `int`")
    message = f"`{index.source(value)}` is a number of NumPy, which `{layer}` of Keras 3 does not take for an integer"
    return Finding(RULE, start, end, message, fix)
