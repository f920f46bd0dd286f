"""Branches that a list holds: `Merge(models)`, `Merge([tower(n) for n in sizes])`."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from kerasfix.checks._scopes import ancestors, statement_of
from kerasfix.checks.sequential import _scope as scopes
from kerasfix.checks.sequential._chain import Chain
from kerasfix.checks.sequential._layers import added_to
from kerasfix.flow.facts import ModuleFacts
from kerasfix.flow.values import Items, Layer, Model, Value, options


def models_in(values: Sequence[Value]) -> list[Model] | None:
    """The models that a list was seen to hold (one for all, if it is not known how many); None if it holds others."""
    found: list[Model] = []
    for value in values:
        for option in options(value):
            if not isinstance(option, Items):
                return None
            for item in option.items if option.items is not None else (option.element,):
                for each in options(item):
                    if not isinstance(each, Model) or each.kind != "Sequential" or each.site is None:
                        return None
                    found.append(each)
    return found or None


def has_one_input(facts: ModuleFacts, site: ast.Call) -> bool:
    """Whether a `Sequential` is seen to begin with a plain layer."""
    layers = added_to(facts, site)
    if not layers:
        return False
    values = [option for value in layers[0][1] for option in options(value)]
    return all(isinstance(value, Layer) and value.cls != "keras.layers.Merge" for value in values)


def makes(facts: ModuleFacts, value: ast.expr, site: ast.Call, scope: ast.AST) -> bool:
    """Whether an expression makes a new model each time it is evaluated."""
    if value is site:
        return True
    if not isinstance(value, ast.Call):
        return False
    if site not in facts.parents:
        return True  # in another file
    maker = scopes.namespace_of(site, facts.parents)
    if not isinstance(maker, (ast.FunctionDef, ast.AsyncFunctionDef)) or maker.decorator_list:
        return False
    return maker is not scope and maker not in ancestors(scope, facts.parents)


def all_new(facts: ModuleFacts, chain: Chain, name: str, use: ast.expr, models: Sequence[Model]) -> bool:
    """Whether a list is only filled with models that were made for it: `models = []`, then `models.append(model)`."""
    appended: list[ast.stmt] = []
    for occurrence in scopes.occurrences(chain.scope, name):
        node = occurrence.node
        if node is use:
            continue
        statement = statement_of(node, facts.parents)
        if occurrence.deferred is not None:
            return False
        if not occurrence.is_load:
            value = statement.value if isinstance(statement, ast.Assign) else None
            empty = isinstance(value, ast.List) and not value.elts
            if value is None or not (empty or made_in_place(facts, chain, value, models)):
                return False
            continue
        binding = _appended(facts, chain, node, statement)
        if binding is None or any(binding is other for other in appended):
            return False
        appended.append(binding)
    return True


def _appended(facts: ModuleFacts, chain: Chain, node: ast.expr, statement: ast.stmt) -> ast.stmt | None:
    """The statement that has made the model of `models.append(model)`, in the same block."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or len(call.args) != 1:
        return None
    if call.func.attr != "append" or call.func.value is not node:
        return None
    given = call.args[0]
    values = [look.args[0] for look in facts.calls.get(call, ()) if look.args]
    sites = {value.site if isinstance(value, Model) else None for value in values}
    site = sites.pop() if len(sites) == 1 else None
    if site is None:
        return None
    if isinstance(given, ast.Call):
        return statement if makes(facts, given, site, chain.scope) else None
    if not isinstance(given, ast.Name):
        return None
    binding = scopes.binding_at(given.id, statement, chain.scope, facts.parents)
    if not isinstance(binding, ast.Assign) or not makes(facts, binding.value, site, chain.scope):
        return None
    same_block = scopes.suite_of(binding, facts.parents) is scopes.suite_of(statement, facts.parents)
    return binding if same_block else None


def made_in_place(facts: ModuleFacts, chain: Chain, node: ast.expr, models: Sequence[Model]) -> bool:
    """Whether a list or a comprehension makes each of its models by a call."""
    elements = node.elts if isinstance(node, (ast.List, ast.Tuple)) else []
    if isinstance(node, ast.ListComp):
        elements = [node.elt]
    return bool(elements) and all(
        model.site is not None and makes(facts, element, model.site, chain.scope)
        for element in elements
        for model in models
    )
