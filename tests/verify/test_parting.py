from __future__ import annotations

import numpy as np

from kerasfix.verify.parting import first_parting

X, Y, Z = (np.full((2, 3), value, dtype="float32") for value in (1.0, 2.0, 3.0))


def test_the_first_layer_that_gives_something_else_is_told_not_those_after_it():
    before = [("input_1", X), ("merge_1", Y), ("dense_1", Z)]
    after = [("input_layer", X), ("add", Y + 1), ("dense", Z + 5)]
    assert first_parting(before, after, {"dense_1": "dense"}) == "`add` (`merge_1` before): 1 apart"


def test_equal_models_do_not_part():
    before = [("input_1", X), ("dense_1", Z)]
    assert first_parting(before, [("input_layer", X), ("dense", Z)], {"dense_1": "dense"}) is None


def test_a_shape_is_told():
    found = first_parting([("joined", X)], [("joined", np.ones((2, 6)))], {})
    assert found == "`joined`: shape (2, 3) before, (2, 6) after"


def test_layers_that_only_one_side_has_are_passed_over():
    before = [("in", X), ("dense_1", Y), ("out", Z)]
    after = [("in", X), ("reshape", X), ("flatten", X), ("dense", Y), ("out", Z)]
    assert first_parting(before, after, {"dense_1": "dense"}) is None


def test_names_that_keras_made_mean_nothing_on_the_other_side():
    before = [("activation_1", X), ("activation_2", Y)]
    after = [("activation", X), ("activation_1", Y)]
    assert first_parting(before, after, {}) is None
