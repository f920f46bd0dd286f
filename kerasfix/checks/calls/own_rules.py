"""Calls of the functions that a user's own rule files map, such as an organisation's wrappers of Keras."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

from kerasfix.catalogue.own import own_rows
from kerasfix.catalogue.rows import Row
from kerasfix.checks import Context
from kerasfix.findings import Applicability, Edit, Finding, Fix, ImportNeed
from kerasfix.flow.calls import is_function_of
from kerasfix.flow.facts import CallSeen
from kerasfix.flow.values import Api, External, Function
from kerasfix.settings import Settings


def rules(settings: Settings) -> frozenset[str]:
    """The user's rules of this run."""
    return frozenset(rule for rule, _ in own_rows(settings.extend_rules).values())


def check(context: Context) -> Iterator[Finding]:
    """Every call of a mapped function, with the modern call in place of it where the row allows it."""
    mapped = own_rows(context.settings.extend_rules)
    for node, looks in context.facts.calls.items():
        names = {_name(look, mapped.keys()) for look in looks}
        name = names.pop() if len(names) == 1 else None
        if name is None or any(look.guarded for look in looks):
            continue
        rule, rows = mapped[name]
        if not rows[0].leave:
            yield _finding(context, node, rule, rows)


def _name(look: CallSeen, mapped: Iterable[str]) -> str | None:
    callee = look.callee
    if isinstance(callee, (Api, External)):
        return callee.name if callee.name in mapped else None
    if isinstance(callee, Function):
        return next((name for name in mapped if is_function_of(callee, name)), None)
    return None


def _finding(context: Context, node: ast.Call, rule: str, rows: Sequence[Row]) -> Finding:
    index = context.facts.index
    start, end = index.span(node)
    message = f"`{index.source(node.func)}(...)` has a successor"
    for row in rows:
        template, binding = row.template(context.settings.target), row.bind(node)
        if template is None or binding is None or row.when is not None or row.unless is not None:
            continue
        imports: list[ImportNeed] = []

        def spell(name: str, imports: list[ImportNeed] = imports) -> str:
            spelled, needs = context.namer.name(name, node.func, context.facts.root)
            imports.extend(needs)
            return spelled

        pieces = row.render(template, binding, index, spell)
        if pieces is None:
            continue
        released = frozenset({node.func.id} if isinstance(node.func, ast.Name) else ())
        title = f"Replace as the rule `{rule}` says"
        fix = Fix((Edit(start, end, pieces),), Applicability.SAFE, title, None, tuple(imports), released)
        return Finding(rule, start, end, message, fix)
    advice = next((row.advice for row in rows if row.advice), "Write the call that the rule's row gives")
    return Finding(rule, start, end, message, help=advice)
