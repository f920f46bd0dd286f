"""Arguments of callbacks."""

from __future__ import annotations

import ast

from kerasfix.catalogue.adapters import Argument, Pieces, Writing
from kerasfix.flow.values import Function

_TIGHT = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.Constant, ast.BinOp)


def one_more(number: Argument, writing: Writing) -> Pieces | None:
    """A number that counts one less today; the sum stays a sum, so that nobody adds to it again."""
    node = number.node
    if isinstance(node, ast.Constant) and node.value == 0:
        return None
    if isinstance(node, ast.BinOp) and isinstance(node.right, ast.Constant) and node.right.value == 1:
        return None
    if isinstance(node, _TIGHT):
        return (*number.pieces, " + 1")
    return ("(", *number.pieces, ") + 1")


def of_epoch(schedule: Argument, writing: Writing) -> Pieces | None:
    """A function that is called with the epoch alone; today it gets the learning rate, too, if it takes that."""
    value = schedule.value
    node = value.node if isinstance(value, Function) else schedule.node
    if not isinstance(node, (ast.FunctionDef, ast.Lambda)):
        return None
    spec = node.args
    given = len(spec.posonlyargs) + len(spec.args)
    if isinstance(value, Function) and value.owner is not None:
        given -= 1
    if given < 2 and spec.vararg is None:
        return None
    inner = ("(", *schedule.pieces, ")") if isinstance(schedule.node, ast.Lambda) else schedule.pieces
    return ("lambda epoch: ", *inner, "(epoch)")
