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
from dataclasses import dataclass
from typing import TypeGuard

from kerasfix.catalogue.conditions import Facts
from kerasfix.catalogue.rows import Binding, Pieces, Row, RowError, Spell, literal
from kerasfix.findings import Slot
from kerasfix.source.index import TextIndex

_VARIABLES = ("x", "t", "tensor")


def render_lambda(
    row: Row, binding: Binding, index: TextIndex, spell: Spell, facts: Facts, *, name: str | None = None
) -> Pieces | None:
    """Write a call of a backend function as a `Lambda` layer on the Keras tensors among its arguments.

    Arguments that are not literals are handed to the layer as its `arguments`: it may run again, when the model is
    called, and a variable of the surrounding code may have another value then.

    Args:
        row: The function.
        binding: The arguments of the call.
        index: Positions in the text that the call stands in.
        spell: How that file writes a name of Keras.
        facts: What is known of the arguments.
        name: The name of the layer.

    Returns:
        The pieces of the call of the layer, or None where no argument is known to be a Keras tensor, or one that is
        not has such a tensor inside.
    """
    tensors = [parameter for parameter, node in binding.given.items() if facts.symbolic(node)]
    captured = {
        parameter: node
        for parameter, node in binding.given.items()
        if parameter not in tensors and not literal(node)[0] and parameter not in row.drop
    }
    if not tensors or any(_holds_a_tensor(node, facts) for node in captured.values()):
        return None
    variable = next(one for one in _VARIABLES if one not in captured)
    single = len(tensors) == 1
    instead = {one: variable if single else f"{variable}[{place}]" for place, one in enumerate(tensors)}
    instead |= {parameter: parameter for parameter in captured}
    body = row.render(backend_template(row), binding, index, spell, instead=instead)
    if body is None:
        return None
    shape = _output_shape(row, binding, facts, tensors)
    slots = [Slot(*index.span(binding.given[one])) for one in tensors]
    head = f"{spell('keras.layers.Lambda')}(lambda {', '.join((variable, *captured))}: "
    pieces: list[str | Slot] = [head, *body]
    if shape:
        pieces.append(f", output_shape=lambda s: {shape}")
    if captured:
        pieces.append(", arguments={")
        for place, (parameter, node) in enumerate(captured.items()):
            pieces += [", " * bool(place), f"'{parameter}': ", Slot(*index.span(node))]
        pieces.append("}")
    if name:
        pieces.append(f", name='{name}'")
    pieces.append(")(" if single else ")([")
    for place, slot in enumerate(slots):
        pieces += [", " * bool(place), slot]
    pieces.append(")" if single else "])")
    return tuple(piece for piece in pieces if piece)


def _holds_a_tensor(node: ast.expr, facts: Facts) -> bool:
    return any(facts.symbolic(part) for part in ast.walk(node) if isinstance(part, ast.expr))


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


def _output_shape(row: Row, binding: Binding, facts: Facts, tensors: list[str]) -> str | None:
    if row.shape is None:
        return None
    if not isinstance(row.shape, ast.Call) or not isinstance(row.shape.func, ast.Name):
        raise RowError(f"`{ast.unparse(row.shape)}` is not a shape")
    names = [argument.id for argument in row.shape.args if isinstance(argument, ast.Name)]
    writer = _Shape(binding, facts, tensors)
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
    return functions[row.shape.func.id](*names)


@dataclass(frozen=True, slots=True)
class _Shape:
    """Writes shapes over `s`: the shape of the tensor, or the list of shapes of several."""

    binding: Binding
    facts: Facts
    tensors: list[str]

    def same(self, tensor: str) -> str | None:
        if tensor not in self.tensors:
            return None
        return "s" if len(self.tensors) == 1 else f"s[{self.tensors.index(tensor)}]"

    def broadcast(self, left: str, right: str) -> str | None:
        one, other = self.same(left), self.same(right)
        if one and other:
            shapes = [self.facts.shape(self.binding.given[name]) for name in (left, right)]
            known = shapes[0] is not None and all(size is not None for size in shapes[0][1:])
            return one if known and shapes[0] == shapes[1] else None
        scalar = self.value(right if one else left)
        return one or other if isinstance(scalar, (int, float)) else None

    def reduced(self, tensor: str, axis: str, keepdims: str = "") -> str | None:
        s, value = self.same(tensor), self.value(axis)
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
        s, place = self.same(tensor), self.value(axis)
        if not s or not _is_axis(place):
            return None
        if place == -1:
            return f"{s} + (1,)"
        place = place + 1 if place < 0 else place
        return _sum(_slice(s, None, place), "(1,)", _slice(s, place, None))

    def permuted(self, tensor: str, pattern: str) -> str | None:
        s, axes = self.same(tensor), self.value(pattern)
        if not s or not isinstance(axes, tuple) or not _are_axes(axes):
            return None
        return _tuple(f"{s}[{axis}]" for axis in axes)

    def reversed(self, tensor: str) -> str | None:
        s = self.same(tensor)
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
        if count is None or not _is_axis(place):
            return None
        if place == -1:
            return f"s[0] + ({count},)"
        place = place + 1 if place < 0 else place
        return _sum(_slice("s[0]", None, place), f"({count},)", _slice("s[0]", place, None))

    def dotted(self, left: str, right: str) -> str | None:
        if self.tensors != [left, right]:
            return None
        shape = self.facts.shape(self.binding.given[right])
        middle = [] if shape is not None and len(shape) == 2 else ["s[1][:-2]"]
        return _sum("s[0][:-1]", *middle, "s[1][-1:]")

    def one_hot(self, tensor: str, size: str) -> str | None:
        s, count = self.same(tensor), self.value(size)
        return f"{s} + ({count},)" if s and isinstance(count, int) else None

    def value(self, parameter: str) -> object:
        return self.facts.value(self.binding.given.get(parameter) or self.binding.defaults[parameter])


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
