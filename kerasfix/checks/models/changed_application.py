"""`InceptionV3` and `ResNet50` of Keras 1, which are other networks today."""

from __future__ import annotations

from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.checks._era import Era
from kerasfix.findings import Finding
from kerasfix.flow.facts import CallSeen
from kerasfix.flow.values import Api, Const

RULE = "changed-application"
RULES = frozenset({RULE})
_MODULE = "keras.applications."
_INCEPTION = (
    "`InceptionV3` is another network than in Keras 1: its convolutions have no bias, and their activation follows "
    "the batch normalization",
    "Weights that Keras 1 saved do not fit. Layers have other positions: the 172 before `mixed8` are 248 now; look for "
    "`mixed0` to `mixed10` by name, which have stayed",
)
_RESNET = (
    "`ResNet50` without its top ended with an average over 7 x 7 in Keras 1, and does not any more: for images of 224, "
    "its output is (7, 7, 2048) instead of (1, 1, 2048)",
    "Put `AveragePooling2D((7, 7))` behind its output, if nothing averages it anyway. Layers have other names and "
    "positions, and weights that Keras 1 saved do not fit",
)


def check(context: Context) -> Iterator[Finding]:
    """Every call that makes one, in code that is known to be for Keras 1."""
    facts = context.facts
    if "InceptionV3" not in facts.index.text and "ResNet50" not in facts.index.text:
        return
    for node, looks in facts.calls.items():
        said = _said(looks)
        if said is not None and context.era is Era.KERAS1:
            yield Finding(RULE, *facts.index.span(node), said[0], help=said[1])


def _said(looks: list[CallSeen]) -> tuple[str, str] | None:
    """What there is to say of a call, if it makes the same network wherever it is seen."""
    names = {_network(look) for look in looks}
    if names == {"InceptionV3"}:
        return _INCEPTION
    if names == {"ResNet50"} and all(_is_without_top(look) for look in looks):
        return _RESNET
    return None


def _network(look: CallSeen) -> str | None:
    callee = look.callee
    if not isinstance(callee, Api) or callee.guarded or not callee.name.startswith(_MODULE) or callee.root != "keras":
        return None
    return callee.name.rpartition(".")[2]


def _is_without_top(look: CallSeen) -> bool:
    top = look.argument(0, "include_top")
    return isinstance(top, Const) and top.value is False
