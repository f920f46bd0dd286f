from __future__ import annotations

import numpy as np
import pytest

from kerasfix.probe.feeding import loss_name, targets_for, varied

OUTPUT = np.zeros((6, 4, 5), dtype="float32")


def target(loss):
    return targets_for([loss], [OUTPUT], 1)[0]


def test_one_class_of_several():
    found = target("categorical_crossentropy")
    np.testing.assert_array_equal(found.sum(axis=-1), np.ones((6, 4)))
    assert set(np.unique(found)) == {0.0, 1.0}


def test_classes_by_number():
    found = target("sparse_categorical_crossentropy")
    assert found.shape == (6, 4, 1)
    assert set(np.unique(found)) <= set(range(5))
    assert found.dtype.kind == "i"


@pytest.mark.parametrize(("loss", "values"), [("binary_crossentropy", {0.0, 1.0}), ("squared_hinge", {-1.0, 1.0})])
def test_two_classes(loss, values):
    assert set(np.unique(target(loss))) == values


def test_distributions_sum_to_one():
    np.testing.assert_allclose(target("kullback_leibler_divergence").sum(axis=-1), np.ones((6, 4)), rtol=1e-6)


@pytest.mark.parametrize("loss", ["mse", "poisson", None, lambda y, p: p])
def test_other_losses_get_positive_numbers_of_the_shape_of_the_output(loss):
    found = target(loss)
    assert found.shape == OUTPUT.shape
    assert found.min() > 0


def test_targets_are_the_same_every_time():
    np.testing.assert_array_equal(target("mse"), target("mse"))


def test_losses_by_name_function_and_object():
    class SparseCategoricalCrossentropy:
        pass

    def categorical_crossentropy(y_true, y_pred):
        pass

    assert loss_name("kullback_leibler_divergence") == "kld"
    assert loss_name(categorical_crossentropy) == "categorical_crossentropy"
    assert loss_name(SparseCategoricalCrossentropy()) == "sparse_categorical_crossentropy"
    assert loss_name(None) == ""


def test_inputs_that_are_all_alike_tell_nothing():
    assert varied([np.arange(4), np.ones((4, 2)) * [0, 1]])
    assert not varied([np.arange(4), np.zeros((4, 2))])
