"""What a `Merge` joins: its branches, the inputs that they bring, and what else must change in them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from kerasfix.checks import _sequential_scope as scopes
from kerasfix.checks._sequential_chain import Chain, Problem
from kerasfix.flow.expressions import dotted
from kerasfix.flow.facts import ModuleFacts
from kerasfix.flow.values import UNKNOWN, Const, Items, Layer, Method, Model, Value, options


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

    def is_other_than(self, other: Branch) -> bool:
        """Whether it is proven to share no input with a branch that has another key."""
        if self.first is not None and self.first is other.first:
            return False
        if self.sites and other.sites and not self.sites & other.sites:
            return True
        return self.fresh and other.fresh


@dataclass(frozen=True, slots=True)
class Branches:
    """All branches of one Merge; `listed` is the expression where the code keeps them in a list."""

    items: tuple[Branch, ...]
    listed: ast.expr | None = None
    assumes: tuple[str, ...] = ()


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
        return _listed(facts, node, values)
    if len(node.elts) < 2:
        return Problem("it joins fewer than two branches")
    found: list[Branch] = []
    unknown: list[str] = []
    for number, element in enumerate(node.elts):
        each = [_item(value, number) for value in values]
        branch = _branch(facts, chain, element, each, chains)
        if isinstance(branch, Problem):
            return branch
        if not all(isinstance(value, Model) for value in each):
            unknown.append(branch.text)
        found.append(branch)
    assumes = (
        [f"{_and(dict.fromkeys(unknown))} {'are models' if len(unknown) > 1 else 'is a model'}"] if unknown else []
    )
    return Branches(tuple(found), None, tuple(assumes))


def _and(texts: Sequence[str] | dict[str, None]) -> str:
    return " and ".join(f"`{text}`" for text in texts)


def _item(value: Value, number: int) -> Value:
    if isinstance(value, Items) and value.items is not None and number < len(value.items):
        return value.items[number]
    return UNKNOWN


def _listed(facts: ModuleFacts, node: ast.expr, values: Sequence[Value]) -> Branches | Problem:
    """`Merge(models, ...)`: a list that the code has filled before."""
    text = facts.index.source(node)
    if dotted(node) is None:
        return Problem(f"the branches are made in place, by `{text}`")
    models: list[Value] = []
    exact = True
    for value in values:
        for option in options(value):
            if not isinstance(option, Items):
                return Problem(f"what `{text}` holds is not known")
            exact = exact and option.items is not None
            models.extend(option.items if option.items is not None else [option.element])
    if not models or not all(isinstance(model, Model) and model.kind == "Sequential" for model in models):
        return Problem(f"what `{text}` holds is not known to be models")
    sites = [model.site for model in models if isinstance(model, Model)]
    if any(_mask_source(facts, site) for site in sites if site is not None):
        return Problem(f"the models in `{text}` hand on masks, which Keras 1 dropped")
    if exact and len(values) == 1 and len(set(sites)) == len(sites) and None not in sites:
        return Branches((), node)
    return Branches((), node, (f"the models in `{text}` are at least two and share no input",))


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
                return Branch(node, text, other, sites, site, fresh=True)
    return _leaf(facts, chain, node, target, values, sites)


def _leaf(
    facts: ModuleFacts, chain: Chain, node: ast.expr, target: str, values: Sequence[Value], sites: frozenset[ast.Call]
) -> Branch | Problem:
    text = facts.index.source(node)
    statement = scopes.statement_of(node, facts.parents)
    binding = _binding(facts, chain, target, statement)
    site = next(iter(sites)) if len(sites) == 1 else None
    key: object = binding if binding is not None else target
    fresh = site is not None and isinstance(binding, ast.Assign) and _makes(facts, binding.value, site, chain.scope)
    ordered = all(_is_ordered(value) for value in values)
    first: ast.Call | None = None
    if site is not None and any(isinstance(value, Model) and value.kind == "Sequential" for value in values):
        head = _first_layer(facts, site)
        if isinstance(head, Model):
            return Problem(f"`{text}` begins with another model, whose inputs it may share")
        first = head
    if fresh and site is not None and any(isinstance(value, Model) and value.kind == "Model" for value in values):
        key, fresh = _functional_key(facts, site, key)
    masked = any(_mask_source(facts, each) for each in sites)
    return Branch(node, text, None, sites, key, fresh, first, ordered, masked)


def _binding(facts: ModuleFacts, chain: Chain, target: str, statement: ast.stmt) -> ast.stmt | ast.arg | None:
    """The statement that has bound the branch, through `a = b`."""
    binding = scopes.binding_at(target, statement, chain.scope, facts.parents)
    for _ in range(8):
        if not isinstance(binding, ast.Assign) or (other := dotted(binding.value)) is None:
            break
        binding = scopes.binding_at(other, binding, chain.scope, facts.parents)
    return binding


def _makes(facts: ModuleFacts, value: ast.expr, site: ast.Call, scope: ast.AST) -> bool:
    """Whether an expression makes a new model each time it is evaluated."""
    if value is site:
        return True
    if not isinstance(value, ast.Call):
        return False
    if site not in facts.parents:
        return True  # in another file
    maker = scopes.scope_of(site, facts.parents)
    if not isinstance(maker, (ast.FunctionDef, ast.AsyncFunctionDef)) or maker.decorator_list:
        return False
    return maker is not scope and maker not in scopes.ancestors(scope, facts.parents)


def _is_ordered(value: Value) -> bool:
    """Whether the inputs of a model are known to be in the order in which Keras 1 finds them in its graph."""
    if not isinstance(value, Model) or value.kind == "Sequential":
        return True
    return len(value.inputs) == 1


def _functional_key(facts: ModuleFacts, site: ast.Call, key: object) -> tuple[object, bool]:
    """Models over one `Input` share it: `Model(input=a, output=...)` is known by `a`."""
    given = next((keyword.value for keyword in site.keywords if keyword.arg in ("input", "inputs")), None)
    given = given if given is not None else site.args[0] if site.args else None
    if isinstance(given, (ast.List, ast.Tuple)) and len(given.elts) == 1:
        given = given.elts[0]
    looks = facts.calls.get(site, [])
    api = any(getattr(look.callee, "name", "") == "keras.models.Model" for look in looks)
    if not api:
        return key, True  # load_model(...), an application
    if not isinstance(given, ast.Name) or site not in facts.parents:
        return key, False
    scope = scopes.scope_of(site, facts.parents)
    binding = scopes.binding_at(given.id, scopes.statement_of(site, facts.parents), scope, facts.parents)
    if isinstance(binding, ast.Assign) and isinstance(binding.value, ast.Call):
        made = facts.calls.get(binding.value, [])
        if made and all(getattr(look.callee, "name", "") == "keras.layers.Input" for look in made):
            return binding, True
    return key, False


# -- the layers of a branch


def added_to(facts: ModuleFacts, site: ast.Call) -> list[tuple[ast.expr, list[Value]]]:
    """The layers of a `Sequential` in the order of the code: expressions and what they were seen to be."""
    found: list[tuple[ast.expr, list[Value]]] = []
    given = site.args[0] if site.args else None
    if isinstance(given, (ast.List, ast.Tuple)):
        found.extend((layer, [facts.value_of_call(layer)]) for layer in given.elts)
    calls = [
        (call, looks)
        for call, looks in facts.calls.items()
        if call.args and any(_adds_to(look.callee, site) for look in looks)
    ]
    calls.sort(key=lambda item: (item[0].lineno, item[0].col_offset))
    for call, looks in calls:
        values = [look.args[0] for look in looks if look.args and _adds_to(look.callee, site)]
        found.append((call.args[0], values))
    return found


def _adds_to(callee: Value, site: ast.Call) -> bool:
    return (
        isinstance(callee, Method)
        and callee.name == "add"
        and isinstance(callee.owner, Model)
        and callee.owner.site is site
    )


def _first_layer(facts: ModuleFacts, site: ast.Call) -> ast.Call | Model | None:
    """The first layer where it has a name and may be that of another model, too; a model where it is one."""
    layers = added_to(facts, site)
    if not layers:
        return None
    node, values = layers[0]
    for value in values:
        for option in options(value):
            if isinstance(option, Model):
                return option
            if isinstance(option, Layer) and not isinstance(node, ast.Call):
                return option.site
    return None


def first_embedding(facts: ModuleFacts, site: ast.Call) -> ast.Call | None:
    """The `Embedding(...)` call at the head of a `Sequential`."""
    layers = added_to(facts, site)
    if not layers or not isinstance(layers[0][0], ast.Call):
        return None
    node, values = layers[0]
    is_embedding = all(isinstance(value, Layer) and value.cls == "keras.layers.Embedding" for value in values)
    return node if is_embedding and isinstance(node, ast.Call) else None


_RECURRENT = frozenset({"LSTM", "GRU", "SimpleRNN"})
_MASKLESS = frozenset({"Flatten", "Lambda", "RepeatVector", "GlobalMaxPooling1D", "GlobalAveragePooling1D"})


def _mask_source(facts: ModuleFacts, site: ast.Call) -> bool:
    """Whether a `Sequential` may hand on a mask: of an `Embedding(mask_zero=True)` or a `Masking` that nothing ends."""
    masked = False
    for _, values in added_to(facts, site):
        for value in values:
            for option in options(value):
                masked = _mask_after(facts, option, masked)
    return masked


def _mask_after(facts: ModuleFacts, layer: Value, masked: bool) -> bool:
    if isinstance(layer, Model):
        return masked or (layer.site is not None and _mask_source(facts, layer.site))
    if not isinstance(layer, Layer) or not isinstance(layer.cls, str):
        return masked
    name = layer.cls.rpartition(".")[2]
    if name == "Embedding":
        zero = layer.argument(-1, "mask_zero")
        return masked or (zero is not None and zero != Const(False))
    if name == "Masking":
        return True
    inner = layer.argument(0, "layer") if name == "Bidirectional" else layer
    if isinstance(inner, Layer) and isinstance(inner.cls, str) and inner.cls.rpartition(".")[2] in _RECURRENT:
        sequences = inner.argument(-1, "return_sequences")
        return masked and sequences is not None and sequences != Const(False)
    return masked and name not in _MASKLESS
