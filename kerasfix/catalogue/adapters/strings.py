"""Strings that have other names today."""

from __future__ import annotations

import ast

from kerasfix.catalogue.adapters import Argument, Pieces, Unrenderable, Writing
from kerasfix.flow.values import constants


def renamed(argument: Argument, writing: Writing, table: ast.expr) -> Pieces | None:
    """A string by its new name: `renamed(objective, {'mse': 'mean_squared_error'})`."""
    names: dict[object, object] = ast.literal_eval(table)
    return _renamed(argument, names, writing)


def ordering(argument: Argument, writing: Writing) -> Pieces | None:
    """A dimension ordering of Keras 1 as a data format."""
    if _asks_keras(argument.node) or (isinstance(argument.node, ast.Attribute) and argument.node.attr == "data_format"):
        return None
    return _renamed(argument, {"th": "channels_first", "tf": "channels_last", "default": None}, writing)


def _asks_keras(node: ast.expr) -> bool:
    """Whether it is `K.image_dim_ordering()`, which is a matter for those who rename the function."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, (ast.Name, ast.Attribute)):
        return False
    name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
    return name in ("image_dim_ordering", "image_data_format")


def _renamed(argument: Argument, names: dict[object, object], writing: Writing) -> Pieces | None:
    node = argument.node
    if isinstance(node, ast.Constant):
        return (repr(names[node.value]),) if node.value in names else None
    if isinstance(node, ast.IfExp) and isinstance(node.body, ast.Constant) and isinstance(node.orelse, ast.Constant):
        body, orelse = (repr(names.get(one.value, one.value)) for one in (node.body, node.orelse))
        return (f"{body} if {writing.source(node.test)} else {orelse}",)
    known = constants(argument.value)
    if known is not None and not any(value in names for value in known):
        return None
    if not isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
        raise Unrenderable(f"`{ast.unparse(node)}` may be one of {', '.join(map(repr, names))}")
    text = "{" + ", ".join(f"{old!r}: {new!r}" for old, new in names.items()) + "}"
    return (text, ".get(", *argument.pieces, ", ", *argument.pieces, ")")
