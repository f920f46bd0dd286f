from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from catalogue.pipeline import check, fix
from catalogue.probe import original, probe, weights_of
from reference.engines import keras3_engine, tf_keras_engine

FIXTURES = Path(__file__).parents[2] / "fixtures"
ENGINES = {"keras2": tf_keras_engine, "keras3": keras3_engine}
# What ran the code before: the last Keras that had `merge` and the arguments of Keras 2, if nothing else is said.
REFERENCE = {
    "imports-of-all-kinds": "1.2.2",
    "layer-of-keras-1": "1.2.2",
    "memory-network": "1.2.2",
    "merge-over-tensors": "1.2.2",
    "mnist-cnn": "1.2.2",
    "siamese": "1.2.2",
    "stateful": "1.2.2",
    "text-generation": "1.2.2",
}
NO_REFERENCE = {
    "graph-functional": "no Keras ever built it",
    "graph-layer": "Keras of its own does not count the weights of layers inside a layer",
    "merge-given-tensors": "no Keras ever built it",
    "quick-start": "no Keras ever built it",
    "sampling": "its output is random",
    "vae-loss": "its output is random",
    "backend-on-values": "its values are those of eager execution",
}
NOT_RUN = {
    "style-transfer": "it downloads weights",
    "k-function-loop": "it takes minutes",
    "lambda-captures-tensors": "what is left to do keeps it from running",
    "vae-loss-layer": "what is left to do keeps it from running",
}
# What is left for a person to do.
LEFT = {
    ("lambda-captures-tensors", "keras3"): {"lambda-captures-tensor"},
    ("policy-gradient", "keras2"): {"graph-function"},
    ("policy-gradient", "keras3"): {"graph-function"},
    ("style-transfer", "keras2"): {"backend-op-outside-layer"},
    ("tf-session", "keras2"): {"graph-and-session"},
    ("tf-session", "keras3"): {"graph-and-session"},
    ("vae-loss-layer", "keras3"): {"removed-backend-function"},
}


def after(before: Path, target: str) -> Path | None:
    """What a fixture must become for a target; one without a file for it is right for that target."""
    candidates = [before.with_name(f"after_{target}.py"), before.with_name("after.py")]
    return next(filter(Path.exists, candidates), None)


PAIRS = [
    pytest.param(before, after(before, target), target, id=f"{before.parent.name}-{target}")
    for before in sorted(FIXTURES.glob("*/before.py"))
    for target in ENGINES
    if after(before, target)
]
RIGHT = [
    pytest.param(before, target, id=f"{before.parent.name}-{target}")
    for before in sorted(FIXTURES.glob("*/before.py"))
    for target in ENGINES
    if not after(before, target)
]
UNCHANGED = [
    pytest.param(path, target, id=f"{path.stem}-{target}")
    for path in sorted(FIXTURES.glob("unchanged/*.py"))
    for target in ENGINES
]


@pytest.mark.parametrize(("before", "after", "target"), PAIRS)
def test_a_legacy_file_becomes_what_it_must(before, after, target):
    fixed = fix(before.read_text(), target, path=str(before))
    assert fixed == after.read_text()
    assert fix(fixed, target, path=str(before)) == fixed
    left = {finding.rule for finding in check(fixed, target, path=str(before))}
    assert left == LEFT.get((before.parent.name, target), set())


@pytest.mark.parametrize(("before", "target"), RIGHT)
def test_what_is_right_for_a_target_stays_for_it(before, target):
    code = before.read_text()
    assert fix(code, target, path=str(before)) == code
    left = {finding.rule for finding in check(code, target, path=str(before))}
    assert left == LEFT.get((before.parent.name, target), set())


@pytest.mark.parametrize(("before", "after", "target"), PAIRS)
def test_what_it_becomes_computes_the_same(before, after, target):
    engine, code = ENGINES[target](), after.read_text()
    name = before.parent.name
    if name in NOT_RUN:
        pytest.skip(NOT_RUN[name])
    if name in NO_REFERENCE:
        assert all(model.get("moved", True) for model in probe(engine, code).values())
        return
    old = original(before.read_text(), REFERENCE.get(name, "2.1.6"))
    new = probe(engine, code, weights_of(old))
    assert old.keys() == new.keys()
    for name, model in old.items():
        for one, other in zip(model["outputs"], new[name]["outputs"], strict=True):
            np.testing.assert_allclose(other, one, atol=1e-5)


@pytest.mark.parametrize(("path", "target"), UNCHANGED)
def test_a_file_that_is_right_stays_as_it_is(path, target):
    code = path.read_text()
    # Code for two versions of Keras is reported, so that people know of it, and left alone.
    expected = {"two-keras-versions"} if path.stem.startswith("two_versions") else set()
    assert {finding.rule for finding in check(code, target, path=str(path))} == expected
    assert fix(code, target, unsafe=True, path=str(path)) == code
