"""The functions, methods and classes of a file that make models and can be called from outside."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

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
    def line(self) -> int:
        """Where it is in the file: for a method that the class inherits from elsewhere, where the class is."""
        return self.cls.lineno if self.cls is not None and self.inherited else self.node.lineno

    @property
    def inherited(self) -> bool:
        """Whether it is a method that the class has from an abstract one."""
        return self.cls is not None and self.node not in self.cls.body

    @property
    def bound(self) -> bool:
        """Whether the first parameter of `node` is given by Python."""
        return self.cls is not None and not (self.how == "static" and not _has(self.node, "classmethod"))


def builders_in(graph: Graph, facts: ModuleFacts, making: set[Scope]) -> list[Builder]:
    """The builders of a file in the order of its text; `making` is all the code that makes models."""
    names = graph.watched.states[facts].vars
    found: list[Builder] = []
    for scope in facts.nodes(ast.FunctionDef):
        if scope in making and _owner(facts, scope) is facts.tree and _is_bound(names.get(scope.name), scope):
            found.append(Builder(scope.name, scope, _makers(graph, scope)))
    for node, cls in facts.classes.items():
        if _owner(facts, node) is facts.tree and _is_of_models(cls):
            found.extend(_of_class(graph, cls, making))
    return sorted((one for one in found if not _is_test(one)), key=lambda one: one.line)


def _owner(facts: ModuleFacts, node: ast.AST) -> ast.AST | None:
    """What a definition is in: the module also where it stands under a test or in a `try`."""
    owner = facts.parents.get(node)
    while isinstance(owner, _TRANSPARENT) and not is_main_guard(owner):
        owner = facts.parents.get(owner)
    return owner


def _is_test(builder: Builder) -> bool:
    return builder.node.name.startswith("test")


def _is_of_models(cls: Class) -> bool:
    """Whether the methods of a class are code for models, and it is meant to be made."""
    if cls.info.layer_like or (cls.info.base is not None and not derives_from_model(cls)):
        return False
    return not _is_abstract(cls) and not any("TestCase" in ast.unparse(base) for base in cls.node.bases)


def _is_abstract(cls: Class) -> bool:
    """Whether a class leaves methods to those that derive from it."""
    return any(isinstance(method.node, Definition) and _is_left(method.node) for method in cls.info.methods.values())


def _is_left(node: Definition) -> bool:
    if any(ast.unparse(decorator).endswith("abstractmethod") for decorator in node.decorator_list):
        return True
    last = node.body[-1]
    return isinstance(last, ast.Raise) and last.exc is not None and "NotImplemented" in ast.unparse(last.exc)


def _of_class(graph: Graph, cls: Class, making: set[Scope]) -> Iterator[Builder]:
    init = _constructor(cls)
    for name, method in _methods(cls).items():
        scope = method.node
        if not isinstance(scope, ast.FunctionDef) or scope not in making:
            continue
        builder = Builder(f"{cls.info.name}.{name}", scope, _makers(graph, scope), cls=cls.node)
        if name == "__init__":
            by_call = scope in graph.subclassing and not _is_functional(scope)
            if not _is_handed_on(graph, scope):
                yield replace(builder, how="construct", by_call=by_call)
        elif _has(scope, "staticmethod") or _has(scope, "classmethod"):
            yield replace(builder, how="static")
        elif not name.startswith("__"):
            how = "property" if _has(scope, "property") else "call"
            yield replace(builder, makers=_makers(graph, scope, init), init=init, how=how)


def _methods(cls: Class) -> dict[str, Function]:
    """The methods of a class, with those of abstract classes that it derives from."""
    found: dict[str, Function] = {}
    for base in reversed(cls.info.bases):
        if isinstance(base, Class):
            inherited = _methods(base)
            found.update(inherited if _is_abstract(base) else {})
    found.update(cls.info.methods)
    return found


def _is_handed_on(graph: Graph, init: Definition) -> bool:
    """Whether the constructor of a model takes whatever it is given: only the code that calls it knows more."""
    spec = init.args
    return init in graph.subclassing and spec.kwarg is not None and len(spec.args) == 1 and not spec.kwonlyargs


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
