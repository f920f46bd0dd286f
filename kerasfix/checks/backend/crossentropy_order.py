"""`K.categorical_crossentropy(output, target)`: Keras 2 takes the target first, and says nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks.backend._crossentropy import FUNCTIONS, Order, order_of
from kerasfix.findings import Applicability, Edit, Finding, Fix
from kerasfix.flow.facts import root_of
from kerasfix.flow.values import Api

RULE = "crossentropy-argument-order"
RULES = frozenset({RULE})
_NAMES = ("output", "target", "from_logits")


def check(context: Context) -> Iterator[Finding]:
    """Every call in the order of Keras 1; for Keras 3, `removed-backend-function` knows of it."""
    if context.settings.target == "keras3":
        return
    for node, looks in context.facts.calls.items():
        names = {look.callee.name if isinstance(look.callee, Api) else "" for look in looks}
        if names <= FUNCTIONS and not any(look.guarded for look in looks):
            order = order_of(context, node, root_of(looks))
            if order is not None and order.output_first:
                yield _finding(context, node, order)


def _finding(context: Context, node: ast.Call, order: Order) -> Finding:
    index = context.facts.index
    start, end = index.span(node)
    source = index.source(node.func)
    message = f"`{source}` takes the target first since Keras 2, and the output after it"
    if len(node.args) > len(_NAMES) or any(isinstance(one, ast.Starred) for one in node.args):
        return Finding(RULE, start, end, message, help="Give both by their names, `target=` and `output=`")
    edits = []
    for name, argument in zip(_NAMES, node.args):
        place = index.span(argument)[0]
        while index.text[place - 1] == "(" and index.text[place - 2] in ",( \n\t":
            place -= 1  # parentheses around the argument
        edits.append(Edit(place, place, (f"{name}=",)))
    kind = Applicability.UNSAFE if order.assumes else Applicability.SAFE
    return Finding(RULE, start, end, message, Fix(tuple(edits), kind, "Give both by their names", order.assumes))
