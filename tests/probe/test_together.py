from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from kerasfix.probe.measuring import set_weights, weights_of


class Backend:
    """A backend that counts what is asked of its session."""

    def __init__(self):
        self.asked = []
        self.values = {}

    def batch_get_value(self, variables):
        self.asked.append(("get", len(variables)))
        return [self.values[one] for one in variables]

    def batch_set_value(self, pairs):
        self.asked.append(("set", len(pairs)))
        self.values.update(pairs)


class Layer:
    def __init__(self, backend, names):
        self.backend = backend
        self.weights = names

    def get_weights(self):
        return self.backend.batch_get_value(self.weights)

    def set_weights(self, arrays):
        if len(arrays) != len(self.weights):
            raise ValueError("other weights")
        self.backend.batch_set_value(list(zip(self.weights, arrays, strict=True)))


class Reversed(Layer):
    """A layer of the user's, whose `get_weights` has its own order."""

    def get_weights(self):
        return self.backend.batch_get_value(self.weights[::-1])


def places(major, backend):
    backend.values = {"a": np.zeros(2), "b": np.ones(3), "c": np.full(1, 5.0), "d": np.full(1, 6.0)}
    dialect = SimpleNamespace(backend=backend, major=major, package="keras", backend_name=lambda: "tensorflow")
    leaves = [("one", Layer(backend, ["a", "b"])), ("two", Reversed(backend, ["c", "d"])), ("three", object())]
    return SimpleNamespace(dialect=dialect, leaves=leaves)


def test_an_old_session_is_asked_once_for_all_weights():
    backend = Backend()
    found = weights_of(places(1, backend))
    assert backend.asked == [("get", 4)]
    assert {path: [array.tolist() for array in arrays] for path, arrays in found.items()} == {
        "one": [[0, 0], [1, 1, 1]],
        "two": [[6], [5]],
    }


def test_an_old_session_writes_all_weights_at_once():
    backend = Backend()
    here = places(2, backend)
    set_weights(here, {"one": [np.ones(2), np.zeros(3)], "two": [np.zeros(1), np.ones(1)]})
    assert backend.asked == [("set", 4)]
    assert [backend.values[name].tolist() for name in "abcd"] == [[1, 1], [0, 0, 0], [0], [1]]
    assert backend.batch_set_value.__func__ is Backend.batch_set_value


def test_weights_that_do_not_fit_are_refused_and_nothing_is_written():
    backend = Backend()
    with pytest.raises(ValueError, match="other weights"):
        set_weights(places(1, backend), {"one": [np.ones(2), np.zeros(3)], "two": [np.zeros(1)]})
    assert backend.asked == []
    assert backend.batch_set_value.__func__ is Backend.batch_set_value


def test_today_each_layer_sees_to_its_own():
    backend = Backend()
    weights_of(places(3, backend))
    assert backend.asked == [("get", 2), ("get", 2)]
