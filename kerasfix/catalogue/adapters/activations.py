"""Activation functions, one of which has another formula today."""

from __future__ import annotations

import ast

from kerasfix.catalogue.adapters import Argument, Pieces, Writing
from kerasfix.flow.values import Api, Const, Function, options

# Keras 1 and 2: clip(0.2 x + 0.5, 0, 1); Keras 3: relu6(x + 3) / 6. The other functions are what they were.
_CHANGED = "hard_sigmoid"
_WRITTEN = (f"'{_CHANGED}'", f'"{_CHANGED}"')
_FUNCTION = Api("keras.activations.hard_sigmoid")


def activation(argument: Argument, writing: Writing) -> Pieces | None:
    """An activation function of Keras 1 or 2, by its name or as a function."""
    if writing.target != "keras3":
        return None
    node = argument.node
    if isinstance(node, ast.Constant):
        return (writing.snippet(_CHANGED),) if node.value == _CHANGED else None
    known = options(argument.value)
    changed = [one for one in known if one == _FUNCTION or (isinstance(one, Const) and one.value == _CHANGED)]
    unknown = any(not isinstance(one, (Api, Const, Function)) for one in known)
    if not changed and not (unknown and isinstance(node, ast.Name) and writing.mentions(*_WRITTEN)):
        return None
    if len(changed) == len(known):
        return (writing.snippet(_CHANGED),)
    if not isinstance(node, (ast.Name, ast.Attribute, ast.Subscript)):
        return None
    own = writing.snippet(_CHANGED)
    return (f"{own} if ", *argument.pieces, f" == {_CHANGED!r} else ", *argument.pieces)
