from __future__ import annotations

import math

import pytest

from kerasfix.verify.judging import judge
from kerasfix.verify.verdicts import Level, Outcome

EQUAL = {"what": "output `out`", "kind": "output", "largest": 1e-8, "tolerance": 1e-5, "equal": True}
STEP = {"what": "weights after one step: `out`", "kind": "weights", "largest": 0.0, "tolerance": 1e-5, "equal": True}
WRONG = {"what": "output `out`", "kind": "output", "largest": 0.25, "tolerance": 1e-5, "equal": False}


def meta(error=None, **probe):
    told = {"error": None, "loss": 1.0, "losses": [1.0, 0.9], "moved": True, "no_loss": None, "no_training": None}
    model = {
        "name": "model_1", "variable": "model", "function": None, "line": 4, "class": "Functional", "inputs": [],
        "outputs": [], "layers": [], "parameters": 8, "trainable": 8, "training": None, "probe": {**told, **probe},
    }  # fmt: skip
    return {"keras": "1.2.2", "package": "keras", "models": [model], "error": error, "notes": []}


def verdict(before, after, why_not=None, **entry):
    places = {"before": 0 if before else None, "after": 0 if after and after["models"] else None}
    reference = "Keras 1.2.2" if before else None
    return judge({**places, **entry}, before, after, scenario="script", reference=reference, why_not=why_not)


def test_equal_numbers_prove_a_model():
    found = verdict(meta(), meta(), differences=[EQUAL, STEP])
    assert (found.level, found.outcome, found.reason) == (Level.EQUAL, Outcome.PROVEN, None)
    assert (found.name, found.reference, found.largest) == ("model", "Keras 1.2.2", 1e-8)
    assert found.after.kind == "Model"


def test_other_numbers_refute_it():
    found = verdict(meta(), meta(), differences=[WRONG, STEP], parted="`add`: 0.25 apart")
    assert (found.level, found.outcome) == (Level.TRAINS, Outcome.FAILED)
    assert found.reason == "output `out`: 0.25 apart, 1e-05 allowed"
    assert found.parted_at == "`add`: 0.25 apart"


def test_without_an_original_to_compare_with_it_trains_at_most():
    found = verdict(None, meta(), why_not="the original does not run on Keras 1.2.2: ImportError: x")
    assert (found.level, found.outcome) == (Level.TRAINS, Outcome.UNVERIFIED)
    assert found.reason == "the original does not run on Keras 1.2.2: ImportError: x"


def test_equal_outputs_without_a_step_of_training_are_not_equal_models():
    found = verdict(meta(loss=None, no_loss="its loss is unknown"), meta(), differences=[EQUAL])
    assert (found.level, found.outcome) == (Level.TRAINS, Outcome.UNVERIFIED)
    assert "its loss is unknown" in found.reason


def test_nothing_is_equal_where_nothing_was_compared():
    assert verdict(meta(), meta()).level == Level.TRAINS
    assert verdict(meta(), meta(), differences=[STEP]).level == Level.TRAINS


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (meta(no_training="ValueError: bad"), "its training fails: ValueError: bad"),
        (meta(losses=[math.nan]), "its loss is not finite"),
        (meta(moved=False), "training does not move its weights"),
    ],
)
def test_what_trained_and_does_not_any_more_is_refuted(after, reason):
    found = verdict(meta(), after, differences=[EQUAL, STEP])
    assert (found.level, found.outcome, found.reason) == (Level.BUILDS, Outcome.FAILED, reason)


@pytest.mark.parametrize("probe", [{"no_training": "ValueError: bad"}, {"losses": [math.nan]}, {"moved": False}])
def test_what_never_trained_is_not_the_fault_of_the_rewrite(probe):
    found = verdict(meta(**probe), meta(**probe), differences=[EQUAL, STEP])
    assert (found.level, found.outcome) == (Level.BUILDS, Outcome.UNVERIFIED)


