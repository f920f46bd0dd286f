"""Writes a backend function into a `Lambda` layer, for Keras 2, where there is no layer of its own.

The output shape is an expression in the row, a function of this module over the parameters:

    same(x)                        as `x`
    broadcast(x, y)                as NumPy broadcasts `x` and `y`
    reduced(x, axis, keepdims)     `x` without the axes, or with ones in their place
    inserted(x, axis)              `x` with a new axis
    permuted(x, pattern)           the axes of `x` in another order
    reversed(x)                    ... back to front
    reshaped(shape)                the new shape
    flattened()                    one axis for all
    stacked(tensors, axis)         a list of tensors of one shape, on a new axis
    dotted(x, y)                   the product over the last axis of `x` and the last but one of `y`
    one_hot(x, size)               `x` with the new axis last

Where it cannot be said, the layer goes without: TensorFlow infers it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeGuard

from kerasfix.catalogue.conditions import Facts
from kerasfix.catalogue.rows import Binding, Pieces, Row, Spell, joined
from kerasfix.catalogue.tables import RowError, literal
from kerasfix.findings import Slot
from kerasfix.source.index import TextIndex

_VARIABLES = ("x", "t", "tensor")


@dataclass(frozen=True, slots=True)
class LambdaCall:
    """A `Lambda` layer on its tensors: the pieces of its call, and the backend calls that went into it."""

    pieces: Pieces
    inside: tuple[ast.expr, ...]


def render_lambda(
    row: Row, binding: Binding, index: TextIndex, spell: Spell, facts: Facts, *, name: str | None = None
) -> LambdaCall | None:
    """Write a call of a backend function as a `Lambda` layer on the Keras tensors among its arguments.

    Backend calls among the arguments go into the same layer where they would need one. Arguments that are not literals
    are handed to the layer as its `arguments`: it may run again, when the model is called, and a variable of the
    surrounding code may have another value then.

    Args:
        row: The function.
        binding: The arguments of the call.
        index: Positions in the text that the call stands in.
        spell: How that file writes a name of Keras.
        facts: What is known of the arguments.
        name: The name of the layer.

    Returns:
        The call of the layer, or None where no argument is known to be a Keras tensor, or one that is not has such a
        tensor inside.
    """
    parts = _Parts(facts)
    if not parts.collect(row, binding) or not parts.tensors:
        return None
    variable = next(one for one in _VARIABLES if one not in parts.captured)
    writer = _Body(parts, index, spell, facts, variable)
    body = writer.write(row, binding)
    if body is None:
        return None
    head = f"{spell('keras.layers.Lambda')}(lambda {', '.join((variable, *parts.captured))}: "
    pieces: list[str | Slot] = [head, *body]
    if shape := writer.shape(row, binding):
        pieces.append(f", output_shape=lambda s: {shape}")
    if parts.captured:
        items = [(f"'{parameter}': ", Slot(*index.span(node))) for parameter, node in parts.captured.items()]
        pieces += [", arguments={", *_separated(items), "}"]
    if name:
        pieces.append(f", name='{name}'")
    slots = _separated([(Slot(*index.span(node)),) for node in parts.tensors])
    pieces += [")(", *slots, ")"] if len(parts.tensors) == 1 else [")([", *slots, "])"]
    return LambdaCall(joined(pieces), tuple(parts.inside))


def backend_template(row: Row) -> ast.Call:
    """The call of the function in Keras 2: the row's own, or the legacy signature under its newest names."""
    if template := row.templates.get("keras2"):
        return template
    parameters = row.signatures[-1].parameters
    return ast.Call(
        ast.parse(row.function, mode="eval").body,
        [ast.Name(one.name) for one in parameters if one.default is None],
        [ast.keyword(one.name, ast.Name(one.name)) for one in parameters if one.default is not None],
    )


