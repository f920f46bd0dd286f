"""What is known of the `Sequential` models of a run: which there are, which are called, which begin with a `Merge`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.flow.facts import CallSeen, ModuleFacts, per_file
from kerasfix.flow.values import Api, Instance, Items, Layer, Method, Model, Value, options

_SEQUENTIAL = "keras.models.Sequential"
_OWN = ("input", "output", "inputs", "outputs")


def is_sequential(value: Value) -> bool:
    """Whether a value is a `Sequential`, or an object of a class of the project that is one and keeps its ends."""
    if isinstance(value, Model):
        return value.kind == "Sequential"
    if not isinstance(value, Instance):
        return False
    info = value.cls.info
    own = any(info.find(name) is not None or info.attribute(name) is not None for name in _OWN)
    return not own and isinstance(info.base, Api) and info.base.name == _SEQUENTIAL


@per_file
def called(facts: ModuleFacts) -> frozenset[ast.Call]:
    """The calls that made a `Sequential` which is called on a tensor, or is a layer of another `Sequential`."""
    found: set[ast.Call] = set()
    for look in _looks(facts):
        found.update(_sites(look.callee))
        for _, layers in _given(look):
            for layer in layers:
                found.update(_sites(layer))
    return frozenset(found)


@per_file
def several_inputs(facts: ModuleFacts) -> frozenset[ast.Call]:
    """The calls that made a `Sequential` with a `Merge` in it, by itself or in a model that it takes as a layer."""
    given = [pair for look in _looks(facts) for pair in _given(look)]
    found: set[ast.Call] = set()
    size = -1
    while size < len(found):
        size = len(found)
        for model, layers in given:
            if any(_is_merge(layer) or not found.isdisjoint(_sites(layer)) for layer in layers):
                found.update(_sites(model))
    return frozenset(found)


def _looks(facts: ModuleFacts) -> Iterator[CallSeen]:
    for file in facts.group:
        for looks in file.calls.values():
            yield from looks


def _given(look: CallSeen) -> Iterator[tuple[Value, list[Value]]]:
    """A `Sequential`, and layers that a call gives it."""
    if isinstance(look.callee, Method) and look.callee.name == "add":
        yield look.callee.owner, [option for value in look.args for option in options(value)]
    elif isinstance(look.callee, Api) and look.callee.name == _SEQUENTIAL:
        layers = look.argument(0, "layers")
        if isinstance(layers, Items):
            yield look.result, [option for value in layers.items or () for option in options(value)]


def _sites(value: Value) -> Iterator[ast.Call]:
    for option in options(value):
        if isinstance(option, Model) and option.kind == "Sequential" and option.site is not None:
            yield option.site


def _is_merge(value: Value) -> bool:
    return isinstance(value, Layer) and value.cls == "keras.layers.Merge"
