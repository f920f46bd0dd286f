"""Initializers, regularizers and constraints that are given by a name which Keras 3 refuses, or takes for another."""

from __future__ import annotations

import pytest
from catalogue.pipeline import check, fix

from kerasfix.findings import Applicability

HEAD = "from keras.layers import Conv2D, Dense, SeparableConv2D\n\n"
KERAS1 = """\
from keras.layers import LSTM, AtrousConvolution2D, Conv2D, Dense, SeparableConvolution2D

key = Dense(output_dim=1)
"""


def last_line(code, target="keras3"):
    fixed = fix(code, target)
    assert fix(fixed, target) == fixed
    return fixed.splitlines()[-1].removeprefix("layer = ")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Dense(4, kernel_constraint='maxnorm')", "Dense(4, kernel_constraint='max_norm')"),
        ("Dense(4, bias_constraint='nonneg')", "Dense(4, bias_constraint='non_neg')"),
        ("Conv2D(4, 3, kernel_constraint='unitnorm')", "Conv2D(4, 3, kernel_constraint='unit_norm')"),
        (
            "SeparableConv2D(4, 3, depthwise_constraint='nonneg')",
            "SeparableConv2D(4, 3, depthwise_constraint='non_neg')",
        ),
        ("Dense(4, kernel_regularizer='l1_l2')", "Dense(4, kernel_regularizer=l1_l2(l1=0.01, l2=0.01))"),
        ("Dense(4, bias_initializer='constant')", "Dense(4, bias_initializer='zeros')"),
        ("Conv2D(4, 3, kernel_initializer='Constant')", "Conv2D(4, 3, kernel_initializer='zeros')"),
    ],
)
def test_names_that_only_an_older_keras_takes_prove_that_it_is_meant(before, after):
    assert last_line(f"{HEAD}layer = {before}\n") == after
    assert last_line(f"{HEAD}layer = {before}\n", "keras2") == before


@pytest.mark.parametrize(
    "layer",
    [
        "Dense(4, kernel_constraint='max_norm', kernel_regularizer='l2', bias_initializer='zeros')",
        # Keras 3 takes it, as a penalty of nothing, and nothing says that the file is older.
        "Dense(4, kernel_regularizer='l1l2')",
        "Dense(4, kernel_constraint=maxnorm)",
        "Dense(4, name='maxnorm')",
    ],
)
def test_what_is_right_stays(layer):
    code = f"{HEAD}maxnorm = max\nlayer = {layer}\n"
    assert fix(code, "keras3") == code


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Dense(4, W_regularizer='activity_l1l2')", "Dense(4, kernel_regularizer=l1_l2(l1=0.01, l2=0.01))"),
        (
            "SeparableConvolution2D(4, 3, 3, pointwise_regularizer='activity_l2')",
            "SeparableConv2D(4, (3, 3), pointwise_regularizer='l2')",
        ),
        (
            "SeparableConvolution2D(4, 3, 3, depthwise_constraint='nonneg')",
            "SeparableConv2D(4, (3, 3), depthwise_constraint='non_neg')",
        ),
        # The recurrent weights got the regularizer of the kernel.
        (
            "LSTM(4, W_regularizer='activity_l1', inner_activation='tanh')",
            "LSTM(4, kernel_regularizer='l1', recurrent_activation='tanh', recurrent_regularizer='l1')",
        ),
        # No initial weights leave the kernel to its initializer.
        ("Conv2D(4, 3, 3, weights=None)", "Conv2D(4, (3, 3))"),
        ("Conv2D(4, 3, 3, weights=None, init='one')", "Conv2D(4, (3, 3), kernel_initializer='one')"),
        ("AtrousConvolution2D(4, 3, 3, init='one', weights=None)", "Conv2D(4, (3, 3), kernel_initializer='one')"),
    ],
)
def test_in_code_of_keras_1(before, after):
    assert last_line(f"{KERAS1}layer = {before}\n") == after


@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_a_number_is_no_initializer(target):
    code = "from keras.layers import Dense\n\nlayer = Dense(784, 10, W_regularizer=r)\n"
    assert fix(code, target) == code
    (finding,) = check(code, target)
    assert finding.applicability is Applicability.MANUAL
    assert "`10` is no initializer; before Keras 1" in finding.help
