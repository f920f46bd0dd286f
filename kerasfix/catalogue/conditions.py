"""Conditions on the arguments of a legacy call, in which a part that is not known may leave the whole unknown.

A condition is a Python expression over the parameters of the function: literals, comparisons, `and`, `or`, `not`,
subscripts, and:

    given(p)                 the call gives an argument for it
    placed(p)                the call gives an argument for it, by position
    named(p, 'stride')       the argument is written with a name that has this in it
    kind(p)                  what sort of value it is: 'number', 'flag', 'sequence', 'text', 'none' or 'function'
    rank(p)                  the number of axes of a tensor, the batch among them
    length(p)                the number of elements of a list
    texts(p)                 it is a list with a text in it
    symbolic(p)              it is a Keras tensor of the functional API
    masked(p)                a mask may come with the tensor
    keeps_batch(x, shape)    a reshape of `x` to `shape` leaves the batch axis alone
    static(shape)            the expression does not ask a tensor for its shape at run time

A parameter's name stands for its value where that is a literal, else it is not known.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Final, Protocol

from kerasfix.catalogue.rows import Binding, Row
from kerasfix.catalogue.tables import RowError


class Unknown:
    """What cannot be said."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


class Facts(Protocol):
    """What is known of the arguments of a call."""

    def value(self, node: ast.expr) -> object:
        """The value of an expression, with UNKNOWN for what is not known of it; lists as tuples."""

    def shape(self, node: ast.expr) -> tuple[int | None, ...] | None:
        """The shape of a tensor, None for an axis or the whole where they are not known."""

    def length(self, node: ast.expr) -> int | None:
        """The number of elements of a list of tensors."""

    def kind(self, node: ast.expr) -> str | None:
        """What sort of value it is: "number", "flag", "sequence", "text", "none" or "function"."""

    def symbolic(self, node: ast.expr) -> bool | None:
        """Whether it is a Keras tensor, or a list of them."""

    def masked(self, node: ast.expr) -> bool | None:
        """Whether a mask comes with the tensor."""

    def op(self, node: ast.expr) -> tuple[Row, Binding] | None:
        """The row of a call of a backend function that may go into the same `Lambda` as the call around it."""


class SourceFacts:
    """What the text of the arguments itself says."""

    def value(self, node: ast.expr) -> object:
        """The value of a literal; a tuple or list may hold other expressions."""
        if isinstance(node, (ast.Tuple, ast.List)):
            if any(isinstance(element, ast.Starred) for element in node.elts):
                return UNKNOWN
            return tuple(self.value(element) for element in node.elts)
        try:
            return ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return UNKNOWN

    def shape(self, node: ast.expr) -> tuple[int | None, ...] | None:
        """Text does not tell."""
        return None

    def length(self, node: ast.expr) -> int | None:
        """The number of elements, if they are written out."""
        value = self.value(node)
        return len(value) if isinstance(value, tuple) else None

    def kind(self, node: ast.expr) -> str | None:
        """Text does not tell of names."""
        return None

    def symbolic(self, node: ast.expr) -> bool | None:
        """Text does not tell."""
        return None

    def masked(self, node: ast.expr) -> bool | None:
        """Text does not tell."""
        return None

    def op(self, node: ast.expr) -> tuple[Row, Binding] | None:
        """Text does not tell."""
        return None


