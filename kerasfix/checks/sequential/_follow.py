"""Follows a model that begins with a `Merge`: what is added to it, where it is used, what else may change it."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from kerasfix.checks import Context
from kerasfix.checks._scopes import ancestors, statement_of
from kerasfix.checks.sequential import _scope as scopes
from kerasfix.checks.sequential._chain import Chain, Problem, Step
from kerasfix.checks.sequential._head import added_layer, from_add, from_list, owner_of, stands_in_list
from kerasfix.flow.expressions import dotted
from kerasfix.flow.facts import CallSeen, ModuleFacts
from kerasfix.flow.values import Layer, Method, Model

# What does not keep the model that it is given.
_LOOKS_ONLY = frozenset({"print", "plot", "plot_model", "str", "repr", "len", "isinstance", "type", "summary"})


def gather(context: Context, merge: ast.Call, seen: Sequence[CallSeen]) -> Chain | Problem:
    """The model that a Merge is the head of, or why it cannot be followed."""
    facts = context.facts
    if len(seen) != len(facts.calls[merge]):
        return Problem(f"`{facts.index.source(merge.func)}` is another thing on another path")
    chain = from_list(facts, merge, seen) if stands_in_list(merge, facts) else from_add(facts, merge, seen)
    if isinstance(chain, Problem):
        return chain
    return _placed(facts, chain) or _used(facts, chain) or _unseen(facts, chain) or chain


def _placed(facts: ModuleFacts, chain: Chain) -> Problem | None:
    """Where the head stands in the suite of the model."""
    if isinstance(chain.scope, ast.ClassDef):
        return Problem("it is made in the body of a class")
    root = chain.target.partition(".")[0]
    if scopes.is_shared(chain.scope, root):
        return Problem(f"`{root}` is a name of an outer function or of the module")
    chain.start = next(number for number, item in enumerate(chain.suite) if item is chain.created)
    index = scopes.index_in(chain.suite, chain.head, facts.parents)
    if index is None or not scopes.always_runs(chain.suite, chain.head, facts.parents):
        return Problem(f"the `Merge` is added to `{chain.target}` only under a condition or in a loop")
    if index < chain.start:
        return Problem(f"`{chain.target}` is made after it")
    chain.head_index = index
    chain.steps = [Step(step.layer, None, index, nested=False) for step in chain.steps]
    if chain.named is not None:
        if chain.suite[index] is not chain.head:
            return Problem("the `Merge` is made in another block than it is added in")
        named = scopes.index_in(chain.suite, chain.named, facts.parents)
        if named is None or chain.suite[named] is not chain.named or named > index:
            return Problem("the `Merge` is made in another block than the model")
    return None


def _used(facts: ModuleFacts, chain: Chain) -> Problem | None:
    """Sort the occurrences of the model's name into adds, pops and other uses; find out where it has to be there."""
    target = chain.target
    chain.end = len(chain.suite)
    mine: list[scopes.Occurrence] = []
    unsure = len(chain.suite)  # the statement in which the name may be bound to something else
    for occurrence in scopes.occurrences(chain.scope, target):
        index = scopes.index_in(chain.suite, occurrence.node, facts.parents)
        if occurrence.deferred is not None:
            if not occurrence.is_load:
                return Problem(f"`{target}` is bound again in a function")
            chain.has_deferred_uses = True
            mine.append(occurrence)
        elif not occurrence.is_load:
            if isinstance(occurrence.node.ctx, ast.Del):
                return Problem(f"`{target}` is deleted")
            statement = statement_of(occurrence.node, facts.parents)
            if index is not None and chain.start < index < chain.end:
                if chain.suite[index] is statement:
                    chain.end = index
                else:
                    unsure = min(unsure, index)
        else:
            mine.append(occurrence)
    problem = _sorted_uses(facts, chain, mine) or _built(facts, chain)
    if problem is not None:
        return problem
    changes = [chain.built_after, *(step.index for step in chain.steps)]
    changes += [scopes.index_in(chain.suite, call, facts.parents) or 0 for call in chain.pops]
    if max(changes) >= min(unsure, chain.end):
        return Problem(f"`{target}` is bound to something else before it is complete")
    return _deferred(facts, chain, [occurrence for occurrence in mine if occurrence.deferred is not None])


