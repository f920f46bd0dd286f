"""The texts that the rules for convolutions, pooling and recurrent layers make, and what they leave alone."""

from __future__ import annotations

import pytest
from catalogue.pipeline import check, fix

from kerasfix.findings import Applicability

HEAD = "from keras.layers import {names}\n"


def fixed(names: str, code: str, target: str = "keras3", *, unsafe: bool = False) -> str:
    """What becomes of the lines below the imports."""
    text = fix(HEAD.format(names=names) + code, target, unsafe=unsafe)
    return "\n".join(line for line in text.splitlines() if not line.startswith("from keras"))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Convolution2D(64, 3, 3)", "Conv2D(64, (3, 3))"),
        ("Convolution2D(64, k, k)", "Conv2D(64, (k, k))"),
        ("Convolution2D(nb_filter=64, nb_row=k, nb_col=j)", "Conv2D(filters=64, kernel_size=(k, j))"),
        ("Convolution2D(64, 3, nb_col=1)", "Conv2D(64, (3, 1))"),
        ("Convolution2D(64, 3, 3, 'uniform')", "Conv2D(64, (3, 3), kernel_initializer='uniform')"),
        ("Convolution2D(64, 3, 3, subsample=s)", "Conv2D(64, (3, 3), strides=s)"),
        ("Convolution2D(64, 3, 3, border_mode=mode)", "Conv2D(64, (3, 3), padding=mode)"),
        (
            "Convolution2D(64, 3, 3, dim_ordering='th' if first else 'tf')",
            "Conv2D(64, (3, 3), data_format='channels_first' if first else 'channels_last')",
        ),
        ("Convolution2D(64, 3, 3, bias=False, **more)", "Conv2D(64, (3, 3), use_bias=False, **more)"),
        (
            "Convolution2D(8, stride, stride, border_mode='same')",
            "Conv2D(8, (stride, stride), padding='same')",
        ),
        # Keras 2 took the keywords of both.
        (
            "Convolution2D(64, 3, 3, border_mode='same', kernel_initializer='uniform')",
            "Conv2D(64, (3, 3), padding='same', kernel_initializer='uniform')",
        ),
        ("Convolution2D(8, kernel_size=3, init='uniform')", "Conv2D(8, kernel_size=3, kernel_initializer='uniform')"),
        ("Convolution1D(8, 3, input_length=5, bias=True)", "Conv1D(8, 3, use_bias=True)"),
        ("Convolution1D(8, 3, input_length=n, input_dim=4)", "Conv1D(8, 3, input_shape=(n, 4))"),
        ("AtrousConvolution2D(8, 3, 3, atrous_rate=(2, 2))", "Conv2D(8, (3, 3), dilation_rate=(2, 2))"),
        (
            "SeparableConvolution2D(8, 3, 3, init='uniform')",
            "SeparableConv2D(8, (3, 3), depthwise_initializer='uniform', pointwise_initializer='uniform')",
        ),
        (
            "ZeroPadding2D((1, 2, 3, 4), dim_ordering='tf')",
            "ZeroPadding2D(((1, 2), (3, 4)), data_format='channels_last')",
        ),
        ("ZeroPadding2D((1, 2), dim_ordering='tf')", "ZeroPadding2D((1, 2), data_format='channels_last')"),
        ("MaxPooling1D(stride=1)", "MaxPooling1D(strides=1)"),
        ("LSTM(8, inner_activation='sigmoid', consume_less='gpu')", "LSTM(8, recurrent_activation='sigmoid')"),
        (
            "LSTM(8, W_regularizer=l2(1), inner_activation='tanh')",
            "LSTM(8, kernel_regularizer=l2(1), recurrent_activation='tanh', recurrent_regularizer=l2(1))",
        ),
        (
            "LSTM(8, W_regularizer=l2(1), U_regularizer=l2(1), inner_activation='tanh')",
            "LSTM(8, kernel_regularizer=l2(1), recurrent_regularizer=l2(1), recurrent_activation='tanh')",
        ),
        (
            "LSTM(8, U_regularizer=l2(1), inner_activation='tanh', consume_less='gpu')",
            "LSTM(8, recurrent_regularizer=l2(1), recurrent_activation='tanh')",
        ),
        (
            "GRU(8, inner_activation='tanh', dropout_W=0.1, dropout_U=0.2)",
            "GRU(8, recurrent_activation='tanh', dropout=0.1, recurrent_dropout=0.2, reset_after=False)",
        ),
    ],
)
def test_safe(before, after):
    assert fixed(before.partition("(")[0], f"x = {before}\n") == f"x = {after}"


