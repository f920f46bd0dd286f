"""Functions of `keras.backend` that today's Keras does not have, wherever no other rule has an eye on them."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from kerasfix.catalogue.rows import Row
from kerasfix.checks import Context
from kerasfix.checks._arguments import CallFacts
from kerasfix.checks.backend._calls import BACKEND, inner_rows, is_backend, released
from kerasfix.checks.backend._crossentropy import FUNCTIONS, Order, order_of
from kerasfix.checks.backend._removed_forms import special_form
from kerasfix.checks.backend._removed_names import is_gone
from kerasfix.checks.backend._removed_values import handed_on
from kerasfix.checks.backend._removed_write import Written, choose, write
from kerasfix.checks.backend._state import read_directly
from kerasfix.checks.backend.backend_op import is_offence as is_outside_layer
from kerasfix.findings import Applicability, Finding, Fix
from kerasfix.flow.facts import CallSeen, root_of
from kerasfix.flow.values import Api

RULE = "removed-backend-function"
RULES = frozenset({RULE})


def check(context: Context) -> Iterator[Finding]:
    """Every call of such a function, and every place that hands one on."""
    found = {
        node: looks for node, looks in context.facts.calls.items() if _is_named(node) and all(map(is_backend, looks))
    }
    outside = {node for node in found if is_outside_layer(context, node)}
    calls = {
        node: looks
        for node, looks in found.items()
        if _is_gone(context, looks) and not _is_part_of(context, node, outside)
    }
    facts = CallFacts(context.facts, calls)
    for node, looks in calls.items():
        yield _finding(context, facts, node, looks)
    yield from read_directly(context, RULE)
    yield from handed_on(context, RULE, {node.func for node in context.facts.calls})


def _is_named(node: ast.Call) -> bool:
    """Whether the call says the function's name, as `getattr(K, name)(x)` does not."""
    return isinstance(node.func, (ast.Name, ast.Attribute))


def _is_gone(context: Context, looks: Sequence[CallSeen]) -> bool:
    names = {look.callee.name for look in looks if isinstance(look.callee, Api)}
    if len(names) != 1 or any(look.guarded for look in looks):
        return False
    return is_gone(names.pop(), root_of(looks), context.settings.target)


def _is_part_of(context: Context, node: ast.AST, calls: Collection[ast.Call]) -> bool:
    """Whether a call is one of those, or stands inside one, which is then rewritten, or not, with all that it holds."""
    around: ast.AST | None = node if calls else None
    while around is not None and not isinstance(around, ast.stmt):
        if around in calls:
            return True
        around = context.facts.parents.get(around)
    return False


def _finding(context: Context, facts: CallFacts, node: ast.Call, looks: Sequence[CallSeen]) -> Finding:
    index = context.facts.index
    start, end = index.span(node)
    callee = looks[0].callee
    assert isinstance(callee, Api)
    source = " ".join(index.source(node.func).split())
    library = "Keras 3" if context.settings.target == "keras3" else "tf_keras"
    message = f"`{source}` is gone from {library}"
    written = special_form(context, node, looks)
    if written is None:
        rows = inner_rows()[callee.name]
        order = order_of(context, node, callee.root) if callee.name in FUNCTIONS else None
        if order is not None:
            rows = tuple(_in_order(row, order) for row in rows)
        chosen = choose(context, node, rows, facts)
        written = write(context, node, root_of(looks), chosen) if chosen is not None else None
        if written is not None and order is not None:
            written.assumes = order.assumes
        if written is None:
            return Finding(RULE, start, end, message, help=_advice(rows, callee.name))
    if isinstance(written, str):
        return Finding(RULE, start, end, message, help=written)
    return Finding(RULE, start, end, message, _fix(context, node, written))


def _in_order(row: Row, order: Order) -> Row:
    """The row with the signature that has the arguments in an order."""
    signature = max(row.signatures, key=lambda one: len(one.parameters))
    names = ("output", "target") if order.output_first else ("target", "output")
    first = [one for name in names for one in signature.parameters if one.name == name]
    rest = [one for one in signature.parameters if one.name not in names]
    return replace(row, signatures=(replace(signature, parameters=(*first, *rest)),))


def _fix(context: Context, node: ast.Call, written: Written) -> Fix:
    return Fix(
        edits=tuple(written.edits),
        applicability=Applicability.UNSAFE if written.assumes else Applicability.SAFE,
        title=written.title,
        assumes=written.assumes,
        imports=tuple(dict.fromkeys(written.imports)),
        releases=frozenset(released(context, node.func)),
        keeps=frozenset(written.kept),
        snippets=tuple(written.snippets),
    )


def _advice(rows: Sequence[Row], name: str) -> str:
    found = [row.advice for row in rows if row.advice]
    if found:
        return found[-1][0].upper() + found[-1][1:]
    return f"Write what `{name.removeprefix(BACKEND)}` computes with functions of `keras.ops`"
