"""A model that is compiled, frozen for the sake of another one, and trained: as the discriminator of a GAN is."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks._scopes import own_nodes
from kerasfix.findings import Applicability, Edit, Finding, Fix
from kerasfix.flow.values import UNKNOWN, Method, Model

RULE = "frozen-after-compile"
RULES = frozenset({RULE})
_TRAINS = frozenset({"fit", "fit_generator", "train_on_batch"})
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def check(context: Context) -> Iterator[Finding]:
    """Every training of a model that was compiled before it was frozen."""
    facts = context.facts
    if "trainable" not in facts.index.text:
        return
    for scope in (facts.tree, *facts.nodes(ast.FunctionDef, ast.AsyncFunctionDef)):
        statements = [node for node in own_nodes(scope) if isinstance(node, ast.stmt)]
        for freezing in statements:
            name = _frozen(freezing)
            if name is not None and not any(_frozen(other, to=True) == name for other in statements):
                yield from _in_scope(context, name, freezing, statements)


def _frozen(statement: ast.stmt, *, to: bool = False) -> str | None:
    """The name in `name.trainable = False`."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return None
    target, value = statement.targets[0], statement.value
    if not isinstance(target, ast.Attribute) or target.attr != "trainable" or not isinstance(target.value, ast.Name):
        return None
    return target.value.id if isinstance(value, ast.Constant) and value.value is to else None


def _in_scope(context: Context, name: str, freezing: ast.stmt, statements: list[ast.stmt]) -> Iterator[Finding]:
    compiled = [one.lineno for one in statements if _call_on(context, one, name, frozenset({"compile"})) is not None]
    if not compiled or max(compiled) >= freezing.lineno:
        return
    for statement in statements:
        call = _call_on(context, statement, name, _TRAINS)
        if call is None or statement.lineno < freezing.lineno:
            continue
        index = context.facts.index
        start, end = index.span(statement)
        line, column = index.position(start)
        indent = index.line_text(line)[:column]
        last = index.line_text(index.position(end)[0])[index.position(end)[1] :]
        message = (
            f"`{name}` was compiled before it was frozen, and Keras 1 went on to train it; today nothing in it moves"
        )
        if indent.strip() or (last.strip() and not last.strip().startswith("#")):
            yield Finding(RULE, *index.span(call), message, help=f"Set `{name}.trainable = True` while it trains")
            continue
        newline = index.newline_at(start)
        after = end + len(last.rstrip())
        edits = (
            Edit(start, start, (f"{name}.trainable = True{newline}{indent}",)),
            Edit(after, after, (f"{newline}{indent}{name}.trainable = False",)),
        )
        fix = Fix(edits, Applicability.SAFE, f"Let `{name}` be trainable while it is trained")
        yield Finding(RULE, *index.span(call), message, fix)


def _call_on(context: Context, statement: ast.stmt, name: str, methods: frozenset[str]) -> ast.Call | None:
    """A call of a method of the model by that name, in a simple statement."""
    if not isinstance(statement, (ast.Expr, ast.Assign, ast.AugAssign)):
        return None
    for node in ast.walk(statement):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in methods:
            continue
        owners = [look.callee.owner for look in context.facts.calls.get(node, ()) if isinstance(look.callee, Method)]
        is_model = all(isinstance(owner, Model) or owner is UNKNOWN for owner in owners)
        if isinstance(node.func.value, ast.Name) and node.func.value.id == name and is_model:
            return node
    return None
