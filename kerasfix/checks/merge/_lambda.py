"""A mode that is a function: a `Lambda` with it."""

from __future__ import annotations

import ast

from kerasfix.checks.merge._call import Merging, Refusal, Replacement, is_none, keyword_pieces
from kerasfix.edits.calls import ArgumentText, Pieces
from kerasfix.findings import Slot
from kerasfix.flow.values import UNKNOWN, Api, Class, Function, Instance, Method, Partial, Value, options, tensors

# What `m and ...` may be followed by without parentheses.
_TIGHT = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.Constant, ast.BinOp, ast.UnaryOp)


def function_mode(mode: Value, merging: Merging, layer_only: bool) -> Replacement | Refusal:
    """`Lambda(function, output_shape=..., arguments=..., mask=...)`, if the mode is certainly a function."""
    node = merging.expression("mode")
    argument = merging.argument("mode")
    assert node is not None and argument is not None
    if not isinstance(node, ast.Lambda) and not all(map(is_function, options(mode))):
        source = merging.source("mode")
        dispatch = "{'sum': Add(), 'mul': Multiply(), 'concat': Concatenate()}"
        inputs = merging.inputs_source or "inputs"
        return Refusal(
            f"which merge this is depends on `{source}`, which is only known at run time",
            f"Write what it can be: `{dispatch}[{source}]({inputs})`, or a Lambda if it is a function",
        )
    name, imports = merging.name("Lambda")
    pieces: list[str | Slot] = [name, "(", argument.slot]
    for keyword in ("output_shape", "arguments"):
        given = merging.argument(keyword)
        if given is not None and not is_none(merging.expression(keyword)):
            pieces += [f", {keyword}=", *_as_tuple(merging, keyword, given)]
    clauses: list[str] = []
    mask = merging.argument("output_mask")
    if mask is not None and not is_none(merging.expression("output_mask")):
        pieces += [", mask=", *_mask(merging, mask, clauses)]
    if _wants_masks(mode) and merging.context.settings.target == "keras2" and not _masked(merging):
        clauses.append(
            f"`{merging.source('mode')}` does not mind that `mask` is None where no tensor has a mask, "
            "and not a list of None as in Keras 1"
        )
    rest = keyword_pieces(merging, [])
    pieces += [", ", *rest] if rest else []
    return Replacement((*pieces, ")"), f"Replace with `{name}`", imports, assumes=tuple(clauses))


def is_function(value: Value) -> bool:
    """Whether a value is certainly something to call."""
    if isinstance(value, (Function, Partial, Class)):
        return True
    if isinstance(value, Instance):
        return value.cls.info.find("__call__") is not None
    if isinstance(value, Method) and isinstance(value.owner, (Instance, Class)):
        owner = value.owner.cls if isinstance(value.owner, Instance) else value.owner
        return owner.info.find(value.name) is not None
    return isinstance(value, Api) and value.name.startswith("keras.backend.")


def _wants_masks(mode: Value) -> bool:
    return any(
        isinstance(option, Function) and any(argument.arg == "mask" for argument in option.node.args.args)
        for option in options(mode)
    )


def _masked(merging: Merging) -> bool:
    return any(tensor.masked for value in merging.inputs for tensor in tensors(value))


def _as_tuple(merging: Merging, keyword: str, given: ArgumentText) -> Pieces:
    """`output_shape=[5]` as `(5,)`: Keras 3 takes no list."""
    node = merging.expression(keyword)
    if not isinstance(node, ast.List) or not node.elts:
        return (given.slot,)
    index = merging.context.facts.index
    inside = Slot(index.span(node.elts[0])[0], index.span(node.elts[-1])[1])
    return ("(", inside, ",)" if len(node.elts) == 1 else ")")


def _mask(merging: Merging, mask: ArgumentText, clauses: list[str]) -> Pieces:
    """A function of the masks alone in Keras 1, and only if there are any; of inputs and masks or None in a Lambda."""
    node = merging.expression("output_mask")
    if isinstance(node, ast.Lambda):
        return _mask_lambda(merging, mask, node)
    if not all(map(is_function, options(merging.value("output_mask") or UNKNOWN))):
        clauses.append(f"`{merging.source('output_mask')}` is a mask and not a function")
        return (mask.slot,)
    if isinstance(node, (ast.Name, ast.Attribute)):
        return ("lambda inputs, masks: masks and ", mask.slot, "(masks)")
    return ("lambda inputs, masks: masks and (", mask.slot, ")(masks)")


def _mask_lambda(merging: Merging, mask: ArgumentText, node: ast.Lambda) -> Pieces:
    name = _only_parameter(node)
    if name is None:
        return ("lambda inputs, masks: masks and (", mask.slot, ")(masks)")
    used = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)} | {name}
    first = next(free for free in ("inputs", "tensors", "_inputs") if free not in used)
    start, end = merging.context.facts.index.span(node.body)
    if is_none(node.body):
        return (f"lambda {first}, {name}: None",)
    if isinstance(node.body, _TIGHT) and merging.context.facts.index.text[mask.value_start : start].count("(") == 0:
        return (f"lambda {first}, {name}: {name} and ", Slot(start, end))
    return (f"lambda {first}, {name}: {name} and (", Slot(start, end), ")")


def _only_parameter(node: ast.Lambda) -> str | None:
    """The name of the one plain parameter of a lambda, if that is all it has."""
    spec = node.args
    more = spec.posonlyargs or spec.kwonlyargs or spec.vararg or spec.kwarg or spec.defaults
    return spec.args[0].arg if len(spec.args) == 1 and not more else None
