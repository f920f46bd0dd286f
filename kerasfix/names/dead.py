"""Packages that old code imports beside Keras, and that nothing of today brings or can run."""

from __future__ import annotations

from kerasfix.names.canonical import keras_root

_PACKAGES = ("theano.", "tensorflow.contrib.", "keras_applications.")


def is_dead(path: str) -> bool:
    """Whether a dotted path leads into such a package; `tensorflow.contrib.keras` is Keras, and elsewhere today."""
    return f"{path}.".startswith(_PACKAGES) and keras_root(path) is None
