"""Which binding a name refers to where it is read, by Python's rules of scope."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from kerasfix.source.syntax import child_nodes

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(eq=False, slots=True)
class Scope:
    """A module, a class body, a function or a comprehension."""

    node: ast.AST
    parent: Scope | None
    bound: set[str] = field(default_factory=set)
    assigned: set[str] = field(default_factory=set)  # those of them that something else than an import binds
    # declared global or nonlocal here
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)

    @property
    def module(self) -> Scope:
        """The scope of the module around this one."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def resolve(self, name: str) -> Scope | None:
        """The scope that binds a name that is used in this one; None for builtins and names of star imports."""
        if name in self.globals:
            return self.module if name in self.module.bound else None
        scope: Scope | None = self
        while scope is not None:
            if name in scope.bound and name not in scope.nonlocals:
                own = scope is self or not isinstance(scope.node, ast.ClassDef)
                if own:
                    return scope if name not in scope.globals else scope.module
            scope = scope.parent
        return None

    def meanings(self, name: str) -> list[Scope]:
        """The scopes that may bind a name used here: a class body reads outer names until it has bound its own."""
        found = self.resolve(name)
        if found is self and isinstance(self.node, ast.ClassDef) and self.parent is not None:
            outer = self.parent.resolve(name)
            return [self] if outer is None else [self, outer]
        return [] if found is None else [found]


class Scopes:
    """The scopes of one file."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.module = Scope(tree, None)
        self.all = [self.module]
        self._of: dict[ast.AST, Scope] = {tree: self.module}
        self._augmented: set[ast.AST] = set()
        self.named: dict[str, list[ast.Name]] = {}  # all places of a name
        self._visit(tree)
        for scope in self.all:
            # What a function declares global, it binds in the module.
            self.module.bound |= scope.globals & scope.bound
            self.module.assigned |= scope.globals & scope.assigned

    def at(self, node: ast.AST) -> Scope | None:
        """The scope that an import, a name, a function or a class stands in; None for other nodes."""
        return self._of.get(node)

    def reads(self, scope: Scope, name: str) -> Iterator[ast.Name]:
        """The places that read, or delete, what a scope binds to a name."""
        for node in self.named.get(name, ()):
            if self._is_read(node) and scope in self._of[node].meanings(name):
                yield node

    def _is_read(self, node: ast.Name) -> bool:
        return not isinstance(node.ctx, ast.Store) or node in self._augmented

    def _visit(self, tree: ast.Module) -> None:
        stack: list[tuple[ast.AST, Scope]] = [(child, self.module) for child in tree.body]
        while stack:
            node, scope = stack.pop()
            self._bind(node, scope)
            if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
                stack.extend(self._enter(node, scope))
            elif isinstance(node, _COMPREHENSIONS):
                stack.extend(self._enter_comprehension(node, scope))
            elif isinstance(node, ast.NamedExpr):
                self._bind(node.target, _around_comprehensions(scope))
                stack.append((node.value, scope))
            else:
                stack.extend((child, scope) for child in child_nodes(node))

    def _bind(self, node: ast.AST, scope: Scope) -> None:
        if isinstance(node, ast.Name):
            self._of[node] = scope
            self.named.setdefault(node.id, []).append(node)
            if not isinstance(node.ctx, ast.Load):
                _assign(scope, node.id)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            self._of[node] = scope
            scope.bound.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self._of[node] = scope
            _assign(scope, node.name)
        elif isinstance(node, ast.AugAssign):
            self._augmented.add(node.target)
        elif isinstance(node, ast.ExceptHandler):
            _assign(scope, node.name)
        elif isinstance(node, ast.Global):
            scope.globals.update(node.names)
        elif isinstance(node, ast.Nonlocal):
            scope.nonlocals.update(node.names)
        elif isinstance(node, (ast.MatchAs, ast.MatchStar)):
            _assign(scope, node.name)
        elif isinstance(node, ast.MatchMapping):
            _assign(scope, node.rest)

    def _enter(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef, scope: Scope
    ) -> Iterator[tuple[ast.AST, Scope]]:
        inner = self._new(node, scope)
        inside: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else list(node.body)
        if not isinstance(node, ast.ClassDef):
            spec = node.args
            arguments = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, spec.vararg, spec.kwarg]
            for argument in arguments:
                _assign(inner, argument.arg if argument is not None else None)
        within = {id(child) for child in inside}
        for child in child_nodes(node):
            # Decorators, defaults, annotations and bases are evaluated outside.
            if id(child) not in within:
                yield child, scope
        for child in inside:
            yield child, inner

    def _enter_comprehension(self, node: ast.AST, scope: Scope) -> Iterator[tuple[ast.AST, Scope]]:
        inner = self._new(node, scope)
        first: ast.AST | None = None
        for child in child_nodes(node):
            if isinstance(child, ast.comprehension) and first is None:
                first = child.iter
                yield first, scope
                for part in (child.target, *child.ifs):
                    yield part, inner
            else:
                yield child, inner

    def _new(self, node: ast.AST, parent: Scope) -> Scope:
        scope = Scope(node, parent)
        self.all.append(scope)
        return scope


def _assign(scope: Scope, name: str | None) -> None:
    if name is not None:
        scope.bound.add(name)
        scope.assigned.add(name)


def _around_comprehensions(scope: Scope) -> Scope:
    """Where `:=` binds."""
    while isinstance(scope.node, _COMPREHENSIONS) and scope.parent is not None:
        scope = scope.parent
    return scope