@dataclass(slots=True)
class _Parts:
    """What a `Lambda` takes from its surroundings."""

    facts: Facts
    tensors: list[ast.expr] = field(default_factory=list)
    captured: dict[str, ast.expr] = field(default_factory=dict)  # by the parameter of the lambda
    inside: list[ast.expr] = field(default_factory=list)

    def collect(self, row: Row, binding: Binding) -> bool:
        """Go through the arguments of a call; False where they cannot all be had."""
        return all(
            self.argument(parameter, node) for parameter, node in binding.given.items() if parameter not in row.drop
        )

    def argument(self, parameter: str, node: ast.expr) -> bool:
        if (op := self.facts.op(node)) is not None:
            self.inside.append(node)
            return self.collect(*op)
        if self.facts.symbolic(node):
            if self.place(node) is None:
                self.tensors.append(node)
            return True
        if literal(node)[0]:
            return True
        if any(self.is_tensor(part) for part in ast.walk(node) if isinstance(part, ast.expr)):
            return False
        known = self.captured.setdefault(parameter, node)
        return ast.dump(known) == ast.dump(node)

    def is_tensor(self, node: ast.expr) -> bool:
        return bool(self.facts.symbolic(node)) or self.facts.op(node) is not None

    def place(self, node: ast.expr) -> int | None:
        """Where a tensor stands among the inputs of the layer."""
        key = ast.dump(node)
        return next((place for place, tensor in enumerate(self.tensors) if ast.dump(tensor) == key), None)


@dataclass(frozen=True, slots=True)
class _Body:
    """Writes the function of a `Lambda`, and the shape that it gives."""

    parts: _Parts
    index: TextIndex
    spell: Spell
    facts: Facts
    variable: str

    def write(self, row: Row, binding: Binding) -> Pieces | None:
        """The call with the variable in the place of the tensors."""
        instead: dict[str, Pieces] = {}
        for parameter, node in binding.given.items():
            if (op := self.facts.op(node)) is not None:
                inner = self.write(*op)
                if inner is None:
                    return None
                instead[parameter] = inner
            elif tensor := self.tensor(node, self.variable):
                instead[parameter] = (tensor,)
            elif not literal(node)[0]:
                instead[parameter] = (parameter,)
        return row.render(backend_template(row), binding, self.index, self.spell, instead=instead)

    def tensor(self, node: ast.expr, variable: str) -> str | None:
        """`x`, or `x[1]` of several; also `s`, `s[1]` for their shapes."""
        place = self.parts.place(node)
        if place is None:
            return None
        return variable if len(self.parts.tensors) == 1 else f"{variable}[{place}]"

    def shape(self, row: Row, binding: Binding) -> str | None:
        """The output shape over `s`, the shape of the tensor or the list of them."""
        if row.shape is None:
            return None
        if not isinstance(row.shape, ast.Call) or not isinstance(row.shape.func, ast.Name):
            raise RowError(f"`{ast.unparse(row.shape)}` is not a shape")
        writer = _Shape(self, binding, self.facts)
        functions: dict[str, Callable[..., str | None]] = {
            "same": writer.same,
            "broadcast": writer.broadcast,
            "reduced": writer.reduced,
            "inserted": writer.inserted,
            "permuted": writer.permuted,
            "reversed": writer.reversed,
            "reshaped": writer.reshaped,
            "flattened": writer.flattened,
            "stacked": writer.stacked,
            "dotted": writer.dotted,
            "one_hot": writer.one_hot,
        }
        names = [argument.id for argument in row.shape.args if isinstance(argument, ast.Name)]
        return functions[row.shape.func.id](*names)