def _sorted_uses(facts: ModuleFacts, chain: Chain, mine: list[scopes.Occurrence]) -> Problem | None:
    for occurrence in mine:
        node = occurrence.node
        index = scopes.index_in(chain.suite, node, facts.parents)
        call = _method_call(facts, node)
        method = call.func.attr if call is not None and isinstance(call.func, ast.Attribute) else ""
        attribute = facts.parents.get(node)
        if call is None and isinstance(attribute, ast.Attribute) and attribute.attr in ("add", "pop"):
            return Problem(f"`{facts.index.source(attribute)}` is handed on")
        if occurrence.deferred is not None:
            if method in ("add", "pop"):
                return Problem(f"a function that runs later changes `{chain.target}`")
            chain.uses.append(node)
            continue
        if index is not None and chain.start <= index < chain.head_index:
            return Problem(f"`{chain.target}` is used before the `Merge` is added")
        if (index is not None and index <= chain.start) or _before(node, chain.created):
            if method in ("add", "pop") and call is not None and owner_of(facts, call) in (None, chain.sequential):
                return Problem(f"`{chain.target}` grows in a loop around it")
            loops = [node for node in ancestors(chain.created, facts.parents) if isinstance(node, scopes.LOOPS)]
            if any(loop in ancestors(node, facts.parents) for loop in loops):
                chain.has_deferred_uses = True  # in the next round
            continue  # an earlier model of the same name
        if index is not None and index > chain.end:
            continue  # a later one
        if index == chain.end and not _in_value(chain.suite[chain.end], node, facts):
            continue
        known = facts.model_uses.get(node)
        if index is None and known and all(model.site is not chain.sequential for model in known):
            continue  # another model of the same name, in another block
        problem = _sort_one(facts, chain, node, call, method, index)
        if problem is not None:
            return problem
    return None


def _before(node: ast.expr, statement: ast.stmt) -> bool:
    return (node.lineno, node.col_offset) < (statement.lineno, statement.col_offset)


def _in_value(statement: ast.stmt, node: ast.expr, facts: ModuleFacts) -> bool:
    return isinstance(statement, ast.Assign) and statement in ancestors(node, facts.parents)


def _method_call(facts: ModuleFacts, node: ast.expr) -> ast.Call | None:
    """`model.add(...)` around an occurrence of `model`."""
    attribute = facts.parents.get(node)
    call = facts.parents.get(attribute) if isinstance(attribute, ast.Attribute) else None
    return call if isinstance(call, ast.Call) and call.func is attribute else None


def _sort_one(
    facts: ModuleFacts, chain: Chain, node: ast.expr, call: ast.Call | None, method: str, index: int | None
) -> Problem | None:
    if call is chain.head_call and call is not None:
        return None
    if method not in ("add", "pop") or call is None:
        chain.uses.append(node)
        return None
    if owner_of(facts, call) is not chain.sequential:
        return Problem(f"`{chain.target}` may be another model where something is added to it or popped from it")
    statement = facts.parents.get(call)
    if not isinstance(statement, ast.Expr) or index is None:
        return Problem(f"it is changed by a `{method}` that cannot be followed")
    if method == "pop":
        if call.args or call.keywords:
            return Problem("this `pop` is not that of a `Sequential`")
        chain.pops.append(call)
        chain.uses.append(node)
        return None
    layer = added_layer(call)
    if layer is None:
        return Problem("one of its `add` calls is no plain `model.add(layer)`")
    if any(isinstance(value, Layer) and value.cls == "keras.layers.Merge"
           for look in facts.calls.get(call, ()) for value in look.args):  # fmt: skip
        return Problem("a second `Merge` is added to it")
    chain.steps.append(Step(layer, call, index, nested=not scopes.always_runs(chain.suite, statement, facts.parents)))
    return None


def _built(facts: ModuleFacts, chain: Chain) -> Problem | None:
    """Find the statement after which the model has to be there, and which steps come later."""
    used = {scopes.index_in(chain.suite, node, facts.parents) for node in chain.uses}
    limit = min((index for index in used if index is not None and index > chain.head_index), default=chain.end)
    if chain.head_index in used:
        return Problem(f"the statement that adds the `Merge` to `{chain.target}` uses it as well")
    early = [step.index for step in chain.steps if step.index < limit]
    chain.built_after = max([chain.head_index, *early])
    chain.steps = [
        Step(step.layer, step.call, step.index, step.nested, late=step.index >= limit) for step in chain.steps
    ]
    late: list[ast.Call] = [step.call for step in chain.steps if step.late and step.call is not None]
    for call in [*late, *chain.pops]:
        problem = _may_change(facts, chain, call)
        if problem is not None:
            return problem
    return None


