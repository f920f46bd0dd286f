"""`dot` and `cos` of Keras 1: its `batch_dot`, which takes the last two axes for those of matrices."""

from __future__ import annotations

from kerasfix.checks.merge._call import (
    Merging,
    Refusal,
    Replacement,
    assuming,
    joined,
    keyword_pieces,
    literal,
    plain,
)
from kerasfix.edits.calls import Pieces
from kerasfix.flow.values import Const, Items, Tensor, Value, options, tensors

Ranks = tuple[int, int]
_SUPPORTED = ((2, 2), (3, 3))


def product(mode: str, merging: Merging, layer_only: bool) -> Replacement | Refusal:
    """What `mode='dot'` or `mode='cos'` becomes."""
    ranks = _ranks(merging)
    axes = _axes(merging, ranks if ranks is not None or mode == "dot" else (2, 2))
    if isinstance(axes, Refusal):
        return axes
    pieces, clauses = axes
    return (_dot if mode == "dot" else _cosine)(merging, ranks, pieces, clauses, layer_only)


def _dot(
    merging: Merging, ranks: Ranks | None, axes: Pieces, clauses: list[str], layer_only: bool
) -> Replacement | Refusal:
    if ranks is not None and ranks not in _SUPPORTED:
        return Refusal(
            f"`mode='dot'` of tensors of rank {ranks[0]} and {ranks[1]} is no `Dot`",
            "Keras 1 multiplies the last two axes as matrices here: write that with Reshape and Dot, or in a Lambda",
        )
    if ranks is None:
        clauses = [*clauses, f"both of {merging.inputs_named} have rank 2, or both have rank 3"]
    return assuming(plain("Dot", keyword_pieces(merging, [("axes", axes)]), merging, layer_only), *clauses)


def _cosine(
    merging: Merging, ranks: Ranks | None, axes: Pieces, clauses: list[str], layer_only: bool
) -> Replacement | Refusal:
    if ranks is not None and ranks != (2, 2):
        return Refusal(
            f"`mode='cos'` of tensors of rank {ranks[0]} and {ranks[1]} divides by a matrix, as no layer does",
            "`Dot(axes=..., normalize=True)` gives the cosine proper, which is another number: decide which is meant",
        )
    if layer_only:
        return Refusal(
            "a `Merge(mode='cos')` that is called elsewhere gives (batch, 1, 1), which no single layer does",
            "Call `Reshape((1, 1))(Dot(axes=1, normalize=True)([a, b]))` where the layer is called",
        )
    style = merging.context.settings.layer_style == "function"
    name, imports = merging.name("dot" if style else "Dot")
    reshape, more = merging.name("Reshape")
    # The name belongs to the layer that gives the output: losses and outputs are looked up by it.
    arguments = joined([("axes", axes), ("normalize", ("True",))])
    named = (", ", *named) if (named := keyword_pieces(merging, [])) else ()
    head: Pieces = (f"{reshape}((1, 1)", *named, f")({name}")
    if not style:
        head = (*head, "(", *arguments, ")")
    if ranks is None:
        clauses = [*clauses, f"both of {merging.inputs_named} have rank 2"]
    title = f"Replace with `{name}` and the shape that Keras 1's `cos` has at run time"
    return Replacement(head, title, (*imports, *more), ")", arguments if style else (), tuple(clauses))


# -- ranks


def _ranks(merging: Merging) -> Ranks | None:
    """The ranks of the two inputs, or None if they are not known."""
    found: set[tuple[int | None, int | None]] = set()
    for value in merging.inputs:
        items = value.items if isinstance(value, Items) else None
        if items is None:
            each = {tensor.rank for tensor in tensors(value)}
            rank = each.pop() if len(each) == 1 else None
            found.add((rank, rank))
        elif len(items) == 2:
            found.add((_rank(items[0]), _rank(items[1])))
        else:
            return None
    if len(found) != 1:
        return None
    first, second = found.pop()
    return (first, second) if first is not None and second is not None else None


def _rank(value: Value) -> int | None:
    ranks = {option.rank if isinstance(option, Tensor) else None for option in options(value)}
    return ranks.pop() if len(ranks) == 1 else None


# -- axes


def _axes(merging: Merging, ranks: Ranks | None) -> tuple[Pieces, list[str]] | Refusal:
    """`axes=...` of Dot for `dot_axes`, and what that assumes."""
    argument = merging.argument("dot_axes")
    if argument is not None and (nested := _nested(merging)) is not None:
        clause = "`dot_axes` holds lists of one axis as before Keras 1, which Keras 1 itself rejects"
        return (f"({nested[0]}, {nested[1]})",), [clause]
    found = _seen(merging)
    if found is None:
        assert argument is not None
        number = "a positive number" if merging.inner else "a number"
        return (argument.slot,), [f"`{merging.source('dot_axes')}` is {number} or a pair of positive ones"]
    for axes in found:
        problem = _problem(axes, ranks, merging)
        if problem is not None:
            return problem
    if ranks == (2, 2) and all(axes in (-1, (-1, -1)) for axes in found):
        return ("1",), []
    return (argument.slot if argument is not None else "-1",), []


def _nested(merging: Merging) -> tuple[int, int] | None:
    """The axes of `dot_axes=([2], [2])`."""
    value = literal(merging.expression("dot_axes"))
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        return None
    found = [part[0] for part in value if isinstance(part, (tuple, list)) and len(part) == 1]
    if len(found) == 2 and all(isinstance(axis, int) and axis > 0 for axis in found):
        return found[0], found[1]
    return None


def _seen(merging: Merging) -> list[int | tuple[int, ...]] | None:
    """Every value of `dot_axes` that can occur, or None if not all are known."""
    value = merging.value("dot_axes")
    if value is None:
        return [-1]
    found: list[int | tuple[int, ...]] = []
    for option in options(value):
        if isinstance(option, Const) and isinstance(option.value, int):
            found.append(option.value)
        elif isinstance(option, Items) and option.items is not None:
            axes = [item.value for item in option.items if isinstance(item, Const) and isinstance(item.value, int)]
            if len(axes) != len(option.items):
                return None
            found.append(tuple(axes))
        else:
            return None
    return found


def _problem(axes: int | tuple[int, ...], ranks: Ranks | None, merging: Merging) -> Refusal | None:
    """Why `Dot` along these axes is not what Keras 1 computed."""
    both = axes if isinstance(axes, tuple) else (axes, axes)
    given = f"`dot_axes={axes}`" if merging.argument("dot_axes") is not None else "`dot_axes=-1`, the default,"
    positive = "Write `Dot` with its axes as positive numbers"
    if len(both) != 2:
        return Refusal(f"{given} is not a pair of axes", positive)
    if isinstance(axes, tuple) and min(axes) < 0 and not (axes == (-1, -1) and ranks == (2, 2)):
        return Refusal(f"{given} is not what Keras 1 supports: it counts single axes from the end, not pairs", positive)
    if merging.inner and min(both) < 0 and not (both == (-1, -1) and ranks == (2, 2)):
        return Refusal(
            f"{given} inside a layer is axis 1 for tensors that were computed there, and the last axis for others",
            f"{positive}: find out which of them the model was trained with",
        )
    for axis, rank in zip(both, ranks or (None, None)):
        if axis == 0 or (rank is not None and axis == -rank):
            return Refusal(f"{given} is the axis of the batch, along which `Dot` does not multiply", positive)
        if rank is not None and not -rank <= axis < rank:
            return Refusal(f"{given} is no axis of a tensor of rank {rank}", positive)
    return None
