from __future__ import annotations

import numpy as np

from kerasfix.probe.measuring import perturbed

KERNEL = np.random.RandomState(0).uniform(-1, 1, (3, 2)).astype("float32")
WEIGHTS = {
    "dense": [KERNEL, np.zeros(2, "float32")],
    "normal": [np.ones(2, "float32"), np.zeros(2, "float32"), np.zeros(2, "float32"), np.ones(2, "float32")],
    "steps": [np.zeros(3, "int64")],
    "identity": [np.eye(3, dtype="float32")],
}


def test_weights_that_are_all_alike_get_noise_and_those_that_were_drawn_stay():
    found = perturbed(WEIGHTS, 1)
    np.testing.assert_array_equal(found["dense"][0], KERNEL)
    np.testing.assert_array_equal(found["identity"][0], np.eye(3))
    np.testing.assert_array_equal(found["steps"][0], np.zeros(3))
    assert np.ptp(found["dense"][1]) > 0
    assert found["dense"][1].dtype == np.float32


def test_scales_and_variances_stay_positive():
    gamma, beta, mean, variance = perturbed(WEIGHTS, 1)["normal"]
    assert gamma.min() > 1
    assert variance.min() > 1
    assert np.abs(beta).max() <= 0.05
    assert np.abs(mean).max() <= 0.05


def test_noise_is_the_same_every_time():
    np.testing.assert_array_equal(perturbed(WEIGHTS, 1)["dense"][1], perturbed(WEIGHTS, 1)["dense"][1])
    assert not np.array_equal(perturbed(WEIGHTS, 1)["dense"][1], perturbed(WEIGHTS, 2)["dense"][1])
