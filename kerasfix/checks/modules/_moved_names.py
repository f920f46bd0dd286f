"""What the checks of imports share: which moves concern a file, where they may be made, how a new name is spelled."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from kerasfix.catalogue.moves import Move, Moves, moves
from kerasfix.checks import Context
from kerasfix.checks.calls._handed import successor
from kerasfix.checks.custom.initializer import is_handed_on, is_partly_applied
from kerasfix.edits.imports import exported_names
from kerasfix.findings import Edit, ImportNeed
from kerasfix.flow.imports import does_something, is_version_guard
from kerasfix.names.canonical import LEGACY, canonical, keras_root
from kerasfix.names.namer import root_name
from kerasfix.names.scopes import Scope

# `keras.layers.merge` is the function of Keras 1 first; only what has attributes is the module of Keras 2.
_MERGE = "keras.layers.merge"


@dataclass(frozen=True, slots=True)
class Resolved:
    """A part of a dotted expression, its path, and what became of that; nothing where the path is right."""

    node: ast.Attribute
    path: str
    move: Move | None


@dataclass(slots=True)
class Names:
    """The moves of one file."""

    context: Context
    moves: Moves = field(init=False)
    exported: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.moves = moves(self.context.settings.target)
        self.exported = frozenset(exported_names(self.context.facts.tree))

    def is_module(self, path: str) -> bool:
        """Whether a path is a module, and not Keras 1's `merge`."""
        return canonical(path) != _MERGE and self.moves.is_module(path)

    def is_selected(self, move: Move) -> bool:
        """Whether the rule of a move is among those of the run."""
        return move.rule in self.context.settings.rules

    def is_claimed(self, path: str, node: ast.expr) -> bool:
        """Whether another rule speaks about this use of a name that is gone."""
        name = canonical(path) or path
        if name in LEGACY:
            return True
        parent = self.context.facts.parents.get(node)
        called = isinstance(parent, ast.Call) and parent.func is node
        if not called and self.context.namer.path(node) is not None:
            rewritten = is_handed_on(self.context, node) or is_partly_applied(self.context, node)
            return rewritten or successor(self.context, name) is not None
        return called and (name in self.context.rows or path in self.context.rows)

    def is_of_merge(self, path: str) -> bool:
        """Whether a path is one of the two names that have rules of their own."""
        return canonical(path) in LEGACY

    def is_guarded(self, node: ast.AST) -> bool:
        """Whether code asks for the version first, or has something else to go on with where an import fails."""
        guards = self.context.facts.version_guards
        parent: ast.AST | None = node
        while parent is not None:
            parent = self.context.facts.parents.get(parent)
            if isinstance(parent, ast.Try):
                if is_version_guard(parent) and does_something(parent):
                    return True
            elif any(parent is guard for guard in guards):
                return True
        return False

    def is_handed_on(self, name: str, scope: Scope) -> bool:
        """Whether code that is not in this file may take a name from it."""
        facts = self.context.facts
        return scope is facts.scopes.module and (name in self.exported or facts.is_used_elsewhere(name))

    def chains(self) -> Iterator[list[ast.Attribute]]:
        """The attributes of each dotted expression, the innermost first: `a.b`, then `a.b.c`."""
        named = self.context.facts.scopes.named
        for name in sorted(self.context.namer.names_of_keras() & named.keys()):
            for node in named[name]:
                if isinstance(node.ctx, ast.Load) and (chain := self.chain(node)):
                    yield chain

    def chain(self, name: ast.Name) -> list[ast.Attribute]:
        """The attributes of the dotted expression that starts with a name."""
        parents = self.context.facts.parents
        found: list[ast.Attribute] = []
        parent = parents.get(name)
        while isinstance(parent, ast.Attribute):
            found.append(parent)
            parent = parents.get(parent)
        return found

    def resolve(self, base: str, chain: list[ast.Attribute]) -> Resolved | None:
        """The first part of a dotted expression that is no module, or all of it; None where there is no such part."""
        path = base
        for position, node in enumerate(chain):
            path = f"{path}.{node.attr}"
            inner = chain[position + 1].attr if position + 1 < len(chain) else None
            if inner is not None and (
                keras_root(path) is None or self.is_module(path) or self._is_merge_module(path, inner)
            ):
                continue
            move = self.moves.module(path) if self.is_module(path) else self.moves.name(path)
            return Resolved(node, path, move)
        return None

    def _is_merge_module(self, path: str, inner: str) -> bool:
        return path.endswith("layers.merge") and self.moves.name(f"{path}.{inner}") is not None

    def spell(self, path: str, node: ast.expr, base: str = "") -> tuple[str, tuple[ImportNeed, ...]]:
        """How to write a path in place of a name or a dotted expression whose first name stands for `base`."""
        first = root_name(node)
        if base and path.startswith(f"{base}.") and first is not None:
            return f"{first.id}{path[len(base) :]}", ()
        root, plain = keras_root(path), canonical(path)
        if root is None or plain is None:
            return self._foreign(path, node)
        if self.moves.is_module(path):
            return self.context.namer.module(plain, root, path.rpartition(".")[2], node)
        # `image.ImageDataGenerator` of another package is not to be found in the same module.
        same = root == keras_root(self.context.namer.path(node) or path)
        return self.context.namer.name(plain, node if same else first, root)

    def _foreign(self, path: str, node: ast.expr) -> tuple[str, tuple[ImportNeed, ...]]:
        """A name of another library."""
        module, _, name = path.rpartition(".")
        scopes = self.context.facts.scopes
        taken = any(name in scope.assigned for scope in scopes.all)
        asname = f"{module.partition('.')[0].capitalize()}{name}" if taken else None
        return asname or name, (ImportNeed(module, name, asname),)

    def renamed_keywords(self, func: ast.expr, move: Move) -> Iterator[Edit]:
        """The edits that rename the keywords of a call of what moved."""
        call = self.context.facts.parents.get(func)
        if not isinstance(call, ast.Call) or call.func is not func:
            return
        for keyword in call.keywords:
            if keyword.arg is not None and (new := move.keywords.get(keyword.arg)) is not None:
                start = self.context.facts.index.span(keyword)[0]
                yield Edit(start, start + len(keyword.arg), (new,))

    def replaced(self, node: ast.expr, path: str, base: str = "") -> tuple[Edit, tuple[ImportNeed, ...]]:
        """The edit that writes a path in place of an expression, and the imports for it."""
        text, needs = self.spell(path, node, base)
        return Edit(*self.context.facts.index.span(node), (text,)), needs
