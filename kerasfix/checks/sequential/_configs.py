"""What reads the configuration of a model that is functional now: `Sequential.from_config(model.get_config())`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks._scopes import definitions, scope_of
from kerasfix.checks.sequential._chain import Chain
from kerasfix.findings import Edit
from kerasfix.flow.facts import ModuleFacts
from kerasfix.flow.values import Api


def config_edits(facts: ModuleFacts, chain: Chain, model: str) -> Iterator[Edit]:
    """The edits that have a `Model` made of it; `model` is what the file calls that class."""
    for use in [*chain.uses, *chain.elsewhere]:
        attribute = facts.parents.get(use)
        call = facts.parents.get(attribute) if isinstance(attribute, ast.Attribute) else None
        if not isinstance(call, ast.Call) or not isinstance(attribute, ast.Attribute) or attribute.attr != "get_config":
            continue
        for read in _reads(facts, call):
            if (cls := _sequential(facts, read)) is not None:
                yield Edit(*facts.index.span(cls), (model,))


def _reads(facts: ModuleFacts, call: ast.Call) -> Iterator[ast.expr]:
    """A configuration where it is asked for, and where a name that it is given is read."""
    yield call
    parent = facts.parents.get(call)
    if not isinstance(parent, ast.Assign) or not isinstance(parent.targets[0], ast.Name):
        return
    name = parent.targets[0].id
    for node in ast.walk(scope_of(parent, facts.parents)):
        if not isinstance(node, ast.Name) or node.id != name or not isinstance(node.ctx, ast.Load):
            continue
        if {one.value for one in definitions(name, node, facts)} == {call}:
            yield node


def _sequential(facts: ModuleFacts, read: ast.expr) -> ast.expr | None:
    """The class in `Sequential.from_config(read)`."""
    parent = facts.parents.get(read)
    func = parent.func if isinstance(parent, ast.Call) and parent.args[:1] == [read] else None
    if not isinstance(func, ast.Attribute) or func.attr != "from_config":
        return None
    names = {look.name for look in facts.api_loads.get(func.value, ()) if isinstance(look, Api)}
    return func.value if names == {"keras.models.Sequential"} else None
