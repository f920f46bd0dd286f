"""What makes a weight in a layer of one's own: `self.init(shape)`, `K.zeros(shape)`, `K.variable(value)`, ..."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from kerasfix.checks.custom._classes import CustomClass, Function, attribute_of, self_name
from kerasfix.flow.facts import ModuleFacts
from kerasfix.flow.values import Api, options

GETTERS = frozenset({"keras.initializations.get", "keras.initializers.get"})
# Functions of Keras 1 that make a variable of a shape, and the name that `add_weight` knows the initializer by.
_FUNCTIONS = {
    "uniform": "uniform",
    "normal": "normal",
    "lecun_uniform": "lecun_uniform",
    "glorot_uniform": "glorot_uniform",
    "glorot_normal": "glorot_normal",
    "he_uniform": "he_uniform",
    "he_normal": "he_normal",
    "zero": "zeros",
    "one": "ones",
    "orthogonal": "orthogonal",
    "identity": "identity",
}
_SCALED = {"uniform", "normal", "orthogonal", "identity"}  # whose second parameter is a scale
_SHAPES = (ast.Tuple, ast.List, ast.Attribute)
_SHARED = {"shared_zeros": "zeros", "shared_ones": "ones"}
# What the recurrent layers and convolutions of Keras 1 kept their initializers in.
_OF_KERAS = frozenset({"init", "inner_init", "forget_bias_init"})
_BACKEND = {
    "zeros": ("shape", "dtype", "name"),
    "ones": ("shape", "dtype", "name"),
    "variable": ("value", "dtype", "name"),
    "random_uniform_variable": ("shape", "low", "high", "dtype", "name", "seed"),
    "random_normal_variable": ("shape", "mean", "scale", "dtype", "name", "seed"),
}


@dataclass(frozen=True, slots=True)
class Creator:
    """A call that makes a weight.

    `kind` is "init" for an initializer that is called, the name of the function of the backend, or "add_weight";
    `initializer` is what to hand to `add_weight`, as an expression of the source or as a text.
    """

    call: ast.Call
    kind: str
    arguments: dict[str, ast.expr]
    initializer: ast.expr | str | None = None


def creator(cls: CustomClass, method: Function, call: ast.Call, initializers: frozenset[str]) -> Creator | None:
    """How a call makes a weight, or None if it makes none, or in a way that is not known.

    `initializers` are the attributes of the object that hold an initializer, as `initializer_attributes` finds them.
    """
    owner = self_name(method)
    if attribute_of(call.func, owner) == "add_weight":
        return Creator(call, "add_weight", {})
    api = api_of(cls.facts, call)
    if api is not None and (module_and_name := _known_function(api)) is not None:
        module, name = module_and_name
        if module == "keras.backend":
            given = _bound(call, _BACKEND[name])
            return Creator(call, name, given) if given is not None else None
        if module == "keras.utils.theano_utils":
            given = _bound(call, ("shape", "dtype", "name"))
            return Creator(call, _SHARED[name], given) if given is not None else None
        scale = ("scale",) if name in _SCALED else ()
        given = _bound(call, ("shape", *scale, "name", "dim_ordering"))
        if given is None or "scale" in given or not isinstance(given.get("shape"), _SHAPES):
            return None
        return Creator(call, "init", given, repr(_FUNCTIONS[name]))
    if not is_initializer(cls, method, call.func, initializers):
        return None
    given = _bound(call, ("shape",), also=("name", "dim_ordering"))
    return Creator(call, "init", given, _handed(call.func)) if given is not None and "shape" in given else None


def _known_function(api: str) -> tuple[str, str] | None:
    module, _, name = api.rpartition(".")
    known = {
        "keras.backend": frozenset(_BACKEND),
        "keras.initializations": frozenset(_FUNCTIONS),
        "keras.initializers": frozenset(_FUNCTIONS),  # once the import has been brought up to date
        "keras.utils.theano_utils": frozenset(_SHARED),
    }
    return (module, name) if name in known.get(module, frozenset()) else None


def _handed(func: ast.expr) -> ast.expr:
    """What to hand to `add_weight`: of `initializations.get('uniform')(...)` the name, else what was called."""
    if isinstance(func, ast.Call) and len(func.args) == 1 and isinstance(func.args[0], ast.Constant):
        return func.args[0]
    return func


def is_initializer(cls: CustomClass, method: Function, func: ast.expr, known: frozenset[str]) -> bool:
    """Whether an expression in a method is an initializer: of the object, looked up, or a local name for one."""
    name = attribute_of(func, self_name(method))
    if name is not None:
        return name in known
    if isinstance(func, ast.Call):
        return api_of(cls.facts, func) in GETTERS
    if isinstance(func, ast.Name):
        return any(_is_gotten(cls, method, value, known) for value in _values(method, func.id))
    return False


def _is_gotten(cls: CustomClass, method: Function, value: ast.expr, known: frozenset[str]) -> bool:
    if isinstance(value, ast.Call):
        return api_of(cls.facts, value) in GETTERS
    return attribute_of(value, self_name(method)) in known


def _values(method: Function, name: str) -> Iterator[ast.expr]:
    """What a local name is assigned in a method."""
    for node in ast.walk(method):
        if isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id == name for to in node.targets):
            yield node.value


def initializer_attributes(cls: CustomClass) -> frozenset[str]:
    """The attributes that hold an initializer: what `initializations.get(...)` gave, here or in a base."""
    found: set[str] = set()
    taken: set[str] = set()
    for ancestor in cls.lineage:
        facts = ancestor.info.module.facts
        for method in ancestor.node.body:
            if isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef)):
                for name, value in attribute_values(method):
                    taken.add(name)
                    if _holds_initializer(facts, method, value):
                        found.add(name)
    base = cls.keras_base or ""
    if base.startswith("keras.layers.") and not base.endswith((".Layer", ".Wrapper")):
        found |= _OF_KERAS - taken
    return frozenset(found)


def _holds_initializer(facts: ModuleFacts, method: Function, value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return api_of(facts, value) in GETTERS
    if isinstance(value, ast.Name) and value.id in ("init", "initializer", "inner_init", "kernel_initializer"):
        # `self.init = init`: by what it is called with, it is one of the functions of Keras 1.
        return method.name == "__init__" and any(argument.arg == value.id for argument in method.args.args)
    looks = [option for look in facts.api_loads.get(value, ()) for option in options(look)]
    return bool(looks) and all(
        isinstance(look, Api) and look.name.startswith(("keras.initializations.", "keras.initializers."))
        for look in looks
    )


def attribute_values(method: Function) -> Iterator[tuple[str, ast.expr]]:
    """The attributes that a method assigns to its object, with what it assigns."""
    owner = self_name(method)
    for node in ast.walk(method):
        targets: list[ast.expr] = []
        if isinstance(node, ast.Assign):
            targets = node.targets
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            targets = [node.target]
        for target in targets:
            if (name := attribute_of(target, owner)) is not None:
                value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
                assert value is not None
                yield name, value


def api_of(facts: ModuleFacts, call: ast.Call) -> str | None:
    """The canonical name of the function of Keras that a call was always seen to be of."""
    looks = facts.calls.get(call, [])
    names = {look.callee.name if isinstance(look.callee, Api) else None for look in looks}
    if len(names) == 1:
        return names.pop()
    return None


def _bound(call: ast.Call, names: tuple[str, ...], also: tuple[str, ...] = ()) -> dict[str, ast.expr] | None:
    """The arguments of a call by the names of the parameters; None if they do not fit. `also` are for keywords only."""
    if len(call.args) > len(names) or any(isinstance(argument, ast.Starred) for argument in call.args):
        return None
    given: dict[str, ast.expr] = dict(zip(names, call.args))
    for keyword in call.keywords:
        if keyword.arg is None or keyword.arg in given or keyword.arg not in (*names, *also):
            return None
        given[keyword.arg] = keyword.value
    return given
