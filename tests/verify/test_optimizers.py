from __future__ import annotations

import pytest

from kerasfix.verify.optimizers import compare_optimizers

ADAM = {"lr": 0.0010000000474974513, "beta_1": 0.9, "beta_2": 0.9990000128746033, "epsilon": 1e-08, "decay": 0.0}
ADAM_TODAY = {
    "learning_rate": 0.0010000000474974513, "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-08, "amsgrad": False,
    "clipnorm": None, "global_clipnorm": None, "clipvalue": None,
}  # fmt: skip
SCHEDULE = {
    "class_name": "InverseTimeDecay",
    "config": {"initial_learning_rate": 0.01, "decay_steps": 1, "decay_rate": 1e-4, "staircase": False},
}


def told(before, after, name="Adam", name_today="Adam"):
    compiled = [
        {"optimizer": name, "optimizer_config": before},
        {"optimizer": name_today, "optimizer_config": after},
    ]
    return [one.what for one in compare_optimizers(*compiled)]


def test_the_same_optimizer_on_both_sides():
    assert told(ADAM, ADAM_TODAY) == []
    assert told({"lr": 0.01, "decay": 1e-4, "momentum": 0.0}, {"learning_rate": SCHEDULE}, "SGD", "SGD") == []
    assert told({**ADAM, "clipnorm": 1.0}, {**ADAM_TODAY, "global_clipnorm": 1.0}) == []


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"beta_1": 0.5}, "optimizer: `beta_1` is 0.9 before, 0.5 after"),
        ({"learning_rate": 0.01}, "optimizer: its learning rate is 0.001 before, 0.01 after"),
        ({"clipvalue": 0.5}, "optimizer: `clipvalue` is 0 before, 0.5 after"),
        ({"clipnorm": 1.0}, "optimizer: the norm that it clips each gradient to is 0 before, 1 after"),
        (
            {"learning_rate": {**SCHEDULE, "config": {**SCHEDULE["config"], "initial_learning_rate": 0.001}}},
            "optimizer: its learning rate at step 1 is 0.001 before, 0.0009999 after",
        ),
    ],
)
def test_another_one(change, text):
    assert told(ADAM, {**ADAM_TODAY, **change}) == [text]


def test_clipnorm_was_that_of_all_gradients_together():
    together = "optimizer: the norm that it clips gradients together to is 1 before, 0 after"
    each = "optimizer: the norm that it clips each gradient to is 0 before, 1 after"
    assert told({**ADAM, "clipnorm": 1.0}, {**ADAM_TODAY, "clipnorm": 1.0}) == [together, each]
    assert told({**ADAM_TODAY, "clipnorm": 1.0}, {**ADAM_TODAY, "clipnorm": 1.0}) == []


def test_another_class():
    assert told(ADAM, {"learning_rate": 0.001}, "Adam", "SGD") == ["optimizer: `Adam` before, `SGD` after"]


def test_what_is_not_known_is_not_compared():
    assert list(compare_optimizers(None, {"optimizer": "Adam", "optimizer_config": ADAM})) == []
    assert told(ADAM, {"learning_rate": 0.5}, "AdamOfMyOwn", "AdamOfMyOwn") == []
    # A schedule that old optimizers do not have, and a configuration that could not be had.
    assert told(ADAM, {**ADAM_TODAY, "learning_rate": {"class_name": "CosineDecay", "config": {}}}) == []
    assert told({}, {}) == []
