"""Losses and metrics of one's own that compute with their targets as with floats, which these are not always today."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from kerasfix.checks import Context
from kerasfix.checks._era import Era
from kerasfix.checks._scopes import Kind, definitions, own_nodes, parameters
from kerasfix.checks._writing import FileWriting
from kerasfix.findings import Edit, Finding
from kerasfix.flow.facts import CallSeen, FunctionNode
from kerasfix.flow.values import UNKNOWN, DictValue, Function, Items, Method, Model, Value, options

RULE = "integer-targets"
RULES = frozenset({RULE})

# The argument of `compile` whose functions get the targets as they are: the other's get them as floats.
_GETS = {"keras2": (1, "loss", "loss", "tf_keras"), "keras3": (2, "metrics", "metric", "Keras 3")}
_TRAINS = frozenset({"fit", "train_on_batch", "test_on_batch", "evaluate"})
# What keeps the type of its first argument.
_KEEPS = frozenset(
    [
        "flatten",
        "batch_flatten",
        "reshape",
        "expand_dims",
        "squeeze",
        "permute_dimensions",
        "transpose",
        "stop_gradient",
        "clip",
        "max",
        "min",
    ]
)
# Functions of `keras.backend` that want two tensors of one type.
_TAKES_TWO = frozenset(
    [
        "equal",
        "not_equal",
        "greater",
        "greater_equal",
        "less",
        "less_equal",
        "maximum",
        "minimum",
        "dot",
        "batch_dot",
        "binary_crossentropy",
        "categorical_crossentropy",
    ]
)
_MAKES_FLOATS = frozenset(["to_categorical", "rand", "randn", "random", "uniform", "normal", "random_sample"])
_DEPTH = 3


def check(context: Context) -> Iterator[Finding]:
    """Every such function that a model is compiled with."""
    if context.era not in (Era.KERAS1, Era.KERAS2) or (
        context.settings.target == "keras2" and context.era is Era.KERAS2
    ):
        return
    found: dict[FunctionNode, None] = {}
    for looks in list(context.facts.calls.values()):
        for look in looks:
            if _is_compile(look):
                position, name, _, _ = _GETS[context.settings.target]
                found |= dict.fromkeys(_functions(look.argument(position, name)))
    for function in found:
        if function in context.facts.parents and not isinstance(function, ast.Lambda):
            yield from _finding(context, function)


def _is_compile(look: CallSeen) -> bool:
    callee = look.callee
    if not isinstance(callee, Method) or callee.name != "compile" or look.guarded:
        return False
    return isinstance(callee.owner, Model) or callee.owner is UNKNOWN


def _functions(value: Value | None) -> Iterator[FunctionNode]:
    for option in options(value) if value is not None else ():
        if isinstance(option, Function) and not option.guarded:
            yield option.node
        elif isinstance(option, Items):
            for item in option.items or ():
                yield from _functions(item)
        elif isinstance(option, DictValue):
            for _, item in option.entries:
                yield from _functions(item)


def _finding(context: Context, function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Finding]:
    names = parameters(function)
    if len(names) < 2 or not _computes(context, function, names[0], _DEPTH) or _are_floats(context):
        return
    _, _, what, library = _GETS[context.settings.target]
    index = context.facts.index
    targets, predictions = names[:2]
    body = [one for one in function.body if not _is_docstring(one)] or function.body
    place, _ = index.span(body[0])
    line, column = index.position(place)
    indent = index.line_text(line)[:column]
    message = f"{library} gives this {what} integer targets as they are; Keras 1 and 2 gave it floats"
    span = index.span(function)[0], place
    cast = f"{targets} = {{}}({targets}, {predictions}.dtype)"
    if indent.strip():
        yield Finding(RULE, *span, message, help=f"Begin with `{cast.format('cast')}`")
        return
    writing = FileWriting(context, None, context.facts.root)
    module, alias = ("keras.backend", "K") if context.settings.target == "keras2" else ("keras.ops", "ops")
    spelled, needs = context.namer.module(module, context.facts.root, alias)
    writing.imports += needs
    edit = Edit(place, place, (f"{cast.format(f'{spelled}.cast')}{index.newline_at(place)}{indent}",))
    yield Finding(RULE, *span, message, writing.fix([edit], "Make floats of the targets"))


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _computes(context: Context, function: FunctionNode, name: str, depth: int) -> bool:
    """Whether a function computes with one of its parameters and other tensors, with the types that they have."""
    nodes = sorted(
        (node for node in own_nodes(function) if hasattr(node, "lineno")),
        key=lambda node: (getattr(node, "lineno", 0), getattr(node, "col_offset", 0)),
    )
    raw = {name}
    for node in nodes:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            target = node.targets[0].id
            raw = raw | {target} if _is_raw(context, node.value, raw) else raw - {target}
        elif isinstance(node, ast.BinOp):
            sides = (node.left, node.right)
            if any(_is_raw(context, one, raw) for one in sides) and not any(map(_is_integer, sides)):
                return True
        elif isinstance(node, ast.Call) and _hands_on(context, node, raw, depth):
            return True
    return False


def _is_raw(context: Context, node: ast.expr, raw: set[str]) -> bool:
    """Whether an expression has the type of the targets."""
    if isinstance(node, ast.Name):
        return node.id in raw
    if isinstance(node, ast.Subscript):
        return _is_raw(context, node.value, raw)
    if isinstance(node, ast.UnaryOp):
        return _is_raw(context, node.operand, raw)
    if isinstance(node, ast.BinOp):
        sides = (node.left, node.right)
        return any(_is_raw(context, one, raw) for one in sides) and any(map(_is_integer, sides))
    if isinstance(node, ast.Call) and node.args:
        return _function(context, node) in _KEEPS and _is_raw(context, node.args[0], raw)
    return False


def _is_integer(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int


def _function(context: Context, node: ast.Call) -> str:
    """The short name of a function of Keras' backend, of its operations, or of TensorFlow."""
    module, _, short = (context.namer.path(node.func) or "").rpartition(".")
    return short if module in ("keras.backend", "keras.ops") or module.startswith("tensorflow") else ""


