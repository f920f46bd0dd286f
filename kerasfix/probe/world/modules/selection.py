"""Cross validation and grid search: the data is split as scikit-learn does it, but only one model is trained."""

from __future__ import absolute_import, division, print_function

import copy

import numpy as np

from .sklearn import generator, pick


class KFold(object):
    """`sklearn.model_selection.KFold`; it stands in for `StratifiedKFold`, too."""

    def __init__(self, n_splits=5, shuffle=False, random_state=None):
        self.n_splits, self.shuffle, self.random_state = n_splits, shuffle, random_state

    def split(self, X, y=None, groups=None):
        """Pairs of the indices to train and to test with."""
        order = np.arange(len(X))
        tests = order.copy()
        if self.shuffle:
            generator(self.random_state).shuffle(tests)
        for part in np.array_split(tests, self.n_splits):
            yield np.setdiff1d(order, part), np.sort(part)

    def get_n_splits(self, *args):
        """How many."""
        return self.n_splits


def old_folds(n, n_folds=3, shuffle=False, random_state=None, **options):
    """`KFold` and `StratifiedKFold` of `sklearn.cross_validation`: pairs of indices.

    Args:
        n: How many samples, or their labels.
        n_folds: How many pairs.
        shuffle: Whether the samples of a test are not neighbours.
        random_state: For the shuffling.
        options: Without effect.
    """
    count = n if isinstance(n, (int, np.integer)) else len(n)
    return list(KFold(options.get("k") or n_folds, shuffle, random_state).split(np.empty(count)))


class GridSearchCV(object):
    """A search that takes the first of the choices."""

    def __init__(self, estimator, param_grid, *args, **options):
        self.estimator = estimator
        grid = param_grid[0] if isinstance(param_grid, list) else param_grid
        self.best_params_ = dict((name, values[0]) for name, values in grid.items())
        self.best_score_ = 0.0
        self.best_estimator_ = None
        self.cv_results_ = {
            "mean_test_score": np.zeros(1),
            "std_test_score": np.zeros(1),
            "params": [self.best_params_],
        }
        self.grid_scores_ = [(self.best_params_, 0.0, np.zeros(1))]

    def fit(self, X, y=None, **options):
        """Train with the first choices."""
        self.best_estimator_ = _trained(self.estimator, self.best_params_, X, y, options)
        return self

    def predict(self, X):
        """By the model that is trained."""
        return self.best_estimator_.predict(X)

    def score(self, X, y=None):
        """By the model that is trained."""
        return self.best_estimator_.score(X, y)


def cross_val_score(estimator, X, y=None, *args, **options):
    """`cross_val_score`, of the first of the folds."""
    train, test = next(KFold(3).split(X))
    trained = _trained(estimator, {}, pick(X, train), pick(y, train), options.get("fit_params") or {})
    return np.array([trained.score(pick(X, test), pick(y, test))])


def _trained(estimator, parameters, X, y, options):
    fresh = copy.deepcopy(estimator)
    if parameters:
        fresh.set_params(**parameters)
    fresh.fit(X, y, **options)
    return fresh
