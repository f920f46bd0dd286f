"""An import of Theano, or of another package that is gone, that nothing needs and that stops the file from running."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks._scopes import ancestors
from kerasfix.checks.modules._moved_names import Names
from kerasfix.edits.imports import Uses
from kerasfix.findings import Applicability, Finding, Fix
from kerasfix.names.dead import dead_path
from kerasfix.names.scopes import Scope

RULE = "dead-import"
RULES = frozenset({RULE})


def check(context: Context) -> Iterator[Finding]:
    """Imports of such packages whose names nothing reads."""
    facts = context.facts
    uses = Uses(facts.index, facts.scopes, (), facts.foreign_reads)
    names = Names(context)
    for node in facts.nodes(ast.Import, ast.ImportFrom):
        dead = [(alias, path) for alias in node.names if (path := dead_path(node, alias))]
        scope = facts.scopes.at(node)
        if not dead or scope is None or _may_not_run(context, node):
            continue
        for alias, path in dead:
            name = alias.asname or alias.name.partition(".")[0]
            if not uses.has(scope, alias, node) and not _is_handed_on(names, name, scope):
                fix = Fix((), Applicability.SAFE, f"Remove the import of `{path}`", releases=frozenset({name}))
                message = f"`{path}` cannot be imported any more, and nothing here uses it"
                yield Finding(RULE, *facts.index.span(alias), message, fix)


def _may_not_run(context: Context, node: ast.AST) -> bool:
    """Whether the import is for one backend only, or may fail: it does not stop the file from running."""
    return any(isinstance(one, (ast.If, ast.Try)) for one in ancestors(node, context.facts.parents))


def _is_handed_on(names: Names, name: str, scope: Scope) -> bool:
    facts = names.context.facts
    package = os.path.basename(facts.path) == "__init__.py"
    return (package and scope is facts.scopes.module) or names.is_handed_on(name, scope)