def _hands_on(context: Context, node: ast.Call, raw: set[str], depth: int) -> bool:
    """Whether a call computes with the targets: a function that wants tensors of one type, or one of the file."""
    if context.settings.target == "keras2" and _function(context, node) in _TAKES_TWO:
        return any(_is_raw(context, one, raw) for one in node.args[:2])
    called = next((one for one, calls in context.facts.callers.items() if node in calls), None)
    if called is None or not depth:
        return False
    given = zip(parameters(called), node.args)
    return any(_is_raw(context, one, raw) and _computes(context, called, name, depth - 1) for name, one in given)


def _are_floats(context: Context) -> bool:
    """Whether all targets that models of the file are trained with are seen to be floats."""
    given = [_targets(node) for node in context.facts.calls if _method(node) in _TRAINS]
    return bool(given) and all(one is not None and _is_float(context, one, _DEPTH) for one in given)


def _method(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def _targets(node: ast.Call) -> ast.expr | None:
    named = next((keyword.value for keyword in node.keywords if keyword.arg == "y"), None)
    return named if named is not None else node.args[1] if len(node.args) > 1 else None


def _is_float(context: Context, node: ast.expr, depth: int) -> bool:
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Div) or any(_is_float(context, one, depth) for one in (node.left, node.right))
    if isinstance(node, ast.Constant):
        return isinstance(node.value, float)
    if isinstance(node, ast.Subscript):
        return _is_float(context, node.value, depth)
    if isinstance(node, ast.Call):
        return _gives_floats(node)
    if not isinstance(node, ast.Name) or not depth:
        return False
    found = definitions(node.id, node, context.facts)
    values: Sequence[ast.expr | None] = [one.value if one.kind is Kind.VALUE else None for one in found]
    return bool(values) and all(one is not None and _is_float(context, one, depth - 1) for one in values)


def _gives_floats(node: ast.Call) -> bool:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    kinds = [ast.unparse(one) for one in (*node.args, *(keyword.value for keyword in node.keywords))]
    if name == "astype":
        return any("float" in kind for kind in kinds)
    if name in ("zeros", "ones"):
        return not any(word in kind for kind in kinds for word in ("int", "bool"))
    return name in _MAKES_FLOATS
