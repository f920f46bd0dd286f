"""Which argument of a crossentropy of the backend is the output: Keras 1 had it first, Keras 2 has it last."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from kerasfix.checks import Context
from kerasfix.checks._era import Era
from kerasfix.checks.backend._calls import BACKEND

FUNCTIONS = frozenset(
    f"{BACKEND}{name}"
    for name in ("categorical_crossentropy", "binary_crossentropy", "sparse_categorical_crossentropy")
)
_OUTPUT = re.compile(r"pred|output|logit|prob|softmax|sigmoid", re.IGNORECASE)
_TARGET = re.compile(r"true|target|label|\bgt\b|ground", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Order:
    """The order that a call was written in, and what has to be assumed for that."""

    output_first: bool
    assumes: str | None = None


def order_of(context: Context, node: ast.Call, root: str) -> Order | None:
    """The order of a call's arguments; None where both have their names."""
    keywords = {keyword.arg for keyword in node.keywords}
    if not node.args or isinstance(node.args[0], ast.Starred):
        return None
    if len(node.args) == 1:
        return Order("target" in keywords) if keywords & {"target", "output"} else None
    if root != "keras":
        return Order(False)
    said = _said(context, node)
    if context.era is Era.KERAS1:
        doubt = "the call computed what it should with Keras 1, though its names say the opposite"
        return Order(True, doubt if said is False else None)
    if context.era is Era.LATER or (context.era is Era.KERAS2 and said is False):
        return Order(False)  # what proves Keras 2 may be of Keras 1, too: there the names decide
    if said is None:
        return Order(False, "the call was written for Keras 2, which takes the target first")
    return Order(said, "the call was written for Keras 1, which took the output first" if said else None)


def _said(context: Context, node: ast.Call) -> bool | None:
    """Whether the names say that the output comes first."""
    first, second = (context.facts.index.source(one) for one in node.args[:2])
    forward = _is_output(first) and _is_target(second)
    backward = _is_target(first) and _is_output(second)
    return forward if forward != backward else None


def _is_output(text: str) -> bool:
    return bool(_OUTPUT.search(text)) and not _TARGET.search(text)


def _is_target(text: str) -> bool:
    return bool(_TARGET.search(text)) and not _OUTPUT.search(text)
