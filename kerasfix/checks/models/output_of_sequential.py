"""`model.input` and `model.output` of a `Sequential`: on Keras 3 those of its first call, and not its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks._era import BEFORE_KERAS3
from kerasfix.checks.models._given import attribute_values, is_asked_for_several, is_given
from kerasfix.checks.models._sequentials import called, is_sequential, several_inputs
from kerasfix.findings import Applicability, Edit, Finding, Fix
from kerasfix.flow.facts import AttributeSeen
from kerasfix.flow.values import Const, Model, Value, options

RULE = "output-of-sequential"
RULES = frozenset({RULE})
_BEFORE = "the file was written for Keras 1 or 2: in Keras 3, it may mean the call of the model"


def check(context: Context) -> Iterator[Finding]:
    """Every read of them where the model can only be a `Sequential`."""
    if context.settings.target != "keras3":
        return
    for node, looks in context.facts.ends.items():
        if not isinstance(node.ctx, ast.Load) or any(look.guarded for look in looks):
            continue
        owners = _owners(looks, attribute_values(context.facts, node.value))
        if any(map(is_sequential, owners)) and all(_has_one(owner, node.attr) for owner in owners):
            yield from _finding(context, node, owners)


def _owners(looks: list[AttributeSeen], others: tuple[Value, ...]) -> list[Value]:
    """What it is read of; `self.model = None` before the model is made is no model that it is read of."""
    found = [*(option for look in looks for option in options(look.owner)), *others]
    return [owner for owner in found if not (isinstance(owner, Const) and owner.value is None)]


def _has_one(owner: Value, name: str) -> bool:
    """Whether a model has one such tensor, which is then the first of its list, too."""
    if is_sequential(owner):
        return True
    return isinstance(owner, Model) and len(owner.outputs if name == "output" else owner.inputs) == 1


def _finding(context: Context, node: ast.Attribute, owners: list[Value]) -> Iterator[Finding]:
    sites = {owner.site for owner in owners if isinstance(owner, Model) and owner.kind == "Sequential"}
    # What begins with a `Merge` becomes a functional model, whose `input` and `output` are what they were.
    if not sites.isdisjoint(several_inputs(context.facts)):
        return
    given = is_given(context.facts, node.value)
    if given and is_asked_for_several(context.facts, node):
        return
    assumes = []
    if not sites.isdisjoint(called(context.facts)) and context.era not in BEFORE_KERAS3:
        assumes.append(_BEFORE)
    if given:
        assumes.append(f"`{ast.unparse(node.value)}` has one {node.attr}, whoever gives it")
    end = context.facts.index.span(node)[1]
    start = end - len(node.attr)
    new = f"{node.attr}s[0]"
    fix = Fix(
        (Edit(start, end, (new,)),),
        Applicability.UNSAFE if assumes else Applicability.SAFE,
        f"Write `{new}`",
        " and ".join(assumes) or None,
    )
    message = f"`{node.attr}` of a `Sequential` is, in Keras 3, that of its first call, and an error without one"
    yield Finding(RULE, start, end, message, fix)
