"""What statements do. Those at which paths part are in `paths.py`, functions and classes in `definitions.py`."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from kerasfix.flow import definitions, expressions, imports, paths
from kerasfix.flow.frame import Frame, ListState
from kerasfix.flow.narrowing import narrow
from kerasfix.flow.values import UNKNOWN, Const, Instance, ListRef, Value

if TYPE_CHECKING:
    from kerasfix.flow.interpreter import Interpreter


def _expression(run: Interpreter, node: ast.Expr, frame: Frame) -> None:
    run.eval(node.value, frame)


def _assign(run: Interpreter, node: ast.Assign, frame: Frame) -> None:
    value = run.eval(node.value, frame)
    for target in node.targets:
        run.assign(target, value, frame)


def _annotated(run: Interpreter, node: ast.AnnAssign, frame: Frame) -> None:
    if node.value is not None:
        run.assign(node.target, run.eval(node.value, frame), frame)


def _augmented(run: Interpreter, node: ast.AugAssign, frame: Frame) -> None:
    right = run.eval(node.value, frame)
    left = run.eval(node.target, frame)
    if isinstance(left, ListRef) and isinstance(node.op, ast.Add):
        run.extend_list(left, right)
        return
    run.assign(node.target, expressions.binary(run, node, left, node.op, right, frame), frame)


def _return(run: Interpreter, node: ast.Return, frame: Frame) -> bool:
    frame.returns.append(run.snapshot(run.eval(node.value, frame)) if node.value else Const(None))
    return False


def _raise(run: Interpreter, node: ast.Raise, frame: Frame) -> bool:
    if node.exc is not None:
        run.eval(node.exc, frame)
    return False


def _with(run: Interpreter, node: ast.With | ast.AsyncWith, frame: Frame) -> bool:
    for item in node.items:
        value = run.eval(item.context_expr, frame)
        if item.optional_vars is not None:
            run.assign(item.optional_vars, value if isinstance(value, Instance) else UNKNOWN, frame)
    return run.block(node.body, frame)


def _global(run: Interpreter, node: ast.Global | ast.Nonlocal, frame: Frame) -> None:
    frame.outer.update(node.names)


def _delete(run: Interpreter, node: ast.Delete, frame: Frame) -> None:
    for target in node.targets:
        if isinstance(target, ast.Name):
            frame.vars.pop(target.id, None)
        elif isinstance(target, ast.Subscript):
            _shrink(run, run.eval(target.value, frame), is_slice=isinstance(target.slice, ast.Slice))
        elif isinstance(target, ast.Attribute):
            expressions.see_attribute(target, run.eval(target.value, frame), frame)


def _shrink(run: Interpreter, value: Value, *, is_slice: bool) -> None:
    """`del xs[i]`, `del xs[i:j]`."""
    state = run.heap.get(value) if isinstance(value, ListRef) else None
    if isinstance(value, ListRef) and state is not None:
        least = 0 if is_slice else max(0, state.minimum - 1)
        run.heap.set(value, ListState(None, state.any, least))


def _assert(run: Interpreter, node: ast.Assert, frame: Frame) -> None:
    run.eval(node.test, frame)
    if node.msg is not None:
        run.eval(node.msg, frame)
    narrow(run, node.test, True, frame)


# What runs a statement of each kind; False if the end of the statement is not reached.
STATEMENTS: dict[type[ast.stmt], Callable[..., bool | None]] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Break: paths.leave_loop,
    ast.Continue: paths.leave_loop,
    ast.If: paths.run_if,
    ast.For: paths.run_for,
    ast.AsyncFor: paths.run_for,
    ast.While: paths.run_while,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Try: paths.run_try,
    ast.FunctionDef: definitions.run_function,
    ast.AsyncFunctionDef: definitions.run_function,
    ast.ClassDef: definitions.run_class,
    ast.Import: imports.run_import,
    ast.ImportFrom: imports.run_import_from,
    ast.Global: _global,
    ast.Nonlocal: _global,
    ast.Delete: _delete,
    ast.Assert: _assert,
    ast.Match: paths.run_match,
}
if hasattr(ast, "TryStar"):
    STATEMENTS[ast.TryStar] = paths.run_try
