"""Fixtures for all tests. This file also puts `tests/` on the import path: `from reference.engines import ...`."""

from reference.fixtures import keras3, legacy, tf_keras

__all__ = ["keras3", "legacy", "tf_keras"]
