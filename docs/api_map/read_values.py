"""The texts that a parameter accepts, as the source compares it with them or looks them up."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

# `initializations.get(init)`: the parameter takes the name of anything that the module defines.
_LOOKED_UP = {
    "activations": "@activations",
    "initializations": "@initializers",
    "initializers": "@initializers",
    "regularizers": "@regularizers",
    "constraints": "@constraints",
    "objectives": "@losses",
    "losses": "@losses",
    "metrics_module": "@metrics",
    "optimizers": "@optimizers",
}


def accepted_values(
    scope: ast.FunctionDef | ast.ClassDef, parameters: tuple[str, ...], tree: ast.Module, start: ast.FunctionDef
) -> Mapping[str, tuple[str, ...]]:
    """The texts for each parameter; `@losses` stands for the names of all losses.

    Args:
        scope: The function, or the class whose parameters these are.
        parameters: Their names.
        tree: The module, for the base classes.
        start: The function that takes the parameters: of a class, its `__init__`.
    """
    found: dict[str, dict[str, None]] = {name: {} for name in parameters}
    for name, texts in _compared(start, scope, tree):
        if name in found and name != "name":
            found[name].update(dict.fromkeys(texts))
    defaults = dict(zip(reversed(parameters), reversed(start.args.defaults)))
    for name, default in defaults.items():
        looked_up = any(text.startswith("@") for text in found[name])
        if found[name] and not looked_up and isinstance(default, ast.Constant) and isinstance(default.value, str):
            found[name].setdefault(default.value)
    return {name: tuple(texts) for name, texts in found.items() if texts}


def _compared(
    start: ast.FunctionDef, scope: ast.FunctionDef | ast.ClassDef, tree: ast.Module
) -> Iterator[tuple[str, list[str]]]:
    """Each `border_mode in {'valid', 'same'}`, with the name of the parameter or of the attribute that holds it."""
    for node in ast.walk(start):
        yield from _texts(node)
    if isinstance(scope, ast.ClassDef):
        for one in _with_bases(scope, tree):
            for item in one.body:
                is_start = isinstance(item, ast.FunctionDef) and item.name == "__init__"
                for node in ast.walk(item):
                    yield from _texts(node, attributes_only=not is_start)


def _with_bases(scope: ast.ClassDef, tree: ast.Module) -> Iterator[ast.ClassDef]:
    yield scope
    names = {base.id for base in scope.bases if isinstance(base, ast.Name)}
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef) and statement.name in names and statement is not scope:
            yield from _with_bases(statement, tree)


def _texts(node: ast.AST, attributes_only: bool = False) -> Iterator[tuple[str, list[str]]]:
    if isinstance(node, ast.Compare) and isinstance(node.ops[0], (ast.Eq, ast.NotEq, ast.In, ast.NotIn)):
        texts = _strings(node.comparators[0])
        if texts and (name := _name(node.left, attributes_only)):
            yield name, texts
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
        module = node.func.value
        if isinstance(module, ast.Name) and module.id in _LOOKED_UP and (name := _name(node.args[0], attributes_only)):
            yield name, [_LOOKED_UP[module.id]]


def _name(node: ast.expr, attributes_only: bool) -> str | None:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
        return node.attr
    return node.id if isinstance(node, ast.Name) and not attributes_only else None


def _strings(node: ast.expr) -> list[str]:
    items = node.elts if isinstance(node, (ast.Tuple, ast.List, ast.Set)) else [node]
    return [item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)]
