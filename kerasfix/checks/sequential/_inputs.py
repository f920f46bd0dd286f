"""The inputs of a functional model, in the order in which Keras 1 gave them to the `Sequential`."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from kerasfix.checks.sequential import _scope as scopes
from kerasfix.checks.sequential._branches import Branch, Branches
from kerasfix.checks.sequential._chain import Chain, Problem
from kerasfix.flow.facts import ModuleFacts


@dataclass(slots=True)
class Inputs:
    """Collects the distinct source inputs of a model, depth first. `assumes` is what could not be proven."""

    facts: ModuleFacts
    branches: dict[ast.Call, Branches]
    assumes: list[str] = field(default_factory=list)

    def of(self, chain: Chain) -> list[str] | Problem:
        """Expressions for lists of inputs, to be joined by `+`."""
        own = self.branches[chain.merge]
        if own.listed is not None:
            return self._listed(chain, own.listed, single=own.single)
        found: list[tuple[str, Chain]] = []
        seen: list[Branch] = []
        self._collect(chain, found, seen)
        for text, origin in found:
            if self._is_rebound(text, origin, chain):
                return Problem(f"`{text}` is bound again before the model is complete")
        for number, branch in enumerate(seen):
            self._distinct(branch, seen[:number])
        return [f"{text}.inputs" for text, _ in found]

    def list_name(self, chain: Chain) -> str:
        """The name of the list of branches; a new one where the code makes it in place."""
        own = self.branches[chain.merge]
        assert own.listed is not None
        if not own.in_place:
            return self.facts.index.source(own.listed)
        names = ("branches", f"{chain.target.rpartition('.')[2]}_branches")
        return next((name for name in names if scopes.is_free(chain.scope, name)), "merged_branches")

    def _listed(self, chain: Chain, listed: ast.expr, *, single: bool) -> list[str] | Problem:
        text = self.list_name(chain)
        built = chain.suite[chain.built_after]
        begin, end = self.facts.index.span(listed)[1], self.facts.index.span(built)[1]
        for occurrence in scopes.occurrences(chain.scope, text):
            if begin <= self.facts.index.span(occurrence.node)[0] <= end:
                return Problem(f"`{text}` may change before the model is complete")
        if single:
            return [f"[branch.inputs[0] for branch in {text}]"]
        return [f"[tensor for branch in {text} for tensor in branch.inputs]"]

    def _collect(self, chain: Chain, found: list[tuple[str, Chain]], seen: list[Branch]) -> None:
        for branch in self.branches[chain.merge].items:
            tree = self._tree(branch)
            if tree is None:
                if all(branch.key != other.key for other in seen):
                    found.append((branch.text, chain))
                    seen.append(branch)
                continue
            leaves: list[Branch] = []
            self._leaves(tree, leaves)
            known = [leaf for leaf in leaves if any(leaf.key == other.key for other in seen)]
            if len(known) == len(leaves):
                continue
            if not known and not tree.only_tensor:
                found.append((branch.text, chain))
                seen.extend(leaves)
                continue
            self._collect(tree, found, seen)

    def _tree(self, branch: Branch) -> Chain | None:
        """The model that a branch is, if its own branches have names."""
        if branch.chain is None or self.branches[branch.chain.merge].listed is not None:
            return None
        return branch.chain

    def _leaves(self, chain: Chain, leaves: list[Branch]) -> None:
        for branch in self.branches[chain.merge].items:
            tree = self._tree(branch)
            if tree is not None:
                self._leaves(tree, leaves)
            elif all(branch.key != other.key for other in leaves):
                leaves.append(branch)

    def _is_rebound(self, text: str, origin: Chain, chain: Chain) -> bool:
        """Whether a branch's name may mean something else where the model is made."""
        index = self.facts.index
        begin, end = index.span(origin.merge)[0], index.span(chain.suite[chain.built_after])[1]
        stores = [
            index.span(occurrence.node)[0]
            for name in {text, text.partition(".")[0]}
            for occurrence in scopes.occurrences(chain.scope, name)
            if not occurrence.is_load
        ]
        return any(begin <= store <= end for store in stores)

    def _distinct(self, branch: Branch, others: list[Branch]) -> None:
        for other in others:
            if not branch.is_other_than(other):
                self.assumes.append(f"`{other.text}` and `{branch.text}` share no input")
        if not branch.ordered:
            self.assumes.append(f"`{branch.text}` takes its inputs in the order of its graph")
