from __future__ import annotations

import numpy as np

from kerasfix.probe.world.modules.scikeras import KerasClassifier, KerasRegressor
from kerasfix.probe.world.modules.selection import GridSearchCV

X = np.arange(12.0).reshape(6, 2)


class Fake:
    def __init__(self, width, loss="categorical_crossentropy"):
        self.width, self.loss = width, loss

    def fit(self, x, y, **given):
        self.given = dict(given, x=x, y=y)
        self.history = {"loss": [0.5]}
        return self

    def predict(self, x):
        return np.eye(3)[[0, 1, 2, 0, 1, 2]][: len(x)]


def test_a_model_is_built_and_trained_with_the_arguments_that_are_its_own():
    wrapped = KerasClassifier(Fake, batch_size=4, model__width=7)
    wrapped.set_params(epochs=3, fit__verbose=2)
    wrapped.fit(X, np.array([0, 1, 2, 0, 1, 2]))
    assert wrapped.model_.width == 7
    given = wrapped.model_.given
    assert (given["batch_size"], given["epochs"], given["verbose"]) == (4, 3, 2)
    np.testing.assert_array_equal(given["y"], np.eye(3)[[0, 1, 2, 0, 1, 2]])


def test_targets_that_are_encoded_stay():
    wrapped = KerasClassifier(Fake, model__width=1).fit(X, np.eye(3)[[0, 1, 2, 0, 1, 2]])
    np.testing.assert_array_equal(wrapped.model_.given["y"], np.eye(3)[[0, 1, 2, 0, 1, 2]])
    assert wrapped.score(X, np.eye(3)[[0, 1, 2, 0, 1, 2]]) == 1.0


def test_classes_keep_their_names():
    wrapped = KerasClassifier(Fake, model__width=1).fit(X, np.array([5, 7, 9, 5, 7, 9]))
    np.testing.assert_array_equal(wrapped.predict(X), [5, 7, 9, 5, 7, 9])


def test_a_search_trains_the_first_of_the_choices():
    grid = {"model__width": [3, 4], "epochs": [2, 5]}
    search = GridSearchCV(KerasClassifier(Fake), param_grid=grid).fit(X, np.eye(3)[[0, 1, 2, 0, 1, 2]])
    assert search.best_estimator_.model_.width == 3
    assert search.best_estimator_.model_.given["epochs"] == 2


def test_numbers_are_predicted_as_numbers():
    class Line(Fake):
        def predict(self, x):
            return np.asarray(x)[:, :1]

    wrapped = KerasRegressor(Line, model__width=1).fit(X, X[:, 0])
    np.testing.assert_array_equal(wrapped.predict(X), X[:, 0])
    assert wrapped.score(X, X[:, 0]) == 1.0
