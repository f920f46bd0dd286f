"""What a version of Keras defines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function."""

    name: str
    default: str | None = None  # as the source writes it

    @property
    def text(self) -> str:
        """As a signature shows it."""
        return self.name if self.default is None else f"{self.name}={self.default}"


@dataclass(frozen=True, slots=True)
class Definition:
    """A function, a class, a method or a property."""

    name: str  # the path that most code takes to it: "keras.layers.Dense", "keras.models.Model.fit"
    module: str  # that defines it
    kind: str  # "function", "class", "method" or "property"
    parameters: tuple[Parameter, ...] = ()  # without `self`
    any_positional: bool = False  # takes `*args`
    any_keyword: bool = False  # takes `**kwargs`
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # texts that a parameter accepts
    paths: tuple[str, ...] = ()  # all that lead to it; of a method none
    owner: str = ""  # the class of a method
    bases: tuple[str, ...] = ()  # names of the classes in Keras that a class derives from, nearest first
    static: bool = False  # a method that is called on the class

    @property
    def signature(self) -> str:
        """The parameters as the source writes them."""
        parts = [parameter.text for parameter in self.parameters]
        parts += ["*args"] * self.any_positional + ["**kwargs"] * self.any_keyword
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Api:
    """All that a version of Keras defines in public."""

    version: str
    modules: tuple[str, ...]
    definitions: Mapping[str, Definition]  # by name
    texts: Mapping[str, tuple[str, ...]]  # names that are looked up in a module: "@losses" -> ("mse", ...)
