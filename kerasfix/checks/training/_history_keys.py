"""Where a file names what training has measured: `history.history['acc']`, `logs['acc']`, `monitor='val_acc'`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import TypeGuard

from kerasfix.checks._scopes import Kind, definitions, is_name
from kerasfix.flow.facts import ModuleFacts, per_file
from kerasfix.flow.values import Api

_MONITORS = {
    "keras.callbacks.EarlyStopping": 0,
    "keras.callbacks.ReduceLROnPlateau": 0,
    "keras.callbacks.ModelCheckpoint": 1,
}
_ENDINGS = ("acc", "lr", "error")  # of the names that are others today
_FIELD = re.compile(r"\{(\w+)(?=[:}!])")


def keys(facts: ModuleFacts) -> Iterator[ast.Constant]:
    """The texts that are such a name."""
    for node in facts.nodes(ast.Subscript, ast.Call):
        record: ast.expr | None = None
        if isinstance(node, ast.Subscript):
            record, key = node.value, node.slice
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "get"
            and node.args
        ):
            record, key = node.func.value, node.args[0]
        if record is not None and _is_name_of_a_measure(key) and _is_record(record, facts):
            yield key
    for call, looks in facts.calls.items():
        position = next((_MONITORS.get(look.callee.name) for look in looks if isinstance(look.callee, Api)), None)
        if position is not None and not any(look.guarded for look in looks):
            monitor = next((one.value for one in call.keywords if one.arg == "monitor"), None)
            if monitor is None and position < len(call.args):
                monitor = call.args[position]
            if isinstance(monitor, ast.Constant):
                yield monitor


def patterns(facts: ModuleFacts) -> Iterator[tuple[ast.Constant, re.Match[str]]]:
    """The texts with fields, `'{epoch:02d}-{val_acc:.2f}.h5'`, each with the name of one of them."""
    if "ModelCheckpoint" not in facts.index.text:
        return
    for node in facts.nodes(ast.Constant):
        if isinstance(node.value, str) and "{" in node.value:
            parent = facts.parents.get(node)
            formatted = isinstance(parent, ast.Attribute) and parent.attr == "format"
            if isinstance(parent, (ast.Expr, ast.JoinedStr)) or formatted:
                continue
            yield from ((node, match) for match in _FIELD.finditer(facts.index.source(node)))


def _is_name_of_a_measure(key: ast.expr) -> TypeGuard[ast.Constant]:
    return isinstance(key, ast.Constant) and isinstance(key.value, str) and key.value.endswith(_ENDINGS)


def _is_record(node: ast.expr, facts: ModuleFacts) -> bool:
    """Whether an expression is the `history` of a `History`, or the `logs` that a callback gets."""
    if isinstance(node, ast.Attribute):
        return node.attr == "history"
    if not isinstance(node, ast.Name):
        return False
    found = definitions(node.id, node, facts)
    if node.id == "logs":
        return any(one.kind is Kind.PARAMETER for one in found)
    return bool(found) and all(
        one.kind is Kind.VALUE and isinstance(one.value, ast.Attribute) and one.value.attr == "history" for one in found
    )


def measured(facts: ModuleFacts) -> frozenset[str]:
    """The names of metrics that models are compiled with: those of the file, else those of the project."""
    return _own_metrics(facts) or frozenset().union(*map(_own_metrics, facts.together))


@per_file
def _own_metrics(facts: ModuleFacts) -> frozenset[str]:
    return frozenset(_metrics(facts))


def _metrics(facts: ModuleFacts) -> Iterator[str]:
    for node in facts.nodes(ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr == "compile":
            given = next((one.value for one in node.keywords if one.arg == "metrics"), None)
            if given is None and len(node.args) > 2:
                given = node.args[2]
            yield from _texts(facts, given)
        # `BinaryAccuracy(name='acc')`, and functions that compile a model with what they get.
        yield from (
            text
            for keyword in node.keywords
            if keyword.arg in ("name", "metrics")
            for text in _texts(facts, keyword.value)
            if text in ("acc", "accuracy")
        )


def _texts(facts: ModuleFacts, node: ast.expr | None) -> Iterator[str]:
    if isinstance(node, ast.Name):
        for one in facts.nodes(ast.Assign):
            if any(is_name(target, node.id) for target in one.targets) and not isinstance(one.value, ast.Name):
                yield from _texts(facts, one.value)
        return
    if node is not None:
        for part in ast.walk(node):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value
