"""The wrappers of SciKeras, as far as a model is built and trained through them."""

from __future__ import absolute_import, division, print_function

import numpy as np

_OF_FIT = ("batch_size", "epochs", "verbose", "callbacks", "validation_split", "shuffle")


class BaseWrapper(object):
    """`scikeras.wrappers.BaseWrapper`: a function that builds a model, its arguments, and those of `fit`.

    Arguments of the function have the prefix `model__`, those of `fit` may have `fit__`.
    """

    def __init__(self, model=None, **params):
        self.model = model
        self.params = params
        self.model_ = None

    def get_params(self, deep=True):
        """All parameters."""
        return dict(self.params, model=self.model)

    def set_params(self, **params):
        """Change parameters."""
        self.model = params.pop("model", self.model)
        self.params.update(params)
        return self

    def fit(self, X, y, **options):
        """Build the model and train it."""
        self.model_ = self.model(**self._with_prefix("model__"))
        given = dict((name, self.params[name]) for name in _OF_FIT if name in self.params)
        given.update(self._with_prefix("fit__"))
        given.update(options)
        self.history_ = self.model_.fit(X, self._encoded(np.asarray(y)), **given).history
        return self

    def _with_prefix(self, prefix):
        return dict((name[len(prefix) :], value) for name, value in self.params.items() if name.startswith(prefix))

    def _encoded(self, y):
        return y

    def predict(self, X, **options):
        """What the model predicts."""
        return np.squeeze(self.model_.predict(X), axis=-1)


class KerasRegressor(BaseWrapper):
    """`scikeras.wrappers.KerasRegressor`."""

    def score(self, X, y, **options):
        """The share of the variance that is explained."""
        y = np.asarray(y, dtype="float64")
        return 1.0 - np.sum((y - self.predict(X)) ** 2) / max(np.sum((y - y.mean()) ** 2), 1e-12)


class KerasClassifier(BaseWrapper):
    """`scikeras.wrappers.KerasClassifier`; classes that come as numbers are encoded as the loss asks for them."""

    def _encoded(self, y):
        self.classes_ = np.arange(y.shape[-1]) if y.ndim > 1 and y.shape[-1] > 1 else np.unique(y)
        if y.ndim == 1 and self.model_.loss == "categorical_crossentropy":
            return np.eye(len(self.classes_))[np.searchsorted(self.classes_, y)]
        return y

    def predict_proba(self, X, **options):
        """The probability of each class."""
        return self.model_.predict(X)

    def predict(self, X, **options):
        """The most probable class."""
        found = self.predict_proba(X)
        numbers = found.argmax(axis=-1) if found.shape[-1] > 1 else (found[..., 0] > 0.5).astype(int)
        return self.classes_[numbers]

    def score(self, X, y, **options):
        """The share of the samples whose class is predicted."""
        y = np.asarray(y)
        return float(np.mean(self.predict(X) == (y.argmax(axis=-1) if y.ndim > 1 else y)))
