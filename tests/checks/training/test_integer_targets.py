from __future__ import annotations

import pytest
from catalogue.pipeline import check, fix

RULE = "integer-targets"
HEAD = """\
import numpy as np
from keras import backend as K
from keras.layers import Dense
from keras.models import Sequential

model = Sequential([Dense(1, input_dim=3, init='uniform')])


"""
LOSS = "def loss(y_true, y_pred):\n    return {}\n\n\nmodel.compile('sgd', {})\n"
CAST = "    y_true = K.cast(y_true, y_pred.dtype)\n"


def offences(code: str, target: str = "keras2"):
    return [one for one in check(HEAD + code, target) if one.rule == RULE]


@pytest.mark.parametrize(
    "value", ["y_true * y_pred", "K.mean(0.5 * K.flatten(y_true)[1:])", "K.equal(-y_true, y_pred)"]
)
@pytest.mark.parametrize("given", ["loss", "[loss]", "{'dense': loss}"])
def test_targets_become_floats_first(value, given):
    done = fix(HEAD + LOSS.format(value, given), "keras2")
    assert f"(y_true, y_pred):\n{CAST}    return" in done
    assert fix(done, "keras2") == done


def test_a_function_that_the_loss_calls_counts():
    code = "def overlap(a, b):\n    return K.sum(a * b)\n\n\n" + LOSS.format("-overlap(y_true, y_pred)", "loss")
    assert CAST in fix(HEAD + code, "keras2")


@pytest.mark.parametrize(
    "code",
    [
        LOSS.format("K.mean(y_pred)", "loss"),
        LOSS.format("K.cast(y_true, 'float32') * y_pred", "loss"),
        LOSS.format("K.shape(y_true)[0] * y_pred", "loss"),
        LOSS.format("y_true * y_pred", "'mse', metrics=[loss]"),
        LOSS.format("y_true * y_pred", "loss") + "y = np.zeros((4, 1))\nmodel.fit(np.ones((4, 3)), y)\n",
        LOSS.format("y_true * y_pred", "loss") + "model.fit(np.ones((4, 3)), labels.astype('float32') / 255)\n",
    ],
)
def test_leaves_alone(code):
    assert not offences(code)


def test_keras_3_makes_floats_for_losses_but_not_for_metrics():
    assert not offences(LOSS.format("y_true * y_pred", "loss"), "keras3")
    assert offences(LOSS.format("y_true * y_pred", "'mse', metrics=[loss]"), "keras3")
