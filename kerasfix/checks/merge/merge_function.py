"""`merge(inputs, mode=...)`, the function of Keras 1."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks.merge._merging import Merging, Refusal, on_inputs, replacement, with_masks
from kerasfix.edits.calls import call_text
from kerasfix.findings import Finding, Fix
from kerasfix.flow.facts import CallSeen, root_of
from kerasfix.flow.values import UNKNOWN, Api

RULE = "merge-function"
RULES = frozenset({RULE})


def check(context: Context) -> Iterator[Finding]:
    """Every call of Keras' `merge`, with its layer in place of it where that is certain."""
    for node, looks in context.facts.calls.items():
        seen = [look for look in looks if isinstance(look.callee, Api) and look.callee.name == "keras.layers.merge"]
        if seen and not any(look.guarded for look in seen):
            yield _finding(context, node, seen, sure=len(seen) == len(looks) and node not in context.facts.other_calls)


def _finding(context: Context, node: ast.Call, seen: list[CallSeen], *, sure: bool) -> Finding:
    index = context.facts.index
    start, end = index.span(node)
    source = index.source(node.func)
    if not sure:
        return Finding(
            RULE,
            start,
            end,
            f"`{source}` is Keras 1's `merge` on one path and something else on another",
            help="Give the two different names, then merge with Add, Concatenate, ...",
        )
    text = call_text(index, node)
    inputs = text.find("inputs", 0)
    message = f"`{source}(...)`, the Keras 1 function, is gone"
    if inputs is None:
        return Finding(
            RULE, start, end, message, help="Call a layer: Add, Multiply, Concatenate, Average, Maximum or Dot"
        )
    merging = Merging(
        context, node, text, seen, root_of(seen), [look.argument(0, "inputs") or UNKNOWN for look in seen],
        index.text[inputs.value_start : inputs.end],
    )  # fmt: skip
    result = with_masks(replacement(merging), merging)
    if isinstance(result, Refusal):
        return Finding(RULE, start, end, f"{message}; {result.message}", help=result.help)
    name = source if isinstance(node.func, ast.Name) else ""
    fix = Fix(
        edits=on_inputs(merging, inputs, result),
        applicability=result.applicability,
        title=result.title,
        assumes=" and ".join(result.assumes) or None,
        imports=result.imports,
        releases=frozenset({name} if name else ()),
    )
    return Finding(RULE, start, end, message, fix)
