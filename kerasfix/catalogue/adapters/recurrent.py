"""Arguments of recurrent layers."""

from __future__ import annotations

import ast

from kerasfix.catalogue.adapters import Argument, Pieces, Unrenderable, Writing
from kerasfix.catalogue.adapters.named_objects import regularizer
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
    if isinstance(argument.node, (ast.Name, ast.Attribute)):
        writing.assume(f"`{writing.source(argument.node)}` is `'one'` or `'zero'`")
        return (*argument.pieces, " == 'one'")
    raise Unrenderable("the bias of the forget gate starts with ones (`unit_forget_bias=True`) or zeros today")


def inner_regularizer(kernel: Argument, writing: Writing, inner: Argument) -> Pieces | None:
    """The regularizer of the recurrent weights: Keras 1.2 took the one of the kernel for them."""
    if not _is_none(inner) and ast.dump(inner.node) != ast.dump(kernel.node):
        writing.assume("Keras 1.2 ran the code, which regularised the recurrent weights as `W_regularizer` says")
    return regularizer(kernel, writing) or kernel.pieces


def gate_weights(argument: Argument, writing: Writing) -> Pieces | None:
    """The initial weights of an LSTM or GRU that keeps those of each gate apart."""
    if _is_none(argument):
        return ()
    raise Unrenderable(
        "Keras 1 kept the arrays of each gate apart (LSTM: i, c, f, o; GRU: z, r, h), today there are a kernel, "
        "a recurrent kernel and a bias for all gates (i, f, c, o); join them, and call `set_weights` on the built layer"
    )


def late_weights(argument: Argument, writing: Writing) -> Pieces | None:
    """Initial weights of a layer that does not take any on Keras 3."""
    if _is_none(argument):
        return ()
    raise Unrenderable("call `set_weights` with the `weights` once the layer is built")


def steps_shape(width: Argument, writing: Writing, length: Argument) -> Pieces | None:
    """The `input_shape` of a layer for sequences, by `input_dim` and `input_length`; the latter alone said nothing."""
    if width.slot is None or _is_none(width):
        return ()
    return ("(", *length.pieces, ", ", *width.pieces, ")")


def _is_none(argument: Argument) -> bool:
    return isinstance(argument.node, ast.Constant) and argument.node.value is None


def samples_of(inputs: Argument, writing: Writing) -> Pieces | None:
    """The number of samples in a batch of inputs."""
    if isinstance(inputs.node, ast.Subscript):  # `ops.shape(inputs)[0]`
        return None
    return (f"{writing.spell('keras.ops.shape')}(", *inputs.pieces, ")[0]")
