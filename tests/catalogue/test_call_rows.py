"""What a row for calls may say, and what is wrong with one that says something else."""

import ast

import pytest

from kerasfix.catalogue.call_rows import parse_call_row
from kerasfix.catalogue.tables import RowError
from kerasfix.checks import rows_of
from kerasfix.settings import Settings

LEGACY = "keras.layers.Dropout(p, **kwargs)"
BECOMES = "keras.layers.Dropout(rate=p, **kwargs)"


def row(**table):
    return parse_call_row("a-rule", {"legacy": LEGACY, "becomes": BECOMES, **table})


def test_a_row_knows_its_parts():
    found = row(also=["keras.layers.Drop"], aliases={"prob": "p"}, era="keras2", alias=True)
    assert found.names == ("keras.layers.Dropout", "keras.layers.Drop")
    assert list(found.parameters) == ["p"]
    assert set(found.templates) == {"keras2", "keras3"}
    assert found.new_names == {"rate", None}
    assert found.alias


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"becoms": BECOMES}, "unknown key `becoms`"),
        ({"legacy": []}, "expected signatures of one function"),
        ({"legacy": [LEGACY, "keras.layers.Dense(p)"]}, "expected signatures of one function"),
        ({"legacy": "keras.layers.Dropout"}, "expected a call"),
        ({"legacy": "keras.layers.Dropout(0.5)"}, "expected names of parameters"),
        ({"aliases": ["p"]}, "`aliases`"),
        ({"era": "keras0"}, "`era`"),
        ({"target": "keras4"}, "`target`"),
        ({"becomes": "keras.layers.Dropout(p)"}, "by keyword"),
        ({"becomes": "keras.layers.Dropout()"}, "`p` of `keras.layers.Dropout` has no place"),
        ({"always": ["seed"], "becomes": "", "keras3": BECOMES}, "`always`|expected a text"),
    ],
)
def test_what_is_wrong_is_said(table, message):
    with pytest.raises(RowError, match=message):
        row(**table)


def test_a_row_says_something():
    with pytest.raises(RowError, match="a modern call or `advice`"):
        parse_call_row("a-rule", {"legacy": LEGACY})


@pytest.mark.parametrize(
    ("table", "targets"),
    [
        ({"becomes": BECOMES}, {"keras2", "keras3"}),
        ({"keras3": BECOMES}, {"keras3"}),
        ({"keras3": BECOMES, "advice": "Do it"}, {"keras2", "keras3"}),
        ({"keras3": BECOMES, "advice": "Do it", "era": "keras2"}, {"keras3"}),
        ({"advice": "Do it"}, {"keras2", "keras3"}),
        ({"advice": "Do it", "era": "keras2"}, {"keras3"}),
        ({"advice": "Do it", "target": "keras2"}, {"keras2"}),
    ],
)
def test_a_row_is_for_the_targets_it_has_something_for(table, targets):
    assert parse_call_row("a-rule", {"legacy": LEGACY, **table}).targets == targets


def test_all_rows_can_be_read():
    rows = rows_of(Settings("keras2", frozenset()))
    assert rows
    for name, each in rows.items():
        assert name.startswith("keras.")
        for one in each:
            for template in one.templates.values():
                assert isinstance(template, ast.Call)