_COMPARE: Final[dict[type[ast.cmpop], Callable[[object, object], object]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,  # type: ignore[dict-item]
    ast.LtE: operator.le,  # type: ignore[dict-item]
    ast.Gt: operator.gt,  # type: ignore[dict-item]
    ast.GtE: operator.ge,  # type: ignore[dict-item]
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda left, right: left in right,  # type: ignore[operator]
    ast.NotIn: lambda left, right: left not in right,  # type: ignore[operator]
}


def applies(row: Row, binding: Binding, facts: Facts) -> bool:
    """Whether a row is for a call: its `when` is known to hold, and its `unless` is not."""
    if row.when is not None and holds(row.when, binding, facts) is not True:
        return False
    return row.unless is None or holds(row.unless, binding, facts) is not True


def holds(condition: ast.expr, binding: Binding, facts: Facts) -> bool | None:
    """Whether a condition holds for a call; None where that is not known."""
    value = _Evaluation(binding, facts).evaluate(condition)
    return None if _unknown(value) else bool(value)


@dataclass(frozen=True, slots=True)
class _Evaluation:
    binding: Binding
    facts: Facts

    def evaluate(self, node: ast.expr) -> object:
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return self.facts.value(self.argument(node))
        if isinstance(node, ast.Tuple):
            return tuple(self.evaluate(element) for element in node.elts)
        if isinstance(node, ast.BoolOp):
            return self.boolean(node)
        if isinstance(node, ast.UnaryOp):
            return self.unary(node)
        if isinstance(node, ast.Compare):
            return self.compare(node)
        if isinstance(node, ast.Subscript):
            return self.subscript(node)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return self.call(node.func.id, node.args)
        raise RowError(f"`{ast.unparse(node)}` cannot stand in a condition")

    def argument(self, node: ast.expr) -> ast.expr:
        if isinstance(node, ast.Name):
            for arguments in (self.binding.given, self.binding.defaults):
                if node.id in arguments:
                    return arguments[node.id]
        raise RowError(f"`{ast.unparse(node)}` is not a parameter")

    def boolean(self, node: ast.BoolOp) -> object:
        decisive = isinstance(node.op, ast.Or)
        result: object = not decisive
        for value in map(self.evaluate, node.values):
            if _unknown(value):
                result = UNKNOWN
            elif bool(value) is decisive:
                return decisive
        return result

    def unary(self, node: ast.UnaryOp) -> object:
        value = self.evaluate(node.operand)
        if _unknown(value):
            return UNKNOWN
        return not value if isinstance(node.op, ast.Not) else -value  # type: ignore[operator]

    def compare(self, node: ast.Compare) -> object:
        left = self.evaluate(node.left)
        for compare, right in zip(node.ops, map(self.evaluate, node.comparators)):
            if _unknown(left) or _unknown(right):
                return UNKNOWN
            try:
                if not _COMPARE[type(compare)](left, right):
                    return False
            except TypeError:  # what is compared is not of the kind that the condition is about
                return UNKNOWN
            left = right
        return True

    def subscript(self, node: ast.Subscript) -> object:
        value, position = self.evaluate(node.value), self.evaluate(node.slice)
        if isinstance(value, tuple) and isinstance(position, int) and -len(value) <= position < len(value):
            return value[position]
        return UNKNOWN

    def call(self, function: str, arguments: list[ast.expr]) -> object:
        first = arguments[0]
        if function == "given":
            return isinstance(first, ast.Name) and first.id in self.binding.given
        if function == "placed":
            return isinstance(first, ast.Name) and first.id in self.binding.placed
        node = self.argument(first)
        if function == "kind":
            return _or_unknown(self.facts.kind(node))
        if function == "rank":
            shape = self.facts.shape(node)
            return UNKNOWN if shape is None else len(shape)
        if function == "length":
            return _or_unknown(self.facts.length(node))
        if function == "texts":
            value = self.facts.value(node)
            return any(isinstance(one, str) for one in value) if isinstance(value, tuple) else UNKNOWN
        if function == "symbolic":
            return _or_unknown(self.facts.symbolic(node))
        if function == "masked":
            return _or_unknown(self.facts.masked(node))
        if function == "named":
            return str(self.evaluate(arguments[1])) in ast.unparse(node).lower()
        if function == "static":
            return not _asks_for_a_shape(node)
        if function == "keeps_batch":
            return self.keeps_batch(node, self.argument(arguments[1]))
        raise RowError(f"there is no {function}()")

    def keeps_batch(self, tensor: ast.expr, shape: ast.expr) -> object:
        if isinstance(shape, (ast.Tuple, ast.List)) and shape.elts and _is_batch_of(shape.elts[0], tensor):
            return UNKNOWN if any(map(_asks_for_a_shape, shape.elts[1:])) else True
        new, old = self.facts.value(shape), self.facts.shape(tensor)
        if not isinstance(new, tuple) or not new or new[0] != -1 or old is None or not _sizes(new[1:]):
            return UNKNOWN
        return prod(new[1:]) == prod(size or 0 for size in old[1:]) if _sizes(old[1:]) else UNKNOWN


def _unknown(value: object) -> bool:
    return value is UNKNOWN or (isinstance(value, tuple) and any(map(_unknown, value)))


def _or_unknown(value: object) -> object:
    return UNKNOWN if value is None else value


def _sizes(values: tuple[object, ...]) -> bool:
    return all(isinstance(value, int) and value > 0 for value in values)


def _asks_for_a_shape(node: ast.expr) -> bool:
    return any(
        isinstance(part, ast.Call)
        and (
            (isinstance(part.func, ast.Attribute) and part.func.attr in ("shape", "size"))
            or (isinstance(part.func, ast.Name) and part.func.id in ("shape", "size"))
        )
        for part in ast.walk(node)
    )


def _is_batch_of(node: ast.expr, tensor: ast.expr) -> bool:
    """Whether an expression is `K.shape(tensor)[0]` or its like."""
    return (
        isinstance(node, ast.Subscript)
        and isinstance(node.slice, ast.Constant)
        and node.slice.value == 0
        and isinstance(node.value, ast.Call)
        and _asks_for_a_shape(node.value)
        and len(node.value.args) == 1
        and ast.dump(node.value.args[0]) == ast.dump(tensor)
    )
