"""The classes that a file derives from Keras' own: their methods, their lineage, and what is not ours to touch."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from kerasfix.checks import Context
from kerasfix.flow.facts import ModuleFacts
from kerasfix.flow.values import Api, Class

Function = ast.FunctionDef | ast.AsyncFunctionDef
_VERSION_WORDS = frozenset({"__version__", "hasattr", "getattr"})
_ERRORS = frozenset({"AttributeError", "TypeError", "ImportError", "Exception", "BaseException"})


@dataclass(frozen=True)
class CustomClass:
    """A class of the file, with the file's facts."""

    cls: Class
    facts: ModuleFacts

    @property
    def node(self) -> ast.ClassDef:
        """The definition."""
        return self.cls.node

    @property
    def name(self) -> str:
        """The name of the class."""
        return self.cls.info.name

    @cached_property
    def methods(self) -> dict[str, Function]:
        """The methods that the class itself defines; of several of a name, the last."""
        return {node.name: node for node in self.node.body if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}

    @cached_property
    def lineage(self) -> tuple[Class, ...]:
        """The class and those of the project that it derives from, depth first."""
        return tuple(lineage(self.cls))

    @property
    def keras_base(self) -> str | None:
        """The canonical name of the class of Keras that it derives from in the end, e.g. `keras.layers.Layer`."""
        base = self.cls.info.base
        return base.name if isinstance(base, Api) else None

    def base(self, name: str) -> tuple[ast.expr, str] | None:
        """The base that is the class of Keras with that canonical name, on whichever path, and its package."""
        for base in self.node.bases:
            seen = self.facts.api_loads.get(base, [])
            found = [one for one in seen if isinstance(one, Api) and one.name == name and not one.guarded]
            if found and len(found) == len(seen):
                return base, found[0].root
        return None

    def has(self, method: str) -> bool:
        """Whether the class or one of the project that it derives from has a method."""
        return any(method in cls.info.methods for cls in self.lineage)


def lineage(cls: Class) -> Iterator[Class]:
    """A class and those of the project that it derives from, depth first."""
    yield cls
    for base in cls.info.bases:
        if isinstance(base, Class) and base.node is not cls.node:
            yield from lineage(base)


def classes(context: Context, wanted: Callable[[Class], bool]) -> list[CustomClass]:
    """The classes of the file that a test holds for, those of code for two Keras versions left out."""
    found = context.facts.classes.values()
    return [CustomClass(cls, context.facts) for cls in found if not cls.info.guarded and wanted(cls)]


def layers(context: Context) -> list[CustomClass]:
    """The layer classes of the file."""
    return classes(context, is_layer)


def is_layer(cls: Class) -> bool:
    """Whether a class is a layer, as far as that can be told."""
    return cls.info.layer_like


def derives_from(cls: Class, family: str) -> bool:
    """Whether a class derives from one of a module of Keras, e.g. "keras.optimizers."."""
    base = cls.info.base
    return isinstance(base, Api) and base.name.startswith(family)


def self_name(method: Function) -> str:
    """What a method calls its object."""
    spec = method.args
    parameters = [*spec.posonlyargs, *spec.args]
    return parameters[0].arg if parameters else ""


def parameter_names(method: Function) -> list[str]:
    """The names of a method's positional parameters without its object."""
    spec = method.args
    return [parameter.arg for parameter in (*spec.posonlyargs, *spec.args)][1:]


def attribute_of(node: ast.AST, owner: str) -> str | None:
    """`X` of `owner.X`."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == owner:
        return node.attr
    return None


def owner_class(facts: ModuleFacts, node: ast.AST) -> Class | None:
    """The class in which a piece of code stands."""
    current: ast.AST | None = node
    while current is not None:
        current = facts.parents.get(current)
        if isinstance(current, ast.ClassDef):
            return facts.classes.get(current)
    return None


def is_for_two_versions(facts: ModuleFacts, node: ast.AST, *words: str) -> bool:
    """Whether code stands under a test for the version of Keras: it asks for one, for an attribute, or tries and sees.

    `words` are the attributes that a test may ask for.
    """
    guards = set(map(id, facts.version_guards))
    child: ast.AST = node
    current = facts.parents.get(node)
    while current is not None:
        if id(current) in guards:
            return True
        if isinstance(current, (ast.If, ast.IfExp)) and child is not current.test and _asks(current.test, words):
            return True
        if isinstance(current, ast.Try) and child not in current.finalbody and any(map(_catches, current.handlers)):
            return True
        child, current = current, facts.parents.get(current)
    return False


def _asks(test: ast.expr, words: tuple[str, ...]) -> bool:
    names = {part.id for part in ast.walk(test) if isinstance(part, ast.Name)}
    names |= {part.attr for part in ast.walk(test) if isinstance(part, ast.Attribute)}
    if "__version__" in names:
        return True
    strings = {part.value for part in ast.walk(test) if isinstance(part, ast.Constant) and isinstance(part.value, str)}
    return bool(names & _VERSION_WORDS) and bool(strings & set(words))


def _catches(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    return any(isinstance(part, ast.Name) and part.id in _ERRORS for part in ast.walk(handler.type))
