"""What Keras 1's merging becomes, for the function `merge(...)` and the layer `Merge(...)` alike.

Source of the semantics: `keras/engine/topology.py`, class `Merge` and function `merge`, of Keras 1.2.2.
"""

from __future__ import annotations

import ast

from kerasfix.checks import Context
from kerasfix.checks._arguments import may_mask
from kerasfix.checks.merge._call import (
    LAYERS,
    MODES,
    PARAMETERS,
    Merging,
    Refusal,
    Replacement,
    assuming,
    keyword_pieces,
    literal,
    plain,
)
from kerasfix.checks.merge._dot import product
from kerasfix.checks.merge._lambda import function_mode
from kerasfix.edits.calls import ArgumentText, CallText, Pieces, comment_for_line_end, lost_comments, only_argument
from kerasfix.findings import Edit, ImportNeed, Slot
from kerasfix.flow.values import UNKNOWN, Const, Items, Union, Value, constants, tensors
from kerasfix.source.index import TextIndex

__all__ = [
    "PARAMETERS",
    "Merging",
    "Refusal",
    "Replacement",
    "laid_out",
    "least",
    "on_inputs",
    "replacement",
    "rewritten",
    "with_masks",
]


def replacement(merging: Merging, *, layer_only: bool = False) -> Replacement | Refusal:
    """What to write in place of the legacy call. `layer_only`: the layer itself is needed, not what it gives."""
    if any(argument.star for argument in merging.text.args):
        return _refuse("arguments that only the run knows (`*args`, `**kwargs`)", merging)
    if _in_text(merging):
        return Refusal("this is part of a formatted string", "Give the tensor a name in a statement of its own")
    mode = merging.value("mode")
    if mode is None:
        return _one_mode("sum", merging, layer_only)
    names = constants(mode)
    if names is None:
        return _functions(mode, merging, layer_only)
    unknown = [name for name in names if name not in MODES]
    if unknown:
        return Refusal(
            f"`mode={unknown[0]!r}` is none of Keras 1's modes", "Use one of sum, mul, concat, ave, max, dot, cos"
        )
    if len(names) == 1:
        result = _one_mode(str(names[0]), merging, layer_only)
    else:
        result = _dispatch([str(name) for name in names], merging)
    return _as_seen(result, " or ".join(repr(name) for name in names), merging)


def _functions(mode: Value, merging: Merging, layer_only: bool) -> Replacement | Refusal:
    result = function_mode(mode, merging, layer_only)
    if isinstance(result, Refusal):
        return result
    return _as_seen(_counted(result, merging), "a function", merging)


def _as_seen(result: Replacement | Refusal, what: str, merging: Merging) -> Replacement | Refusal:
    """What a parameter is, other callers may decide."""
    parameter = _parameter(merging.expression("mode"), merging.context)
    if isinstance(result, Refusal) or parameter is None:
        return result
    return assuming(result, f"`{parameter}` is only {what}, as in the calls that were seen")


def _refuse(what: str, merging: Merging) -> Refusal:
    return Refusal(
        f"{what} decide what this merge is",
        "Write the layer for each mode that can occur: Add, Multiply, Concatenate(axis=...), Average, Maximum or Dot",
    )


def _one_mode(mode: str, merging: Merging, layer_only: bool) -> Replacement | Refusal:
    if mode in ("dot", "cos"):
        return product(mode, merging, layer_only)
    arguments = keyword_pieces(merging, _axis(merging) if mode == "concat" else [])
    result = plain(LAYERS[mode], arguments, merging, layer_only)
    return _counted(result, merging)


def _axis(merging: Merging) -> list[tuple[str, Pieces]]:
    """`axis=...`, unless it is -1, the default of both worlds."""
    argument = merging.argument("concat_axis")
    if argument is None or literal(merging.expression("concat_axis")) == -1:
        return []
    return [("axis", (argument.slot,))]