def test_a_model_that_does_not_run_any_more_is_refuted():
    found = verdict(
        meta(), meta(error=None) | {"models": [{**meta()["models"][0], "probe": {"error": "ValueError: x"}}]}
    )
    assert (found.level, found.outcome) == (Level.BUILDS, Outcome.FAILED)
    assert found.reason == "it does not run: ValueError: x"


def test_weights_that_do_not_get_over_refute_it():
    found = verdict(meta(), meta(), problem="`dense_2` has 2 arrays before, 1 after: the bias is gone")
    assert (found.level, found.outcome) == (Level.TRAINS, Outcome.FAILED)


@pytest.mark.parametrize(("kind", "outcome"), [("exception", Outcome.FAILED), ("unserved", Outcome.UNVERIFIED)])
def test_a_model_that_is_not_made_any_more(kind, outcome):
    error = {"kind": kind, "type": "TypeError", "message": "no such argument", "line": 3}
    found = verdict(meta(), {**meta(error=error), "models": []})
    assert (found.level, found.outcome) == (Level.PARSES, outcome)
    assert found.reason.startswith("not built: line 3: ")


def test_what_the_original_was_never_seen_to_do_is_no_fault_of_the_rewrite():
    # What numpy raises for a symbolic tensor, say, where a metric of the code's own uses it.
    broken = {"no_training": "NotImplementedError: x", "losses": [], "own_loss": True}
    assert verdict(meta(own_loss=True), meta(**broken), differences=[EQUAL]).outcome == Outcome.FAILED
    # Its code failed at `compile`, or before it made the model.
    assert verdict(meta(own_loss=False), meta(**broken), differences=[EQUAL]).outcome == Outcome.UNVERIFIED
    assert verdict(None, meta(**broken), why_not="x").outcome == Outcome.UNVERIFIED


def test_code_that_was_stopped_may_still_have_made_the_model():
    nothing = {**meta(), "models": []}
    assert verdict(meta(), nothing).outcome == Outcome.FAILED
    found = verdict(meta(), {**nothing, "stopped": "it goes on for more than 48 seconds"})
    assert (found.level, found.outcome) == (Level.PARSES, Outcome.UNVERIFIED)
    assert found.reason.endswith("it goes on for more than 48 seconds")


def test_steps_that_hang_on_rounding_are_neither_equal_nor_wrong():
    step = {**STEP, "largest": 0.5, "tolerance": 0.01, "equal": False}
    assert verdict(meta(), meta(), differences=[EQUAL, step]).outcome == Outcome.FAILED
    found = verdict(meta(), meta(), differences=[EQUAL, step], shaky=True)
    assert (found.level, found.outcome) == (Level.TRAINS, Outcome.UNVERIFIED)
    assert "how numbers are rounded (weights after one step: `out`: 0.5 apart" in found.reason


def test_another_optimizer_is_wrong_whatever_steps_hang_on():
    step = {**STEP, "largest": 0.5, "tolerance": 0.01, "equal": False}
    other = {"what": "optimizer: `Adam` before, `SGD` after", "kind": "optimizer", "largest": math.inf,
             "tolerance": 0.0, "equal": False}  # fmt: skip
    found = verdict(meta(), meta(), differences=[EQUAL, step, other], shaky=True)
    assert (found.level, found.outcome) == (Level.TRAINS, Outcome.FAILED)
    assert "optimizer: `Adam` before, `SGD` after" in found.reason


def test_a_step_that_differs_by_little_and_cannot_be_looked_at_closer_refutes_nothing():
    little = {"what": "weights after one step: `a`, array 0", "kind": "weights", "largest": 5e-6, "tolerance": 1e-6,
              "equal": False}  # fmt: skip
    much = {**little, "largest": 1e-3}
    found = verdict(meta(), meta(), differences=[EQUAL, little], single=True)
    assert (found.level, found.outcome) == (Level.TRAINS, Outcome.UNVERIFIED)
    assert "could not be looked at closer" in found.reason
    assert verdict(meta(), meta(), differences=[EQUAL, little]).outcome == Outcome.FAILED
    assert verdict(meta(), meta(), differences=[EQUAL, much], single=True).outcome == Outcome.FAILED
