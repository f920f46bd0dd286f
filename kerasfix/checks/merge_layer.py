"""`Merge(mode=...)([a, b])` and `Merge([a, b], mode=...)` on tensors: the layer of Keras 1.

`Merge([left, right])` on models belongs to `merge_in_sequential.py`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from kerasfix.checks import Context
from kerasfix.checks._merging import Merging, Refusal, Replacement, laid_out, replacement
from kerasfix.edits.calls import call_text, only_argument
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
        yield _finding(context, node, seen, sure=len(seen) == len(looks))


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
        help="Call Add, Multiply, Concatenate, Average, Maximum or Dot on the outputs of these models, and build a Model "
        "from their inputs",
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
    inputs = [look.args[0] if look.args else UNKNOWN for look in looks]
    source = _inputs_source(context, parent) if called else "its inputs"
    merging = Merging(context, node, call_text(index, node), seen, _root(seen), inputs or [UNKNOWN], source)
    result = replacement(merging, layer_only=not called)
    if isinstance(result, Refusal):
        return Finding(RULE, start, end, f"{message}; {result.message}", help=result.help)
    edits = (Edit(start, end, result.before),)
    if called and (result.after or result.arguments):
        assert isinstance(parent, ast.Call)
        outer = call_text(index, parent)
        more = (", ", *result.arguments) if result.arguments else ()
        inside = only_argument(index, outer, outer.args[0], more) if len(outer.args) == 1 else ()
        if not inside:
            return Finding(RULE, start, end, message, help="Call the layer on the list of tensors alone")
        begin, stop = index.span(parent)
        edits = (Edit(begin, stop, (*result.before, "(", *inside, ")", result.after)),)
    return Finding(RULE, start, end, message, _fix(context, node, result, edits))


def _calls_of(context: Context, node: ast.Call) -> list[CallSeen]:
    """The calls of the layer that `node` makes, wherever in the file."""
    return [
        look
        for looks in context.facts.calls.values()
        for look in looks
        if isinstance(look.callee, Layer) and look.callee.site is node
    ]


def _inputs_source(context: Context, parent: ast.AST | None) -> str:
    if isinstance(parent, ast.Call) and parent.args:
        return context.facts.index.source(parent.args[0])
    return "its inputs"


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
    result = replacement(merging)
    if isinstance(result, Refusal):
        return Finding(RULE, start, end, f"{message}; {result.message}", help=result.help)
    more = (", ", *result.arguments) if result.arguments else ()
    inside = only_argument(index, text, given, more)
    before = laid_out(index, start, end, result.before, inside)
    edit = Edit(start, end, (*before, "(", *inside, ")", result.after))
    return Finding(RULE, start, end, message, _fix(context, node, result, (edit,)))


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
