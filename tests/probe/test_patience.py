from __future__ import annotations

import signal
import time

import pytest

from kerasfix.probe.running import patience
from kerasfix.probe.trimming import SeenEnough


def test_code_that_goes_on_ends():
    with pytest.raises(SeenEnough, match="more than 0 seconds"), patience(0.05):
        while True:
            time.sleep(0.01)


def test_code_that_ends_is_not_disturbed_then_or_later():
    before = signal.getsignal(signal.SIGALRM)
    with patience(0.2):
        pass
    time.sleep(0.3)
    assert signal.getsignal(signal.SIGALRM) is before
    with patience(None):
        pass
