"""`x._uses_learning_phase` and `model.uses_learning_phase`: whether the learning phase has to be fed."""

from __future__ import annotations

from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks.internals._internals import Place, Touch, is_theirs, one_line, places
from kerasfix.findings import Finding
from kerasfix.flow.values import UNKNOWN, Api, Class, Const, Instance, Layer, Method, Model, Value

RULE = "uses-learning-phase"
RULES = frozenset({RULE})
_TENSOR = "_uses_learning_phase"
_MODEL = "uses_learning_phase"


def check(context: Context) -> Iterator[Finding]:
    """Every use of the mark on a tensor, and, where Keras 2 is left behind, every model that is asked for it."""
    index = context.facts.index
    # Keras 2.2 and 2.3 still answer `model.uses_learning_phase`, and code that feeds the phase is right to ask.
    names = (_TENSOR, _MODEL) if context.settings.target == "keras3" else (_TENSOR,)
    for place in places(context, *names):
        if _is_offence(place):
            start, end = index.span(place.node)
            owner = one_line(index, place.owner)
            yield Finding(RULE, start, end, _message(place, owner), help=_help(place))


def _is_offence(place: Place) -> bool:
    if place.name == _TENSOR:
        return not is_theirs(place)
    # A layer of one's own may keep an attribute of that name, and setting it on any does no harm.
    return place.touch is not Touch.WRITE and place.touch is not Touch.DELETE and all(map(_is_asked, place.owners))


def _is_asked(owner: Value) -> bool:
    """Whether an object had `uses_learning_phase` from Keras."""
    if isinstance(owner, Instance):
        return _inherits(owner.cls)
    if isinstance(owner, Layer):
        return isinstance(owner.cls, str) or _inherits(owner.cls)
    return isinstance(owner, (Model, Method)) or owner is UNKNOWN or (isinstance(owner, Const) and owner.value is None)


def _inherits(cls: Class) -> bool:
    info = cls.info
    own = info.find(_MODEL) is not None or info.attribute(_MODEL) is not None
    return not own and isinstance(info.base, Api) and info.base.name.startswith(("keras.models.", "keras.layers."))


def _message(place: Place, owner: str) -> str:
    if place.touch is Touch.WRITE:
        return f"setting `{owner}.{place.name}` has no effect on tf_keras and Keras 3"
    return f"`{owner}.{place.name}` does not exist any more"


def _help(place: Place) -> str:
    if place.name == _MODEL:
        return "Where the phase was fed, call the model as `model(x, training=False)`; layers get `training` in `call`"
    if place.touch is Touch.WRITE:
        return "Take `training` in the layer's `call` and act on it; Keras passes it in, and the mark can go"
    return "Decide by the `training` argument of the layer's `call`, which Keras passes in"
