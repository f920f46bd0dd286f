"""A `Lambda` whose function reads Keras tensors of the code around it, and not only those that it is called on."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from kerasfix.checks import Context
from kerasfix.findings import Finding
from kerasfix.flow.facts import CallSeen
from kerasfix.flow.values import Api, Function, Tensor, options

RULE = "lambda-captures-tensor"
RULES = frozenset({RULE})


def check(context: Context) -> Iterator[Finding]:
    """Every `Lambda` that has more inputs than it is called on."""
    if context.settings.target != "keras3":
        return
    for node, looks in context.facts.calls.items():
        if not all(isinstance(look.callee, Api) and look.callee.name == "keras.layers.Lambda" for look in looks):
            continue
        names = sorted(set().union(*map(_captured, looks))) if not any(look.guarded for look in looks) else []
        if not names:
            continue
        start, end = context.facts.index.span(node)
        listed = " and ".join(f"`{name}`" for name in names)
        yield Finding(
            RULE,
            start,
            end,
            f"The function of this `Lambda` reads {listed} of the model around it",
            help=f"Call the `Lambda` on a list with {listed} in it, too, and take the tensors from its argument: "
            "`Lambda(lambda tensors: ...)([x, ...])`",
        )


def _captured(look: CallSeen) -> set[str]:
    """The names of Keras tensors that a function reads from the scopes around it."""
    value = look.argument(0, "function")
    found: set[str] = set()
    for option in options(value) if value is not None else ():
        if not isinstance(option, Function):
            continue
        for name in _free_names(option.node):
            outer = option.frame.lookup(name)
            if outer is not None and all(isinstance(one, Tensor) and one.symbolic for one in options(outer)):
                found.add(name)
    return found


def _free_names(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
    """The names that a function reads and does not bind."""
    inside: Sequence[ast.AST] = [part for part in ast.walk(function) if part is not function]
    bound = {part.arg for part in inside if isinstance(part, ast.arg)}
    bound |= {part.id for part in inside if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load)}
    bound |= {part.name for part in inside if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef))}
    body = function.body if isinstance(function.body, list) else [function.body]
    reads = (part for statement in body for part in ast.walk(statement) if isinstance(part, ast.Name))
    return {part.id for part in reads} - bound
