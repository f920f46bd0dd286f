"""`TimeDistributed(Dense(..., activity_regularizer=...))`: Keras 3 does not count the penalty of a layer in there."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks._era import Era
from kerasfix.edits.arguments import rewrite_arguments
from kerasfix.edits.calls import call_text
from kerasfix.edits.snippets import snippet_name
from kerasfix.findings import Applicability, Finding, Fix
from kerasfix.flow.values import Api

RULE = "penalty-in-wrapper"
RULES = frozenset({RULE})

_WRAPPER = Api("keras.layers.TimeDistributed")
_NAME = "activity_regularizer"
_SUM = "SumOverBatch"
_HELP = (
    "Give the `activity_regularizer` to `TimeDistributed`. Keras 2 took the mean over all time steps, too: "
    "divide the factor by their number"
)


def check(context: Context) -> Iterator[Finding]:
    """Every wrapped layer with a penalty on its output, in code that was written for Keras 1 or 2."""
    if context.settings.target != "keras3" or context.era not in (Era.KERAS1, Era.KERAS2, Era.MIXED):
        return
    for node, looks in context.facts.calls.items():
        if not all(look.callee == _WRAPPER and not look.guarded for look in looks):
            continue
        inner = next(iter(node.args), None) or next((one.value for one in node.keywords if one.arg == "layer"), None)
        if isinstance(inner, ast.Call) and not any(one.arg == _NAME for one in node.keywords):
            yield from _wrapped(context, node, inner)


def _wrapped(context: Context, node: ast.Call, inner: ast.Call) -> Iterator[Finding]:
    value = next((one.value for one in inner.keywords if one.arg == _NAME), None)
    if value is None or (isinstance(value, ast.Constant) and value.value is None):
        return
    index = context.facts.index
    start, end = index.span(node)
    message = f"Keras 3 does not count the `{_NAME}` of a layer in `TimeDistributed`"
    if context.era is not Era.KERAS1:
        yield Finding(RULE, start, end, message, help=_HELP)
        return
    text = index.source(value)
    snippets: tuple[str, ...] = ()
    if not (isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == _SUM):
        name = snippet_name(context.facts.tree, context.facts.scopes, _SUM, context.settings.target)
        if name is None:
            yield Finding(RULE, start, end, message, help=_HELP)
            return
        text, snippets = f"{name}({text})", (_SUM,)
    inside = call_text(index, inner)
    number = next(number for number, one in enumerate(inside.args) if one.keyword == _NAME)
    addition = (f"{_NAME}={text}",)
    edits = [
        *rewrite_arguments(index, inside, [], [number], []),
        *rewrite_arguments(index, call_text(index, node), [], [], [addition]),
    ]
    fix = Fix(tuple(edits), Applicability.SAFE, "Let the wrapper have it", snippets=snippets)
    yield Finding(RULE, start, end, message, fix)
