"""Code for two versions of Keras: right as it is, left alone, and said so once for each place that tells them apart."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.catalogue.moves import moves
from kerasfix.checks import Context
from kerasfix.findings import Finding
from kerasfix.flow.imports import does_something, is_version_guard
from kerasfix.flow.values import Api
from kerasfix.names.canonical import canonical, keras_root

RULE = "two-keras-versions"
RULES = frozenset({RULE})

_GONE = frozenset({"keras.layers.merge", "keras.layers.Merge"})


def check(context: Context) -> Iterator[Finding]:
    """The version tests that decide whether Keras 1 code runs."""
    facts = context.facts
    reported: set[ast.AST] = set()
    for node in _legacy(context):
        guard = node if isinstance(node, (ast.Try, ast.If)) else _guard(context, node)
        if guard is None or guard in reported:
            continue
        reported.add(guard)
        start, end = facts.index.span(guard)
        line, _ = facts.index.position(start)
        end = min(end, facts.index.starts[line - 1] + len(facts.index.line_text(line)))
        yield Finding(
            RULE,
            start,
            end,
            "this is code for two versions of Keras; it is left as it is",
            help="Once Keras 1 is left behind, keep the branch for today's Keras and delete the other",
        )


def _legacy(context: Context) -> Iterator[ast.AST]:
    """What a rule would have rewritten were it not for the version test."""
    facts = context.facts
    for node, looks in facts.calls.items():
        if any(look.guarded and isinstance(look.callee, Api) and look.callee.name in _GONE for look in looks):
            yield node
    for attribute, seen in facts.attributes.items():
        if any(look.guarded for look in seen):
            yield attribute
    for guard in facts.version_guards:
        for statement in ast.walk(guard):
            if isinstance(statement, ast.ImportFrom) and any(
                canonical(f"{statement.module}.{alias.name}") in _GONE for alias in statement.names
            ):
                yield statement

    yield from _of_modules(context)


def _of_modules(context: Context) -> Iterator[ast.Try | ast.If]:
    """The version tests in which a module is imported that is elsewhere today."""
    facts = context.facts
    tests = {id(guard) for guard in facts.version_guards}
    for node in facts.nodes(ast.Try, ast.If):
        is_try = isinstance(node, ast.Try) and is_version_guard(node) and does_something(node)
        if (is_try or (isinstance(node, ast.If) and id(node) in tests)) and _imports_what_moved(context, node):
            yield node


def _imports_what_moved(context: Context, guard: ast.AST) -> bool:
    table = moves(context.settings.target)
    for statement in ast.walk(guard):
        if isinstance(statement, ast.ImportFrom) and not statement.level:
            paths = [f"{statement.module}.{alias.name}" for alias in statement.names]
        elif isinstance(statement, ast.Import):
            paths = [alias.name for alias in statement.names]
        else:
            continue
        for path in paths:
            move = table.module(path) or table.name(path)
            if keras_root(path) == "keras" and move is not None and move.rule == "moved-module":
                return True
    return False


def _guard(context: Context, node: ast.AST) -> ast.stmt | ast.expr | None:
    """The version test around a place, else the last one before it, else the first one of the file."""
    guards = {id(guard): guard for guard in context.facts.version_guards}
    parent: ast.AST | None = node
    while parent is not None:
        parent = context.facts.parents.get(parent)
        if id(parent) in guards:
            return guards[id(parent)]
    ordered = sorted(guards.values(), key=lambda guard: (guard.lineno, guard.col_offset))
    before = [guard for guard in ordered if guard.lineno <= getattr(node, "lineno", 0)]
    return next(iter([*before[::-1], *ordered]), None)
