from __future__ import annotations

import numpy as np
import pytest

from kerasfix.verify.crossentropies import stopping

TARGET = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], "float32")
OUTPUT = np.array([[0.0, 0.4, 0.6], [0.1, 0.9, 0.0]], "float32")


def test_an_output_of_zero_costs_no_more_than_one_of_1e_7():
    loss = stopping("categorical_crossentropy", "1.2.2")
    assert np.asarray(loss(TARGET, OUTPUT)) == pytest.approx([-np.log(1e-7), -np.log(0.9)], rel=1e-5)
    loss = stopping("sparse_categorical_crossentropy", "2.2.5")
    assert np.asarray(loss(np.array([[0], [1]]), OUTPUT)) == pytest.approx([-np.log(1e-7), -np.log(0.9)], rel=1e-5)
    loss = stopping("binary_crossentropy", "1.0.0")
    first = (-np.log(1e-7) - np.log(0.6) - np.log(0.4)) / 3
    assert np.asarray(loss(TARGET, OUTPUT))[0] == pytest.approx(first, rel=1e-5)


def test_each_of_several_losses_by_itself():
    found = stopping({"a": "mse", "b": "binary_crossentropy"}, "1.2.2")
    assert found["a"] == "mse"
    assert callable(found["b"])


def test_nothing_is_replaced_that_is_not_an_old_crossentropy():
    def binary_crossentropy(target, output):
        return output

    assert stopping("mse", "1.2.2") is None
    assert stopping(["mse", None], "1.2.2") is None
    assert stopping(binary_crossentropy, "1.2.2") is None
    assert stopping("binary_crossentropy", "2.15") is None
    assert stopping("binary_crossentropy", "2.3.1") is None
