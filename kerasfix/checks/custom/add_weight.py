"""`add_weight` in the order of arguments of another version of Keras: with names, one call serves all of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks._scopes import is_name
from kerasfix.checks.custom._classes import CustomClass, Function, attribute_of, is_for_two_versions, layers, self_name
from kerasfix.edits.calls import call_text
from kerasfix.findings import Applicability, Edit, Finding, Fix

RULE = "add-weight-order"
RULES = frozenset({RULE})
_METHODS = frozenset({"add_weight", "add_variable"})
_KERAS_1 = ("shape", "initializer", "name", "trainable", "regularizer", "constraint")
_KERAS_2 = ("name", "shape", "dtype", "initializer", "regularizer", "trainable", "constraint")
_KERAS_3 = ("shape", "initializer", "dtype", "trainable", "autocast", "regularizer", "constraint")
_TYPES = frozenset({"float16", "float32", "float64", "bfloat16", "int32", "int64", "bool", "uint8", "int8"})


def check(context: Context) -> Iterator[Finding]:
    """Every call with positional arguments that the target takes for something else."""
    if not any(name in context.facts.index.text for name in _METHODS):
        return
    for cls in layers(context):
        if cls.has("add_weight") or cls.has("add_variable"):
            continue  # which may take its arguments in any order
        for method in cls.methods.values():
            for node in ast.walk(method):
                if isinstance(node, ast.Call) and attribute_of(node.func, self_name(method)) in _METHODS:
                    yield from _finding(context, cls, method, node)


def _finding(context: Context, cls: CustomClass, method: Function, call: ast.Call) -> Iterator[Finding]:
    if is_for_two_versions(cls.facts, call, *_METHODS):
        return
    index = context.facts.index
    keras3 = context.settings.target == "keras3"
    func = call.func
    assert isinstance(func, ast.Attribute)
    edits: list[Edit] = []
    said: list[str] = []
    if keras3 and func.attr == "add_variable":
        end = index.span(func)[1]
        edits.append(Edit(end - len(func.attr), end, ("add_weight",)))
        said.append("`add_variable` is `add_weight`")
    order = _order(cls, method, call) if call.args else ()
    if order is None:
        message = "the order of the arguments of `add_weight` is not the same in Keras 1, 2 and 3"
        advice = "Write `self.add_weight(shape=..., initializer=..., name=...)`, each argument with its name"
        yield Finding(RULE, *index.span(call), message, help=advice)
        return
    if order and ((order[0] == "name") is keras3 or (order[2] == "name" and len(call.args) > 2)):
        text = call_text(index, call)
        edits += [
            Edit(argument.start, argument.start, (f"{name}=",))
            for argument, name in zip(text.args, order)
            if argument.keyword is None
        ]
        taken = "the name" if order[0] == "name" else "the shape"
        said.append(f"`add_weight` does not take {taken} first")
    if keras3:
        slashes = list(_slashes(context, call, order or ()))
        edits += slashes
        said += ["Keras 3 takes no `/` in the name of a weight"] if slashes else []
    if edits:
        title = "Give the arguments their names" if order else "Write it as Keras 3 takes it"
        yield Finding(RULE, *index.span(call), "; ".join(said), Fix(tuple(edits), Applicability.SAFE, title))


def _order(cls: CustomClass, method: Function, call: ast.Call) -> tuple[str, ...] | None:
    """The names of the positional arguments; None where they cannot be told."""
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return None
    given = {keyword.arg for keyword in call.keywords}
    first = call.args[0]
    if "shape" in given or (_is_text(first) and "name" not in given):
        return _KERAS_2 if len(call.args) <= len(_KERAS_2) else None
    if "name" in given or _is_shape(method, first):
        if len(call.args) > 2 and _is_type(call.args[2]):
            return _KERAS_3
        return _KERAS_1 if len(call.args) <= len(_KERAS_1) else None
    return None


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    if isinstance(node, ast.BinOp):
        return _is_text(node.left) or _is_text(node.right)
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and node.func.attr == "format"
    return isinstance(node, ast.JoinedStr)


def _is_shape(method: Function, node: ast.expr) -> bool:
    if isinstance(node, (ast.Tuple, ast.List)):
        return True
    if isinstance(node, ast.BinOp):
        return _is_shape(method, node.left) or _is_shape(method, node.right)
    if isinstance(node, ast.Subscript):
        return isinstance(node.slice, ast.Slice)
    if isinstance(node, ast.Attribute):
        return "shape" in node.attr.lower()
    if isinstance(node, ast.Name):
        return "shape" in node.id or any(_is_shape(method, value) for value in _assigned(method, node.id))
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("tuple", "list")


def _assigned(method: Function, name: str) -> Iterator[ast.expr]:
    for node in ast.walk(method):
        if not isinstance(node, ast.Assign) or any(is_name(part, name) for part in ast.walk(node.value)):
            continue
        if any(is_name(target, name) for target in node.targets):
            yield node.value


def _is_type(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return node.value is None or node.value in _TYPES
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and node.func.attr == "floatx"
    return isinstance(node, ast.Attribute) and node.attr in {*_TYPES, "dtype"}


def _slashes(context: Context, call: ast.Call, order: tuple[str, ...]) -> Iterator[Edit]:
    """The slashes in what is written of a name."""
    index = context.facts.index
    given = [*zip(order, call.args), *((keyword.arg, keyword.value) for keyword in call.keywords)]
    for parameter, value in given:
        if parameter != "name":
            continue
        for part in ast.walk(value):
            if isinstance(part, ast.Constant) and isinstance(part.value, str) and "/" in part.value:
                start, end = index.span(part)
                for position in range(start, end):
                    if index.text[position] == "/":
                        yield Edit(position, position + 1, ("_",))