def test_lines_and_comments_stay_where_they_are():
    before = """x = Convolution2D(nb_filter=8,
                  nb_row=3, nb_col=3,
                  # every second pixel
                  subsample=(2, 2))"""
    after = """x = Conv2D(filters=8,
           kernel_size=(3, 3),
           # every second pixel
           strides=(2, 2))"""
    assert fixed("Convolution2D", before) == after


def test_the_ordering_of_keras_is_left_to_those_who_rename_it():
    code = "from keras import backend as K\nx = Convolution2D(8, 3, 3, dim_ordering=K.image_dim_ordering())\n"
    assert "x = Conv2D(8, (3, 3), data_format=K.image_data_format())" in fixed("Convolution2D", code)


@pytest.mark.parametrize(
    ("output", "padding"),
    [
        ("(None, 9, 11, 3)", ", output_padding=(0, 0)"),
        ("(None, 10, 12, 3)", ""),
        ("(None, 9, 12, 3)", ", output_padding=(0, 1)"),
    ],
)
def test_transposed_convolutions_say_how_large_they_get(output, padding):
    code = f"x = Deconvolution2D(3, 3, 3, output_shape={output}, subsample=(2, 2), border_mode='same')\n"
    after = f"x = Conv2DTranspose(3, (3, 3){padding}, strides=(2, 2), padding='same')"
    assert fixed("Deconvolution2D", code) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "Deconvolution2D(3, 3, 3, output_shape=shape, subsample=(2, 2))",
            "Conv2DTranspose(3, (3, 3), strides=(2, 2))",
        ),
        (
            "LSTM(8, inner_activation='tanh', forget_bias_init=start)",
            "LSTM(8, recurrent_activation='tanh', unit_forget_bias=start == 'one')",
        ),
        (
            "LSTM(8, U_regularizer=l2(1), inner_activation='tanh', W_regularizer=l1(1))",
            "LSTM(8, recurrent_regularizer=l1(1), recurrent_activation='tanh', kernel_regularizer=l1(1))",
        ),
    ],
)
def test_unsafe(before, after):
    name = before.partition("(")[0]
    assert fixed(name, f"x = {before}\n") == f"x = {before}"
    assert fixed(name, f"x = {before}\n", unsafe=True) == f"x = {after}"


def test_a_layer_of_ones_own_may_hand_on_no_weights():
    text = fix(
        "from keras.layers import Convolution1D\n\n\nclass Mine(Convolution1D):\n"
        "    def __init__(self, size, init='uniform', weights=None):\n"
        "        super(Mine, self).__init__(size, 3, init=init, weights=weights, border_mode='same')\n",
        "keras3",
    )
    assert "kernel_initializer=init if weights is None else Constant(weights[0][:, 0])," in text
    assert "bias_initializer='zeros' if weights is None else Constant(weights[1])," in text


@pytest.mark.parametrize(
    ("code", "keras2", "keras3"),
    [
        (
            "Convolution1D(8, 3, weights=[kernel], bias=False)",
            "Conv1D(8, 3, weights=[kernel[:, 0]], use_bias=False)",
            "Conv1D(8, 3, kernel_initializer=Constant(kernel[:, 0]), use_bias=False)",
        ),
        (
            "Convolution1D(8, 3, weights=[2 * w, b], border_mode='same')",
            "Conv1D(8, 3, weights=[(2 * w)[:, 0], b], padding='same')",
            "Conv1D(8, 3, kernel_initializer=Constant((2 * w)[:, 0]), bias_initializer=Constant(b), padding='same')",
        ),
        (
            "AtrousConvolution1D(8, 3, weights=[kernel], bias=False)",
            "Conv1D(8, 3, weights=[kernel[:, 0]], use_bias=False)",
            "Conv1D(8, 3, kernel_initializer=Constant(kernel[:, 0]), use_bias=False)",
        ),
    ],
)
def test_a_kernel_over_steps_loses_the_axis_that_is_one_long(code, keras2, keras3):
    name = code.partition("(")[0]
    assert fixed(name, f"x = {code}\n", "keras2") == f"x = {keras2}"
    assert fixed(name, f"x = {code}\n", "keras3") == f"x = {keras3}"


