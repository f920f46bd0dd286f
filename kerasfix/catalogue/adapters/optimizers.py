"""Arguments of optimizers."""

from __future__ import annotations

import ast

from kerasfix.catalogue.adapters import Argument, Pieces, Unrenderable, Writing
from kerasfix.flow.values import constants

# What sets the learning rate of an optimizer from outside, which one that follows a schedule refuses.
_SETTERS = ("LearningRateScheduler", "ReduceLROnPlateau", ".lr")
# What nobody adds to a root itself.
_SMALLEST = 1e-12
# Up to here it makes no difference at which side of the root an epsilon is, but for gradients of its own size.
_SMALL = 1e-7


def decayed(rate: Argument, writing: Writing, decay: Argument) -> Pieces | None:
    """The learning rate with the `decay` of old optimizers: `lr / (1 + decay * step)`."""
    if _number(decay) == 0:
        # Where no rate was given, what stands there is the decay, and the default may be another one today.
        return None if rate.slot is not None else rate.pieces
    if isinstance(decay.node, ast.Constant) and isinstance(decay.node.value, bool):
        raise Unrenderable("a decay is a number, so the arguments are those of a later optimizer")
    if writing.mentions(*_SETTERS):
        raise Unrenderable(
            "the decay is a schedule today, `keras.optimizers.schedules.InverseTimeDecay(lr, 1, decay)`, and an"
            " optimizer that follows one does not let the learning rate be set, as this file does"
        )
    schedule = writing.spell("keras.optimizers.schedules.InverseTimeDecay")
    return (f"{schedule}(", *rate.pieces, ", decay_steps=1, decay_rate=", *decay.pieces, ")")


def within_root(epsilon: Argument, writing: Writing) -> Pieces | None:
    """An `epsilon` that was added to a square root, for an optimizer that adds it to what the root is taken of."""
    value = _number(epsilon)
    if _is_square(epsilon.node) or (value is not None and value < _SMALLEST):  # the call has been fixed already
        return None
    if isinstance(epsilon.node, ast.Constant) and epsilon.node.value is None:  # Keras 2: its general epsilon
        return ("1e-14",)
    if value is None or value > _SMALL:
        writing.assume("the gradients are much larger than `epsilon`, which is added to them at another place now")
    if value is None:
        return ("(", *epsilon.pieces, ") ** 2")
    square = float(f"{value * value:.6g}")
    # A square that could be an old epsilon is written as one, or the next look at the call would square it again.
    return (repr(square) if square < _SMALLEST else f"{value!r} ** 2",)


def _is_square(node: ast.expr) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)


def _number(argument: Argument) -> float | None:
    known = constants(argument.value)
    value = argument.node.value if isinstance(argument.node, ast.Constant) else known[0] if known else None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or (known is not None and len(known) > 1):
        return None
    return float(value)
