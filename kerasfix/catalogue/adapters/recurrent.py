"""Arguments of recurrent layers."""

from __future__ import annotations

import ast

from kerasfix.catalogue.adapters import Argument, Pieces, Unrenderable, Writing
from kerasfix.flow.values import Api, Const, options

_ONES = (Api("keras.initializations.one"), Const("one"))
_ZEROS = (Api("keras.initializations.zero"), Const("zero"))


def ones(argument: Argument, writing: Writing) -> Pieces | None:
    """Whether the bias of the forget gate starts with ones, by the name of its initializer."""
    value = Const(argument.node.value) if isinstance(argument.node, ast.Constant) else argument.value
    known = options(value)
    if known and all(one in _ONES for one in known):
        return ("True",)
    if known and all(one in _ZEROS for one in known):
        return ("False",)
    raise Unrenderable("the bias of the forget gate starts with ones (`unit_forget_bias=True`) or zeros today")


def inner_regularizer(kernel: Argument, writing: Writing, inner: Argument) -> Pieces | None:
    """The regularizer of the recurrent weights: Keras 1.2 took the one of the kernel for them."""
    if inner.slot is not None and ast.dump(inner.node) != ast.dump(kernel.node):
        writing.assume("Keras 1.2 ran the code, which regularised the recurrent weights as `W_regularizer` says")
    return kernel.pieces
