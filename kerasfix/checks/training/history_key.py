"""`history.history['acc']`, `monitor='val_acc'`: names under which nothing is measured any more."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from kerasfix.checks import Context
from kerasfix.checks._era import Era
from kerasfix.checks.training._history_keys import keys, measured, patterns
from kerasfix.findings import Applicability, Edit, Finding, Fix

RULE = "history-key"
RULES = frozenset({RULE})
_TITLE = "Call it by its name of today"
# The functions by whose names Keras 1 and 2 called what is asked for in short; today it keeps the short name.
_FUNCTIONS = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "msle": "mean_squared_logarithmic_error",
}


@dataclass(frozen=True, slots=True)
class _Renaming:
    """The last words of a key, and what they are today."""

    old: str
    new: str
    assumes: str = ""


def check(context: Context) -> Iterator[Finding]:
    """Every name of a metric that has another one since Keras 2.3, where its model is compiled with that metric."""
    facts = context.facts
    for node in keys(facts):
        if isinstance(node.value, str) and (renaming := _renaming(node.value, context)) is not None:
            offset = facts.index.span(node)[0] + facts.index.source(node).rindex(renaming.old)
            yield _finding(context, node, node.value, renaming, offset)
    for node, match in patterns(facts):
        if (renaming := _renaming(match[1], context)) is not None:
            offset = facts.index.span(node)[0] + match.end() - len(renaming.old)
            yield _finding(context, node, match[1], renaming, offset)
    if context.settings.target == "keras3":
        yield from _rates(context)


def _renaming(key: str, context: Context) -> _Renaming | None:
    """What a key ends in that has another name today."""
    names = measured(context.facts)
    for short, function in _FUNCTIONS.items():
        asked = short in names and function not in names and function not in context.facts.scopes.named
        if asked and (key == function or key.endswith(f"_{function}")):
            return _Renaming(function, short)
    assumes = _assumption(context)
    return _Renaming("acc", "accuracy", assumes) if assumes is not None and _is_accuracy(key, context) else None


def _assumption(context: Context) -> str | None:
    """What has to be assumed of the metrics: nothing (""), or None where the names may be right."""
    names = measured(context.facts)
    if "acc" in names:
        return None
    if "accuracy" in names:
        return ""
    if context.era in (Era.KERAS1, Era.KERAS2, Era.MIXED) and context.facts.root == "keras":
        return "the model is compiled with `metrics=['accuracy']`"
    return None


def _is_accuracy(key: str, context: Context) -> bool:
    """Whether a key is that of an accuracy, of the model or of one of its outputs."""
    short = key.removeprefix("val_")
    if short == "acc":
        return True
    if not short.endswith("_acc"):
        return False
    # A metric of one's own has the name of its function.
    names = measured(context.facts).union(*(facts.function_names for facts in context.facts.together))
    return not any(short == name or short.endswith(f"_{name}") for name in names)


def _rates(context: Context) -> Iterator[Finding]:
    """The learning rate, which callbacks of Keras 3 write down under its whole name."""
    facts = context.facts
    if "LearningRateScheduler" not in facts.index.text and "ReduceLROnPlateau" not in facts.index.text:
        return
    for node in keys(facts):
        if node.value == "lr":
            offset = facts.index.span(node)[0] + facts.index.source(node).rindex("lr")
            yield _finding(context, node, "lr", _Renaming("lr", "learning_rate"), offset)


def _finding(context: Context, node: ast.Constant, name: str, renaming: _Renaming, offset: int) -> Finding:
    start, end = context.facts.index.span(node)
    new = name.removesuffix(renaming.old) + renaming.new
    edits = (Edit(offset, offset + len(renaming.old), (renaming.new,)),)
    applicability = Applicability.UNSAFE if renaming.assumes else Applicability.SAFE
    fix = Fix(edits, applicability, _TITLE, assumes=renaming.assumes or None)
    return Finding(RULE, start, end, f"what was measured as `{name}` is `{new}` now", fix)
