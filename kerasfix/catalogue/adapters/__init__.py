"""The functions of templates: what a legacy argument's value becomes.

Every public function of the modules of this package is one, under its own name. It gets the argument, how to write for
the file at hand, and the other arguments that the template gives it: parameters of the row as arguments, the rest as
expressions. With `call=...` in the template it gets all arguments of the call as `call`. It gives the new text, None
where the value stays as it is, or nothing (an empty tuple) where the modern call does without, and raises Unrenderable
where none of these can be said.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from kerasfix.findings import Slot
from kerasfix.flow.values import Value

Pieces = tuple[str | Slot, ...]


class Unrenderable(Exception):
    """An argument that cannot be written for today's Keras; the message says why, for the user."""


class Writing(Protocol):
    """How to write for the file at hand."""

    @property
    def target(self) -> str:
        """ "keras2" or "keras3"."""

    @property
    def root(self) -> str:
        """The package that the call is of: "keras" or "tensorflow.keras"."""

    def spell(self, name: str) -> str:
        """An object of Keras (`keras.layers.Conv2D`) as the file writes it, with the import that this needs."""

    def snippet(self, name: str) -> str:
        """The name of a definition that the file gets once."""

    def source(self, node: ast.expr) -> str:
        """An expression as the file has it."""

    def mentions(self, *words: str) -> bool:
        """Whether one of the words stands anywhere in the file."""

    def batch_size(self, generator: Argument) -> tuple[str, int | None] | None:
        """The size of a generator's batches, as an expression and, where it is known, as a number.

        None where nothing says how large they are.
        """

    def assume(self, clause: str) -> None:
        """The fix rests on an assumption, so it is not a safe one."""

    def tell(self) -> None:
        """The argument is one that the target's Keras refuses, which proves that the call is a legacy one."""


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a legacy call, or the default of one that was not given."""

    node: ast.expr
    value: Value  # what the analysis knows of it
    slot: Slot | None  # where it stands; None for a default

    @property
    def pieces(self) -> Pieces:
        """The argument as it is."""
        return (self.slot,) if self.slot is not None else (ast.unparse(self.node),)


Adapter = Callable[..., Pieces | None]


@cache
def adapters() -> dict[str, Adapter]:
    """All adapters by name."""
    found: dict[str, Adapter] = {}
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        for name, value in vars(module).items():
            if callable(value) and not name.startswith("_") and getattr(value, "__module__", "") == module.__name__:
                found[name] = value
    return found
