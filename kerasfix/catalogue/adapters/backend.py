"""Arguments of backend functions that have another form today."""

from __future__ import annotations

import ast

from kerasfix.catalogue.adapters import Argument, Pieces, Unrenderable, Writing


def both_sides(argument: Argument, writing: Writing) -> Pieces | None:
    """A padding of both ends of one axis, or of several, as pairs: `1` as `(1, 1)`, `(1, 2)` as `((1, 1), (2, 2))`."""
    node = argument.node
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return (f"({node.value}, {node.value})",)
    if not isinstance(node, (ast.Tuple, ast.List)):
        raise Unrenderable(f"`{ast.unparse(node)}` may be a number or a pair")
    if all(isinstance(one, (ast.Tuple, ast.List)) for one in node.elts):
        return None
    sides = [writing.source(one) for one in node.elts]
    return (f"({', '.join(f'({side}, {side})' for side in sides)})",)
