"""`@interfaces.legacy_dense_support`, by which Keras 2 took the arguments of Keras 1, and which is gone."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.findings import Applicability, Edit, Finding, Fix
from kerasfix.names.namer import root_name
from kerasfix.source.index import TextIndex

RULE = "moved-module"
RULES = frozenset({RULE})
_PATH = "keras.legacy.interfaces.legacy_"


def check(context: Context) -> Iterator[Finding]:
    """Every such decorator."""
    if "legacy" not in context.facts.index.text:
        return
    for node in ast.walk(context.facts.tree):
        for decorator in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
            if isinstance(decorator, (ast.Name, ast.Attribute)) and _is_interface(context, decorator):
                yield _finding(context, decorator)


def _is_interface(context: Context, decorator: ast.Name | ast.Attribute) -> bool:
    path = context.namer.path(decorator) or ""
    return path.removeprefix("tensorflow.").startswith(_PATH)


def _finding(context: Context, decorator: ast.Name | ast.Attribute) -> Finding:
    index = context.facts.index
    start, end = index.span(decorator)
    root = root_name(decorator)
    fix = Fix(
        edits=(_without(index, start, end),),
        applicability=Applicability.SAFE,
        title="Drop it: it only translated the arguments of Keras 1 to those of Keras 2",
        releases=frozenset({root.id} if root is not None else ()),
    )
    return Finding(RULE, start, end, f"`{index.source(decorator)}` is gone from Keras", fix)


def _without(index: TextIndex, start: int, end: int) -> Edit:
    """The edit that takes the line of a decorator out, or what stands before the comment on it."""
    following = index.text.index("\n", end) + 1
    if comment := index.text[end:following].strip():
        return Edit(index.text.rindex("@", 0, start), index.text.index(comment, end))
    return Edit(start - index.position(start)[1], following)
