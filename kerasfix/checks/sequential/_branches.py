"""What a `Merge` joins: its branches, the inputs that they bring, and what else must change in them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from kerasfix.checks._scopes import statement_of
from kerasfix.checks.sequential import _scope as scopes
from kerasfix.checks.sequential._chain import Chain, Problem
from kerasfix.checks.sequential._layers import begins_with_merge, first_layer, hands_on_mask
from kerasfix.checks.sequential._lists import all_new, has_one_input, made_in_place, makes, models_in
from kerasfix.flow.expressions import dotted
from kerasfix.flow.facts import ModuleFacts
from kerasfix.flow.values import UNKNOWN, Api, Items, Model, Value, union


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch of a Merge: an expression for a model."""

    node: ast.expr
    text: str
    chain: Chain | None  # where it is a model of the same group
    sites: frozenset[ast.Call]  # the calls that can have made it; empty if that is not known
    key: object  # equal for branches that are the same object
    fresh: bool  # made by the very statement that binds its name, so that another such statement makes another one
    first: ast.Call | None = None  # its first layer, where that is shared with others by a name
    ordered: bool = True  # whether its inputs are in the order of its graph
    masked: bool = False  # whether it may hand on a mask
    value: Value = UNKNOWN  # what it was seen to be

    def is_other_than(self, other: Branch) -> bool:
        """Whether it is proven to share no input with a branch that has another key."""
        if self.sites and other.sites and not self.sites & other.sites:
            return True
        return self.fresh and other.fresh


@dataclass(frozen=True, slots=True)
class Branches:
    """All branches of one Merge. `listed` is the expression where the code has them in a list, or makes them."""

    items: tuple[Branch, ...]
    listed: ast.expr | None = None
    assumes: tuple[str, ...] = ()
    in_place: bool = False  # the list is made right here and has no name yet
    single: bool = True  # each model in the list has one input


def layers_of(merge: ast.Call) -> ast.expr | None:
    """The branches as the call gives them."""
    for keyword in merge.keywords:
        if keyword.arg == "layers":
            return keyword.value
    return merge.args[0] if merge.args and not isinstance(merge.args[0], ast.Starred) else None


def branches_of(facts: ModuleFacts, chain: Chain, chains: Sequence[Chain]) -> Branches | Problem:
    """The branches of the Merge at the head of a chain; `chains` are all that could be followed."""
    node = layers_of(chain.merge)
    values = [look.argument(0, "layers") or UNKNOWN for look in chain.seen]
    if node is None:
        return Problem("its branches are not seen")
    if not isinstance(node, (ast.List, ast.Tuple)):
        return _listed(facts, chain, node, values)
    if len(node.elts) < 2:
        return Problem("it joins fewer than two branches")
    if all(isinstance(element, ast.Call) for element in node.elts):
        return _listed(facts, chain, node, values)
    found: list[Branch] = []
    unknown: list[str] = []
    for number, element in enumerate(node.elts):
        each = [_item(value, number) for value in values]
        branch = _branch(facts, chain, element, each, chains)
        if isinstance(branch, Problem):
            return branch
        if branch.first is not None and any(branch.first is other.first and branch.key != other.key for other in found):
            return Problem(f"`{branch.text}` begins with the same layer as another branch, so that they share an input")
        if not all(isinstance(value, Model) for value in each):
            unknown.append(branch.text)
        found.append(branch)
    if not unknown:
        return Branches(tuple(found))
    names = dict.fromkeys(unknown)
    return Branches(tuple(found), None, (f"{_and(names)} {'are models' if len(names) > 1 else 'is a model'}",))


def _and(texts: Sequence[str] | dict[str, None]) -> str:
    return " and ".join(f"`{text}`" for text in texts)


def _item(value: Value, number: int) -> Value:
    if isinstance(value, Items) and value.items is not None and number < len(value.items):
        return value.items[number]
    return UNKNOWN


