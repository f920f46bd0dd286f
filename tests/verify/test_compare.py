from __future__ import annotations

import math

import numpy as np
import pytest

from kerasfix.verify.compare import compare_losses, compare_outputs, compare_steps

RANDOM = np.random.RandomState(3)
ONE = RANDOM.uniform(-1, 1, (4, 3)).astype("float32")


def test_the_rounding_of_single_precision_is_equal():
    [found] = compare_outputs(["dense"], [ONE * 100], [(ONE * 100).astype("float64") * (1 + 1e-6)])
    assert found.equal
    assert found.what == "output `dense`"
    assert 0 < found.largest < found.tolerance


@pytest.mark.parametrize("other", [ONE * 1.01, ONE + 1e-3, -ONE, np.zeros_like(ONE)])
def test_what_is_further_apart_is_not(other):
    [found] = compare_outputs(["dense"], [ONE], [other])
    assert not found.equal
    assert found.largest == pytest.approx(np.abs(ONE - other).max(), rel=1e-5)


def test_another_shape_is_infinitely_far_apart_even_where_numpy_would_broadcast():
    [found] = compare_outputs(["dense"], [ONE], [ONE[:1]])
    assert not found.equal
    assert math.isinf(found.largest)
    assert "(4, 3) before, (1, 3) after" in found.what


def test_another_number_of_outputs_is_told():
    [found] = compare_outputs(["a", "b"], [ONE, ONE], [ONE])
    assert not found.equal
    assert "2 before, 1 after" in found.what


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_numbers_that_are_not_finite_prove_nothing(bad):
    spoilt = ONE.copy()
    spoilt[0, 0] = bad
    [found] = compare_outputs(["dense"], [spoilt], [spoilt])
    assert not found.equal
    assert math.isnan(found.largest)


def test_losses():
    assert compare_losses(0.5, 0.50001).equal
    assert not compare_losses(0.5, 0.51).equal
    assert not compare_losses(float("nan"), float("nan")).equal


def test_a_step_is_compared_by_what_it_changed():
    """A weight of 1 that moves by 1e-4 has moved, though the weights themselves are nearly the same."""
    start = {"dense": [np.ones((3, 2)), np.zeros(2)]}
    moved = {"dense": [start["dense"][0] - 1e-4, start["dense"][1] - 1e-3]}
    assert [one.equal for one in compare_steps(start, moved, moved)] == [True]
    [still] = compare_steps(start, moved, {"dense": [start["dense"][0], moved["dense"][1]]})
    assert not still.equal
    assert still.what == "weights after one step: `dense`, array 0"


def test_of_a_layer_the_worst_array_is_told():
    start = {"dense": [np.zeros(3), np.zeros(3)]}
    before = {"dense": [np.ones(3), np.ones(3)]}
    [found] = compare_steps(start, before, {"dense": [np.ones(3) * 1.1, np.ones(3) * 2]})
    assert (found.what, found.largest) == ("weights after one step: `dense`, array 1", 1.0)
