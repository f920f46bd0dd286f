"""`sklearn.metrics`, as far as scripts print them after training."""

from __future__ import absolute_import, division, print_function

import numpy as np


def accuracy_score(y_true, y_pred, normalize=True, sample_weight=None):
    """The share of samples that are right in every column."""
    equal = np.asarray(y_true) == np.asarray(y_pred)
    right = equal if equal.ndim == 1 else equal.all(axis=1)
    return np.average(right, weights=sample_weight) if normalize else right.sum()


def mean_squared_error(y_true, y_pred, sample_weight=None, **options):
    """The mean over samples and columns."""
    return np.mean(np.average((np.asarray(y_true) - np.asarray(y_pred)) ** 2, axis=0, weights=sample_weight))


def mean_absolute_error(y_true, y_pred, sample_weight=None, **options):
    """The mean over samples and columns."""
    return np.mean(np.average(np.abs(np.asarray(y_true) - np.asarray(y_pred)), axis=0, weights=sample_weight))


def log_loss(y_true, y_pred, eps=1e-15, **options):
    """The cross entropy, natural logarithm."""
    y_true, y_pred = np.asarray(y_true), np.clip(np.asarray(y_pred, dtype=float), eps, 1 - eps)
    if y_pred.ndim == 1:
        y_pred = np.stack([1 - y_pred, y_pred], axis=1)
    if y_true.ndim == 1:
        y_true = y_true[:, None] == np.unique(y_true)
    return -np.mean((y_true * np.log(y_pred / y_pred.sum(axis=1, keepdims=True))).sum(axis=1))


def confusion_matrix(y_true, y_pred, labels=None, **options):
    """Rows: the true labels, columns: the predicted ones."""
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    labels = np.unique(np.concatenate([y_true, y_pred])) if labels is None else labels
    return np.array([[np.sum((y_true == true) & (y_pred == predicted)) for predicted in labels] for true in labels])
