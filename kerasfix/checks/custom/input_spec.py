"""`InputSpec(ndim='2+')`, which is `InputSpec(min_ndim=2)` since Keras 2."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.edits.calls import call_text
from kerasfix.findings import Applicability, Edit, Finding, Fix
from kerasfix.flow.values import Api

RULE = "input-spec-ndim"
RULES = frozenset({RULE})
_SPEC = Api("keras.layers.InputSpec")
_AT_LEAST = re.compile(r"(\d+)\+")


def check(context: Context) -> Iterator[Finding]:
    """Every `InputSpec` whose number of axes is a text."""
    for node, looks in context.facts.calls.items():
        if not all(look.callee == _SPEC and not look.guarded for look in looks):
            continue
        argument = call_text(context.facts.index, node).find("ndim", 2) if _may_have(node) else None
        if argument is None:
            continue
        text = context.facts.index.text[argument.slot.start : argument.slot.end]
        match = _AT_LEAST.fullmatch(text.strip("'\""))
        if match is None or text.isdigit():
            continue
        edit = Edit(argument.start, argument.end, (f"min_ndim={match.group(1)}",))
        message = f"an input never has `{text}` axes: the least number is `min_ndim` now"
        fix = Fix((edit,), Applicability.SAFE, f"Write `min_ndim={match.group(1)}`")
        yield Finding(RULE, argument.start, argument.end, message, fix)


def _may_have(node: ast.Call) -> bool:
    return len(node.args) > 2 or any(keyword.arg == "ndim" for keyword in node.keywords)
