"""`p *= factor` on the weight that a constraint or a regularizer of one's own is given, which is a variable now."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks._scopes import is_name
from kerasfix.checks.custom._classes import Function, classes, derives_from, parameter_names
from kerasfix.checks.custom._weights import statements_in
from kerasfix.findings import Applicability, Edit, Finding, Fix
from kerasfix.source.index import TextIndex

RULE = "weight-changed-in-place"
RULES = frozenset({RULE})
_SIGNS: dict[type[ast.operator], str] = {ast.Mult: "*", ast.Add: "+", ast.Sub: "-", ast.Div: "/"}
_ATOMS = (ast.Name, ast.Attribute, ast.Call, ast.Constant, ast.Subscript)


def check(context: Context) -> Iterator[Finding]:
    """Every augmented assignment to the weight, in code for tf_keras; Keras 3 makes a tensor of it."""
    if context.settings.target != "keras2" or "__call__" not in context.facts.index.text:
        return
    families = ("keras.constraints.", "keras.regularizers.")
    for cls in classes(context, lambda cls: any(derives_from(cls, family) for family in families)):
        method = cls.methods.get("__call__")
        if method is not None and parameter_names(method):
            yield from _findings(context, method, parameter_names(method)[0])


def _findings(context: Context, method: Function, weight: str) -> Iterator[Finding]:
    index = context.facts.index
    for statement in statements_in(method):
        if isinstance(statement, ast.Assign) and any(is_name(target, weight) for target in statement.targets):
            return  # a tensor from here on
        if not isinstance(statement, ast.AugAssign) or not is_name(statement.target, weight):
            continue
        sign = _SIGNS.get(type(statement.op))
        if sign is None:
            return
        message = f"`{weight}` is a variable, which `{sign}=` cannot change"
        title = f"Make a tensor of it by `{weight} = {weight} {sign} ...`"
        yield Finding(
            RULE,
            *index.span(statement),
            message,
            Fix(tuple(_edits(index, statement, weight, sign)), Applicability.SAFE, title),
        )
        return


def _edits(index: TextIndex, statement: ast.AugAssign, weight: str, sign: str) -> Iterator[Edit]:
    begin = index.span(statement.target)[1]
    start, end = index.span(statement.value)
    between = index.text[begin:start]
    at = begin + between.index(f"{sign}=")
    yield Edit(at, at + 2, (f"= {weight} {sign}",))
    if not isinstance(statement.value, _ATOMS) and "(" not in between:
        yield Edit(start, start, ("(",))
        yield Edit(end, end, (")",))
