"""`Flatten()` and layers for sequences in code for `th` ordering, which they knew nothing of in Keras 1."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks._era import Era
from kerasfix.checks.layers._channels_first import takes_channels_first
from kerasfix.edits.arguments import rewrite_arguments
from kerasfix.edits.calls import call_text
from kerasfix.findings import Applicability, Edit, Finding, Fix
from kerasfix.flow.facts import CallSeen, ModuleFacts
from kerasfix.flow.values import Api, constants

RULE = "flatten-order"
RULES = frozenset({RULE})

_FLATTEN = "keras.layers.Flatten"
_SETTERS = frozenset({"keras.backend.set_image_dim_ordering", "keras.backend.set_image_data_format"})
_FIRST = frozenset({"th", "channels_first"})
_SEQUENCES = frozenset(
    f"keras.layers.{name}"
    for name in (
        "Convolution1D", "Conv1D", "AtrousConvolution1D", "MaxPooling1D", "AveragePooling1D",
        "GlobalMaxPooling1D", "GlobalAveragePooling1D", "ZeroPadding1D",
    )
)  # fmt: skip
_ARGUMENT = "data_format='channels_last'"


def check(context: Context) -> Iterator[Finding]:
    """Every such layer of Keras 1 in code whose images have the channels first."""
    layers = [
        (node, name)
        for node, looks in context.facts.calls.items()
        if (name := _name(looks)) == _FLATTEN or (name in _SEQUENCES and context.settings.target == "keras3")
    ]
    if not layers or context.era not in (Era.KERAS1, Era.MIXED):
        return
    if not _sets_first(context.facts) and not any(takes_channels_first(context, node) for node in context.facts.calls):
        return
    index = context.facts.index
    for node, name in layers:
        if any(keyword.arg in ("data_format", None) for keyword in node.keywords):
            continue
        start, end = index.span(node)
        text = call_text(index, node)
        if text.args:
            edits = rewrite_arguments(index, text, [], [], [(_ARGUMENT,)])
        else:
            edits = [Edit(text.open_end, text.open_end, (_ARGUMENT,))]
        does = "moves the channels to the end" if name == _FLATTEN else "takes the second axis for the channels"
        message = f"`{name.rpartition('.')[2]}` {does} today, where channels come first; Keras 1 did not"
        fix = Fix(tuple(edits), Applicability.SAFE, "Keep the order of the numbers")
        yield Finding(RULE, start, end, message, fix)


def _name(looks: list[CallSeen]) -> str:
    """The function of Keras that a call is seen to be of."""
    names = {look.callee.name if isinstance(look.callee, Api) and not look.guarded else "" for look in looks}
    return names.pop() if len(names) == 1 else ""


def _sets_first(facts: ModuleFacts) -> bool:
    """Whether a file of the run tells Keras that channels come first."""
    files = {id(one): one for one in (facts, *facts.together)}.values()
    return any(_is_setter(one, node) for one in files for node in one.calls)


def _is_setter(facts: ModuleFacts, node: ast.Call) -> bool:
    for look in facts.calls[node]:
        if isinstance(look.callee, Api) and look.callee.name in _SETTERS:
            known = constants(look.args[0]) if look.args else None
            if known is not None and _FIRST.intersection(map(str, known)):
                return True
    return False
