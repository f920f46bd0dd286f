"""Imports and dotted names that lead to where nothing is any more: modules of older Keras, and what left Keras.

What went where is in `rules/`: the `[[module]]` and `[[name]]` tables of the rules.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks.modules._moved_imports import Statement
from kerasfix.checks.modules._moved_names import Names, Resolved
from kerasfix.findings import Applicability, Finding, Fix
from kerasfix.names.namer import statements

RULES = frozenset({"moved-module", "left-keras"})


def check(context: Context) -> Iterator[Finding]:
    """Every import statement and every dotted name that today's Keras does not have in that place."""
    names = Names(context)
    for node, block in statements(context.facts.tree):
        scope = context.facts.scopes.at(node)
        if not isinstance(node, (ast.Import, ast.ImportFrom)) or scope is None:
            continue
        if (isinstance(node, ast.Import) or not node.level) and not names.is_guarded(node):
            yield from Statement(names, node, block, scope).findings()
    for chain in names.chains():
        if (found := _resolved(names, chain)) is not None:
            yield from _finding(names, *found)


def _resolved(names: Names, chain: list[ast.Attribute]) -> tuple[Resolved, str] | None:
    """What is found about `keras.layers.core.Dense`, and what its first name stands for."""
    first = chain[0].value
    namer, scopes = names.context.namer, names.context.facts.scopes
    base = namer.path(first)
    scope = scopes.at(first)
    if base is None or scope is None or not isinstance(first, ast.Name):
        return None
    home = scope.resolve(first.id)
    if home is None or first.id in home.assigned - namer.aliases() or first.id in scope.assigned - namer.aliases():
        return None
    # What a legacy module is imported as is a matter of the import.
    if names.moves.module(base) is not None or base.endswith("layers.merge"):
        return None
    found = names.resolve(base, chain)
    return (found, base) if found is not None else None


def _finding(names: Names, found: Resolved, base: str) -> Iterator[Finding]:
    move = found.move
    if move is None or not names.is_selected(move) or names.is_guarded(found.node):
        return
    start, end = names.context.facts.index.span(found.node)
    source = names.context.facts.index.source(found.node)
    if move.path is None:
        if not names.is_claimed(found.path, found.node):
            yield Finding(move.rule, start, end, f"`{source}` is gone from Keras", help=move.advice)
        return
    edit, needs = names.replaced(found.node, move.path, base)
    edits = (edit, *names.renamed_keywords(found.node, move))
    applicability = Applicability.UNSAFE if move.assumes else Applicability.SAFE
    fix = Fix(edits, applicability, f"Write `{edit.new[0]}`", move.assumes, needs)
    yield Finding(move.rule, start, end, f"`{source}` is `{move.path}` today", fix)
