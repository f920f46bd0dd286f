"""Objects that layers take by name: initializers, regularizers and constraints, some of which have other names today.

The templates of rows name these adapters only where an argument has another name than its kind: `kernel_constraint`
and every other argument that ends so goes through `constraint` by itself (see `call_rows`).
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from kerasfix.catalogue.adapters import Argument, Pieces, Unrenderable, Writing

_INITIALIZERS = {"constant": "'zeros'", "Constant": "'zeros'"}
_REGULARIZERS = {"activity_l1": "'l1'", "activity_l2": "'l2'"}
# As a name, they were a penalty of 0.01 of each kind. Today, the first is a penalty of nothing, or an error.
_BOTH = ("l1l2", "activity_l1l2", "l1_l2")
_CONSTRAINTS = {"maxnorm": "'max_norm'", "nonneg": "'non_neg'", "unitnorm": "'unit_norm'"}


def initializer(argument: Argument, writing: Writing) -> Pieces | None:
    """An initializer, which may be a name: `'constant'` was one of zeros, and needs a value on Keras 3.

    Raises Unrenderable for a number, as in the `Dense(784, 10)` of Keras 0, which was told the size of its input first.
    """
    if isinstance(argument.node, ast.Constant) and isinstance(argument.node.value, (int, float)):
        raise Unrenderable(
            f"`{argument.node.value}` is no initializer; before Keras 1, a layer took the size of its input, "
            "then that of its output"
        )
    return _by_name(argument, writing, _INITIALIZERS) if writing.target == "keras3" else None


def regularizer(argument: Argument, writing: Writing) -> Pieces | None:
    """A regularizer, which may be a name."""
    name = _name(argument)
    if name not in _BOTH:
        return _by_name(argument, writing, _REGULARIZERS)
    if name == "l1_l2" and writing.target == "keras2":
        return None
    if name != "l1l2":
        _tell(writing)
    return (f"{writing.spell('keras.regularizers.l1_l2')}(l1=0.01, l2=0.01)",)


def constraint(argument: Argument, writing: Writing) -> Pieces | None:
    """A constraint, which may be a name."""
    return _by_name(argument, writing, _CONSTRAINTS)


def _by_name(argument: Argument, writing: Writing, names: Mapping[str, str]) -> Pieces | None:
    name = _name(argument)
    if name is None or name not in names:
        return None
    _tell(writing)
    return (names[name],)


def _name(argument: Argument) -> str | None:
    value = argument.node.value if isinstance(argument.node, ast.Constant) else None
    return value if isinstance(value, str) else None


def _tell(writing: Writing) -> None:
    """Keras 3 takes none of the old names, so that nobody can have meant it."""
    if writing.target == "keras3":
        writing.tell()
