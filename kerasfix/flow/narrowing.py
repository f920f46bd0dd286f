"""What a test says about the lists in it: `if len(xs) > 1` proves that `xs` holds two."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from kerasfix.flow.values import Const, Items, ListRef

if TYPE_CHECKING:
    from kerasfix.flow.frame import Frame
    from kerasfix.flow.interpreter import Interpreter

_MIRRORED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE, ast.Eq: ast.Eq, ast.NotEq: ast.NotEq,
}  # fmt: skip
_NEGATED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
}  # fmt: skip


def tells_lengths(test: ast.expr) -> bool:
    """Whether a test asks for the length of something."""
    return any(isinstance(node, ast.expr) and _measured(node) is not None for node in ast.walk(test))


def narrow(run: Interpreter, test: ast.expr, holds: bool, frame: Frame) -> None:
    """Take over what is known of lists where a test holds, or where it does not."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        narrow(run, test.operand, not holds, frame)
    elif isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And if holds else ast.Or):
        for part in test.values:
            narrow(run, part, holds, frame)
    elif isinstance(test, ast.Compare) and len(test.ops) == 1:
        _compare(run, test.left, type(test.ops[0]), test.comparators[0], holds, frame)
    elif isinstance(test, ast.Name) and holds:
        _at_least(run, test, 1, frame)


def _compare(run: Interpreter, left: ast.expr, op: type[ast.cmpop], right: ast.expr, holds: bool, frame: Frame) -> None:
    if op not in _MIRRORED:
        return
    if _measured(left) is None:
        left, op, right = right, _MIRRORED[op], left
    measured = _measured(left)
    if measured is None:
        return
    bound = run.eval(right, frame)
    number = bound.value if isinstance(bound, Const) else None
    if not isinstance(number, int):
        return
    op = op if holds else _NEGATED[op]
    if op is ast.Gt:
        _at_least(run, measured, number + 1, frame)
    elif op in (ast.GtE, ast.Eq):
        _at_least(run, measured, number, frame)
    elif op is ast.NotEq and number <= 1:
        # Of an empty list nothing can be made either, by any Keras: the case that matters is the single element.
        _at_least(run, measured, number + 1, frame)


def _measured(node: ast.expr) -> ast.expr | None:
    """The list of `len(xs)`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len" and len(node.args) == 1:
        return node.args[0]
    return None


def _at_least(run: Interpreter, node: ast.expr, count: int, frame: Frame) -> None:
    if not isinstance(node, ast.Name):
        return
    value = frame.lookup(node.id)
    if isinstance(value, ListRef):
        state = run.heap.get(value)
        if state is not None and state.items is None and state.least < count:
            run.heap.set(value, replace(state, least=count))
    elif isinstance(value, Items) and value.items is None and value.least < count and node.id in frame.vars:
        frame.vars[node.id] = replace(value, least=count)
