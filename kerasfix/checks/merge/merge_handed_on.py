"""`merge` or `Merge` used other than by calling it: given to a function, kept under another name, in a dictionary."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.findings import Finding
from kerasfix.flow.values import Api, Value

_RULES = {"keras.layers.merge": "merge-function", "keras.layers.Merge": "merge-layer"}
RULES = frozenset(_RULES.values())


def check(context: Context) -> Iterator[Finding]:
    """Loads of the two names that no call rewrites."""
    facts = context.facts
    for node, values in facts.api_loads.items():
        rule = next((found for value in values if (found := _rule(value)) is not None), None)
        if rule is None or any(isinstance(value, Api) and value.guarded for value in values):
            continue
        parent = facts.parents.get(node)
        if isinstance(parent, ast.Attribute) or (isinstance(parent, ast.Call) and parent.func is node):
            continue
        if not isinstance(getattr(node, "ctx", None), ast.Load):
            continue
        start, end = facts.index.span(node)
        yield Finding(
            rule,
            start,
            end,
            f"`{facts.index.source(node)}` of Keras 1 is gone, and it is handed on here",
            help="Hand on the layer that is meant: Add, Multiply, Concatenate, Average, Maximum or Dot",
        )


def _rule(value: Value) -> str | None:
    return _RULES.get(value.name) if isinstance(value, Api) else None
