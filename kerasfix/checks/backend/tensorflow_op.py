"""Functions of TensorFlow that model code calls on Keras tensors, which Keras 3 does not allow."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import cache

from kerasfix.catalogue import load_catalogue
from kerasfix.catalogue.rows import Row, parse_rows
from kerasfix.checks import Context
from kerasfix.checks._arguments import CallFacts, any_tensor
from kerasfix.checks.backend._calls import external_name
from kerasfix.checks.backend._removed_write import choose, write
from kerasfix.findings import Applicability, Finding, Fix
from kerasfix.flow.facts import CallSeen
from kerasfix.flow.values import Role

RULE = "tensorflow-op-on-keras-tensor"
RULES = frozenset({RULE})
_ROOTS = frozenset({"keras", "tensorflow.keras"})


@cache
def tensorflow_rows() -> dict[str, tuple[Row, ...]]:
    """What functions of TensorFlow become, by their shortest names."""
    return parse_rows(load_catalogue().rules[RULE].rows)


def check(context: Context) -> Iterator[Finding]:
    """Every such call on a tensor that is certain to be a Keras tensor."""
    for node, looks in context.facts.calls.items():
        if is_offence(context, looks) and (name := _function(looks)) is not None:
            yield _finding(context, node, looks, name)


def is_offence(context: Context, looks: Sequence[CallSeen]) -> bool:
    """Whether a call is one of these."""
    if context.settings.target != "keras3" or context.facts.root not in _ROOTS:
        return False
    return any(_is_on_keras_tensor(look) for look in looks) and _function(looks) is not None


def _function(looks: Sequence[CallSeen]) -> str | None:
    """The name by which rows have a function that all looks saw: `tensorflow.log` for `tensorflow.math.log`."""
    name = external_name(looks)
    if name is None or not name.startswith("tensorflow."):
        return None
    for part in ("compat.v1.", "compat.v2."):
        name = name.replace(f"tensorflow.{part}", "tensorflow.", 1)
    short = name.rpartition(".")[2]
    for candidate in (name, f"tensorflow.{short}", f"tensorflow.nn.{short}"):
        if candidate in tensorflow_rows() and name.split(".")[1] in ("math", "nn", "linalg", "image", short):
            return candidate
    return None


def _is_on_keras_tensor(look: CallSeen) -> bool:
    values = (*look.args, *(value for _, value in look.keywords))
    return look.role is Role.MODEL and any(any_tensor(value, symbolic=True) for value in values)


def _finding(context: Context, node: ast.Call, looks: Sequence[CallSeen], name: str) -> Finding:
    index = context.facts.index
    start, end = index.span(node)
    message = f"`{' '.join(index.source(node.func).split())}` cannot be called on Keras tensors in Keras 3"
    rows = tensorflow_rows()[name]
    chosen = choose(context, node, rows, CallFacts(context.facts, {node: looks}))
    written = write(context, node, context.facts.root, chosen) if chosen is not None else None
    if written is None:
        advice = next((row.advice for row in rows if row.advice), "write a layer around it")
        return Finding(RULE, start, end, message, help=advice[0].upper() + advice[1:])
    fix = Fix(
        edits=tuple(written.edits),
        applicability=Applicability.SAFE,
        title=written.title,
        imports=tuple(dict.fromkeys(written.imports)),
    )
    return Finding(RULE, start, end, message, fix)