@dataclass(frozen=True, slots=True)
class _Shape:
    body: _Body
    binding: Binding
    facts: Facts

    def same(self, tensor: str) -> str | None:
        node = self.binding.given[tensor]
        if (op := self.facts.op(node)) is not None:
            return self.body.shape(*op)
        return self.body.tensor(node, "s")

    def sliced(self, tensor: str) -> str | None:
        """The shape of a tensor in a form that can be sliced."""
        s = self.same(tensor)
        return s if s and isinstance(ast.parse(s, mode="eval").body, (ast.Name, ast.Subscript, ast.Tuple)) else None

    def broadcast(self, left: str, right: str) -> str | None:
        one, other = self.is_tensor(left), self.is_tensor(right)
        if one and other:
            shape = self.facts.shape(self.binding.given[left])
            known = shape is not None and None not in shape[1:]
            return self.same(left) if known and shape == self.facts.shape(self.binding.given[right]) else None
        scalar = self.value(right if one else left)
        return self.same(left if one else right) if isinstance(scalar, (int, float)) else None

    def is_tensor(self, parameter: str) -> bool:
        node = self.binding.given[parameter]
        return self.facts.op(node) is not None or self.body.parts.place(node) is not None

    def reduced(self, tensor: str, axis: str, keepdims: str = "") -> str | None:
        s, value = self.sliced(tensor), self.value(axis)
        keep = self.value(keepdims) if keepdims else False
        axes = value if isinstance(value, tuple) else (value,)
        if not s or not isinstance(keep, bool) or not _are_axes(axes):
            return None
        first, last = min(axes), max(axes)
        if (first < 0) != (last < 0) or sorted(axes) != list(range(first, last + 1)):
            return None
        ones = _tuple("1" * len(axes)) if keep else ""
        return _sum(_slice(s, None, first), ones, "" if last == -1 else _slice(s, last + 1, None))

    def inserted(self, tensor: str, axis: str) -> str | None:
        s, place = self.sliced(tensor), self.value(axis)
        if not s or not _is_axis(place):
            return None
        if place == -1:
            return f"{s} + (1,)"
        place = place + 1 if place < 0 else place
        return _sum(_slice(s, None, place), "(1,)", _slice(s, place, None))

    def permuted(self, tensor: str, pattern: str) -> str | None:
        s, axes = self.sliced(tensor), self.value(pattern)
        if not s or not isinstance(axes, tuple) or not _are_axes(axes):
            return None
        return _tuple(f"{s}[{axis}]" for axis in axes)

    def reversed(self, tensor: str) -> str | None:
        s = self.sliced(tensor)
        return f"{s}[::-1]" if s else None

    def reshaped(self, shape: str) -> str | None:
        sizes = self.value(shape)
        if not isinstance(sizes, tuple) or not all(isinstance(size, int) for size in sizes):
            return None
        return _tuple("None" if size == -1 else str(size) for size in sizes)

    def flattened(self) -> str:
        return "(None,)"

    def stacked(self, tensors: str, axis: str) -> str | None:
        count, place = self.facts.length(self.binding.given[tensors]), self.value(axis)
        if count is None or not _is_axis(place) or self.body.tensor(self.binding.given[tensors], "s") != "s":
            return None
        if place == -1:
            return f"s[0] + ({count},)"
        place = place + 1 if place < 0 else place
        return _sum(_slice("s[0]", None, place), f"({count},)", _slice("s[0]", place, None))

    def dotted(self, left: str, right: str) -> str | None:
        if not self.is_tensor(left) or not self.is_tensor(right):
            return None
        one, other = self.sliced(left), self.sliced(right)
        if not one or not other:
            return None
        shape = self.facts.shape(self.binding.given[right])
        middle = "" if shape is not None and len(shape) == 2 else f"{other}[:-2]"
        return _sum(f"{one}[:-1]", middle, f"{other}[-1:]")

    def one_hot(self, tensor: str, size: str) -> str | None:
        s, count = self.same(tensor), self.value(size)
        return f"{s} + ({count},)" if s and isinstance(count, int) else None

    def value(self, parameter: str) -> object:
        return self.facts.value(self.binding.given.get(parameter) or self.binding.defaults[parameter])


def _separated(items: Iterable[Pieces]) -> Pieces:
    separated: list[str | Slot] = []
    for item in items:
        separated += [", ", *item] if separated else item
    return tuple(separated)


def _is_axis(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _are_axes(values: tuple[object, ...]) -> TypeGuard[tuple[int, ...]]:
    return bool(values) and all(map(_is_axis, values))


def _slice(s: str, start: int | None, stop: int | None) -> str:
    if stop == 0:
        return ""
    return s if not start and stop is None else f"{s}[{start or ''}:{'' if stop is None else stop}]"


def _sum(*parts: str) -> str:
    return " + ".join(part for part in parts if part)


def _tuple(items: Iterable[str]) -> str:
    texts = list(items)
    return f"({texts[0]},)" if len(texts) == 1 else f"({', '.join(texts)})"
