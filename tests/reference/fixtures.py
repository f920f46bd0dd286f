"""The engines as fixtures; none is started before a test runs something on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from reference.engines import Engine, keras3_engine, legacy_engine, tf_keras_engine


@pytest.fixture(scope="session")
def legacy() -> Iterator[Engine]:
    """Keras 1.2.2."""
    engine = legacy_engine()
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def keras3() -> Iterator[Engine]:
    """Today's Keras 3."""
    engine = keras3_engine()
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def tf_keras() -> Iterator[Engine]:
    """Today's Keras 2, under its own name and those of `keras` and `tensorflow.keras`."""
    engine = tf_keras_engine()
    yield engine
    engine.close()
