"""The layers of a branch, as far as a Merge has to know them: the first one, and what becomes of masks."""

from __future__ import annotations

import ast

from kerasfix.flow.facts import ModuleFacts
from kerasfix.flow.values import Const, Layer, Method, Model, Value, options


def added_to(facts: ModuleFacts, site: ast.Call) -> list[tuple[ast.expr, list[Value]]]:
    """The layers of a `Sequential` in the order of the code: expressions and what they were seen to be."""
    found: list[tuple[ast.expr, list[Value]]] = []
    given = site.args[0] if site.args else None
    if isinstance(given, (ast.List, ast.Tuple)):
        found.extend((layer, [facts.value_of_call(layer)]) for layer in given.elts)
    calls = [
        (call, looks)
        for call, looks in facts.calls.items()
        if call.args and any(_adds_to(look.callee, site) for look in looks)
    ]
    calls.sort(key=lambda item: (item[0].lineno, item[0].col_offset))
    for call, looks in calls:
        values = [look.args[0] for look in looks if look.args and _adds_to(look.callee, site)]
        found.append((call.args[0], values))
    return found


def _adds_to(callee: Value, site: ast.Call) -> bool:
    return (
        isinstance(callee, Method)
        and callee.name == "add"
        and isinstance(callee.owner, Model)
        and callee.owner.site is site
    )


def first_layer(facts: ModuleFacts, site: ast.Call) -> ast.Call | Model | None:
    """The first layer where it has a name and may be that of another model, too; a model where it is one."""
    layers = added_to(facts, site)
    if not layers:
        return None
    node, values = layers[0]
    for value in values:
        for option in options(value):
            if isinstance(option, Model):
                return option
            if isinstance(option, Layer) and not isinstance(node, ast.Call):
                return option.site
    return None


def begins_with_merge(facts: ModuleFacts, site: ast.Call) -> bool:
    """Whether a `Sequential` has a `Merge` at its head."""
    layers = added_to(facts, site)
    values = [option for value in layers[0][1] for option in options(value)] if layers else []
    return any(isinstance(value, Layer) and value.cls == "keras.layers.Merge" for value in values)


def first_embedding(facts: ModuleFacts, site: ast.Call) -> ast.Call | None:
    """The `Embedding(...)` call at the head of a `Sequential`."""
    layers = added_to(facts, site)
    if not layers or not isinstance(layers[0][0], ast.Call):
        return None
    node, values = layers[0]
    is_embedding = all(isinstance(value, Layer) and value.cls == "keras.layers.Embedding" for value in values)
    return node if is_embedding and isinstance(node, ast.Call) else None


_RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN"})
_MASKLESS = frozenset({"Flatten", "Lambda", "RepeatVector", "GlobalMaxPooling1D", "GlobalAveragePooling1D"})


def hands_on_mask(facts: ModuleFacts, site: ast.Call) -> bool:
    """Whether a `Sequential` may hand on a mask: of an `Embedding(mask_zero=True)` or a `Masking` that nothing ends."""
    masked = False
    for _, values in added_to(facts, site):
        for value in values:
            for option in options(value):
                masked = _mask_after(facts, option, masked)
    return masked


def _mask_after(facts: ModuleFacts, layer: Value, masked: bool) -> bool:
    if isinstance(layer, Model):
        return masked or (layer.site is not None and hands_on_mask(facts, layer.site))
    if not isinstance(layer, Layer) or not isinstance(layer.cls, str):
        return masked
    name = layer.cls.rpartition(".")[2]
    if name == "Embedding":
        zero = layer.argument(-1, "mask_zero")
        return masked or (zero is not None and zero != Const(False))
    if name == "Masking":
        return True
    inner = layer.argument(0, "layer") if name == "Bidirectional" else layer
    if isinstance(inner, Layer) and isinstance(inner.cls, str) and inner.cls.rpartition(".")[2] in _RECURRENT:
        sequences = inner.argument(-1, "return_sequences")
        return masked and sequences is not None and sequences != Const(False)
    return masked and name not in _MASKLESS
