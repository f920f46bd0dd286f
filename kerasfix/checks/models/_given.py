"""What else a model may be than the analysis has seen: what a function is given, or an attribute of an object."""

from __future__ import annotations

import ast

from kerasfix.checks._scopes import ancestors, class_of, parameters
from kerasfix.flow.facts import FunctionNode, ModuleFacts
from kerasfix.flow.values import Value, options

_ASKING = frozenset({"type", "isinstance", "len", "hasattr", "enumerate", "zip", "list", "tuple"})


def is_given(facts: ModuleFacts, node: ast.expr) -> bool:
    """Whether code that is not seen may give an expression its value: by a parameter of what other files use."""
    top = _outermost(facts, node)
    return top is not None and _is_parameter(facts, node) and facts.is_used_elsewhere(top.name)


def is_asked_for_several(facts: ModuleFacts, node: ast.Attribute) -> bool:
    """Whether the file provides for a list in the place of what it reads: `type(model.input) is list`."""
    what = ast.unparse(node)
    return any(
        other.attr == node.attr and _is_asked(facts, other) and ast.unparse(other) == what for other in facts.ends
    )


def attribute_values(facts: ModuleFacts, node: ast.expr) -> tuple[Value, ...]:
    """What an attribute of `self` is seen to be anywhere in the run; a look knows what was seen before it."""
    cls = class_of(node, facts.parents)
    if cls not in facts.classes or not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name):
        return ()
    method = _method(facts, node, cls)
    if method is None or not method.args.args or method.args.args[0].arg != node.value.id:
        return ()
    value = facts.classes[cls].info.attribute(node.attr)
    return options(value) if value is not None else ()


def _is_asked(facts: ModuleFacts, node: ast.Attribute) -> bool:
    parent = facts.parents.get(node)
    if isinstance(parent, ast.Call):
        return isinstance(parent.func, ast.Name) and parent.func.id in _ASKING
    if isinstance(parent, (ast.For, ast.comprehension)):
        return parent.iter is node
    return isinstance(parent, ast.Subscript) and parent.value is node


def _is_parameter(facts: ModuleFacts, node: ast.expr) -> bool:
    if isinstance(node, ast.Name):
        around = ancestors(node, facts.parents)
        return any(isinstance(one, FunctionNode) and node.id in parameters(one) for one in around)
    cls = class_of(node, facts.parents)
    if not isinstance(node, ast.Attribute) or cls is None:
        return False
    return any(
        isinstance(statement, ast.Assign)
        and isinstance(statement.value, ast.Name)
        and any(isinstance(target, ast.Attribute) and target.attr == node.attr for target in statement.targets)
        and _is_parameter(facts, statement.value)
        for statement in ast.walk(cls)
    )


def _outermost(facts: ModuleFacts, node: ast.AST) -> ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | None:
    named = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    around = [one for one in ancestors(node, facts.parents) if isinstance(one, named)]
    return around[-1] if around else None


def _method(facts: ModuleFacts, node: ast.AST, cls: ast.ClassDef) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    around = ancestors(node, facts.parents)
    found = next((one for one in around if facts.parents.get(one) is cls), None)
    return found if isinstance(found, (ast.FunctionDef, ast.AsyncFunctionDef)) else None
