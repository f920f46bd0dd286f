"""Masks as Keras 1 handed them to layers: always there, and a list wherever there is more than one input."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeGuard

from kerasfix.checks import Context
from kerasfix.checks._era import Era
from kerasfix.checks._scopes import is_name
from kerasfix.checks.custom._classes import CustomClass, Function, layers
from kerasfix.findings import Applicability, Edit, Finding, Fix

RULE = "mask-taken-for-granted"
RULES = frozenset({RULE})


def check(context: Context) -> Iterator[Finding]:
    """Every `call` whose mask has no default, and every list of masks that may be None."""
    if "mask" not in context.facts.index.text:
        return
    for cls in layers(context):
        for name in ("call", "compute_mask"):
            method = cls.methods.get(name)
            if method is None:
                continue
            mask = _mask(method)
            if mask is None:
                continue
            if name == "call" and (finding := _without_default(context, cls, method, mask)) is not None:
                yield finding
            # Keras 3 gives a list, if only of None; tf_keras gives None where no input has a mask.
            if context.settings.target == "keras2" and context.era in (Era.KERAS1, Era.MIXED):
                yield from _indexed(context, method, mask)


def _mask(method: Function) -> ast.arg | None:
    parameters = [*method.args.posonlyargs, *method.args.args][2:]
    return next((parameter for parameter in parameters if "mask" in parameter.arg), None)


def _without_default(context: Context, cls: CustomClass, method: Function, mask: ast.arg) -> Finding | None:
    spec = method.args
    parameters = [*spec.posonlyargs, *spec.args]
    last_without = len(parameters) - len(spec.defaults) - 1
    # Only the last one without a default can be given one.
    if mask.arg != "mask" or parameters.index(mask) != last_without:
        return None
    index = context.facts.index
    start, end = index.span(mask)
    message = f"`{cls.name}.call` is called without a mask now where no input has one"
    edit = Edit(end, end, ("=None" if mask.annotation is None else " = None",))
    return Finding(RULE, start, end, message, Fix((edit,), Applicability.SAFE, "Let it be None by default"))


def _indexed(context: Context, method: Function, mask: ast.arg) -> Iterator[Finding]:
    """`mask[0]`, `a, b = mask` in a method that does not ask whether there is a mask."""
    index = context.facts.index
    name = mask.arg
    uses = [node for node in ast.walk(method) if isinstance(node, ast.Name) and node.id == name]
    if any(isinstance(use.ctx, ast.Store) for use in uses) or _is_asked(method, name):
        return
    places = [node for node in map(context.facts.parents.get, uses) if _takes_apart(node, name)]
    if not places:
        return
    inputs = [*method.args.posonlyargs, *method.args.args][1].arg
    body = method.body[1:] if ast.get_docstring(method) is not None and len(method.body) > 1 else method.body
    start = index.span(body[0])[0]
    line, column = index.position(start)
    indent = index.line_text(line)[:column]
    message = f"`{name}` is None, and no list, where none of the inputs has a mask"
    if indent.strip():
        advice = f"Write `if {name} is None: {name} = [None] * len({inputs})` at the beginning"
        yield Finding(RULE, *index.span(places[0]), message, help=advice)
        return
    newline = index.newline_at(start)
    step = "\t" if indent.endswith("\t") else "    "
    text = f"if {name} is None:{newline}{indent}{step}{name} = [None] * len({inputs}){newline}{indent}"
    fix = Fix((Edit(start, start, (text,)),), Applicability.SAFE, "Take a list of None then, as Keras 1 handed in")
    for place in places:
        yield Finding(RULE, *index.span(place), message, fix)


def _takes_apart(node: ast.AST | None, name: str) -> TypeGuard[ast.Subscript | ast.Assign]:
    if isinstance(node, ast.Subscript):
        return is_name(node.value, name)
    if isinstance(node, ast.Assign):
        return isinstance(node.targets[0], (ast.Tuple, ast.List))
    return False


def _is_asked(method: Function, name: str) -> bool:
    """Whether some test in a method is about the mask."""
    tests = [node.test for node in ast.walk(method) if isinstance(node, (ast.If, ast.IfExp, ast.Assert, ast.While))]
    for test in tests:
        for part in ast.walk(test):
            if isinstance(part, ast.Name) and part.id == name and not _is_part_of_item(test, part):
                return True
    return False


def _is_part_of_item(test: ast.expr, name: ast.Name) -> bool:
    """Whether a test asks about `mask[0]` only."""
    return any(isinstance(part, ast.Subscript) and part.value is name for part in ast.walk(test))
