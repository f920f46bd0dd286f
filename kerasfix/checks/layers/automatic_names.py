"""`get_layer('dense_1')`: the names that Keras gives to layers count from `dense` today, not from `dense_1`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks._era import Era
from kerasfix.findings import Finding
from kerasfix.flow.facts import ModuleFacts
from kerasfix.names.exports import EXPORTS

RULE = "automatic-layer-name"
RULES = frozenset({RULE})

_NUMBERED = re.compile(r"([a-z][a-z0-9_]*)_[0-9]+")
# By methods of models: arguments that are dictionaries with the names of layers as keys.
_KEYED = {
    "compile": {"loss", "loss_weights", "metrics"},
    "fit": {"x", "y", "class_weight", "sample_weight"},
}
_CLASSES = {name for name in EXPORTS["keras.layers"] if name[0].isupper()} | {"Model", "Sequential"}


def _in_words(name: str) -> str:
    """`LeakyReLU` as Keras 2 wrote it, `leaky_re_lu`."""
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)).lower()


# As Keras 1 and as Keras 2 wrote them.
_BASES = {name.lower() for name in _CLASSES} | {_in_words(name) for name in _CLASSES}


def check(context: Context) -> Iterator[Finding]:
    """Every such name in code that was written for the Keras of several backends, where no layer is given the name."""
    facts = context.facts
    if context.era not in (Era.KERAS1, Era.KERAS2, Era.MIXED) or facts.root != "keras":
        return
    for node in _names(facts):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_automatic(node.value, context):
            start, end = facts.index.span(node)
            message = f"`{node.value}` was the name that Keras gave to a layer; today it is another one's or nobody's"
            yield Finding(RULE, start, end, message, help=f"Give the layer its name: `name={node.value!r}`")


def _names(facts: ModuleFacts) -> Iterator[ast.expr]:
    """What stands where the name of a layer does."""
    for call in facts.calls:
        if not isinstance(call.func, ast.Attribute):
            continue
        if call.func.attr == "get_layer":
            yield from call.args[:1]
            yield from (one.value for one in call.keywords if one.arg == "name")
        keyed = _KEYED.get(call.func.attr, set())
        values = [one.value for one in call.keywords if one.arg in keyed] + (call.args if keyed else [])
        for value in values:
            if isinstance(value, ast.Dict):
                yield from (key for key in value.keys if key is not None)


def _is_automatic(name: str, context: Context) -> bool:
    match = _NUMBERED.fullmatch(name)
    if match is None or match[1] not in _BASES:
        return False
    if match[1] == "input" and context.settings.target == "keras2":  # inputs count from one there
        return False
    # The user may give such names, too, or put them together.
    given = re.compile(rf"""(?<!get_layer\()name\s*=\s*['"]{match[1]}_|['"]{match[1]}_(?:['"]|%|\{{)""")
    return not any(given.search(facts.index.text) for facts in context.facts.group)