def _may_change(facts: ModuleFacts, chain: Chain, call: ast.Call) -> Problem | None:
    """A model that exists is changed by binding its name to another one: nothing else may hold the old one."""
    loops = [node for node in ancestors(call, facts.parents) if isinstance(node, scopes.LOOPS)]
    loops = [loop for loop in loops if scopes.index_in(chain.suite, loop, facts.parents) is not None]
    own = {id(node) for node in ast.walk(call)}
    for use in chain.uses:
        if id(use) in own:
            continue
        if loops and loops[-1] in ancestors(use, facts.parents) and _method_call(facts, use) not in chain.pops:
            return Problem(f"`{chain.target}` is changed and used in one loop")
        if _before(use, statement_of(call, facts.parents)) and _is_kept(facts, use):
            return Problem(f"`{chain.target}` is handed on before it is complete")
    return None


def _is_kept(facts: ModuleFacts, use: ast.expr) -> bool:
    """Whether code that is handed the model may keep it."""
    parent = facts.parents.get(use)
    if isinstance(parent, (ast.Attribute, ast.Return)):
        return False
    if isinstance(parent, ast.Call) and parent.func is not use:
        name = dotted(parent.func) or ""
        return name.rpartition(".")[2] not in _LOOKS_ONLY
    return not isinstance(parent, ast.Call)


def _deferred(facts: ModuleFacts, chain: Chain, deferred: list[scopes.Occurrence]) -> Problem | None:
    """Functions that use the model must not run before it is there."""
    built = chain.suite[chain.built_after]
    position = (built.end_lineno or built.lineno, built.end_col_offset or 0)
    for occurrence in deferred:
        function = occurrence.deferred
        assert function is not None
        if (function.lineno, function.col_offset) > position:
            continue
        name = _defined_name(function, chain, facts)
        if name is None:
            return Problem(f"a function that is there before `{chain.target}` is complete uses it")
        if any(
            other.is_load and other.position < position and other.deferred is None
            for other in scopes.occurrences(chain.scope, name)
        ):
            return Problem(f"`{name}`, which uses `{chain.target}`, may run before the model is complete")
    return None


def _defined_name(function: ast.AST, chain: Chain, facts: ModuleFacts) -> str | None:
    """The name that a function, or the class it is a method of, has in the scope of the model."""
    for node in (function, *ancestors(function, facts.parents)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and (
            scopes.namespace_of(node, facts.parents) is chain.scope
        ):
            return node.name
    return None


def _unseen(facts: ModuleFacts, chain: Chain) -> Problem | None:
    """The model must not be changed by code that these statements are not: functions, other methods, other names."""
    known = {id(step.call) for step in chain.steps} | {id(call) for call in chain.pops} | {id(chain.head_call)}
    for call, looks in facts.calls.items():
        for look in looks:
            if not isinstance(look.callee, Method) or look.callee.name not in ("add", "pop") or id(call) in known:
                continue
            if isinstance(look.callee.owner, Model) and look.callee.owner.site is chain.sequential:
                return Problem(f"`{facts.index.source(call.func)}` on line {call.lineno} changes it, too")
    mine = {id(use) for use in chain.uses} | {id(occ.node) for occ in scopes.occurrences(chain.scope, chain.target)}
    for node, models in facts.model_uses.items():
        if id(node) not in mine and any(model.site is chain.sequential for model in models):
            chain.elsewhere.append(node)
    return _called_between(facts, chain)


def _called_between(facts: ModuleFacts, chain: Chain) -> Problem | None:
    """Methods of the same object that use its model must not run before it is complete."""
    root, _, attribute = chain.target.partition(".")
    if not attribute:
        return None
    for statement in chain.suite[chain.start : chain.built_after + 1]:
        for node in ast.walk(statement):
            if not isinstance(node, ast.Call) or dotted(node.func) is None:
                continue
            owner, _, method = (dotted(node.func) or "").rpartition(".")
            if owner == root and _method_says(facts, chain, method, attribute):
                return Problem(f"`{owner}.{method}` may use `{chain.target}` before it is complete")
    return None


def _method_says(facts: ModuleFacts, chain: Chain, method: str, attribute: str) -> bool:
    around = next((node for node in ancestors(chain.created, facts.parents) if isinstance(node, ast.ClassDef)), None)
    if around is None:
        return False
    for item in around.body:
        if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)) and item.name == method:
            return any(isinstance(node, ast.Attribute) and node.attr == attribute for node in ast.walk(item))
    return False
