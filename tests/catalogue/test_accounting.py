"""Everything that Keras 1.2.2 and 2.3.1 define in public is unchanged, dealt with by a rule, or reported by one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from docs.api_map.classify import JOURNEYS, classify
from docs.api_map.read_legacy import read_legacy


@pytest.mark.parametrize("journey", JOURNEYS, ids="-to-".join)
def test_everything_is_accounted_for(journey):
    missing = [
        f"{item.name}: {verdict.label}: {verdict.reason}" for item in classify(*journey) for verdict in item.missing
    ]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("journey", JOURNEYS, ids="-to-".join)
def test_all_of_it_was_tried(journey):
    found = classify(*journey)
    definitions = read_legacy(journey[0]).definitions
    assert {item.name for item in found if item.definition} == set(definitions)
    untried = [item.name for item in found if item.definition and not (item.uses or item.like or item.not_api)]
    assert not untried


def test_the_sources_are_read_whole():
    definitions = read_legacy("1.2.2").definitions.values()
    of_backend = [one for one in definitions if one.name.startswith("keras.backend.")]
    assert len(of_backend) >= 130
    assert len(definitions) >= 550
    layer = read_legacy("1.2.2").definitions["keras.layers.Convolution2D"]
    assert layer.signature.startswith("nb_filter, nb_row, nb_col, init='glorot_uniform', activation=None, weights=None")
    assert layer.values["border_mode"] == ("valid", "same", "full")
    assert set(layer.paths) >= {"keras.layers.Convolution2D", "keras.layers.convolutional.Conv2D"}
