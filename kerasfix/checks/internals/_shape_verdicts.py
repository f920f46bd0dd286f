"""What is to become of each assignment to `_keras_shape`: whether Keras and TensorFlow know the shape without it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from kerasfix.checks import Context
from kerasfix.checks._scopes import Kind, Scope, definitions, own_nodes, scope_of, statement_of
from kerasfix.checks.internals._internals import Place, Touch, is_theirs, places
from kerasfix.checks.internals._known_shapes import KnownShapes
from kerasfix.flow.values import Api, Layer, Tensor, is_symbolic

NAME = "_keras_shape"
# Backend functions that tell the shape of a tensor to the code.
_ASKS = frozenset(["keras.backend.int_shape", "keras.backend.ndim"])


class Verdict(Enum):
    """What is to become of an assignment."""

    REMOVE = "remove"  # Keras knows the shape, or nothing asks for it
    ASSUME = "assume"  # the same, unless the tensor comes from somewhere odd
    SET = "set"  # `x.set_shape(shape)`: TensorFlow does not infer it
    RESHAPE = "reshape"  # `x = Reshape(shape)(x)`: Keras does not infer it
    KEEP = "keep"  # a finding


@dataclass(frozen=True, slots=True)
class Assignment:
    """A place with its statement, the value that is assigned (None for `del`), and what is to become of it."""

    place: Place
    statement: ast.stmt
    value: ast.expr | None
    alone: bool  # whether the statement does nothing else
    verdict: Verdict


def assignments(context: Context) -> Iterator[Assignment]:
    """All assignments to `_keras_shape` of something that is, or may be, a tensor, and every `del` of it."""
    cleared = {
        scope_of(place.node, context.facts.parents)
        for place in places(context, NAME)
        if place.touch is Touch.DELETE and not is_theirs(place)
    }
    for place in places(context, NAME):
        if place.touch not in (Touch.WRITE, Touch.DELETE) or is_theirs(place):
            continue
        statement = statement_of(place.node, context.facts.parents)
        value, alone = _parts(place, statement)
        verdict = _verdict(context, place, statement, value, cleared) if alone else Verdict.KEEP
        yield Assignment(place, statement, value, alone, verdict)


def _parts(place: Place, statement: ast.stmt) -> tuple[ast.expr | None, bool]:
    """The assigned value, and whether the statement assigns nothing else."""
    if isinstance(place.node, ast.Call):
        value = place.node.args[2] if len(place.node.args) > 2 else None
        return value, isinstance(statement, ast.Expr) and statement.value is place.node
    if isinstance(statement, ast.Assign):
        return statement.value, statement.targets == [place.node]
    return None, isinstance(statement, ast.Delete) and statement.targets == [place.node]


# -- what is to become of it


def _verdict(
    context: Context, place: Place, statement: ast.stmt, value: ast.expr | None, cleared: set[Scope]
) -> Verdict:
    if place.touch is Touch.DELETE:
        return Verdict.REMOVE
    if isinstance(value, ast.Name) and scope_of(place.node, context.facts.parents) in cleared:
        return Verdict.REMOVE  # puts back what was taken away for a while
    known = KnownShapes(context, given=place.inner)
    if known.of(place.owner):
        return Verdict.REMOVE
    if lost_calls(place):
        return Verdict.KEEP  # whoever makes a layer of the call has to know the shape
    if place.inner or place.in_layer:
        return _inner_verdict(context, place, statement, value, known)
    if all(is_symbolic(look.owner) for look in place.looks):
        return Verdict.RESHAPE if _is_opaque(context, place) else Verdict.REMOVE
    return Verdict.ASSUME


def _inner_verdict(
    context: Context, place: Place, statement: ast.stmt, value: ast.expr | None, known: KnownShapes
) -> Verdict:
    if _nothing_asks(context, place, statement):
        return Verdict.REMOVE
    if value is None or known.sizes(value) is False:
        return Verdict.KEEP
    return Verdict.SET


def lost_calls(place: Place) -> list[ast.Call]:
    """The backend calls outside layers that the tensor comes from."""
    calls = {call for option in place.owners if isinstance(option, Tensor) for call in option.lost}
    return sorted(calls, key=lambda call: (call.lineno, call.col_offset))


def _is_opaque(context: Context, place: Place) -> bool:
    """Whether the tensor is what a `Lambda` or a layer of the user's own gives: only its code knows the shape."""
    facts = context.facts
    if not isinstance(place.owner, ast.Name):
        return False
    scope = scope_of(place.node, facts.parents)
    layers = [
        look.callee
        for node in own_nodes(scope)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if any(isinstance(target, ast.Name) and target.id == place.owner.id for target in node.targets)
        if (node.lineno, node.col_offset) < (place.node.lineno, place.node.col_offset)
        for look in facts.calls.get(node.value, [])[:1]
    ]
    last = layers[-1] if layers else None
    return isinstance(last, Layer) and (not isinstance(last.cls, str) or last.cls == "keras.layers.Lambda")


def _nothing_asks(context: Context, place: Place, statement: ast.stmt) -> bool:
    """Whether the tensor goes into backend functions only, which never looked at `_keras_shape` on TensorFlow."""
    if not isinstance(place.owner, ast.Name):
        return False
    facts = context.facts
    made = definitions(place.owner.id, place.owner, facts)
    if not all(item.kind is Kind.VALUE and _is_fresh(item.value) for item in made):
        return False  # it has another name, too
    uses = [
        node
        for node in own_nodes(scope_of(statement, facts.parents))
        if isinstance(node, ast.Name) and node.id == place.owner.id and isinstance(node.ctx, ast.Load)
    ]
    return all(_is_indifferent(context, node, place) for node in uses)


def _is_fresh(value: ast.expr | None) -> bool:
    """Whether an expression makes a tensor that nothing else holds: an operation, or a slice."""
    if isinstance(value, ast.Subscript):
        return any(isinstance(part, ast.Slice) for part in ast.walk(value.slice))
    return isinstance(value, (ast.Call, ast.BinOp, ast.UnaryOp))


def _is_indifferent(context: Context, use: ast.Name, place: Place) -> bool:
    """Whether a use of the tensor does not depend on what `_keras_shape` says."""
    if use is place.owner or use.lineno < place.node.lineno:
        return True
    facts = context.facts
    parent = facts.parents[use]
    while isinstance(parent, (ast.List, ast.Tuple, ast.UnaryOp, ast.BinOp)):
        parent = facts.parents[parent]
    if isinstance(parent, ast.Attribute):
        return parent.attr == NAME and not isinstance(parent.ctx, ast.Load)
    looks = facts.calls.get(parent, []) if isinstance(parent, ast.Call) else []
    names = [look.callee.name for look in looks if isinstance(look.callee, Api)]
    return 0 < len(names) == len(looks) and all(n.startswith("keras.backend.") and n not in _ASKS for n in names)


def unsettled(context: Context) -> set[tuple[Scope, str]]:
    """Where assignments stay for now, so that reading them still gives what they say: the scopes and the owners."""
    return {
        (scope_of(item.place.node, context.facts.parents), ast.dump(item.place.owner))
        for item in assignments(context)
        if item.verdict in (Verdict.KEEP, Verdict.ASSUME, Verdict.RESHAPE)
    }
