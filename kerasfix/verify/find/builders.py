"""The functions, methods and classes of a file that make models and can be called from outside."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from kerasfix.flow.facts import ModuleFacts
from kerasfix.flow.values import UNKNOWN, Class, Function, Value, options
from kerasfix.verify.find.graph import Definition, Graph, Scope, derives_from_model, is_main_guard

_TRANSPARENT = (ast.If, ast.Try, ast.With, ast.For, ast.While)


@dataclass(frozen=True, slots=True)
class Builder:
    """A function, a class, or a method with its class."""

    name: str  # qualified
    node: Definition
    makers: tuple[Scope, ...]  # the code in it that makes models
    init: Definition | None = None  # the constructor that has to run before
    cls: ast.ClassDef | None = None  # the class that has to be made before
    how: str = "call"  # or "static" (of the class itself), "property", "construct" (`node` is the constructor itself)
    by_call: bool = False  # derives from a model of Keras, and is built when it is called

    @property
    def bound(self) -> bool:
        """Whether the first parameter of `node` is given by Python."""
        return self.cls is not None and not (self.how == "static" and not _has(self.node, "classmethod"))


def builders_in(graph: Graph, facts: ModuleFacts, making: set[Scope]) -> list[Builder]:
    """The builders of a file in the order of its text; `making` is all the code that makes models."""
    names = graph.watched.states[facts].vars
    found: list[Builder] = []
    for scope in making:
        if not isinstance(scope, ast.FunctionDef) or graph.facts[scope] is not facts or scope.name.startswith("test"):
            continue
        owner = facts.parents.get(scope)
        while isinstance(owner, _TRANSPARENT) and not is_main_guard(owner):
            owner = facts.parents.get(owner)
        if owner is facts.tree and _is_bound(names.get(scope.name), scope):
            found.append(Builder(scope.name, scope, _makers(graph, scope)))
        elif isinstance(owner, ast.ClassDef) and facts.parents.get(owner) is facts.tree:
            found.extend(_of_class(graph, facts, owner, scope, making))
    return sorted(found, key=lambda builder: builder.node.lineno)


def _of_class(
    graph: Graph, facts: ModuleFacts, node: ast.ClassDef, scope: ast.FunctionDef, making: set[Scope]
) -> Iterator[Builder]:
    cls = facts.classes.get(node)
    if cls is None or cls.info.layer_like or (cls.info.base is not None and not derives_from_model(cls)):
        return
    if any(isinstance(base, ast.Attribute | ast.Name) and "TestCase" in ast.unparse(base) for base in node.bases):
        return
    name = f"{node.name}.{scope.name}"
    if scope.name == "__init__":
        by_call = scope in graph.subclassing and not _is_functional(scope)
        yield Builder(name, scope, _makers(graph, scope), cls=node, how="construct", by_call=by_call)
        return
    if scope.name.startswith("__") or cls.info.find(scope.name) is None:
        return
    if _has(scope, "staticmethod") or _has(scope, "classmethod"):
        yield Builder(name, scope, _makers(graph, scope), cls=node, how="static")
        return
    init = _constructor(cls)
    how = "property" if _has(scope, "property") else "call"
    yield Builder(name, scope, _makers(graph, scope, init), init=init, cls=node, how=how)


def _constructor(cls: Class) -> Definition | None:
    init = cls.info.find("__init__")
    return init.node if init is not None and isinstance(init.node, Definition) else None


def _makers(graph: Graph, *scopes: Definition | None) -> tuple[Scope, ...]:
    return graph.makers([scope for scope in scopes if scope is not None])


def _is_bound(value: Value | None, node: Definition) -> bool:
    """Whether a name of the module still means a function; a decorator may have hidden it."""
    if value is None:
        return False
    return any(option is UNKNOWN or (isinstance(option, Function) and option.node is node) for option in options(value))


def _has(node: Definition, decorator: str) -> bool:
    return any(isinstance(one, ast.Name) and one.id == decorator for one in node.decorator_list)


def _is_functional(init: Definition) -> bool:
    """Whether a constructor hands inputs and outputs, or layers, to that of Keras, or adds layers."""
    for call in ast.walk(init):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            given = len(call.args) + len(call.keywords)
            if call.func.attr == "__init__" and given > (not isinstance(call.func.value, ast.Call)):
                return True
            if call.func.attr == "add" and isinstance(call.func.value, ast.Name):
                return True
    return False
