"""`x._keras_history`, the layer that made a tensor."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks.internals._internals import Place, Touch, is_theirs, one_line, places
from kerasfix.findings import Finding

RULE = "keras-history"
RULES = frozenset({RULE})
_NAME = "_keras_history"


def check(context: Context) -> Iterator[Finding]:
    """Every use of `_keras_history`, with what to write in its place."""
    index = context.facts.index
    for place in places(context, _NAME):
        if not is_theirs(place):
            start, end = index.span(place.node)
            owner = one_line(index, place.owner)
            yield Finding(RULE, start, end, _message(place, owner), help=_help(context, place, owner))


def _message(place: Place, owner: str) -> str:
    if place.touch is Touch.WRITE:
        return f"setting `{owner}.{_NAME}` makes no tensor part of a model any more"
    return f"`{owner}.{_NAME}` is private and was made anew in Keras 3"


def _help(context: Context, place: Place, owner: str) -> str:
    test = f"{'K' if context.settings.target == 'keras2' else 'keras.utils'}.is_keras_tensor({owner})"
    if place.touch is Touch.TEST:
        return f"Ask `{test}`"
    if place.touch in (Touch.WRITE, Touch.DELETE):
        return "Make what computes the tensor a layer, or `Input(tensor=...)` where it is where a model begins"
    wanted = _index(context, place)
    if wanted == 0:
        return f"Keep the layer that makes `{owner}` in a variable, or ask the model for it: `model.get_layer(name)`"
    if wanted is not None:
        return f"Keep the layer that makes `{owner}`, and use `layer.get_output_at(node_index)` of Keras 2"
    return f"For the layer, keep it in a variable or ask `model.get_layer(name)`; to tell Keras tensors apart, `{test}`"


def _index(context: Context, place: Place) -> int | None:
    """The item of `(layer, node_index, tensor_index)` that the code takes."""
    parent = context.facts.parents[place.node]
    key = parent.slice if isinstance(parent, ast.Subscript) and parent.value is place.node else None
    return key.value if isinstance(key, ast.Constant) and isinstance(key.value, int) else None
