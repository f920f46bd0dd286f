"""`Merge(mode=...)([a, b])` and `Merge([a, b], mode=...)` on tensors: the layer of Keras 1.

`Merge([left, right])` on models belongs to `merge_in_sequential.py`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from kerasfix.checks import Context
from kerasfix.checks._merging import Merging, Refusal, Replacement, on_inputs, replacement, rewritten, with_masks
from kerasfix.edits.calls import CallText, call_text, comment_for_line_end, with_comments
from kerasfix.findings import Edit, Finding, Fix
from kerasfix.flow.facts import CallSeen
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
    parent = context.facts.parents.get(node)
    called = isinstance(parent, ast.Call) and parent.func is node
    looks = context.facts.calls.get(parent, []) if called and isinstance(parent, ast.Call) else _calls_of(context, node)
    inputs = [look.argument(0, "inputs") or UNKNOWN for look in looks]
    source = _inputs_source(context, parent) if called else ""
    merging = Merging(context, node, call_text(index, node), seen, _root(seen), inputs or [UNKNOWN], source)
    result = with_masks(replacement(merging, layer_only=not called), merging)
    if isinstance(result, Refusal):
        return Finding(RULE, start, end, f"{message}; {result.message}", help=result.help)
    edits = _construction(context, merging.text, result)
    if called and (result.after or result.arguments):
        assert isinstance(parent, ast.Call)
        outer = call_text(index, parent)
        if len(outer.args) != 1:
            return Finding(RULE, start, end, message, help="Call the layer on the list of tensors alone")
        edits = rewritten(context, outer, outer.args[0], (parent.args or [parent.keywords[0].value])[0], result)
    return Finding(RULE, start, end, message, _fix(context, node, result, edits))


def _construction(context: Context, call: CallText, result: Replacement) -> tuple[Edit, ...]:
    """The edits that put the layer of `result` in place of `Merge(...)`, which is called as it was before."""
    index, before = context.facts.index, result.before
    moved = comment_for_line_end(index, call, None)
    if moved is not None:
        comment, line_end = moved
        return (Edit(call.start, call.end, before), Edit(line_end, line_end, (f"  {comment}",)))
    if call.comments and len(before) > 2 and before[1] == "(":
        before = (*before[:2], *with_comments(index, call, before[2:-1]), before[-1])
    return (Edit(call.start, call.end, before),)


def _calls_of(context: Context, node: ast.Call) -> list[CallSeen]:
    """The calls of the layer that `node` makes, wherever in the file."""
    return [
        look
        for looks in context.facts.calls.values()
        for look in looks
        if isinstance(look.callee, Layer) and look.callee.site is node
    ]


def _inputs_source(context: Context, parent: ast.AST | None) -> str:
    if not isinstance(parent, ast.Call):
        return ""
    given = [*parent.args, *(keyword.value for keyword in parent.keywords if keyword.arg == "inputs")]
    return context.facts.index.source(given[0]) if given else ""


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
    merging = Merging(context, node, text, seen, _root(seen), layers, source)
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


def _root(seen: Sequence[CallSeen]) -> str:
    callee = seen[0].callee
    return callee.root if isinstance(callee, Api) else "keras"
