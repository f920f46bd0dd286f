"""The few things of scikit-learn that scripts prepare their data with, as scikit-learn defines them."""

from __future__ import absolute_import, division, print_function

import numpy as np

_DEFAULT_TEST = 0.25


def train_test_split(*arrays, **options):
    """`train_test_split`: as scikit-learn, the first of the permutation are for the test."""
    count = len(arrays[0])
    test, train = options.get("test_size"), options.get("train_size")
    if test is None and train is None:
        test = _DEFAULT_TEST
    elif test is None:
        test = 1.0 - train if isinstance(train, float) else count - train
    tests = int(np.ceil(test * count)) if isinstance(test, float) else int(test)
    trains = count - tests
    if train is not None:
        trains = int(train * count) if isinstance(train, float) else int(train)
    if options.get("shuffle", True):
        order = generator(options.get("random_state")).permutation(count)
        tested, trained = order[:tests], order[tests : tests + trains]
    else:
        trained, tested = np.arange(trains), np.arange(trains, trains + tests)
    return [part for array in arrays for part in (pick(array, trained), pick(array, tested))]


def shuffle(*arrays, **options):
    """`sklearn.utils.shuffle`."""
    order = generator(options.get("random_state")).permutation(len(arrays[0]))
    shuffled = [pick(array, order) for array in arrays]
    return shuffled[0] if len(shuffled) == 1 else shuffled


class _Transformer(object):
    def fit_transform(self, X, y=None):
        """Fit, then transform."""
        return self.fit(X, y).transform(X)


class StandardScaler(_Transformer):
    """Mean 0, variance 1."""

    def __init__(self, copy=True, with_mean=True, with_std=True):
        self.with_mean, self.with_std = with_mean, with_std

    def fit(self, X, y=None):
        """Learn mean and scale of each column."""
        X = np.asarray(X, dtype=float)
        self.mean_ = X.mean(axis=0) if self.with_mean else np.zeros(X.shape[1])
        self.var_ = X.var(axis=0)
        scale = np.sqrt(self.var_)
        self.scale_ = np.where(scale == 0, 1.0, scale) if self.with_std else np.ones(X.shape[1])
        return self

    def transform(self, X):
        """Scale."""
        return (np.asarray(X, dtype=float) - self.mean_) / self.scale_

    def inverse_transform(self, X):
        """Scale back."""
        return np.asarray(X) * self.scale_ + self.mean_


class MinMaxScaler(_Transformer):
    """Each column from 0 to 1, or to another range."""

    def __init__(self, feature_range=(0, 1), copy=True):
        self.feature_range = feature_range

    def fit(self, X, y=None):
        """Learn the range of each column."""
        X = np.asarray(X, dtype=float)
        low, high = self.feature_range
        self.data_min_, self.data_max_ = X.min(axis=0), X.max(axis=0)
        width = self.data_max_ - self.data_min_
        self.scale_ = (high - low) / np.where(width == 0, 1.0, width)
        self.min_ = low - self.data_min_ * self.scale_
        return self

    def transform(self, X):
        """Scale."""
        return np.asarray(X, dtype=float) * self.scale_ + self.min_

    def inverse_transform(self, X):
        """Scale back."""
        return (np.asarray(X) - self.min_) / self.scale_


class LabelEncoder(_Transformer):
    """Labels as numbers."""

    def fit(self, y, unused=None):
        """Learn the labels."""
        self.classes_ = np.unique(np.asarray(y))
        return self

    def transform(self, y):
        """The number of each label."""
        return np.searchsorted(self.classes_, np.asarray(y))

    def inverse_transform(self, y):
        """The label of each number."""
        return self.classes_[np.asarray(y)]


class LabelBinarizer(_Transformer):
    """Labels as rows with a single 1; two labels as one column."""

    def __init__(self, neg_label=0, pos_label=1, sparse_output=False):
        self.neg_label, self.pos_label = neg_label, pos_label

    def fit(self, y, unused=None):
        """Learn the labels."""
        self.classes_ = np.unique(np.asarray(y))
        return self

    def transform(self, y):
        """The row of each label."""
        rows = np.asarray(y).reshape(-1, 1) == self.classes_
        rows = rows[:, 1:] if len(self.classes_) == 2 else rows
        return np.where(rows, self.pos_label, self.neg_label)

    def inverse_transform(self, Y, threshold=None):
        """The label of each row."""
        Y = np.asarray(Y)
        if Y.shape[1] == 1:
            return self.classes_[(Y[:, 0] > (self.pos_label + self.neg_label) / 2.0).astype(int)]
        return self.classes_[Y.argmax(axis=1)]


class OneHotEncoder(_Transformer):
    """Each column as a row with a single 1."""

    def __init__(self, *args, **options):
        self.sparse = options.get("sparse_output", options.get("sparse", True))

    def fit(self, X, y=None):
        """Learn the values of each column."""
        self.categories_ = [np.unique(column) for column in np.asarray(X).T]
        return self

    def transform(self, X):
        """The rows; `toarray()` gives them, too."""
        columns = [column[:, None] == values for column, values in zip(np.asarray(X).T, self.categories_)]
        rows = np.concatenate(columns, axis=1).astype(float)
        return rows.view(_Dense) if self.sparse else rows


class _Dense(np.ndarray):
    """An array where scikit-learn gives a sparse matrix."""

    def toarray(self):
        """As an array."""
        return np.asarray(self)

    todense = toarray


def scale(X, *args, **kwargs):
    """`sklearn.preprocessing.scale`."""
    return StandardScaler().fit_transform(X)


def normalize(X, norm="l2", axis=1, *args, **kwargs):
    """`sklearn.preprocessing.normalize`."""
    X = np.asarray(X, dtype=float)
    if norm == "l2":
        size = np.sqrt((X * X).sum(axis=axis, keepdims=True))
    else:
        size = np.abs(X).sum(axis=axis, keepdims=True) if norm == "l1" else np.abs(X).max(axis=axis, keepdims=True)
    return X / np.where(size == 0, 1.0, size)


def generator(random_state):
    """What scikit-learn makes of a `random_state`."""
    if isinstance(random_state, np.random.RandomState):
        return random_state
    return np.random.mtrand._rand if random_state is None else np.random.RandomState(random_state)


def pick(array, indices):
    """Some elements of an array or of a list."""
    if hasattr(array, "shape"):
        return array[indices]
    return [array[index] for index in indices]
