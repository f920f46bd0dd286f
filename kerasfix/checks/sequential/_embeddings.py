"""In Keras 3, `Embedding(input_length=...)` leaves a `Sequential` without outputs until it is called."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from kerasfix.checks.sequential._branches import Branches
from kerasfix.checks.sequential._chain import Chain
from kerasfix.checks.sequential._layers import first_embedding
from kerasfix.edits.calls import call_text
from kerasfix.findings import Edit, Slot
from kerasfix.flow.facts import ModuleFacts
from kerasfix.flow.values import UNKNOWN, Items, Model, Value, options


def embedding_edits(facts: ModuleFacts, group: Sequence[Chain], branches: dict[ast.Call, Branches]) -> Iterator[Edit]:
    """Let every `Embedding` at the head of a branch say its `input_shape`, which all versions understand."""
    sites: dict[ast.Call, None] = {}
    for chain in group:
        own = branches[chain.merge]
        for branch in own.items:
            if branch.chain is None:
                sites.update(dict.fromkeys(_sites(branch.value)))
        if own.listed is not None:
            for look in chain.seen:
                sites.update(dict.fromkeys(_sites(look.argument(0, "layers") or UNKNOWN)))
    for site in sites:
        node = first_embedding(facts, site)
        edit = _edit(facts, node) if node is not None else None
        if edit is not None:
            yield edit


def _sites(value: Value) -> list[ast.Call]:
    """The calls that have made the models in a value."""
    if isinstance(value, Items):
        items = value.items if value.items is not None else (value.element,)
        return [site for item in items for site in _sites(item)]
    return [option.site for option in options(value) if isinstance(option, Model) and option.site is not None]


def _edit(facts: ModuleFacts, node: ast.Call) -> Edit | None:
    index = facts.index
    names = {keyword.arg for keyword in node.keywords}
    if names & {"input_shape", "batch_input_shape", "batch_shape", None} or len(node.args) > 3:
        return None
    length = next((keyword for keyword in node.keywords if keyword.arg == "input_length"), None)
    if length is not None:
        start, _ = index.span(length)
        begin, end = index.span(length.value)
        return Edit(start, end, ("input_shape=(", Slot(begin, end), ",)"))
    arguments = call_text(index, node).args
    return Edit(arguments[-1].end, arguments[-1].end, (", input_shape=(None,)",)) if arguments else None
