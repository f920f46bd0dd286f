"""`Merge(mode=...)([a, b])` and `Merge([a, b], mode=...)` on tensors: the layer of Keras 1.

`Merge([left, right])` on models belongs to `merge_in_sequential.py`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kerasfix.checks import Context
from kerasfix.checks.merge._merging import Merging, Refusal, Replacement, on_inputs, replacement, rewritten, with_masks
from kerasfix.edits.calls import CallText, Pieces, call_text, comment_for_line_end, lost_comments, with_comments
from kerasfix.findings import Edit, Finding, Fix
from kerasfix.flow.facts import CallSeen, root_of
from kerasfix.flow.values import UNKNOWN, Api, Const, Items, Layer, Tensor, Value, options

RULE = "merge-layer"
RULES = frozenset({RULE})
PRIORITY = 1  # after the check that may take a Merge as part of its model

_GONE = "`{}`, the Keras 1 layer, is gone"


def check(context: Context) -> Iterator[Finding]:
    """Every construction of Keras' `Merge`, with the layer that does the same in place of it."""
    for node, looks in context.facts.calls.items():
        seen = [look for look in looks if isinstance(look.callee, Api) and look.callee.name == "keras.layers.Merge"]
        if not seen or any(look.guarded for look in seen) or id(node) in context.taken:
            continue
        yield _finding(context, node, seen, sure=len(seen) == len(looks) and node not in context.facts.other_calls)


def _finding(context: Context, node: ast.Call, seen: list[CallSeen], *, sure: bool) -> Finding:
    index = context.facts.index
    start, end = index.span(node)
    message = _GONE.format(index.source(node.func))
    if not sure:
        return Finding(
            RULE, start, end, f"{message}, and this is another thing on another path", help="Name the two apart"
        )
    given = [look.argument(0, "layers") for look in seen]
    layers = [value for value in given if value is not None and not _is_none(value)]
    if not layers:
        return _on_call(context, node, seen, message)
    if len(layers) == len(given) and all(_all_tensors(value) for value in layers):
        return _on_tensors(context, node, seen, layers, message)
    return Finding(
        RULE,
        start,
        end,
        f"{message}; what it merges is not seen to be tensors",
        help="Call Add, Multiply, Concatenate, Average, Maximum or Dot on the outputs of these models, "
        "and build a Model from their inputs",
    )


def _is_none(value: Value) -> bool:
    return isinstance(value, Const) and value.value is None


def _all_tensors(value: Value) -> bool:
    for option in options(value):
        if not isinstance(option, Items):
            return False
        for item in option.items if option.items is not None else (option.element,):
            if not all(isinstance(one, Tensor) for one in options(item)):
                return False
    return True


def _on_call(context: Context, node: ast.Call, seen: Sequence[CallSeen], message: str) -> Finding:
    """`Merge(mode=...)`: the layer itself, called here or elsewhere."""
    index = context.facts.index
    start, end = index.span(node)
    text = call_text(index, node)
    parent = context.facts.parents.get(node)
    if not isinstance(parent, ast.Call) or parent.func is not node:
        inputs = [look.argument(0, "inputs") or UNKNOWN for look in _calls_of(context, node)]
        merging = Merging(context, node, text, seen, root_of(seen), inputs or [UNKNOWN])
        result = with_masks(replacement(merging, layer_only=True), merging)
        if isinstance(result, Refusal):
            return Finding(RULE, start, end, f"{message}; {result.message}", help=result.help)
        return Finding(RULE, start, end, message, _fix(context, node, result, _constructed(context, text, result)))
    outer = call_text(index, parent)
    inputs = [look.argument(0, "inputs") or UNKNOWN for look in context.facts.calls.get(parent, ())]
    given = outer.find("inputs", 0)
    if given is None or len(outer.args) != 1:
        return Finding(RULE, start, end, message, help="Call the layer on the list of tensors alone")
    source = index.text[given.value_start : given.end]
    merging = Merging(context, node, text, seen, root_of(seen), inputs or [UNKNOWN], source)
    comments = (*text.comments, *lost_comments(outer, given))
    moved = comment_for_line_end(index, text.comments, outer.end) if len(comments) == 1 else None
    # In the form `add([a, b])` there is no place for comments between the arguments of the layer.
    layer_only = bool(text.comments) and moved is None
    result = with_masks(replacement(merging, layer_only=layer_only), merging)
    if isinstance(result, Refusal):
        return Finding(RULE, start, end, f"{message}; {result.message}", help=result.help)
    if moved is None:
        result = replace(result, before=_commented(context, text, result.before))
    node_of_inputs = parent.args[0] if parent.args else parent.keywords[0].value
    edits = rewritten(context, outer, given, node_of_inputs, result)
    if moved is not None:
        edits += (Edit(moved[1], moved[1], (f"  {moved[0]}",)),)
    return Finding(RULE, start, end, message, _fix(context, node, result, edits))


def _constructed(context: Context, call: CallText, result: Replacement) -> tuple[Edit, ...]:
    """The edits that put the layer of `result` in place of `Merge(...)`, which is called elsewhere."""
    moved = comment_for_line_end(context.facts.index, call.comments, call.end)
    if moved is None:
        return (Edit(call.start, call.end, _commented(context, call, result.before)),)
    comment, line_end = moved
    return (Edit(call.start, call.end, result.before), Edit(line_end, line_end, (f"  {comment}",)))


def _commented(context: Context, call: CallText, before: Pieces) -> Pieces:
    """`Layer(arguments)` or `{mode: Layer(), ...}[mode]` with the comments of the call that it takes the place of."""
    if not call.comments:
        return before
    start, end = (before.index("(") + 1, len(before) - 1) if "(" in before else (1, before.index("}["))
    return (*before[:start], *with_comments(context.facts.index, call, before[start:end]), *before[end:])


def _calls_of(context: Context, node: ast.Call) -> list[CallSeen]:
    """The calls of the layer that `node` makes, wherever in the file."""
    return [
        look
        for looks in context.facts.calls.values()
        for look in looks
        if isinstance(look.callee, Layer) and look.callee.site is node
    ]


def _on_tensors(
    context: Context, node: ast.Call, seen: Sequence[CallSeen], layers: list[Value], message: str
) -> Finding:
    """`Merge([a, b], mode=...)` on tensors."""
    index = context.facts.index
    start, end = index.span(node)
    text = call_text(index, node)
    given = text.find("layers", 0)
    if given is None:
        return Finding(RULE, start, end, message, help="Call the layer on the list of tensors")
    source = index.text[given.value_start : given.end]
    merging = Merging(context, node, text, seen, root_of(seen), layers, source)
    result = with_masks(replacement(merging), merging)
    if isinstance(result, Refusal):
        return Finding(RULE, start, end, f"{message}; {result.message}", help=result.help)
    edits = on_inputs(merging, given, result)
    return Finding(RULE, start, end, message, _fix(context, node, result, edits))


def _fix(context: Context, node: ast.Call, result: Replacement, edits: tuple[Edit, ...]) -> Fix:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    return Fix(
        edits=edits,
        applicability=result.applicability,
        title=result.title,
        assumes=" and ".join(result.assumes) or None,
        imports=result.imports,
        releases=frozenset({name} if name else ()),
    )
