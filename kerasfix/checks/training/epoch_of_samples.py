"""`fit_generator(..., samples_per_epoch=...)` where nobody knows how many samples a batch of the generator has."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.catalogue.adapters import Argument, Unrenderable
from kerasfix.checks import Context
from kerasfix.checks._writing import FileWriting
from kerasfix.findings import Edit, Finding, Slot
from kerasfix.flow.facts import CallSeen
from kerasfix.flow.values import Method, Model

RULE = "epoch-of-samples"
RULES = frozenset({RULE})
PRIORITY = -1  # before the rows of `fit_generator`, which have no answer to it


def check(context: Context) -> Iterator[Finding]:
    """Every such call."""
    for node, looks in context.facts.calls.items():
        if not isinstance(node.func, ast.Attribute) or not all(map(_is_fit_generator, looks)):
            continue
        given = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
        generator = given.get("generator", node.args[0] if node.args else None)
        if "samples_per_epoch" not in given or len(given) != len(node.keywords) or len(node.args) > 1:
            continue
        prepared = generator is not None and _is_prepared(generator, given.get("callbacks"))
        if generator is None or (not prepared and _is_known(context, generator, looks)):
            continue
        if (finding := _finding(context, node, node.func)) is not None:
            context.taken.add(id(node))
            yield finding


def _is_fit_generator(look: CallSeen) -> bool:
    callee = look.callee
    method = isinstance(callee, Method) and callee.name == "fit_generator" and isinstance(callee.owner, Model)
    return method and not look.guarded


def _is_known(context: Context, generator: ast.expr, looks: list[CallSeen]) -> bool:
    """Whether the size of the batches is known."""
    value = looks[0].argument(0, "generator")
    writing = FileWriting(context, None, context.facts.root)
    argument = Argument(generator, value, Slot(*context.facts.index.span(generator))) if value is not None else None
    return argument is not None and writing.batch_size(argument) is not None


def _is_prepared(generator: ast.expr, callbacks: ast.expr | None) -> bool:
    """Whether the generator is a method of one of the callbacks: Keras 3 draws from it before it calls any."""
    func = generator.func if isinstance(generator, ast.Call) else generator
    if not isinstance(func, ast.Attribute) or callbacks is None:
        return False
    owner = ast.unparse(func.value)
    return any(isinstance(part, ast.expr) and ast.unparse(part) == owner for part in ast.walk(callbacks))


def _finding(context: Context, node: ast.Call, func: ast.Attribute) -> Finding | None:
    index = context.facts.index
    writing = FileWriting(context, None, context.facts.root)
    try:
        name = writing.snippet("fit_generator")
    except Unrenderable:
        return None
    (start, last), end = index.span(node), index.span(func)[1]
    opening = index.text.index("(", end) + 1
    model = Slot(*index.span(func.value))
    title = "Call `fit_generator`, a definition that the file gets, which counts samples as the method did"
    fix = writing.fix([Edit(start, last, (f"{name}(", model, ", ", Slot(opening, last)))], title)
    message = "models count the batches of an epoch now, not its samples, and nobody knows the size of these batches"
    return Finding(RULE, start, last, message, fix)
