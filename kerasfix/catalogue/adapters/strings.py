"""Strings that have other names today."""

from __future__ import annotations

import ast

from kerasfix.catalogue.adapters import Argument, Pieces, Unrenderable, Writing
from kerasfix.flow.values import constants


def renamed(argument: Argument, writing: Writing, table: ast.expr) -> Pieces | None:
    """A string by its new name: `renamed(objective, {'mse': 'mean_squared_error'})`."""
    names: dict[object, object] = ast.literal_eval(table)
    return _renamed(argument, names)


def ordering(argument: Argument, writing: Writing) -> Pieces | None:
    """A dimension ordering of Keras 1 as a data format."""
    return _renamed(argument, {"th": "channels_first", "tf": "channels_last", "default": None})


def _renamed(argument: Argument, names: dict[object, object]) -> Pieces | None:
    if isinstance(argument.node, ast.Constant):
        value = argument.node.value
        return (repr(names[value]),) if value in names else None
    known = constants(argument.value)
    if known is not None and not any(value in names for value in known):
        return None
    if not isinstance(argument.node, (ast.Name, ast.Attribute, ast.Subscript)):
        raise Unrenderable(f"`{ast.unparse(argument.node)}` may be one of {', '.join(map(repr, names))}")
    text = "{" + ", ".join(f"{old!r}: {new!r}" for old, new in names.items()) + "}"
    return (text, ".get(", *argument.pieces, ", ", *argument.pieces, ")")
