"""Removed backend functions that are handed on instead of called: `activation=K.relu`, `map(K.square, xs)`."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from kerasfix.catalogue.adapters import Unrenderable
from kerasfix.catalogue.rows import Binding, Row
from kerasfix.checks import Context
from kerasfix.checks.backend._calls import BACKEND, Speller, inner_rows, released
from kerasfix.checks.backend._removed_names import is_gone
from kerasfix.checks.backend._removed_write import template_of
from kerasfix.findings import Edit, Finding
from kerasfix.flow.values import Api

# Functions of `keras.activations`, which models save by name.
_ACTIVATIONS = frozenset({"relu", "elu", "softmax", "softplus", "softsign", "sigmoid", "tanh"})
_PLACES = (
    ast.Call, ast.keyword, ast.List, ast.Tuple, ast.Dict, ast.Return, ast.Assign, ast.IfExp, ast.arguments,
)  # fmt: skip


def handed_on(context: Context, rule: str, called: Collection[ast.expr]) -> Iterator[Finding]:
    """Every place that takes such a function without calling it."""
    for node, values in context.facts.api_loads.items():
        value = values[0]
        if node in called or len(values) > 1 or not isinstance(value, Api) or value.guarded:
            continue
        if not value.name.startswith(BACKEND) or not is_gone(value.name, value.root, context.settings.target):
            continue
        if isinstance(context.facts.parents.get(node), _PLACES):
            yield _finding(context, rule, node, value)


def _finding(context: Context, rule: str, node: ast.expr, value: Api) -> Finding:
    index = context.facts.index
    start, end = index.span(node)
    library = "Keras 3" if context.settings.target == "keras3" else "tf_keras"
    message = f"`{index.source(node)}` is gone from {library}"
    speller = Speller(context, node, value.root)
    short = value.name.removeprefix(BACKEND)
    if short in _ACTIVATIONS and context.settings.target == "keras3":
        text: str | None = speller(f"keras.activations.{short}")
    elif short == "hard_sigmoid":  # a function with a name, which layers can save
        text = _definition(speller, short)
    else:
        text = _function(context, inner_rows()[value.name], speller)
    if text is not None and text.startswith("lambda") and isinstance(context.facts.parents.get(node), ast.IfExp):
        text = f"({text})"
    if text is None:
        return Finding(rule, start, end, message, help="Write a function that computes it with `keras.ops`")
    fix = speller.fix([Edit(start, end, (text,))], f"Replace with `{text}`", released(context, node))
    return Finding(rule, start, end, message, fix)


def _definition(speller: Speller, name: str) -> str | None:
    try:
        return speller(f"snippet.{name}")
    except Unrenderable:
        return None


def _function(context: Context, rows: tuple[Row, ...], speller: Speller) -> str | None:
    """A function of today that takes the same arguments."""
    for row in rows:
        template = template_of(row, context.settings.target)
        if template is None or row.warn or row.when is not None:
            continue
        parameters = row.signatures[-1].parameters
        if _is_plain(template, row):
            return speller(ast.unparse(template.func))
        binding = Binding({one.name: ast.Name(one.name, ast.Load()) for one in parameters}, {})
        instead = {one.name: (one.name,) for one in parameters}
        try:
            pieces = row.render(template, binding, context.facts.index, speller, instead=instead)
        except Unrenderable:
            continue
        if pieces is not None:
            head = ", ".join(
                one.name if one.default is None else f"{one.name}={ast.unparse(one.default)}" for one in parameters
            )
            return f"lambda {head}: {''.join(map(str, pieces))}"
    return None


def _is_plain(template: ast.Call, row: Row) -> bool:
    """Whether the template calls a function with the legacy arguments under their own names."""
    if not isinstance(template.func, ast.Attribute):
        return False
    package = ast.unparse(template.func).split(".")[0]
    needed = [one.name for one in row.signatures[-1].parameters if one.default is None]
    if package not in ("keras", "snippet") or row.always or [ast.unparse(one) for one in template.args] != needed:
        return False
    return all(ast.unparse(one.value) in (one.arg, f"ordering({one.arg})") for one in template.keywords)