def _listed(facts: ModuleFacts, chain: Chain, node: ast.expr, values: Sequence[Value]) -> Branches | Problem:
    """`Merge(models, ...)`: a list that the code has filled before. Or one that is made in place."""
    text = facts.index.source(node)
    models = models_in(values)
    if models is None:
        return Problem(f"what `{text}` holds is not known to be models")
    in_place = dotted(node) is None
    if in_place and not made_in_place(facts, chain, node, models):
        return Problem(f"the branches are made in place, by `{text}`")
    sites = [model.site for model in models if model.site is not None]
    firsts = [first_layer(facts, site) for site in dict.fromkeys(sites)]
    shared = [first for first in firsts if first is not None]
    if any(begins_with_merge(facts, site) for site in sites):
        return Problem(f"a model in `{text}` begins with a `Merge` itself")
    if any(isinstance(first, Model) for first in firsts) or len(set(map(id, shared))) < len(shared):
        return Problem(f"the models in `{text}` share inputs")
    if any(hands_on_mask(facts, site) for site in sites):
        return Problem(f"the models in `{text}` hand on masks, which Keras 1 dropped")
    single = all(has_one_input(facts, site) for site in sites)
    exact = len(values) == 1 and isinstance(values[0], Items) and values[0].items is not None
    distinct = exact and len(set(sites)) == len(sites)
    if in_place or distinct or (isinstance(node, ast.Name) and all_new(facts, chain, node.id, node, models)):
        return Branches((), node, (), in_place, single)
    return Branches((), node, (f"the models in `{text}` share no input",), in_place, single)


def _branch(
    facts: ModuleFacts, chain: Chain, node: ast.expr, values: Sequence[Value], chains: Sequence[Chain]
) -> Branch | Problem:
    text = facts.index.source(node)
    target = dotted(node)
    if any(not isinstance(value, Model) and value is not UNKNOWN for value in values):
        return Problem(f"`{text}` is not seen to be one model")
    if target is None:
        return Problem(f"the branch `{text}` has no name")
    sites = frozenset(value.site for value in values if isinstance(value, Model) and value.site is not None)
    if len(sites) == 1 and len(values) == sum(isinstance(value, Model) for value in values):
        site = next(iter(sites))
        for other in chains:
            if other.sequential is site and other.target == target and other.scope is chain.scope:
                return _tree_branch(facts, node, other)
    return _leaf(facts, chain, node, target, values, sites, chains)


def _tree_branch(facts: ModuleFacts, node: ast.expr, tree: Chain) -> Branch:
    """A branch that is a model of the same group; one whose branches are in a list brings the inputs of those."""
    given = layers_of(tree.merge)
    within = {tree.sequential}
    if not isinstance(given, (ast.List, ast.Tuple)):
        models = models_in([look.argument(0, "layers") or UNKNOWN for look in tree.seen]) or []
        within |= {model.site for model in models if model.site is not None}
    plain = len(within) == 1
    return Branch(node, facts.index.source(node), tree, frozenset(within), tree.sequential, fresh=plain)


def _another_tree(
    facts: ModuleFacts, chain: Chain, text: str, site: ast.Call, chains: Sequence[Chain]
) -> Problem | bool:
    """Whether a branch that begins with a Merge itself shares no input with anything else."""
    tree = next((other for other in chains if other.sequential is site), None)
    if tree is None:
        return Problem(f"`{text}` begins with a `Merge` that cannot be followed")
    if tree.scope is chain.scope:
        return Problem(f"`{text}` is another name for `{tree.target}`")
    found = branches_of(facts, tree, chains)
    if isinstance(found, Problem):
        return found
    return not found.assumes and all(_is_made_in(facts, branch, tree) for branch in found.items)


def _is_made_in(facts: ModuleFacts, branch: Branch, tree: Chain) -> bool:
    """Whether each run of the function that builds a tree makes the branch anew."""
    if branch.chain is not None:
        return branch.chain.scope is tree.scope
    return (
        branch.fresh
        and isinstance(branch.key, ast.stmt)
        and scopes.namespace_of(branch.key, facts.parents) is tree.scope
    )


