"""Where a name is used: its occurrences in a scope, the suites around them, and what binds it at a place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from kerasfix.checks._scopes import Parents, statement_of
from kerasfix.flow.expressions import dotted

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Scope = FunctionNode | ast.ClassDef | ast.Module

LOOPS = (ast.For, ast.AsyncFor, ast.While)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SUITES = ("body", "orelse", "finalbody")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One occurrence of a target. `deferred` is the function around it that runs later, outermost in the scope."""

    node: ast.Name | ast.Attribute
    deferred: FunctionNode | None = None

    @property
    def position(self) -> tuple[int, int]:
        """Line and column, to compare."""
        return self.node.lineno, self.node.col_offset

    @property
    def is_load(self) -> bool:
        """Whether the occurrence reads the target."""
        return isinstance(self.node.ctx, ast.Load)


def namespace_of(node: ast.AST, parents: Parents) -> Scope:
    """The function, class or module that a node's names belong to."""
    while True:
        node = parents[node]
        if isinstance(node, (*_FUNCTIONS, ast.ClassDef, ast.Module)):
            return node


def suite_of(statement: ast.stmt, parents: Parents) -> list[ast.stmt]:
    """The list of statements that a statement stands in."""
    parent = parents[statement]
    for name in _SUITES:
        suite = getattr(parent, name, None)
        if isinstance(suite, list) and any(item is statement for item in suite):
            return suite
    return [statement]


def index_in(suite: list[ast.stmt], node: ast.AST, parents: Parents) -> int | None:
    """Which statement of a suite holds a node, or None if none does."""
    places = {id(statement): number for number, statement in enumerate(suite)}
    current: ast.AST | None = node
    while current is not None:
        if id(current) in places:
            return places[id(current)]
        current = parents.get(current)
    return None


def always_runs(suite: list[ast.stmt], statement: ast.stmt, parents: Parents) -> bool:
    """Whether a statement stands in a suite itself, or only in `with` blocks of it."""
    current: ast.AST = statement
    while all(current is not item for item in suite):
        current = parents[current]
        if not isinstance(current, (ast.With, ast.AsyncWith)):
            return False
    return True


def occurrences(scope: ast.AST, target: str) -> list[Occurrence]:
    """Every occurrence of a name or dotted name that means the same as in the scope, by its place."""
    found: list[Occurrence] = []
    root = target.partition(".")[0]
    stack: list[tuple[ast.AST, FunctionNode | None]] = [(child, None) for child in ast.iter_child_nodes(scope)]
    while stack:
        node, deferred = stack.pop()
        if isinstance(node, (ast.Name, ast.Attribute)) and dotted(node) == target:
            found.append(Occurrence(node, deferred))
            continue
        if isinstance(node, _COMPREHENSIONS) and any(_binds(part.target, root) for part in node.generators):
            continue
        if isinstance(node, _FUNCTIONS):
            if _is_local(node, root):
                continue
            deferred = deferred or node
        stack.extend((child, deferred) for child in ast.iter_child_nodes(node))
    return sorted(found, key=lambda occurrence: occurrence.position)


def _binds(target: ast.expr, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(target))


def _is_local(function: FunctionNode, name: str) -> bool:
    spec = function.args
    arguments = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, spec.vararg, spec.kwarg]
    if any(argument is not None and argument.arg == name for argument in arguments):
        return True
    if isinstance(function, ast.Lambda):
        return False
    bound = False
    for node in own_nodes(function):
        if isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names:
            return False
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load):
            bound = True
    return bound


def own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope without those of the functions and classes in it."""
    stack: list[ast.AST] = list(ast.iter_child_nodes(scope))
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            stack.extend(ast.iter_child_nodes(node))


def is_shared(scope: ast.AST, name: str) -> bool:
    """Whether a scope declares a name to belong to an outer one."""
    return any(isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names for node in own_nodes(scope))


def is_free(scope: ast.AST, name: str) -> bool:
    """Whether nothing in a scope, nor in what closes over it, says a name."""
    if isinstance(scope, _FUNCTIONS) and any(
        argument.arg == name for argument in ast.walk(scope.args) if isinstance(argument, ast.arg)
    ):
        return False
    for node in own_nodes(scope):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.name == name:
            return False
        if isinstance(node, ast.alias) and (node.asname or node.name).partition(".")[0] == name:
            return False
        if isinstance(node, (ast.Global, ast.Nonlocal)) and name in node.names:
            return False
        if isinstance(node, ast.ExceptHandler) and node.name == name:
            return False
    return not any(
        not isinstance(occurrence.node, ast.Attribute) for occurrence in occurrences(scope, name)
    ) and not _named_in_comprehension(scope, name)


def _named_in_comprehension(scope: ast.AST, name: str) -> bool:
    # Python 2 lets the variables of list comprehensions out.
    return any(isinstance(node, ast.ListComp) and any(_binds(part.target, name) for part in node.generators)
               for node in own_nodes(scope))  # fmt: skip


def binding_at(target: str, at: ast.stmt, scope: Scope, parents: Parents) -> ast.stmt | ast.arg | None:
    """The one statement (or parameter) that can have bound a target where a statement stands; None if several can."""
    stores = [occurrence for occurrence in occurrences(scope, target) if not occurrence.is_load]
    statements = [statement_of(store.node, parents) for store in stores]
    if any(store.deferred for store in stores):
        return None
    if len(statements) == 1:
        return statements[0]
    if not statements:
        return _parameter(target, scope)
    return _last_before(statements, at, scope, parents)


def _parameter(target: str, scope: Scope) -> ast.arg | None:
    if isinstance(scope, _FUNCTIONS):
        for argument in ast.walk(scope.args):
            if isinstance(argument, ast.arg) and argument.arg == target:
                return argument
    return None


def _last_before(statements: list[ast.stmt], at: ast.stmt, scope: Scope, parents: Parents) -> ast.stmt | None:
    current = at
    while True:
        suite = suite_of(current, parents)
        here = index_in(suite, current, parents)
        for statement in reversed(suite[:here]):
            if any(statement is store for store in statements):
                return statement
            if any(index_in([statement], store, parents) is not None for store in statements):
                return None
        parent = parents[current]
        if isinstance(parent, LOOPS) and any(index_in([parent], store, parents) is not None for store in statements):
            return None
        if not isinstance(parent, ast.stmt) or parent is scope:
            return None
        current = parent
