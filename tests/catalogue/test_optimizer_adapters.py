"""What becomes of the `decay` and the `epsilon` of optimizers."""

from __future__ import annotations

import pytest
from catalogue.pipeline import fix

HEAD = (
    "from keras.layers import Dense\nfrom keras.optimizers import SGD, Adagrad, RMSprop\n\nkey = Dense(output_dim=1)\n"
)


@pytest.mark.parametrize("target", ["keras2", "keras3"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        # The learning rate is the one that Keras 1 had by default, and not the decay.
        ("SGD(decay=0.0, momentum=0.9)", "SGD(learning_rate=0.01, momentum=0.9)"),
        ("Adagrad(decay=0.0)", "Adagrad(learning_rate=0.01, initial_accumulator_value=0.0, epsilon=1e-16)"),
        ("SGD(lr=0.5, decay=0.0)", "SGD(learning_rate=0.5)"),
        ("SGD(0.5, decay=0)", "SGD(0.5)"),
        # Squared once, however often the call is looked at.
        ("RMSprop(0.5, 0.8, 0.01)", "RMSprop(0.5, 0.8, epsilon=0.01 ** 2)"),
        ("RMSprop(0.5, 0.8, 1e-8)", "RMSprop(0.5, 0.8, epsilon=1e-16)"),
    ],
)
def test_what_is_written(before, after, target):
    fixed = fix(f"{HEAD}optimizer = {before}\n", target, unsafe=True)
    assert fixed.splitlines()[-1] == f"optimizer = {after}"
    assert fix(fixed, target, unsafe=True) == fixed