def _leaf(
    facts: ModuleFacts,
    chain: Chain,
    node: ast.expr,
    target: str,
    values: Sequence[Value],
    sites: frozenset[ast.Call],
    chains: Sequence[Chain],
) -> Branch | Problem:
    text = facts.index.source(node)
    statement = statement_of(node, facts.parents)
    binding = _binding(facts, chain, target, statement)
    site = next(iter(sites)) if len(sites) == 1 else None
    key: object = binding if binding is not None else target
    fresh = site is not None and isinstance(binding, ast.Assign) and makes(facts, binding.value, site, chain.scope)
    ordered = all(_is_ordered(facts, value) for value in values)
    first: ast.Call | None = None
    if site is not None and any(isinstance(value, Model) and value.kind == "Sequential" for value in values):
        head = first_layer(facts, site)
        if isinstance(head, Model):
            return Problem(f"`{text}` begins with another model, whose inputs it may share")
        first = head
        if begins_with_merge(facts, site):
            problem = _another_tree(facts, chain, text, site, chains)
            if isinstance(problem, Problem):
                return problem
            fresh, sites = (fresh, sites) if problem else (False, frozenset())
    if any(isinstance(value, Model) and value.kind == "Model" for value in values):
        if site is not None and _reuses_inputs(site):
            return Problem(f"`{text}` is a `Model` over the inputs of other models")
        direct = isinstance(binding, ast.Assign) and binding.value is site
        key, own = _functional_key(facts, site, key, direct=direct) if site is not None else (key, False)
        fresh = fresh and own
        sites = sites if own else frozenset()
    masked = any(hands_on_mask(facts, each) for each in sites)
    return Branch(node, text, None, sites, key, fresh, first, ordered, masked, union(values))


def _binding(facts: ModuleFacts, chain: Chain, target: str, statement: ast.stmt) -> ast.stmt | ast.arg | None:
    """The statement that has bound the branch, through `a = b`."""
    binding = scopes.binding_at(target, statement, chain.scope, facts.parents)
    for _ in range(8):
        if not isinstance(binding, ast.Assign) or (other := dotted(binding.value)) is None:
            break
        binding = scopes.binding_at(other, binding, chain.scope, facts.parents)
    return binding


def _is_ordered(facts: ModuleFacts, value: Value) -> bool:
    """Whether the inputs of a model are known to be in the order in which Keras 1 finds them in its graph."""
    if not isinstance(value, Model) or value.kind == "Sequential" or len(value.inputs) == 1:
        return True
    return value.site is not None and any(
        name.startswith("keras.applications.") for name in _callees(facts, value.site)
    )


def _callees(facts: ModuleFacts, call: ast.Call) -> set[str]:
    return {look.callee.name for look in facts.calls.get(call, ()) if isinstance(look.callee, Api)}


def _reuses_inputs(site: ast.Call) -> bool:
    """`Model(left.inputs + right.inputs, x)`."""
    given = [*site.args[:1], *(keyword.value for keyword in site.keywords if keyword.arg in ("input", "inputs"))]
    nodes = [node for each in given for node in ast.walk(each)]
    return any(isinstance(node, ast.Attribute) and node.attr in ("input", "inputs") for node in nodes)


def _functional_key(facts: ModuleFacts, site: ast.Call, key: object, *, direct: bool) -> tuple[object, bool]:
    """Models over one `Input` share it: `Model(input=a, output=...)` is known by `a`, unless a function returns it."""
    given = next((keyword.value for keyword in site.keywords if keyword.arg in ("input", "inputs")), None)
    given = given if given is not None else site.args[0] if site.args else None
    if isinstance(given, (ast.List, ast.Tuple)) and len(given.elts) == 1:
        given = given.elts[0]
    if "keras.models.Model" not in _callees(facts, site):
        # load_model(...), an application
        return key, all(keyword.arg != "input_tensor" for keyword in site.keywords)
    if not isinstance(given, ast.Name) or site not in facts.parents:
        return key, False
    scope = scopes.namespace_of(site, facts.parents)
    binding = scopes.binding_at(given.id, statement_of(site, facts.parents), scope, facts.parents)
    made = binding.value if isinstance(binding, ast.Assign) else None
    if isinstance(made, ast.Call) and _callees(facts, made) == {"keras.layers.Input"}:
        return (binding if direct else key), True
    return key, False
