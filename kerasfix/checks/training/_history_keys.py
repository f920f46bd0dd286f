"""Where a file names what training has measured: `history.history['acc']`, `logs['acc']`, `monitor='val_acc'`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from kerasfix.checks._scopes import Kind, definitions
from kerasfix.flow.facts import ModuleFacts
from kerasfix.flow.values import Api

_MONITORS = {
    "keras.callbacks.EarlyStopping": 0,
    "keras.callbacks.ReduceLROnPlateau": 0,
    "keras.callbacks.ModelCheckpoint": 1,
}
_FIELD = re.compile(r"\{(\w+)(?=[:}!])")


def keys(facts: ModuleFacts) -> Iterator[ast.Constant]:
    """The texts that are such a name."""
    for node in facts.nodes:
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
        if record is not None and isinstance(key, ast.Constant) and _is_record(record, facts):
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
    for node in facts.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "{" in node.value:
            parent = facts.parents.get(node)
            formatted = isinstance(parent, ast.Attribute) and parent.attr == "format"
            if isinstance(parent, (ast.Expr, ast.JoinedStr)) or formatted:
                continue
            yield from ((node, match) for match in _FIELD.finditer(facts.index.source(node)))


def _is_record(node: ast.expr, facts: ModuleFacts) -> bool:
    """Whether an expression is the `history` of a `History`, or the `logs` that a callback gets."""
    if isinstance(node, ast.Attribute):
        return node.attr == "history"
    if not isinstance(node, ast.Name):
        return False
    found = definitions(node.id, node, facts.parents)
    if node.id == "logs":
        return any(one.kind is Kind.PARAMETER for one in found)
    return bool(found) and all(
        one.kind is Kind.VALUE and isinstance(one.value, ast.Attribute) and one.value.attr == "history" for one in found
    )


def measured(facts: ModuleFacts) -> set[str]:
    """The names of metrics that models are compiled with: those of the file, else those of the project."""
    return set(_of_file(facts)) or {name for one in facts.together for name in _of_file(one)}


def _of_file(facts: ModuleFacts) -> Iterator[str]:
    for node in facts.nodes:
        if not isinstance(node, ast.Call):
            continue
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
        values = (one for one in facts.nodes if isinstance(one, ast.Assign))
        named = [one.value for one in values if any(isinstance(t, ast.Name) and t.id == node.id for t in one.targets)]
        for value in named:
            if not isinstance(value, ast.Name):
                yield from _texts(facts, value)
        return
    if node is not None:
        for part in ast.walk(node):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value
