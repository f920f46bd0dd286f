"""Each wrong migration is caught, at the level that it deserves, and each right one is proven."""

from __future__ import annotations

from dataclasses import replace

import pytest
from verify.sabotage import PAIRS, SABOTAGES

from kerasfix.cli.proving import verified
from kerasfix.project.config import Config
from kerasfix.verify.rewriting import compare_with
from kerasfix.verify.verdicts import Level, Outcome


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sabotage")
    texts = {f"right_{name}": pair for name, pair in PAIRS.items()}
    texts |= {one.name: (PAIRS[one.pair][0], one.text) for one in SABOTAGES}
    pairs = {}
    for name, (original, migrated) in texts.items():
        for side, text in (("old", original), ("new", migrated)):
            path = folder / side / f"{name}.py"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        pairs[str(folder / "new" / f"{name}.py")] = str(folder / "old" / f"{name}.py")
    config = replace(Config(), target="keras3")
    files = verified(compare_with(pairs), config, quiet=True).files
    return {file.path.rpartition("/")[2][:-3]: file for file in files}


@pytest.mark.parametrize("name", PAIRS)
def test_a_right_migration_is_proven(verdicts, name):
    [model] = verdicts[f"right_{name}"].models
    assert (model.level, model.outcome) == (Level.EQUAL, Outcome.PROVEN), model.reason


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda one: one.name)
def test_a_wrong_one_is_caught(verdicts, sabotage):
    [model] = verdicts[sabotage.name].models
    assert model.level == Level[sabotage.level.upper()], model.reason
    assert model.outcome is Outcome.FAILED
    assert model.reason
