"""What a name may have been bound to, as the code of one function is written."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from kerasfix.flow.facts import ModuleFacts, per_file
from kerasfix.source.syntax import child_nodes

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Scope = FunctionNode | ast.Module
Parents = dict[ast.AST, ast.AST]

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_GROWS = frozenset({"append", "insert", "extend", "add"})


class Kind(Enum):
    """How a definition relates to its expression."""

    VALUE = "value"  # x = expression
    PART = "part"  # x, y = expression; for x in expression
    GROWN = "grown"  # x += expression; x.append(expression)
    PARAMETER = "parameter"
    OTHER = "other"  # with ... as x, import x, def x


@dataclass(frozen=True, slots=True)
class Definition:
    """One binding of a name. `value` is the expression; `node` the statement, comprehension or function."""

    kind: Kind
    node: ast.AST
    value: ast.expr | None = None

    @property
    def position(self) -> tuple[int, int]:
        """Where it stands; comprehensions by their iterable."""
        node = self.node.iter if isinstance(self.node, ast.comprehension) else self.node
        return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


Bindings = dict[str, list[Definition]]


def scope_of(node: ast.AST, parents: Parents) -> Scope:
    """The function (or module) that a node belongs to."""
    current: ast.AST = node
    while current in parents:
        child, current = current, parents[current]
        if isinstance(current, _FUNCTIONS) and child is not current.args:
            return current
    assert isinstance(current, ast.Module)
    return current


def statement_of(node: ast.AST, parents: Parents) -> ast.stmt:
    """The innermost statement around a node."""
    while not isinstance(node, ast.stmt):
        node = parents[node]
    return node


def class_of(function: ast.AST, parents: Parents) -> ast.ClassDef | None:
    """The class of a method, or of a function inside one."""
    current: ast.AST | None = function
    while current is not None:
        current = parents.get(current)
        if isinstance(current, ast.ClassDef):
            return current
    return None


def own_nodes(scope: Scope) -> Iterator[ast.AST]:
    """The nodes of a scope without those of the functions and classes in it."""
    stack: list[ast.AST] = [scope.body] if isinstance(scope, ast.Lambda) else list(scope.body)
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            stack.extend(child_nodes(node))


def definitions(name: str, at: ast.AST, facts: ModuleFacts) -> list[Definition]:
    """What a name may be bound to where `at` stands; empty if the code does not bind it."""
    scope = scope_of(at, facts.parents)
    while True:
        found = _bindings(scope, facts).get(name)
        if found:
            return _reaching(found, at, scope, facts.parents)
        if isinstance(scope, ast.Module):
            return []
        at, scope = scope, scope_of(scope, facts.parents)


def is_name(node: ast.AST, name: str) -> bool:
    """Whether a node is that name."""
    return isinstance(node, ast.Name) and node.id == name


def parameters(function: FunctionNode) -> list[str]:
    """The names of a function's parameters, `*args` and `**kwargs` left out."""
    spec = function.args
    return [argument.arg for argument in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)]


def _bindings(scope: Scope, facts: ModuleFacts) -> Bindings:
    """The definitions in a scope by their names, in the order of their places."""
    scopes = _bindings_of_scopes(facts)
    if scope not in scopes:
        found: Bindings = {}
        for name, definition in _bound_in(scope):
            found.setdefault(name, []).append(definition)
        for several in found.values():
            several.sort(key=lambda definition: definition.position)
        scopes[scope] = found
    return scopes[scope]


@per_file
def _bindings_of_scopes(facts: ModuleFacts) -> dict[Scope, Bindings]:
    return {}


def _bound_in(scope: Scope) -> Iterator[tuple[str, Definition]]:
    if isinstance(scope, _FUNCTIONS):
        for name in parameters(scope):
            yield name, Definition(Kind.PARAMETER, scope)
    for node in own_nodes(scope):
        yield from _bound_by(node)


def _bound_by(node: ast.AST) -> Iterator[tuple[str, Definition]]:
    if isinstance(node, ast.Assign):
        for target in node.targets:
            for name, kind in _targets(target).items():
                yield name, Definition(kind, node, node.value)
    elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)):
        if isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, Definition(Kind.VALUE, node, node.value)
    elif isinstance(node, ast.AugAssign):
        if isinstance(node.target, ast.Name):
            yield node.target.id, Definition(Kind.GROWN, node, node.value)
    elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
        for name in _targets(node.target):
            yield name, Definition(Kind.PART, node, node.iter)
    elif isinstance(node, ast.Call):
        func = node.func
        if isinstance(func, ast.Attribute) and func.attr in _GROWS and isinstance(func.value, ast.Name) and node.args:
            yield func.value.id, Definition(Kind.GROWN, node, node.args[-1])
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name, Definition(Kind.OTHER, node)
    elif isinstance(node, ast.withitem):
        for name in _targets(node.optional_vars) if node.optional_vars is not None else ():
            yield name, Definition(Kind.OTHER, node.context_expr)
    elif isinstance(node, ast.alias):
        yield node.asname or node.name.partition(".")[0], Definition(Kind.OTHER, node)


def _targets(target: ast.expr) -> dict[str, Kind]:
    """The names that a target of an assignment binds or changes, and how."""
    if isinstance(target, ast.Name):
        return {target.id: Kind.VALUE}
    if isinstance(target, (ast.Tuple, ast.List)):
        return {name: Kind.PART for part in target.elts for name in _targets(part)}
    if isinstance(target, ast.Starred):
        return dict.fromkeys(_targets(target.value), Kind.PART)
    # `x[0] = value` changes what x holds.
    if isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
        return {target.value.id: Kind.GROWN}
    return {}


def _reaching(found: list[Definition], at: ast.AST, scope: Scope, parents: Parents) -> list[Definition]:
    """The definitions that may hold at a node: those before it, and those after it in a loop around both."""
    place = (getattr(at, "lineno", 0), getattr(at, "col_offset", 0))
    around = set(ancestors(at, parents))
    outer = scope is not scope_of(at, parents)  # a closure sees them all
    before: list[Definition] = []
    after: list[Definition] = []
    for definition in found:
        node = definition.node
        if isinstance(node, ast.comprehension):
            if parents[node] in around:
                return [definition]
        elif definition.position < place and ((at is not node and node not in around) or isinstance(node, _LOOPS)):
            if definition.kind is Kind.VALUE and not outer and _always_before(node, at, parents):
                before.clear()
            before.append(definition)
        elif definition.kind is Kind.PARAMETER:
            before.append(definition)
        elif outer or any(loop in around for loop in ancestors(node, parents) if isinstance(loop, _LOOPS)):
            after.append(definition)
    return before + after


def _always_before(node: ast.AST, at: ast.AST, parents: Parents) -> bool:
    """Whether a statement stands in a block that leads to another node, so that there is no way around it."""
    block = parents.get(node)
    child = at
    for ancestor in ancestors(at, parents):
        if ancestor is block:
            return _field(block, node) == _field(block, child)
        child = ancestor
    return False


def _field(block: ast.AST, child: ast.AST) -> str | None:
    """The field of a node that a child stands in: the body of an `if`, or its `else`."""
    for name, content in ast.iter_fields(block):
        if content is child or (isinstance(content, list) and any(part is child for part in content)):
            return name
    return None


def ancestors(node: ast.AST, parents: Parents) -> Iterator[ast.AST]:
    """What stands around a node, from the inside out."""
    current = parents.get(node)
    while current is not None:
        yield current
        current = parents.get(current)
