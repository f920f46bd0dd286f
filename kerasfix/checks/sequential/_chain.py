"""A `Sequential` with a `Merge` at its head, as the code writes it: where it is made, what is added, how it is used."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

from kerasfix.checks.sequential import _scope as scopes
from kerasfix.flow.facts import CallSeen


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a model is left as it is; a clause that can follow "but"."""

    reason: str


@dataclass(frozen=True, slots=True)
class Step:
    """One `model.add(layer)`, or one element of the list that the model is made from."""

    layer: ast.expr
    call: ast.Call | None  # None for an element of the list
    index: int  # of its statement in the model's suite
    nested: bool  # in a loop or under a condition
    late: bool = False  # after the model had to be there


@dataclass(eq=False, slots=True)
class Chain:
    """The model, from `model = Sequential()` to where its name is bound again."""

    merge: ast.Call
    seen: Sequence[CallSeen]
    target: str  # "model", "self.model"
    created: ast.Assign
    sequential: ast.Call
    scope: scopes.Scope
    suite: list[ast.stmt]
    head: ast.stmt  # the statement that puts the Merge into the model
    head_call: ast.Call | None  # its `model.add(...)`; None where the Merge stands in the list
    named: ast.Assign | None  # `merged = Merge(...)`
    start: int = 0  # of `created` and `head` in the suite
    head_index: int = 0
    steps: list[Step] = field(default_factory=list)
    pops: list[ast.Call] = field(default_factory=list)
    uses: list[ast.expr] = field(default_factory=list)  # all others, here and in what runs later
    elsewhere: list[ast.expr] = field(default_factory=list)  # of the model by other names
    built_after: int = 0  # the statement of the suite after which the model is made
    end: int = 0  # the statement of the suite that binds the name again
    has_deferred_uses: bool = False
    # Set once the whole group is known
    only_tensor: bool = False
    tensor: str = "x"
