"""Import statements: what they bind, and which of them ask for a version of Keras."""

from __future__ import annotations

import ast
import os
from typing import TYPE_CHECKING

from kerasfix.flow.facts import ModuleFacts
from kerasfix.flow.frame import Frame, ModuleState, external, star_value
from kerasfix.flow.values import UNKNOWN, Api, Const, Module, ProjectModule, ProjectPackage, Value, Version
from kerasfix.names.canonical import LEGACY, canonical, keras_root
from kerasfix.names.exports import FOREIGN_EXPORTS

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
            value = _project_module(run, alias, frame)
        frame.bind(alias.asname or path, value if value is not None else external(path))


def _project_module(run: Interpreter, alias: ast.alias, frame: Frame) -> Value | None:
    """A module of the project, or for `import a.b` the package that leads to it."""
    found = run.find_module(frame.module, alias.name, 0)
    if found is None:
        return None
    run.run_module(found)
    if alias.asname or "." not in alias.name:
        return ProjectModule(found)
    top = alias.name.partition(".")[0]
    package = run.find_module(frame.module, top, 0)
    return ProjectPackage(top, frame.module, package)


def package_member(run: Interpreter, package: ProjectPackage, name: str) -> Value:
    """`b` of `a.b`: what `a/__init__.py` has, else the module or package of that name."""
    if package.state is not None:
        run.run_module(package.state)
        value = package.state.vars.get(name) or package.state.star(name)
        if value is not None:
            return value
    dotted = f"{package.dotted}.{name}"
    found = run.find_module(package.importer, dotted, 0)
    if found is None:
        return ProjectPackage(dotted, package.importer, None)
    run.run_module(found)
    is_package = os.path.basename(found.path) == "__init__.py"
    return ProjectPackage(dotted, package.importer, found) if is_package else ProjectModule(found)


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
    if value.name in LEGACY:
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
        _star_of_library(module, frame)
        return
    run.run_module(state)
    if frame.module.facts not in state.facts.star_importers:
        state.facts.star_importers.append(frame.module.facts)
    exported = _declared_all(state)
    for name, value in state.vars.items():
        if "." not in name and (name in exported if exported is not None else not name.startswith("_")):
            frame.bind(name, value)
    if exported is None:
        frame.module.stars.extend(star for star in state.stars if star not in frame.module.stars)
        return
    for name in exported - state.vars.keys():
        if (starred := state.star(name)) is not None:
            frame.bind(name, starred)


def _star_of_library(module: str, frame: Frame) -> None:
    for name in FOREIGN_EXPORTS.get(module, ()):
        frame.bind(name, external(f"{module}.{name}"))
    frame.module.stars.append(module)
    # What was bound before has a new meaning now.
    for name in list(frame.vars):
        if (value := star_value(module, name)) is not None:
            frame.bind(name, value)


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


def guard_names(frame: Frame, states: list[dict[str, Value]], *, stands_in: bool) -> bool:
    """Mark what one version binds to one thing and another version to another; True if there is such a name.

    A flag that one path sets to one constant and the other to another becomes a version test, too. `stands_in`: a path
    that does not bind a name has something else to take its place.
    """
    if len(states) < 2:
        return False
    found = False
    names = {name for state in states for name in state}
    for name in names:
        values = [state.get(name) for state in states]
        if all(value == values[0] for value in values):
            continue
        legacy = [value for value in values if isinstance(value, Api) and value.name in LEGACY]
        if legacy and not all(isinstance(value, Api) and value.name == legacy[0].name for value in values):
            if all(value is None or value in legacy for value in values) and not stands_in:
                continue  # `except ImportError: pass`: nothing else stands in for it
            frame.vars[name] = Api(legacy[0].name, legacy[0].root, guarded=True)
            found = True
        elif all(isinstance(value, Const) for value in values):
            frame.vars[name] = Version()
    return found


def does_something(node: ast.Try) -> bool:
    """Whether a handler of a guarded import goes on without it, other than by passing, printing or giving up."""
    return any(
        any(isinstance(statement, _BINDING) and not _is_foreign(statement) for statement in handler.body)
        and not _gives_up(handler.body[-1])
        for handler in node.handlers
    )


_BINDING = (
    ast.Assign, ast.AnnAssign, ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.If, ast.Try, ast.With,
)  # fmt: skip


def _is_foreign(statement: ast.stmt) -> bool:
    """`import sys`: an import that has nothing to do with Keras."""
    return isinstance(statement, ast.Import) and not any(keras_root(alias.name) for alias in statement.names)


def _gives_up(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Raise):
        return True
    call = statement.value if isinstance(statement, ast.Expr) else None
    func = call.func if isinstance(call, ast.Call) else None
    return getattr(func, "attr", getattr(func, "id", "")) in ("exit", "quit", "_exit", "abort")
