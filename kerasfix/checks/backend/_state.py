"""What the backend of Keras 1 held besides its functions: `K._BACKEND`, `K._EPSILON`, `K.tf`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks.backend._calls import BACKEND, Speller, released
from kerasfix.findings import Edit, Finding
from kerasfix.flow.values import Api

_FUNCTIONS = {
    f"{BACKEND}_BACKEND": "backend",
    f"{BACKEND}_EPSILON": "epsilon",
    f"{BACKEND}_FLOATX": "floatx",
    f"{BACKEND}_backend": "backend",
}
_TENSORFLOW = f"{BACKEND}tf"


def read_directly(context: Context, rule: str) -> Iterator[Finding]:
    """Every read of such a variable."""
    index = context.facts.index
    for node, values in context.facts.api_loads.items():
        value = values[0]
        if len(values) > 1 or not isinstance(value, Api) or value.guarded:
            continue
        if value.name not in _FUNCTIONS and value.name != _TENSORFLOW:
            continue
        if isinstance(getattr(node, "ctx", None), ast.Store) or _is_variable(context, node):
            continue
        start, end = index.span(node)
        speller = Speller(context, node, value.root)
        if value.name == _TENSORFLOW:
            text = speller("tensorflow.x").removesuffix(".x")
            message = f"`{index.source(node)}` is gone: import TensorFlow itself"
        else:
            text = f"{speller(f'{BACKEND}{_FUNCTIONS[value.name]}')}()"
            message = f"`{index.source(node)}` is gone: the backend tells it by a function"
        fix = speller.fix([Edit(start, end, (text,))], f"Write `{text}`", released(context, node))
        yield Finding(rule, start, end, message, fix)


def _is_variable(context: Context, node: ast.expr) -> bool:
    """Whether it is the file's own name for the value: `kind = K._BACKEND` changes where it is bound."""
    if not isinstance(node, ast.Name):
        return False
    return context.namer.path(node) is None or node.id in context.namer.aliases()
