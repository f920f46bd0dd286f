from __future__ import annotations

import pytest

from kerasfix.verify.averages import counted_otherwise

NAMES = ("gamma", "beta", "moving_mean", "moving_variance")
MODEL = {
    "layers": [
        {"path": "dense", "weights": [{"name": "dense/kernel"}]},
        {"path": "norm", "weights": [{"name": f"norm/{name}:0"} for name in NAMES]},
    ]
}


@pytest.mark.parametrize(
    ("version", "positions"),
    [
        ("1.2.2", []),
        ("2.0.9", []),
        ("2.1.6", [2, 3]),
        ("2.2.4", [2, 3]),
        ("2.3.1", [3]),
        ("2.15", [3]),
    ],
)
def test_the_averages_that_an_old_keras_counts_otherwise(version, positions):
    assert list(counted_otherwise(version, MODEL)) == [("norm", position) for position in positions]
