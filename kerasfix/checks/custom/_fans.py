"""What an initializer of Keras 1 made of the ordering of images: it counted the fans of a kernel by it."""

from __future__ import annotations

import ast

# Initializers that do not ask for the fans of a kernel.
_WITHOUT = frozenset({"uniform", "normal", "orthogonal", "identity", "zero", "one"})
_ASSUMES = (
    "the kernel is (..., channels, filters): of one with its filters first, Keras 1 counted the fans otherwise, and "
    "initial weights would be drawn from another range"
)


def assumption(initializer: ast.expr | str | None, ordering: ast.expr) -> str | None:
    """What has to be assumed where an initializer is not told the ordering any more, or None if it was all the same."""
    if isinstance(ordering, ast.Constant) and ordering.value == "tf":
        return None
    return None if _name(initializer) in _WITHOUT else _ASSUMES


def _name(initializer: ast.expr | str | None) -> str | None:
    """The name of an initializer, where it is written down: `normal`, `initializations.normal`, `get('normal')`."""
    if isinstance(initializer, ast.Call) and len(initializer.args) == 1:
        return _name(initializer.args[0])
    if isinstance(initializer, ast.Constant):
        return initializer.value if isinstance(initializer.value, str) else None
    if isinstance(initializer, ast.Attribute):
        return initializer.attr
    return initializer.id if isinstance(initializer, ast.Name) else None
