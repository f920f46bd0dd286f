"""Which function of Keras a call is of, by the name that rows have for it."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kerasfix.flow.calls import is_function_of
from kerasfix.flow.facts import CallSeen
from kerasfix.flow.values import UNKNOWN, Api, Class, External, Function, Layer, Method, Model, Object, Super, Value

# The class that has the methods of all objects that a module makes.
_BASES = {
    "keras.metrics": "keras.metrics.Metric",
    "keras.optimizers": "keras.optimizers.Optimizer",
    "keras.regularizers": "keras.regularizers.Regularizer",
    "keras.preprocessing.image": "keras.preprocessing.image.NumpyArrayIterator",
}


@dataclass(frozen=True, slots=True)
class Called:
    """A call of a function that has rows."""

    name: str
    root: str | None = None  # the package that the function is imported from
    skip: int = 0  # positional arguments that are not the function's own
    partial: bool = False  # `functools.partial(...)`
    method: bool = False  # of an object: what it is called on stays
    certain: bool = True  # that the object is one of Keras


def called_name(node: ast.Call, looks: Sequence[CallSeen], rows: Mapping[str, object]) -> Called | None:
    """What is called, if all looks agree on it and there are rows for it."""
    found = {_called(look.callee, look, rows) for look in looks}
    if len(found) > 1:  # a model here, nothing known there
        certain = {one for one in found if one is not None and one.certain}
        unsure = found - certain
        same = len(certain) == 1 and all(one is not None and one.method for one in unsure)
        return next(iter(certain)) if same else None
    return found.pop() if found else None


def each_called(
    node: ast.Call, looks: Sequence[CallSeen], rows: Mapping[str, object]
) -> list[tuple[Called, list[CallSeen]]]:
    """The functions that a call may be of, with its looks at each: none if there are no rows for one of them."""
    by_name: dict[Called | None, list[CallSeen]] = {}
    for look in looks:
        by_name.setdefault(called_name(node, [look], rows), []).append(look)
    found = [(one, same) for one, same in by_name.items() if one is not None and one.certain and not one.method]
    return found if len(found) == len(by_name) else []


def _called(callee: Value, look: CallSeen, rows: Mapping[str, object]) -> Called | None:
    if isinstance(callee, Api):
        return _of_api(callee, rows)
    if isinstance(callee, External) and callee.name == "functools.partial" and look.args:
        inner = look.args[0]
        if isinstance(inner, Api) and inner.name in rows:
            return Called(inner.name, inner.root, skip=1, partial=True)
    if isinstance(callee, External) and callee.name in rows:
        return Called(callee.name)
    if isinstance(callee, Function):  # only those that a user's own rules ask for are taken down
        return next((Called(name) for name in rows if is_function_of(callee, name)), None)
    if isinstance(callee, Method):
        return _of_method(callee, rows)
    if isinstance(callee, Class) and not callee.info.guarded:
        base = callee.info.keras_constructor
        return Called(base.name, base.root) if base is not None and base.name in rows else None
    return None


def _of_api(callee: Api, rows: Mapping[str, object]) -> Called | None:
    if callee.name in rows:
        return Called(callee.name, callee.root)
    if callee.name.endswith(".__init__") and callee.name.removesuffix(".__init__") in rows:
        return Called(callee.name.removesuffix(".__init__"), callee.root, skip=1, method=True)
    return None


def _of_method(method: Method, rows: Mapping[str, object]) -> Called | None:
    owner = method.owner
    if isinstance(owner, Super):
        name = owner.base.name if method.name == "__init__" else f"{owner.base.name}.{method.name}"
        return Called(name, owner.base.root, method=True) if name in rows else None
    if isinstance(owner, Model):
        for name in (f"keras.models.{owner.kind}.{method.name}", f"keras.models.Model.{method.name}"):
            if name in rows:
                return Called(name, method=True)
    if isinstance(owner, Object):
        package = next((one for one in _BASES if owner.cls.startswith(f"{one}.")), "")
        # The optimizers of `keras.optimizers.legacy` have kept what they had.
        names = [owner.cls] if not package or ".legacy." in owner.cls else [owner.cls, _BASES[package]]
        for name in (f"{one}.{method.name}" for one in names):
            if name in rows:
                return Called(name, method=True)
    if isinstance(owner, Layer):
        own = f"{owner.cls}.{method.name}" if isinstance(owner.cls, str) else ""
        for name in (own, f"keras.layers.Layer.{method.name}"):
            if name in rows:
                return Called(name, method=True)
    if owner is UNKNOWN and f"keras.models.Model.{method.name}" in rows:
        return Called(f"keras.models.Model.{method.name}", method=True, certain=False)
    return None
