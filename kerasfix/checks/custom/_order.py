"""Puts the statements that make weights into the order in which the layer has listed the weights."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence

from kerasfix.checks.custom._classes import attribute_of, self_name
from kerasfix.checks.custom._weights import Weight, Weights
from kerasfix.findings import Edit
from kerasfix.source.index import TextIndex


def in_listed_order(
    index: TextIndex,
    parents: dict[ast.AST, ast.AST],
    weights: Weights,
    edits: Sequence[Edit],
    gone: Collection[ast.stmt],
) -> list[Edit] | None:
    """`edits`, which write the weights, with the statements in the order of the list; None where that may not be.

    Saved weights come in the order of the list, `add_weight` lists in the order of the calls. `gone` are statements
    that are taken out.
    """
    trainable = [listing for listing in weights.listings if listing.trainable]
    if len(trainable) != 1 or trainable[0].nested_first or trainable[0].adds:
        return None
    wanted: list[Weight] = []
    for name in trainable[0].names:
        places = weights.named(name)
        if len(places) != 1:
            return None
        wanted.extend(places)
    there = sorted(wanted, key=lambda weight: weight.statement.lineno)
    if not _can_be_turned(parents, there, gone):
        return None
    statements = [index.span(weight.statement) for weight in there]
    new = {id(weight): _text(index, weight, edits) for weight in wanted}
    rest = [edit for edit in edits if not any(start <= edit.start and edit.end <= end for start, end in statements)]
    turned = [Edit(*span, (new[id(weight)],)) for span, weight in zip(statements, wanted)]
    return [*rest, *turned]


def _can_be_turned(parents: dict[ast.AST, ast.AST], there: list[Weight], gone: Collection[ast.stmt]) -> bool:
    """Whether statements stand one after the other in one block, and none needs what another one makes."""
    owner = parents[there[0].statement]
    blocks = (getattr(owner, name, []) for name in ("body", "orelse", "finalbody"))
    block: list[ast.stmt] = next((block for block in blocks if there[0].statement in block), [])
    if any(weight.statement not in block for weight in there):
        return False
    first, last = block.index(there[0].statement), block.index(there[-1].statement)
    mine = [weight.statement for weight in there]
    if any(statement not in mine and statement not in gone for statement in block[first : last + 1]):
        return False
    names = {weight.name for weight in there}
    own = self_name(there[0].method)
    return not any(attribute_of(part, own) in names for weight in there for part in ast.walk(weight.value))


def _text(index: TextIndex, weight: Weight, edits: Sequence[Edit]) -> str:
    start, end = index.span(weight.statement)
    parts: list[str] = []
    position = start
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):  # a line before the statement comes first
        if start <= edit.start and edit.end <= end:
            parts.append(index.text[position : edit.start])
            parts.extend(piece if isinstance(piece, str) else index.text[piece.start : piece.end] for piece in edit.new)
            position = edit.end
    parts.append(index.text[position:end])
    return "".join(parts)