def _in_text(merging: Merging) -> bool:
    """Whether the call is in an f-string, where quotes and line breaks are not free."""
    node: ast.AST | None = merging.node
    while isinstance(node, (ast.expr, ast.keyword)):
        if isinstance(node, ast.JoinedStr):
            return True
        node = merging.context.facts.parents.get(node)
    return False


def _counted(result: Replacement, merging: Merging) -> Replacement | Refusal:
    """A merge of fewer than two tensors raised in Keras 1; what the list holds must be proven, or it is assumed."""
    if not merging.inputs or all(least(value) >= 2 for value in merging.inputs):
        return result
    if all(isinstance(value, Items) and value.items is not None and len(value.items) < 2 for value in merging.inputs):
        return Refusal(
            f"{merging.inputs_named} holds fewer than two tensors, which Keras 1 refuses", "Leave the merge out"
        )
    return assuming(result, f"{merging.inputs_named} holds at least two tensors")


def least(value: Value) -> int:
    """The proven minimum of the length of a list."""
    if isinstance(value, Union):
        return min(least(option) for option in value.options)
    if isinstance(value, Items):
        return len(value.items) if value.items is not None else value.least
    return 0


def _parameter(node: ast.expr | None, context: Context) -> str | None:
    """The parameter that an expression is, if it is one that the function does not assign itself."""
    if not isinstance(node, ast.Name):
        return None
    scope: ast.AST | None = node
    while scope is not None:
        scope = context.facts.parents.get(scope)
        if isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            spec = scope.args
            names = {argument.arg for argument in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)}
            if node.id in names and not _assigns(scope, node.id):
                return node.id
    return None


def _assigns(scope: ast.AST, name: str) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store) for node in ast.walk(scope)
    )


def _dispatch(modes: list[str], merging: Merging) -> Replacement | Refusal:
    """`{'sum': Add(), 'concat': Concatenate()}[mode]`, where every mode that can occur is known."""
    argument = merging.argument("mode")
    assert argument is not None
    if not set(modes) <= LAYERS.keys():
        return _refuse(f"one of {', '.join(map(repr, modes))}, at run time,", merging)
    pieces: list[str | Slot] = ["{"]
    imports: list[ImportNeed] = []
    for number, mode in enumerate(modes):
        name, needs = merging.name(LAYERS[mode])
        imports.extend(needs)
        arguments = keyword_pieces(merging, _axis(merging) if mode == "concat" else [])
        pieces += [f"{', ' if number else ''}{mode!r}: {name}(", *arguments, ")"]
    pieces += ["}[", argument.slot, "]"]
    return _counted(Replacement(tuple(pieces), "Replace with the layer of each mode", tuple(imports)), merging)


def with_masks(result: Replacement | Refusal, merging: Merging) -> Replacement | Refusal:
    """What is assumed of masks for Keras 3, whose layers join those of their inputs in another way than all before."""
    if isinstance(result, Refusal) or merging.context.settings.target != "keras3" or not _may_be_masked(merging):
        return result
    mode = merging.value("mode")
    modes = constants(mode or Const("sum"))
    # `max` of tensors with masks raised in Keras 1; `dot`, `cos` and functions have no rule of their own.
    if modes is None or set(modes) <= {"dot", "cos", "max"} or _joins_steps(modes, merging):
        return result
    zeros = ", and sets masked steps of a product to zero" if "mul" in modes else ""
    return assuming(
        result,
        f"the tensors of {merging.inputs_named} have the same mask, or none of them has one "
        f"(Keras 3 joins masks by `or` where Keras 1 does by `and`{zeros})",
    )


def _may_be_masked(merging: Merging) -> bool:
    found = [tensor for value in merging.inputs for tensor in tensors(value)]
    return any(tensor.masked for tensor in found) or (not found and may_mask(merging.context.facts))


