"""What a star import of a module that moved has to bring."""

from __future__ import annotations

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
    for name in sorted(exports(module) & scopes.named.keys() - set(dir(builtins))):
        places = (scopes.at(node) for node in scopes.named[name])
        if all(scope is None or scope.resolve(name) is not None for scope in places):
            continue
        move = names.moves.name(f"{module}.{name}")
        if move is not None and names.is_selected(move) and (path := move.path or move.along) is not None:
            yield path, name
