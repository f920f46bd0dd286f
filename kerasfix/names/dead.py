"""Packages that old code imports beside Keras, and that nothing of today brings or can run."""

from __future__ import annotations

import ast

from kerasfix.names.canonical import keras_root

_PACKAGES = ("theano.", "tensorflow.contrib.", "keras_applications.")


def is_dead(path: str) -> bool:
    """Whether a dotted path leads into such a package; `tensorflow.contrib.keras` is Keras, and elsewhere today."""
    return f"{path}.".startswith(_PACKAGES) and keras_root(path) is None


def dead_path(node: ast.Import | ast.ImportFrom, alias: ast.alias) -> str | None:
    """The dotted path of what an import takes from such a package; None if it does not, or takes all there is."""
    if alias.name == "*" or (isinstance(node, ast.ImportFrom) and node.level):
        return None
    path = alias.name if isinstance(node, ast.Import) else f"{node.module}.{alias.name}"
    return path if is_dead(path) else None
