"""Inputs that are made up for models."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from kerasfix.probe.dialect import current
from kerasfix.probe.feeding import counts, made_up


@pytest.fixture(scope="module")
def reader():
    """A model with the inputs of one that CTC trains."""
    image = keras.Input((7, 3))
    labels, length, label_length = keras.Input((4,)), keras.Input((1,), dtype="int64"), keras.Input((1,), dtype="int64")
    flat = keras.layers.Flatten()(image)
    return keras.Model([image, labels, length, label_length], keras.layers.Concatenate()([flat, labels]))


def test_lengths_get_shorter(reader):
    inputs, batch = made_up(current(), reader, 1, shrinking=True)
    _, labels, length, label_length = inputs
    assert batch == len(length) == 4
    assert length.max() <= 7
    assert label_length.min() >= 1
    assert (length >= 2 * label_length).all()
    assert labels.dtype.kind == "f"


def test_what_is_no_length_is_the_same_either_way(reader):
    for one, other in zip(made_up(current(), reader, 1)[0][:2], made_up(current(), reader, 1, shrinking=True)[0][:2]):
        np.testing.assert_array_equal(one, other)


def test_single_whole_numbers_are_counted(reader):
    assert counts(made_up(current(), reader, 1)[0]) == 2
    assert counts([np.zeros((4, 1)), np.zeros((4, 2), "int32")]) == 0
