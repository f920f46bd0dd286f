"""Private variables of the backend of Keras 1, for which there are functions: `K._BACKEND`, `K._EPSILON`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks._backend_calls import BACKEND, Speller, released
from kerasfix.findings import Applicability, Edit, Finding, Fix
from kerasfix.flow.values import Api

_FUNCTIONS = {
    f"{BACKEND}_BACKEND": "backend",
    f"{BACKEND}_EPSILON": "epsilon",
    f"{BACKEND}_FLOATX": "floatx",
    f"{BACKEND}_backend": "backend",
}


def read_directly(context: Context, rule: str) -> Iterator[Finding]:
    """Every read of such a variable."""
    index = context.facts.index
    for node, values in context.facts.api_loads.items():
        value = values[0]
        if len(values) > 1 or not isinstance(value, Api) or value.guarded or value.name not in _FUNCTIONS:
            continue
        if isinstance(getattr(node, "ctx", None), ast.Store):
            continue
        start, end = index.span(node)
        speller = Speller(context, node, value.root)
        text = f"{speller(f'{BACKEND}{_FUNCTIONS[value.name]}')}()"
        message = f"`{index.source(node)}` is gone: the backend tells it by a function"
        fix = Fix(
            edits=(Edit(start, end, (text,)),),
            applicability=Applicability.SAFE,
            title=f"Ask `{text}`",
            imports=tuple(dict.fromkeys(speller.imports)),
            releases=frozenset(released(context, node)),
            keeps=frozenset(speller.kept),
        )
        yield Finding(rule, start, end, message, fix)
