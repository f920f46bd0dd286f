from __future__ import annotations

import ast

import pytest

from kerasfix.edits.align import aligned
from kerasfix.edits.apply import apply_edits
from kerasfix.findings import Slot
from kerasfix.source.index import TextIndex


def result(source: str, *pieces: str | int) -> str | None:
    """The source with its call replaced; numbers stand for its arguments, in the order in which they are written."""
    index = TextIndex(source)
    call = ast.parse(source).body[0].value
    values = sorted([*call.args, *(one.value for one in call.keywords)], key=lambda node: index.span(node))
    made = tuple(Slot(*index.span(values[one])) if isinstance(one, int) else one for one in pieces)
    edits = aligned(index, call, made)
    return None if edits is None else apply_edits(index, edits)


@pytest.mark.parametrize(
    ("source", "pieces", "expected"),
    [
        ("K.sum(x, 1)", ("ops.sum(", 0, ", axis=", 1, ")"), "ops.sum(x, axis=1)"),
        ("K.sum( x,1 )", ("ops.sum(", 0, ", axis=", 1, ")"), "ops.sum( x,axis=1 )"),
        ("K.sum(x,  # all\n      1,\n)", ("ops.sum(", 0, ", axis=", 1, ")"), "ops.sum(x,  # all\n      axis=1,\n)"),
        ("K.sqrt(x)", ("ops.sqrt(ops.maximum(", 0, ", 0.0))"), "ops.sqrt(ops.maximum(x, 0.0))"),
        ("K.argmax(\n    x\n)", ("ops.argmax(", 0, ", axis=-1)"), "ops.argmax(\n    x, axis=-1\n)"),
        ("K.ones_like(x, dtype='a', name='b')", ("f(", 0, ", dtype=", 1, ")"), "f(x, dtype='a')"),
        ("K.f(name='b', x=x)", ("f(", 1, ")"), "f(x)"),
        ("K.f(a, b, c)", ("f(", 0, ", ", 2, ")"), "f(a, c)"),
        ("K.repeat(x, 3)", ("r(e(", 0, ", 1), ", 1, ", axis=1)"), "r(e(x, 1), 3, axis=1)"),
        ("K.expand_dims(x, dim=1)", ("e(", 0, ", axis=", 1, ")"), "e(x, axis=1)"),
    ],
)
def test_the_layout_stays(source, pieces, expected):
    assert result(source, *pieces) == expected


@pytest.mark.parametrize(
    ("source", "pieces"),
    [
        ("K.f(a, b)", ("f(", 1, ", ", 0, ")")),  # another order
        ("K.f((a))", ("f(", 0, ")")),  # parentheses
        ("K.f(a, *b)", ("f(", 0, ")")),
        ("K.f(a, # of b\n b)", ("f(", 0, ")")),  # a comment would go
        ("K.f(a)", ("2 + ", 0, "")),
        ("K.f()", ("f()",)),
    ],
)
def test_what_cannot_be_laid_over(source, pieces):
    assert result(source, *pieces) is None