def _joins_steps(modes: list[object], merging: Merging) -> bool:
    """Whether it puts sequences one after the other: so do all versions with their masks."""
    axes = constants(merging.value("concat_axis") or UNKNOWN)
    ranks = {tensor.rank for value in merging.inputs for tensor in tensors(value)}
    return modes == ["concat"] and axes == [1] and ranks == {3}


_LINE_LIMIT = 100


def laid_out(index: TextIndex, start: int, end: int, before: Pieces, inputs: Pieces) -> Pieces:
    """`before` with its arguments on a line of their own, where the whole would be longer than what stood there."""
    line, column = index.position(start)
    last, _ = index.position(end)
    limit = max(_LINE_LIMIT, *(len(index.line_text(number)) for number in range(line, last + 1)))
    text = _text(index, before)
    lines = (text + _text(index, inputs).partition("\n")[0]).splitlines()
    commented = any("\n" in piece for piece in before if isinstance(piece, str))
    if len(before) < 4 or before[1] != "(" or before[-1] != ")" or commented:
        return before
    if column + len(lines[0]) <= limit and all(len(part) <= limit for part in lines[1:]):
        return before
    whole = index.line_text(line)
    indent = whole[: len(whole) - len(whole.lstrip())]
    newline = index.newline_at(start)
    step = "\t" if indent.startswith("\t") else "    "
    arguments: Pieces = before[2:-1]
    if len(lines) > 1 or len(indent) + len(step) + len(_text(index, arguments)) > limit:
        each = f",{newline}{indent}{step}"
        arguments = tuple(
            piece.replace(", ", each, 1) if isinstance(piece, str) and piece.startswith(", ") else piece
            for piece in arguments
        )
        arguments = (*arguments, ",")
    return (before[0], f"({newline}{indent}{step}", *arguments, f"{newline}{indent})")


def on_inputs(merging: Merging, inputs: ArgumentText, result: Replacement) -> tuple[Edit, ...]:
    """The edits that put `result` in place of a call that has its inputs among its arguments."""
    node = next((k.value for k in merging.node.keywords if k.arg == inputs.keyword), None) or merging.node.args[0]
    return rewritten(merging.context, merging.text, inputs, node, result)


def rewritten(
    context: Context, call: CallText, inputs: ArgumentText, node: ast.expr, result: Replacement
) -> tuple[Edit, ...]:
    """The edits that put `result` in place of a call, on the argument `inputs` of it, whose tree is `node`."""
    index = context.facts.index
    more = (", ", *result.arguments) if result.arguments else ()
    lost = lost_comments(call, inputs)
    moved = comment_for_line_end(index, lost, call.end) if all(start >= inputs.end for start, _ in lost) else None
    pieces = only_argument(index, call, inputs, more, comments=moved is None)
    listed = _as_list(index, node)
    inside = tuple(part for piece in pieces for part in (listed if listed and piece == inputs.slot else (piece,)))
    before = laid_out(index, call.start, call.end, result.before, inside)
    edit = Edit(call.start, call.end, (*before, "(", *inside, ")", result.after))
    if moved is None:
        return (edit,)
    comment, line_end = moved
    return (edit, Edit(line_end, line_end, (f"  {comment}",)))


def _as_list(index: TextIndex, node: ast.expr) -> Pieces:
    """A tuple or a generator as a list, for Keras 2's layers take nothing else; none for other expressions."""
    start, end = index.span(node)
    if isinstance(node, ast.Tuple) and len(node.elts) > 1 and index.text[start] == "(":
        return ("[", Slot(start + 1, end - 1), "]")
    if isinstance(node, ast.GeneratorExp):
        bare = index.text[start] != "("
        return ("[", Slot(start, end) if bare else Slot(start + 1, end - 1), "]")
    return ()


def _text(index: TextIndex, pieces: Pieces) -> str:
    return "".join(piece if isinstance(piece, str) else index.text[piece.start : piece.end] for piece in pieces)