def test_a_kernel_over_steps_of_a_model_of_today_stays():
    code = "Convolution1D(8, 3, weights=other.get_weights()[:1], bias=False)\n"
    assert "[:, 0]" not in fixed("Convolution1D", f"x = {code}")


@pytest.mark.parametrize(
    "code",
    [
        "Convolution2D(8, 3, 3, border_mode='full')",
        "LSTM(8, weights=arrays, inner_activation='tanh')",
        "LSTM(8, forget_bias_init='uniform')",
        "Convolution2D(8, 3, 3, border_mode='same', padding='same')",
        # What is given elsewhere would be taken for the strides.
        "Convolution2D(*sizes, border_mode='same')",
    ],
)
def test_what_cannot_be_written_is_reported(code):
    text = HEAD.format(names=code.partition("(")[0]) + f"x = {code}\n"
    for target in ("keras2", "keras3"):
        assert [finding.applicability for finding in check(text, target)] == [Applicability.MANUAL]
        assert fix(text, target, unsafe=True) == text


@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_arguments_of_no_version_are_reported(target):
    head = HEAD.format(names="LSTM") + "from keras import initializations\n"
    own = "x = LSTM(8, inner_activation='tanh', zoneout=0.1)\n"
    (told,) = (one for one in check(head + own, target) if one.rule == "legacy-recurrent-arguments")
    assert told.help is not None
    assert told.help.endswith("`zoneout` is no argument of `LSTM`")
    assert "zoneout" in fix(head + own, target, unsafe=True)
    later = "x = LSTM(8, implementation=2, return_state=True)\n"
    assert not [one for one in check(HEAD.format(names="LSTM") + later, "keras2") if one.rule.startswith("legacy")]


def test_a_partial_call_that_leaves_the_kernel_open_is_reported():
    text = (
        "import functools\n" + HEAD.format(names="Convolution2D") + "c = functools.partial(Convolution2D, bias=False)\n"
    )
    assert [finding.applicability for finding in check(text, "keras3")] == [Applicability.MANUAL]


@pytest.mark.parametrize(
    "code",
    [
        "Conv2D(64, 3, 3)",
        "Convolution2D(64, (3, 3), (2, 2))",
        "Convolution2D(64, kernel_size, strides)",
        "Convolution2D(64, 3)",
        "Convolution1D(64, 3, 2)",
        "Convolution3D(64, (3, 3, 3), (1, 1, 1), 'same')",
        "SeparableConvolution2D(64, kernel, strides)",
        "ZeroPadding2D((1, 2))",
        "UpSampling2D((2, 2), 'channels_first')",
        "MaxPooling2D((2, 2), (1, 1), 'same')",
        "LSTM(8)",
        "LSTM(8, 'tanh', 'sigmoid')",
        "GRU(8, reset_after=True, dropout=0.2)",
        "ConvLSTM2D(8, (3, 3), padding='same')",
    ],
)
def test_modern_calls_are_left_alone(code):
    text = HEAD.format(names=code.partition("(")[0]) + f"x = {code}\n"
    for target in ("keras2", "keras3"):
        assert not check(text, target)


def test_the_imports_of_a_definition_stand_above_it():
    code = HEAD.format(names="LSTM") + "x = LSTM(output_dim=3)\nfrom keras.layers import Dense\nDense(3)\n"
    lines = fix(code, "keras3").splitlines()
    assert lines.index("from keras.saving import register_keras_serializable") < lines.index("def hard_sigmoid(x):")
