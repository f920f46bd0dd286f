"""Metrics of one's own with `reset_states`, which Keras 3 never calls."""

from __future__ import annotations

from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks.custom._classes import classes, derives_from
from kerasfix.findings import Applicability, Edit, Finding, Fix

RULE = "metric-with-reset-states"
RULES = frozenset({RULE})
_OLD, _NEW = "reset_states", "reset_state"


def check(context: Context) -> Iterator[Finding]:
    """Every such method of a class that derives from a metric of Keras and has none of the new name."""
    if context.settings.target != "keras3" or f"def {_OLD}" not in context.facts.index.text:
        return
    for cls in classes(context, lambda one: derives_from(one, "keras.metrics.")):
        if _OLD not in cls.methods or cls.has(_NEW):
            continue
        start, end = context.facts.index.span(cls.methods[_OLD])
        start = context.facts.index.text.index(_OLD, start, end)
        fix = Fix((Edit(start, start + len(_OLD), (_NEW,)),), Applicability.SAFE, f"Rename to `{_NEW}`")
        message = f"Keras 3 does not call `{_OLD}` of a metric: `{cls.name}` would count on from epoch to epoch"
        yield Finding(RULE, start, start + len(_OLD), message, fix)
