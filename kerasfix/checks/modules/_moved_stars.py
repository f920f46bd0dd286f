"""What a star import of a module that moved has to bring."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from kerasfix.checks.modules._moved_names import Names
from kerasfix.names.canonical import keras_root
from kerasfix.names.exports import exports


def star_targets(names: Names, module: str) -> list[tuple[str, str]] | None:
    """What the file takes from `module` unseen: new paths, and names; None where other files may take it, too."""
    facts = names.context.facts
    if facts.star_importers or names.exported or keras_root(module) != "keras":
        return None
    if any(facts.is_used_elsewhere(name) for name in exports(module)):
        return None
    return list(_used(names, module))


def lost_names(names: Names, module: str) -> list[tuple[str, str]]:
    """The same of a module that is where it was, for what it has not any more."""
    return [(path, name) for path, name in _used(names, module) if names.moves.name(f"{module}.{name}") is not None]


def _used(names: Names, module: str) -> Iterator[tuple[str, str]]:
    scopes = names.context.facts.scopes
    own = exports(module)
    alone = _is_alone(names)
    for name in sorted(scopes.named.keys() - set(dir(builtins))):
        if name not in own and not alone:
            continue
        places = (scopes.at(node) for node in scopes.named[name])
        if all(scope is None or scope.resolve(name) is not None for scope in places):
            continue
        move = names.moves.name(f"{module}.{name}")
        if move is None or not names.is_selected(move):
            continue
        if name == "np" and name not in own:
            yield "numpy", name
            continue
        path = move.path or move.along
        if path is not None and (name in own or names.is_module(path)):
            yield path, name


def _is_alone(names: Names) -> bool:
    """Whether the file takes all names of nothing but Keras.

    Else what Keras' modules import for themselves, as `K` and `np`, may be from elsewhere.
    """
    nodes = (node for node in names.context.facts.tree.body if isinstance(node, ast.ImportFrom))
    stars = (node for node in nodes if any(alias.name == "*" for alias in node.names))
    return all(not node.level and keras_root(node.module or "") == "keras" for node in stars)
