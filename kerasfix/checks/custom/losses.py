"""Losses and updates that a layer of one's own adds, as Keras 1 and 2 took them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks.custom._classes import CustomClass, Function, attribute_of, is_for_two_versions, layers, self_name
from kerasfix.checks.custom._weights import Weights, weights_of
from kerasfix.edits.calls import call_text
from kerasfix.findings import Applicability, Edit, Finding, Fix

LOSS = "add-loss-arguments"
UPDATE = "add-update-in-layer"
RULES = frozenset({LOSS, UPDATE})


def check(context: Context) -> Iterator[Finding]:
    """Every `self.add_loss` with inputs or before the layer is called, and every `self.add_update`."""
    text = context.facts.index.text
    if "add_loss" not in text and "add_update" not in text:
        return
    for cls in layers(context):
        weights = weights_of(cls) if "add_loss" in text else None
        for method in cls.methods.values():
            for node in ast.walk(method):
                if not isinstance(node, ast.Call) or is_for_two_versions(cls.facts, node, "add_loss", "add_update"):
                    continue
                called = attribute_of(node.func, self_name(method))
                if called == "add_loss" and not cls.has("add_loss") and weights is not None:
                    yield from _loss(context, cls, method, node, weights)
                elif called == "add_update" and not cls.has("add_update"):
                    yield from _update(context, cls, node)


def _loss(context: Context, cls: CustomClass, method: Function, call: ast.Call, weights: Weights) -> Iterator[Finding]:
    index = context.facts.index
    if method.name in ("build", "__init__"):
        if _is_spent(weights, call):
            return
        advice = f"Give the weight a `regularizer` in `self.add_weight`, or add the loss in `{cls.name}.call`"
        message = f"a loss that is added in `{method.name}` is lost: only those of `call` count"
        if not any(isinstance(argument, ast.Lambda) for argument in call.args):
            yield Finding(LOSS, *index.span(call), message, help=advice)
        return
    keywords = {keyword.arg for keyword in call.keywords}
    renamed = context.settings.target == "keras3" and "losses" in keywords
    extra = len(call.args) > 1 or (context.settings.target == "keras3" and "inputs" in keywords)
    if not extra and not renamed:
        return
    message = "`add_loss` does not take the inputs that a loss depends on any more"
    if not extra:
        message = "`losses` of `add_loss` is called `loss` now"
    text = call_text(index, call)
    loss = text.args[0]
    others = [argument for argument in text.args[1:] if argument.keyword not in ("inputs", None)]
    if len(call.args) > 2 or others or loss.keyword not in ("losses", "loss", None) or text.comments:
        yield Finding(LOSS, *index.span(call), message, help="Leave the inputs out: `self.add_loss(loss)`")
        return
    edits = [Edit(loss.end, text.close)] if extra else []
    edits += [Edit(loss.start, loss.name_end, ("loss",))] if loss.keyword == "losses" and renamed else []
    title = "Leave the inputs out, which Keras sees by itself" if extra else "Rename to `loss`"
    yield Finding(LOSS, *index.span(call), message, Fix(tuple(edits), Applicability.SAFE, title))


def _is_spent(weights: Weights, call: ast.Call) -> bool:
    return any(isinstance(statement, ast.Expr) and statement.value is call for statement in weights.spent)


def _update(context: Context, cls: CustomClass, call: ast.Call) -> Iterator[Finding]:
    given = len(call.args) + len(call.keywords)
    if context.settings.target == "keras2" and given < 2:
        return
    advice = (
        f"Take `training=None` in `{cls.name}.call` and change the weight there, `self.weight.assign(new)`, where "
        "`training` is true: Keras 1 and 2 ran updates in training only"
    )
    message = "`add_update` is gone" if context.settings.target == "keras3" else "`add_update` takes no inputs any more"
    yield Finding(UPDATE, *context.facts.index.span(call), message, help=advice)
