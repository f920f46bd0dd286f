"""`x._keras_shape = shape`, by which code told Keras a shape that Keras did not infer."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from kerasfix.checks import Context
from kerasfix.checks.internals._blocks import removal
from kerasfix.checks.internals._internals import Touch, one_line
from kerasfix.checks.internals._known_shapes import KnownShapes
from kerasfix.checks.internals._shape_verdicts import NAME, Assignment, Verdict, assignments, lost_calls
from kerasfix.findings import Applicability, Edit, Finding, Fix, Slot

RULE = "keras-shape-assignment"
RULES = frozenset({RULE})


def check(context: Context) -> Iterator[Finding]:
    """Every assignment to `_keras_shape`, and every `del` of it."""
    found = list(assignments(context))
    gone = {item.statement for item in found if item.verdict in (Verdict.REMOVE, Verdict.ASSUME)}
    for item in found:
        yield _finding(context, item, gone)


def _finding(context: Context, item: Assignment, gone: set[ast.stmt]) -> Finding:
    index = context.facts.index
    start, end = index.span(item.statement if item.alone else item.place.node)
    message = f"{_what(context, item)} has no effect any more"
    fix = _fix(context, item, gone)
    if fix is None:
        return Finding(RULE, start, end, message, help=_help(context, item))
    return Finding(RULE, start, end, message, fix)


def _what(context: Context, item: Assignment) -> str:
    owner = one_line(context.facts.index, item.place.owner)
    return f"deleting `{owner}.{NAME}`" if item.place.touch is Touch.DELETE else f"setting `{owner}.{NAME}`"


def _fix(context: Context, item: Assignment, gone: set[ast.stmt]) -> Fix | None:
    index, facts = context.facts.index, context.facts
    owner = one_line(index, item.place.owner)
    if item.verdict in (Verdict.REMOVE, Verdict.ASSUME):
        clause = f"`{owner}` comes from a layer, so that Keras knows its shape"
        assumes = clause if item.verdict is Verdict.ASSUME else None
        return Fix(
            edits=(removal(index, facts.parents, item.statement, gone),),
            applicability=Applicability.UNSAFE if assumes else Applicability.SAFE,
            title="Remove it" if item.place.touch is Touch.DELETE else "Remove it: the shape is inferred",
            assumes=assumes,
        )
    if item.verdict is Verdict.SET and item.value is not None:
        return _set_shape(context, item, item.value)
    if item.verdict is Verdict.RESHAPE and item.value is not None:
        return _reshape(context, item, item.value)
    return None


def _set_shape(context: Context, item: Assignment, value: ast.expr) -> Fix:
    index = context.facts.index
    owner = one_line(index, item.place.owner)
    sure = KnownShapes(context, given=True).sizes(value) is True
    return Fix(
        edits=(
            Edit(
                *index.span(item.statement),
                (Slot(*index.span(item.place.owner)), ".set_shape(", *_argument(context, value), ")"),
            ),
        ),
        applicability=Applicability.SAFE if sure else Applicability.UNSAFE,
        title=f"Replace with `{owner}.set_shape(...)`, which tells TensorFlow what it cannot infer",
        assumes=None if sure else f"`{one_line(index, value)}` holds numbers and no tensors",
    )


def _argument(context: Context, value: ast.expr) -> tuple[str | Slot, ...]:
    index = context.facts.index
    slot = Slot(*index.span(value))
    bare = isinstance(value, ast.Tuple) and not index.text.startswith("(", slot.start)
    return ("(", slot, ")") if bare else (slot,)


def _reshape(context: Context, item: Assignment, value: ast.expr) -> Fix | None:
    index = context.facts.index
    sizes = _without_batch(context, value)
    if sizes is None or not isinstance(item.statement, ast.Assign):
        return None
    name, imports = context.namer.name("keras.layers.Reshape", None, context.facts.root)
    owner = one_line(index, item.place.owner)
    slot = Slot(*index.span(item.place.owner))
    return Fix(
        edits=(Edit(*index.span(item.statement), (slot, " = ", name, "(", *sizes, ")(", owner, ")")),),
        applicability=Applicability.UNSAFE,
        title=f"Replace with `{name}`, which tells Keras what it cannot infer",
        assumes=f"`{owner}` has this shape",
        imports=imports,
    )


def _without_batch(context: Context, value: ast.expr) -> tuple[str | Slot, ...] | None:
    """`(None, 3, n)` as `(3, n)`; None where a size is open that `Reshape` cannot leave open."""
    index = context.facts.index
    if isinstance(value, ast.Name):
        return (Slot(*index.span(value)), "[1:]")
    if not isinstance(value, (ast.Tuple, ast.List)) or len(value.elts) < 2:
        return None
    sizes: list[ast.expr] = value.elts[1:]
    if any(isinstance(size, (ast.Starred, ast.Constant)) and not _is_number(size) for size in sizes):
        return None
    pieces: Sequence[str | Slot] = [piece for size in sizes for piece in (", ", Slot(*index.span(size)))][1:]
    return ("(", *pieces, ",)" if len(sizes) == 1 else ")")


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int)


def _help(context: Context, item: Assignment) -> str:
    index = context.facts.index
    owner = one_line(index, item.place.owner)
    if not item.alone:
        return f"Take `{owner}.{NAME}` out of this statement: Keras infers the shape of what a layer gives"
    lost = lost_calls(item.place)
    if lost:
        return f"Make `{one_line(index, lost[-1].func)}(...)` a layer: this line can go then, as Keras infers the shape"
    if item.place.inner or item.place.in_layer:
        return f"If an inner layer needs the shape, call `{owner}.set_shape(...)` with numbers; else remove the line"
    return f"If Keras does not infer the shape, write `{owner} = Reshape(...)({owner})`; else remove the line"
