"""`model.add(Merge([left, right], ...))` at the head of a `Sequential`, and `Sequential([Merge(...), ...])`.

A model of today's Keras with several inputs is built with the functional API. Models whose branches are such models
are rewritten together, or not at all.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kerasfix.checks import Context
from kerasfix.checks.sequential import _scope as scopes
from kerasfix.checks.sequential._branches import Branches, branches_of, layers_of
from kerasfix.checks.sequential._chain import Chain, Problem
from kerasfix.checks.sequential._follow import gather
from kerasfix.checks.sequential._head import merges_in_models
from kerasfix.checks.sequential._write import Writer
from kerasfix.findings import Finding, Fix
from kerasfix.flow.expressions import dotted
from kerasfix.flow.facts import CallSeen

RULE = "merge-in-sequential"
RULES = frozenset({RULE})

_NAMES = ("x", "merged", "h")


def check(context: Context) -> Iterator[Finding]:
    """Every `Merge` that is given to a `Sequential`, with the functional model where it can be followed."""
    merges = merges_in_models(context.facts)
    context.taken.update(id(merge) for merge in merges)
    followed = {merge: gather(context, merge, seen) for merge, seen in merges.items()}
    chains = [chain for chain in followed.values() if isinstance(chain, Chain)]
    branches = {chain.merge: branches_of(context.facts, chain, chains) for chain in chains}
    results: dict[ast.Call, Fix | Problem] = {
        merge: chain for merge, chain in followed.items() if isinstance(chain, Problem)
    }
    groups = _groups(chains, branches)
    for group in groups:
        _name_tensors(context, group, branches, chains)
    for group in groups:
        result = _rewritten(context, group, branches)
        results.update({chain.merge: result for chain in group})
    for merge, seen in merges.items():
        yield _finding(context, merge, seen, followed[merge], results[merge])


def _groups(chains: Sequence[Chain], branches: dict[ast.Call, Branches | Problem]) -> list[list[Chain]]:
    """Chains that are joined by their branches, each group in the order of the code."""
    leader = {id(chain): chain for chain in chains}

    def find(chain: Chain) -> Chain:
        while leader[id(chain)] is not chain:
            chain = leader[id(chain)]
        return chain

    for chain in chains:
        found = branches[chain.merge]
        for branch in found.items if isinstance(found, Branches) else ():
            if branch.chain is not None:
                leader[id(find(chain))] = find(branch.chain)
    groups: dict[int, list[Chain]] = {}
    for chain in chains:
        groups.setdefault(id(find(chain)), []).append(chain)
    return list(groups.values())


# -- names


def _name_tensors(
    context: Context,
    group: Sequence[Chain],
    branches: dict[ast.Call, Branches | Problem],
    chains: Sequence[Chain],
) -> None:
    """Decide which models stay tensors, and what the tensors are called."""
    joined = {
        id(branch.node)
        for found in branches.values()
        if isinstance(found, Branches)
        for branch in found.items
        if branch.chain is not None
    }
    for chain in group:
        uses = [*chain.uses, *chain.elsewhere]
        own = branches[chain.merge]
        chain.only_tensor = (
            bool(uses)
            and isinstance(own, Branches)
            and own.listed is None
            and not chain.has_deferred_uses
            and not chain.pops
            and "." not in chain.target
            and chain.target not in context.facts.imported_by_others
            and all(id(use) in joined for use in uses)
        )
        if chain.only_tensor:
            chain.steps = [replace(step, late=False) for step in chain.steps]
    for chain in group:
        chain.tensor = _tensor(context, chain, chains)


def _tensor(context: Context, chain: Chain, chains: Sequence[Chain]) -> str:
    if chain.only_tensor:
        return chain.target
    if chain.named is not None:
        return dotted(chain.named.targets[0]) or chain.target
    apart = all(_are_apart(chain, other) for other in chains if other is not chain and other.scope is chain.scope)
    if apart and scopes.is_free(chain.scope, "x"):
        return "x"
    if "." not in chain.target:
        return chain.target
    last = chain.target.rpartition(".")[2]
    names: list[str] = [*_NAMES, last] if apart else [last, f"{last}_output"]
    for name in names:
        if scopes.is_free(chain.scope, name):
            return name
    return f"{last}_tensor"


def _are_apart(chain: Chain, other: Chain) -> bool:
    """Whether one model is complete before the other begins, or the other's tensor has a name of its own."""
    if other.only_tensor or other.named is not None:
        return True
    first, second = sorted((chain, other), key=lambda each: (each.created.lineno, each.created.col_offset))
    last = first.suite[first.built_after]
    return (last.end_lineno or last.lineno) < second.created.lineno


# -- results


def _rewritten(context: Context, group: Sequence[Chain], branches: dict[ast.Call, Branches | Problem]) -> Fix | Problem:
    known: dict[ast.Call, Branches] = {}
    for chain in group:
        found = branches[chain.merge]
        if isinstance(found, Problem):
            return found
        known[chain.merge] = found
    return Writer(context, group, known).fix()


def _finding(
    context: Context, merge: ast.Call, seen: list[CallSeen], chain: Chain | Problem, result: Fix | Problem
) -> Finding:
    index = context.facts.index
    start, end = index.span(merge)
    target = chain.target if isinstance(chain, Chain) else _target(context, merge)
    whose = f"`{target}`" if target else "a `Sequential`"
    message = f"`{index.source(merge.func)}` is gone, and {whose}, which begins with it, cannot be a `Sequential`"
    if isinstance(result, Fix):
        return Finding(RULE, start, end, message, result)
    return Finding(RULE, start, end, f"{message}; {result.reason}", help=_help(context, merge, seen, target or "model"))


def _target(context: Context, merge: ast.Call) -> str | None:
    call = context.facts.parents.get(merge)
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "add":
        return dotted(call.func.value)
    return None


_LAYERS = {"sum": "Add", "mul": "Multiply", "concat": "Concatenate", "ave": "Average", "max": "Maximum", "dot": "Dot"}


def _help(context: Context, merge: ast.Call, seen: list[CallSeen], target: str) -> str:
    """What to write by hand, with the names of the code."""
    index = context.facts.index
    node = layers_of(merge)
    names = [index.source(element) for element in node.elts] if isinstance(node, (ast.List, ast.Tuple)) else []
    if not names or not all(name.replace(".", "").isidentifier() for name in names):
        names = ["left", "right"]
    mode = seen[0].argument(1, "mode")
    value = getattr(mode, "value", "sum" if mode is None else "")
    layer = _LAYERS.get(str(value), "Lambda")
    arguments = {"Dot": "axes=...", "Lambda": "..."}.get(layer, "")
    outputs = ", ".join(f"{name}.outputs[0]" for name in names)
    inputs = " + ".join(f"{name}.inputs" for name in dict.fromkeys(names))
    return (
        f"Write `x = {layer}({arguments})([{outputs}])`, then `x = layer(x)` for each `{target}.add(layer)`, then "
        f"`{target} = Model({inputs}, x)`"
    )
