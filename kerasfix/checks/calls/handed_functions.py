"""Functions of Keras that are gone and that code hands on without calling them: a decorator, a list of metrics.

Where the file may have a definition of its own instead, which takes the same arguments, the name of that is written.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.catalogue.adapters import Unrenderable
from kerasfix.catalogue.tables import dotted
from kerasfix.checks import Context
from kerasfix.checks._era import Era
from kerasfix.checks._writing import FileWriting
from kerasfix.checks.calls import legacy_calls
from kerasfix.checks.calls._handed import successor
from kerasfix.findings import Edit, Finding
from kerasfix.flow.values import Api
from kerasfix.names.namer import root_name

rules = legacy_calls.rules


def check(context: Context) -> Iterator[Finding]:
    """Every such place."""
    for node, looks in context.facts.api_loads.items():
        value = looks[0]
        if len(looks) > 1 or not isinstance(value, Api) or value.guarded or value.root != "keras":
            continue
        parent = context.facts.parents.get(node)
        if isinstance(parent, ast.Attribute) or (isinstance(parent, ast.Call) and parent.func is node):
            continue
        if context.namer.path(node) is not None and (finding := _finding(context, node, value)) is not None:
            yield finding


def _finding(context: Context, node: ast.expr, value: Api) -> Finding | None:
    row = successor(context, value.name)
    if row is None:
        return None
    index = context.facts.index
    start, end = index.span(node)
    message = f"`{index.source(node)}` of Keras is gone"
    writing = FileWriting(context, node, value.root)
    try:
        name = writing.snippet(dotted(row.templates[context.settings.target].func).removeprefix("snippet."))
    except Unrenderable as error:
        return Finding(row.rule, start, end, message, help=f"Write it by hand: {error}")
    if row.proof == "none" and context.era is not Era.KERAS1:
        if context.era is Era.LATER:
            return None
        writing.assume("the code was written for Keras 1")
    root = root_name(node)
    fix = writing.fix([Edit(start, end, (name,))], "Define it in the file", releases={root.id} if root else ())
    return Finding(row.rule, start, end, message, fix)
