"""`partial(self.init, dim_ordering=...)`: initializers of Keras 1 were told the ordering of images."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks.custom._classes import CustomClass, Function, layers
from kerasfix.checks.custom._creators import GETTERS, api_of, initializer_attributes, is_initializer
from kerasfix.checks.custom._fans import assumption
from kerasfix.checks.custom.initializer import function_of_keras, named
from kerasfix.edits.arguments import rewrite_arguments
from kerasfix.edits.calls import Pieces, call_text
from kerasfix.findings import Applicability, Edit, Finding, Fix, ImportNeed, Slot
from kerasfix.flow.values import External, options

RULE = "initializer-with-ordering"
RULES = frozenset({RULE})
_ORDERING = "dim_ordering"
_MESSAGE = "an initializer takes no ordering of images any more"
_HELP = "Leave `dim_ordering` out: Keras counts the fans of a kernel as (..., channels, filters)"


def check(context: Context) -> Iterator[Finding]:
    """Every initializer that is looked up, or partly applied, with an ordering."""
    if _ORDERING not in context.facts.index.text:
        return
    for call in context.facts.nodes(ast.Call):
        if _ordering(call) is None or any(look.guarded for look in context.facts.calls.get(call, ())):
            continue
        if api_of(context.facts, call) in GETTERS:
            yield _looked_up(context, call)
        elif _is_partial(context, call) and (short := function_of_keras(context, call.args[0])) is not None:
            yield from _applied(context, call, short)
    for cls in layers(context):
        known = initializer_attributes(cls)
        for method in cls.methods.values():
            yield from _in_method(context, cls, method, known)


def _in_method(context: Context, cls: CustomClass, method: Function, known: frozenset[str]) -> Iterator[Finding]:
    for node in ast.walk(method):
        if not isinstance(node, ast.Call) or _ordering(node) is None or not _is_partial(context, node):
            continue
        if is_initializer(cls, method, node.args[0], known):
            yield from _applied(context, node, None)


def _ordering(call: ast.Call) -> ast.expr | None:
    return next((keyword.value for keyword in call.keywords if keyword.arg == _ORDERING), None)


def _is_partial(context: Context, call: ast.Call) -> bool:
    """Whether a call is `functools.partial(function, ...)` with nothing else by position, and is not called itself."""
    looks = context.facts.calls.get(call, [])
    seen = [option for look in looks for option in options(look.callee)]
    partial = bool(seen) and all(isinstance(one, External) and one.name == "functools.partial" for one in seen)
    parent = context.facts.parents.get(call)
    return partial and len(call.args) == 1 and not (isinstance(parent, ast.Call) and parent.func is call)


def _looked_up(context: Context, call: ast.Call) -> Finding:
    """`initializations.get(init, dim_ordering=dim_ordering)`, which went without it in Keras 1, too."""
    index = context.facts.index
    text = call_text(index, call)
    gone = [number for number, argument in enumerate(text.args) if argument.keyword == _ORDERING]
    edits = rewrite_arguments(index, text, (), gone, ())
    fix = Fix(tuple(edits), Applicability.SAFE, "Leave the ordering out")
    return Finding(RULE, *index.span(call), _MESSAGE, fix)


def _applied(context: Context, call: ast.Call, short: str | None) -> Iterator[Finding]:
    """`partial(self.init, dim_ordering=...)`; `short` is the name of a function of `keras.initializations`."""
    index = context.facts.index
    inner, ordering = call.args[0], _ordering(call)
    start, end = index.span(call)
    if ordering is None:
        return
    if short is not None and "scale" in {keyword.arg for keyword in call.keywords}:
        return  # which is written as a function of its own
    if len(call.keywords) > 1 or call_text(index, call).comments:
        yield Finding(RULE, start, end, _MESSAGE, help=_HELP)
        return
    new: Pieces = (Slot(*index.span(inner)),)
    imports: tuple[ImportNeed, ...] = ()
    if short is not None:
        new, imports = named(context, short)
    assumes = assumption(inner, ordering)
    safety = Applicability.UNSAFE if assumes else Applicability.SAFE
    gone = call if short is not None else call.func
    released = frozenset(part.id for part in ast.walk(gone) if isinstance(part, ast.Name))
    title = "Give the initializer itself"
    yield Finding(RULE, start, end, _MESSAGE, Fix((Edit(start, end, new),), safety, title, assumes, imports, released))
