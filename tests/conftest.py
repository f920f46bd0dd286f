"""Fixtures for all tests. This file also puts `tests/` on the import path: `from reference.engines import ...`."""

import signal

import pytest
from reference.fixtures import keras3, legacy, tf_keras

__all__ = ["keras3", "legacy", "tf_keras"]


@pytest.fixture(scope="session", autouse=True)
def hear_interrupts():
    """Let the commands that tests interrupt hear it: what a shell runs in the background is deaf to Ctrl-C."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
