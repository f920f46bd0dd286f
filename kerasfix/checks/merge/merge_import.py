"""An import of `merge` or `Merge` that fails on today's Keras and that nothing needs."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.edits.imports import exported_names, unused_imports
from kerasfix.findings import Applicability, Finding, Fix
from kerasfix.flow.facts import ModuleFacts
from kerasfix.flow.imports import is_version_guard
from kerasfix.names.canonical import canonical

RULE = "merge-import"
RULES = frozenset({RULE})

_GONE = frozenset({"keras.layers.merge", "keras.layers.Merge"})


def check(context: Context) -> Iterator[Finding]:
    """Imports of the two names that no code of the file uses."""
    facts = context.facts
    if "merge" not in facts.index.text and "Merge" not in facts.index.text:
        return
    imports = list(_imports(facts))
    if not imports:
        return
    names = {alias.asname or alias.name for _, alias in imports}
    unused = {id(alias) for alias in unused_imports(facts.index, facts.scopes, names, facts.foreign_reads)}
    exported = set(exported_names(facts.tree))
    for node, alias in imports:
        handed_on = (alias.asname or alias.name) in exported
        if (id(alias) in unused or handed_on) and not _is_guarded(context, node):
            yield _finding(context, alias, handed_on=handed_on)


def _imports(facts: ModuleFacts) -> Iterator[tuple[ast.ImportFrom, ast.alias]]:
    for node in facts.nodes(ast.ImportFrom):
        if not node.level:
            for alias in node.names:
                if canonical(f"{node.module}.{alias.name}") in _GONE:
                    yield node, alias


def _is_guarded(context: Context, node: ast.ImportFrom) -> bool:
    """Whether the code is ready for the import to fail, or asks for the version first."""
    parent: ast.AST | None = node
    while parent is not None:
        parent = context.facts.parents.get(parent)
        if isinstance(parent, ast.Try) and is_version_guard(parent):
            return True
        if any(parent is guard for guard in context.facts.version_guards):
            return True
    return False


def _finding(context: Context, alias: ast.alias, *, handed_on: bool) -> Finding:
    facts = context.facts
    name = alias.asname or alias.name
    start, end = facts.index.span(alias)
    package = os.path.basename(facts.path) == "__init__.py"
    if handed_on or package or facts.is_used_elsewhere(name):
        return Finding(
            RULE,
            start,
            end,
            f"`{alias.name}` is gone from Keras, and this module hands it on to others",
            help="Remove it from here once the code that takes it is rewritten",
        )
    fix = Fix((), Applicability.SAFE, f"Remove `{alias.name}` from the import", releases=frozenset({name}))
    return Finding(RULE, start, end, f"`{alias.name}` is gone from Keras, and nothing here uses it", fix)
