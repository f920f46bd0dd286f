"""Import statements: what they bind, and which of them ask for a version of Keras."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from kerasfix.flow.facts import ModuleFacts
from kerasfix.flow.frame import Frame, ModuleState, external
from kerasfix.flow.values import UNKNOWN, Api, Const, Module, ProjectModule, Value, Version
from kerasfix.names.canonical import canonical, keras_root

if TYPE_CHECKING:
    from kerasfix.flow.interpreter import Interpreter

# `keras.layers.merge` is a function first: the module of that name is told by what is taken from it.
_MODULES = frozenset(
    [
        "keras",
        "keras.layers",
        "keras.models",
        "keras.backend",
        "keras.utils",
        "keras.optimizers",
        "keras.callbacks",
        "keras.losses",
        "keras.metrics",
        "keras.objectives",
        "keras.initializations",
        "keras.initializers",
        "keras.regularizers",
        "keras.constraints",
        "keras.activations",
        "keras.applications",
        "keras.preprocessing",
        "keras.datasets",
        "keras.wrappers",
        "keras.legacy",
        "keras.ops",
        "keras.random",
    ]
)
# What code for two versions binds differently: the names that Keras 1 had and Keras 2 has not.
VERSIONED = frozenset({"keras.layers.merge", "keras.layers.Merge"})
_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException", "AttributeError"})


def keras_value(path: str) -> Value | None:
    """The value of a dotted path into Keras, or None if it is not Keras'."""
    name = canonical(path)
    if name is None:
        return None
    root = keras_root(path) or "keras"
    if name.endswith(".__version__"):
        return Version()
    if name in _MODULES:
        return Module(name, root)
    return Api(name, root)


def run_import(run: Interpreter, node: ast.Import, frame: Frame) -> None:
    """`import a.b` and `import a.b as c`."""
    for alias in node.names:
        path = alias.name if alias.asname else alias.name.partition(".")[0]
        value: Value | None = keras_value(path)
        if value is None:
            found = run.find_module(frame.module, alias.name, 0)
            if found is not None and (alias.asname or "." not in alias.name):
                run.run_module(found)
                value = ProjectModule(found)
        frame.bind(alias.asname or path, value if value is not None else external(path))


def run_import_from(run: Interpreter, node: ast.ImportFrom, frame: Frame) -> None:
    """`from a.b import c`, relative and star imports included."""
    module = node.module or ""
    state = None
    if keras_root(module) is None or node.level:
        state = run.find_module(frame.module, module, node.level)
    for alias in node.names:
        if alias.name == "*":
            _star(run, module, state, frame)
            continue
        value = _member(run, node, alias.name, state, frame)
        if isinstance(value, Api):
            _note(frame.module.facts, node, alias, value)
        frame.bind(alias.asname or alias.name, value)


def _note(facts: ModuleFacts, node: ast.ImportFrom, alias: ast.alias, value: Api) -> None:
    if value.name in VERSIONED:
        facts.legacy_names.add(alias.asname or alias.name)
    if node.level or keras_root(node.module or "") is None:
        facts.imported_apis.add(alias)


def _member(run: Interpreter, node: ast.ImportFrom, name: str, state: ModuleState | None, frame: Frame) -> Value:
    module = node.module or ""
    if state is not None:
        run.run_module(state)
        state.facts.imported_by_others.add(name)
        if name in state.vars:
            return state.vars[name]
        if (starred := state.star(name)) is not None:
            return starred
    dotted = f"{module}.{name}" if module else name
    submodule = run.find_module(frame.module, dotted, node.level)
    if submodule is not None:
        run.run_module(submodule)
        return ProjectModule(submodule)
    if node.level or state is not None:
        return UNKNOWN
    value = keras_value(dotted)
    return value if value is not None else external(dotted)


def _star(run: Interpreter, module: str, state: ModuleState | None, frame: Frame) -> None:
    if state is None:
        frame.module.stars.append(canonical(module) or module)
        return
    run.run_module(state)
    if frame.module.facts not in state.facts.star_importers:
        state.facts.star_importers.append(frame.module.facts)
    exported = _declared_all(state)
    for name, value in state.vars.items():
        if "." not in name and (name in exported if exported is not None else not name.startswith("_")):
            frame.bind(name, value)
    frame.module.stars.extend(star for star in state.stars if star not in frame.module.stars)


def _declared_all(state: ModuleState) -> set[str] | None:
    for statement in state.facts.tree.body:
        if isinstance(statement, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == "__all__" for t in statement.targets
        ):
            elements = getattr(statement.value, "elts", [])
            return {
                element.value
                for element in elements
                if isinstance(element, ast.Constant) and isinstance(element.value, str)
            }
    return None


def is_version_guard(node: ast.Try) -> bool:
    """Whether a `try` asks if an import works."""
    imports = any(isinstance(statement, (ast.Import, ast.ImportFrom)) for statement in node.body)
    return imports and any(_catches_import_error(handler) for handler in node.handlers)


def _catches_import_error(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(kind, ast.Name) and kind.id in _IMPORT_ERRORS for kind in types)


def guard_names(node: ast.Try, frame: Frame, states: list[dict[str, Value]]) -> bool:
    """Mark what a guarded import has bound to one thing here and to another there; True if there is such a name.

    A flag that one path sets to one constant and the other to another becomes a version test, too.
    """
    if len(states) < 2:
        return False
    found = False
    names = {name for state in states for name in state}
    for name in names:
        values = [state.get(name) for state in states]
        if all(value == values[0] for value in values):
            continue
        legacy = [value for value in values if isinstance(value, Api) and value.name in VERSIONED]
        if legacy and not all(isinstance(value, Api) and value.name == legacy[0].name for value in values):
            if all(value is None or value in legacy for value in values) and not _does_something(node):
                continue  # `except ImportError: pass`: nothing else stands in for it
            frame.vars[name] = Api(legacy[0].name, legacy[0].root, guarded=True)
            found = True
        elif all(isinstance(value, Const) for value in values):
            frame.vars[name] = Version()
    return found


def _does_something(node: ast.Try) -> bool:
    """Whether a handler does more than pass, print or raise."""
    return any(
        not isinstance(statement, (ast.Pass, ast.Raise)) and not isinstance(statement, ast.Expr)
        for handler in node.handlers
        for statement in handler.body
    )
