"""`history.history['acc']`, `monitor='val_acc'`: names under which nothing is measured any more."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks._era import Era
from kerasfix.checks.training._history_keys import keys, measured, patterns
from kerasfix.findings import Applicability, Edit, Finding, Fix

RULE = "history-key"
RULES = frozenset({RULE})
_TITLE = "Call it by its name of today"


def check(context: Context) -> Iterator[Finding]:
    """Every name of a metric that has another one since Keras 2.3, where its model is compiled with that metric."""
    assumes = _assumption(context)
    facts = context.facts
    if assumes is not None:
        for node in keys(facts):
            if isinstance(node.value, str) and _is_accuracy(node.value, context):
                start, _ = facts.index.span(node)
                offset = start + facts.index.source(node).rindex("acc")
                yield _finding(context, node, node.value, (Edit(offset, offset + 3, ("accuracy",)),), assumes)
        for node, match in patterns(facts):
            offset = facts.index.span(node)[0] + match.end() - 3
            name = match.group()[1:]
            if _is_accuracy(name, context):
                yield _finding(context, node, name, (Edit(offset, offset + 3, ("accuracy",)),), assumes)
    if context.settings.target == "keras3":
        yield from _rates(context)


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
    trees = [facts.tree for facts in context.facts.together or (context.facts,)]
    names = {part.name for tree in trees for part in ast.walk(tree) if isinstance(part, ast.FunctionDef)}
    return not any(short == name or short.endswith(f"_{name}") for name in names | measured(context.facts))


def _rates(context: Context) -> Iterator[Finding]:
    """The learning rate, which callbacks of Keras 3 write down under its whole name."""
    facts = context.facts
    if "LearningRateScheduler" not in facts.index.text and "ReduceLROnPlateau" not in facts.index.text:
        return
    for node in keys(facts):
        if node.value == "lr":
            source = facts.index.source(node)
            start, end = facts.index.span(node)
            yield _finding(context, node, "lr", (Edit(start, end, (source.replace("lr", "learning_rate"),)),), "")


def _finding(context: Context, node: ast.Constant, name: str, edits: tuple[Edit, ...], assumes: str) -> Finding:
    start, end = context.facts.index.span(node)
    new = "learning_rate" if name == "lr" else name.removesuffix("acc") + "accuracy"
    message = f"what was measured as `{name}` is `{new}` now"
    applicability = Applicability.UNSAFE if assumes else Applicability.SAFE
    return Finding(RULE, start, end, message, Fix(edits, applicability, _TITLE, assumes=assumes or None))
