"""Every argument of the convolutions, pooling and recurrent layers of Keras 1.2.2: what the original computes, and what
the fixed text does with the same weights."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from catalogue.pipeline import check, fix
from reference.engines import keras3_engine, legacy_engine, tf_keras_engine

ENGINES = {"keras2": tf_keras_engine, "keras3": keras3_engine}

HEAD = """
import numpy as np
from keras import backend as K
from keras.constraints import maxnorm
from keras.layers import (AtrousConv1D, AtrousConv2D, AtrousConvolution1D, AtrousConvolution2D, AveragePooling1D,
                          AveragePooling2D, AveragePooling3D, Bidirectional, Conv1D, Conv2D, Conv3D, ConvLSTM2D,
                          Convolution1D, Convolution2D, Convolution3D, Cropping1D, Cropping2D, Cropping3D, Deconv2D,
                          Deconvolution2D, Dense, GRU, GlobalAveragePooling2D, GlobalAveragePooling3D,
                          GlobalMaxPooling2D, GlobalMaxPooling3D, LSTM, Masking, MaxPooling1D, MaxPooling2D,
                          MaxPooling3D, SeparableConv2D, SeparableConvolution2D, SimpleRNN, TimeDistributed,
                          UpSampling1D, UpSampling2D, UpSampling3D, ZeroPadding1D, ZeroPadding2D, ZeroPadding3D)
from keras.models import Sequential
from keras.regularizers import l1, l2

proof = Dense(output_dim=3)
"""

REGULARIZED = (
    "W_regularizer=l2(0.3), b_regularizer=l1(0.2), activity_regularizer=l2(0.1), W_constraint=maxnorm(0.2),"
    " b_constraint=maxnorm(0.3)"
)
PLAIN = {
    "convolution 1D": "Convolution1D(3, 2, input_dim=4, input_length=6)",
    "convolution 1D by position": "Convolution1D(3, 2, 'uniform', 'tanh', None, 'same', 2, None, l2(0.3), None,"
    " None, None,"
    " True, 4, 7)",
    "convolution 1D keywords": "Convolution1D(nb_filter=3, filter_length=2, init='uniform', activation='relu',"
    f" border_mode='same', subsample_length=3, bias=True, {REGULARIZED}, input_shape=(7, 4))",
    "convolution 1D of any length": "Conv1D(3, 2, input_dim=4)",
    "convolution 1D without bias": "Conv1D(3, filter_length=2, bias=False, input_dim=4, input_length=5)",
    "convolution 1D weights": "Convolution1D(3, 1, bias=False, input_shape=(6, 4))",
    "atrous 1D": "AtrousConvolution1D(3, 2, atrous_rate=2, input_shape=(7, 4))",
    "atrous 1D by position": "AtrousConv1D(3, 2, 'uniform', 'tanh', None, 'same', 1, 2, l2(0.3), input_shape=(7, 4))",
    "atrous 1D keywords": "AtrousConvolution1D(nb_filter=3, filter_length=2, border_mode='valid', atrous_rate=3,"
    f" subsample_length=1, {REGULARIZED}, bias=True, input_dim=4, input_length=8)",
    "convolution 2D": "Convolution2D(3, 2, 3, input_shape=(5, 6, 2))",
    "convolution 2D by position": "Convolution2D(3, 2, 3, 'uniform', 'tanh', None, 'same', (2, 1), 'tf',"
    " l2(0.3), l1(0.2),"
    " l2(0.1), maxnorm(0.2), maxnorm(0.3), True, input_shape=(5, 6, 2))",
    "convolution 2D keywords": "Convolution2D(nb_filter=3, nb_row=2, nb_col=3, init='uniform',"
    " activation='hard_sigmoid',"
    f" border_mode='same', subsample=(2, 3), dim_ordering='tf', bias=True, {REGULARIZED}, input_shape=(5, 6, 2))",
    "convolution 2D mixed": "Conv2D(3, nb_row=2, nb_col=3, input_shape=(5, 6, 2), border_mode='valid', bias=False)",
    "convolution 2D half by position": "Convolution2D(3, 2, nb_col=3, input_shape=(5, 6, 2))",
    "convolution 2D weights": "Convolution2D(3, 2, 2, weights=[np.ones((2, 2, 2, 3)), np.ones(3) * 2],"
    " dim_ordering='tf', input_shape=(5, 6, 2))",
    "convolution 2D list": "Convolution2D(3, 2, 2, subsample=[2, 2], input_shape=(5, 6, 2))",
    "atrous 2D": "AtrousConvolution2D(3, 2, 2, atrous_rate=(2, 2), input_shape=(5, 6, 2))",
    "atrous 2D by position": "AtrousConv2D(3, 2, 3, 'uniform', 'tanh', None, 'same', (1, 1), (2, 2), 'tf',"
    " input_shape=(5, 6, 2))",
    "atrous 2D keywords": "AtrousConvolution2D(nb_filter=3, nb_row=2, nb_col=3, border_mode='same', subsample=(1, 1),"
    f" atrous_rate=(3, 3), dim_ordering='tf', bias=True, {REGULARIZED}, input_shape=(5, 6, 2))",
    "separable": "SeparableConvolution2D(3, 2, 3, input_shape=(5, 6, 2))",
    "separable by position": "SeparableConv2D(3, 2, 2, 'uniform', 'tanh', None, 'same', (2, 2), 2, 'tf', l2(0.3),"
    " l2(0.1), l1(0.2), None, maxnorm(0.2), maxnorm(0.3), None, True, input_shape=(5, 6, 2))",
    "separable keywords": "SeparableConvolution2D(nb_filter=3, nb_row=2, nb_col=2, init='uniform', activation='relu',"
    " border_mode='same', subsample=(1, 1), depth_multiplier=3, dim_ordering='tf', depthwise_regularizer=l2(0.3),"
    " pointwise_regularizer=l2(0.2), b_regularizer=l1(0.2), activity_regularizer=l2(0.1),"
    " depthwise_constraint=maxnorm(0.3), pointwise_constraint=maxnorm(0.2), b_constraint=maxnorm(0.1), bias=True,"
    " input_shape=(5, 6, 2))",
    "separable without bias": "SeparableConvolution2D(3, 2, 3, bias=False, input_shape=(5, 6, 2))",
    "convolution 3D": "Convolution3D(3, 2, 3, 2, input_shape=(4, 5, 4, 2))",
    "convolution 3D by position": "Conv3D(3, 2, 3, 1, 'uniform', 'tanh', None, 'same', (2, 1, 2), 'tf', l2(0.3),"
    " input_shape=(4, 5, 4, 2))",
    "convolution 3D keywords": "Convolution3D(nb_filter=3, kernel_dim1=2, kernel_dim2=1, kernel_dim3=3, init='uniform',"
    f" activation='relu', border_mode='same', subsample=(1, 2, 2), dim_ordering='tf', bias=True, {REGULARIZED},"
    " input_shape=(4, 5, 4, 2))",
    "upsampling 1D": "UpSampling1D(length=3, input_shape=(4, 3)), UpSampling1D(), UpSampling1D(2)",
    "upsampling 2D": "UpSampling2D(size=(2, 3), dim_ordering='tf', input_shape=(4, 3, 2)), UpSampling2D()",
    "upsampling 2D channels first": "UpSampling2D((2, 3), 'th', input_shape=(2, 4, 3))",
    "upsampling 3D": "UpSampling3D(size=(2, 1, 3), dim_ordering='tf', input_shape=(2, 3, 2, 2)), UpSampling3D()",
    "upsampling 3D channels first": "UpSampling3D((2, 1, 3), 'th', input_shape=(2, 2, 3, 2))",
    "padding 1D": "ZeroPadding1D(padding=2, input_shape=(4, 3)), ZeroPadding1D(), ZeroPadding1D((1, 2)),"
    " ZeroPadding1D({'left_pad': 1, 'right_pad': 3}), ZeroPadding1D({'right_pad': 1})",
    "padding 2D": "ZeroPadding2D(padding=(1, 2), dim_ordering='tf', input_shape=(4, 3, 2)), ZeroPadding2D()",
    "padding 2D of four sides": "ZeroPadding2D((1, 2, 3, 0), input_shape=(4, 3, 2)), ZeroPadding2D([0, 1, 0, 2])",
    "padding 2D by name": "ZeroPadding2D({'top_pad': 1, 'right_pad': 3}, input_shape=(4, 3, 2)),"
    " ZeroPadding2D(padding=dict(left_pad=1, bottom_pad=2))",
    "padding 2D channels first": "ZeroPadding2D((1, 0, 2, 3), 'th', input_shape=(2, 4, 3))",
    "padding 3D": "ZeroPadding3D(padding=(1, 2, 1), dim_ordering='tf', input_shape=(2, 3, 2, 2)), ZeroPadding3D()",
    "padding 3D channels first": "ZeroPadding3D((1, 0, 2), 'th', input_shape=(2, 2, 3, 2))",
    "cropping 1D": "Cropping1D(cropping=(1, 2), input_shape=(7, 3)), Cropping1D()",
    "cropping 2D": "Cropping2D(cropping=((1, 0), (2, 1)), dim_ordering='tf', input_shape=(4, 6, 2)), Cropping2D()",
    "cropping 2D channels first": "Cropping2D(((1, 0), (2, 1)), 'th', input_shape=(2, 4, 6))",
    "cropping 3D": "Cropping3D(cropping=((1, 1), (2, 1), (0, 1)), dim_ordering='tf', input_shape=(5, 8, 4, 2)),"
    " Cropping3D(((0, 0), (0, 1), (0, 0)))",
    "cropping 3D channels first": "Cropping3D(((1, 1), (2, 1), (0, 1)), 'th', input_shape=(2, 5, 8, 4))",
    **{
        f"{name} 1D": f"{name}1D(pool_length=3, stride=1, border_mode='same', input_shape=(9, 3)), {name}1D(2),"
        f" {name}1D(2, 1, 'valid'), {name}1D()"
        for name in ("MaxPooling", "AveragePooling")
    },
    **{
        f"{name} 2D": f"{name}2D(pool_size=(3, 2), strides=(1, 2), border_mode='same', dim_ordering='tf',"
        f" input_shape=(9, 17, 2)), {name}2D((2, 2), (1, 1), 'same', 'default'), {name}2D((2, 2), border_mode='same'),"
        f" {name}2D()"
        for name in ("MaxPooling", "AveragePooling")
    },
    **{
        f"{name} 3D": f"{name}3D(pool_size=(3, 2, 1), strides=(1, 2, 1), border_mode='same', dim_ordering='tf',"
        f" input_shape=(5, 9, 4, 2)), {name}3D((2, 2, 2), (1, 1, 1), 'same', 'tf'), {name}3D()"
        for name in ("MaxPooling", "AveragePooling")
    },
    **{
        f"{name} channels first": f"{name}((3, 2), (1, 2), 'same', 'th', input_shape=(2, 9, 7))"
        for name in ("MaxPooling2D", "AveragePooling2D")
    },
    **{
        f"{name}2D": f"{name}2D(dim_ordering='tf', input_shape=(3, 4, 2))"
        for name in ("GlobalMaxPooling", "GlobalAveragePooling")
    },
    **{
        f"{name}2D channels first": f"{name}2D('th', input_shape=(2, 3, 4))"
        for name in ("GlobalMaxPooling", "GlobalAveragePooling")
    },
    **{
        f"{name}3D": f"{name}3D('tf', input_shape=(3, 4, 3, 2))"
        for name in ("GlobalMaxPooling", "GlobalAveragePooling")
    },
    **{
        f"{name}3D channels first": f"{name}3D(dim_ordering='th', input_shape=(2, 3, 4, 3))"
        for name in ("GlobalMaxPooling", "GlobalAveragePooling")
    },
}
FIRST = {
    "convolution 2D channels first": "Convolution2D(3, 2, 3, dim_ordering='th', input_shape=(2, 5, 6))",
    "convolution 2D channels first keywords": "Convolution2D(3, 2, 3, border_mode='same', subsample=(2, 3),"
    f" dim_ordering='th', bias=True, {REGULARIZED.replace(', W_constraint=maxnorm(0.2)', '')}, input_shape=(2, 5, 6))",
    "separable channels first": "SeparableConvolution2D(3, 2, 2, dim_ordering='th', border_mode='same',"
    " input_shape=(2, 5, 6))",
    "convolution 3D channels first": "Convolution3D(4, 2, 3, 2, dim_ordering='th', input_shape=(2, 4, 5, 4))",
}
DECONVOLUTIONS = {
    "deconvolution": "Deconvolution2D(3, 2, 3, (None, 6, 8, 3), input_shape=(5, 6, 2))",
    "deconvolution same": "Deconv2D(3, 3, 3, output_shape=(None, 10, 12, 3), border_mode='same', subsample=(2, 2),"
    " input_shape=(5, 6, 2))",
    "deconvolution odd": "Deconvolution2D(3, 3, 3, (None, 9, 11, 3), border_mode='same', subsample=(2, 2),"
    " input_shape=(5, 6, 2))",
    "deconvolution odd and even": "Deconvolution2D(3, 3, 5, (None, 9, 12, 3), border_mode='same', subsample=(2, 2),"
    " input_shape=(5, 6, 2))",
    "deconvolution even kernel": "Deconvolution2D(3, 4, 2, (None, 9, 11, 3), border_mode='same', subsample=(2, 2),"
    " input_shape=(5, 6, 2))",
    "deconvolution valid": "Deconvolution2D(3, 3, 2, (None, 11, 12, 3), border_mode='valid', subsample=(2, 2),"
    " input_shape=(5, 6, 2))",
    "deconvolution valid and more": "Deconvolution2D(3, 2, 3, (None, 11, 14, 3), subsample=(2, 2),"
    " input_shape=(5, 6, 2))",
    "deconvolution three steps": "Deconvolution2D(3, 2, 4, (None, 14, 16, 3), subsample=(3, 3), border_mode='same',"
    " input_shape=(5, 6, 2))",
    "deconvolution by position": "Deconvolution2D(3, 2, 3, (None, 5, 6, 3), 'uniform', 'relu', None, 'same',"
    " (1, 1), 'tf',"
    " l2(0.3), l1(0.2), l2(0.1), None, maxnorm(0.3), True, input_shape=(5, 6, 2))",
    "deconvolution keywords": "Deconvolution2D(nb_filter=3, nb_row=2, nb_col=3, output_shape=(None, 10, 18, 3),"
    " init='uniform', activation='tanh', border_mode='same', subsample=(2, 3), dim_ordering='tf',"
    " W_regularizer=l2(0.3),"
    " b_regularizer=l1(0.2), activity_regularizer=l2(0.1), b_constraint=maxnorm(0.3), bias=True,"
    " input_shape=(5, 6, 2))",
    "deconvolution channels first": "Deconvolution2D(3, 2, 3, (None, 3, 9, 11), border_mode='same', subsample=(2, 2),"
    " dim_ordering='th', input_shape=(2, 5, 6))",
}
LAYER = "W_regularizer=l2(0.3), b_regularizer=l1(0.2)"
RECURRENT = {
    **{
        f"{name} {mode}": f"{name}(3, consume_less='{mode}', input_shape=(5, 4))"
        for name in ("LSTM", "GRU", "SimpleRNN")
        for mode in ("cpu", "mem", "gpu")
        if (name, mode) != ("SimpleRNN", "gpu")
    },
    **{f"{name} as ever": f"{name}(3, input_dim=4, input_length=5), Dense(2)" for name in ("LSTM", "GRU", "SimpleRNN")},
    **{
        f"{name} keywords": f"{name}(output_dim=3, init='uniform', inner_init='normal', activation='relu',{more}"
        f" {LAYER}, dropout_W=0., dropout_U=0., return_sequences=True, go_backwards=True, stateful=False, unroll=True,"
        " input_shape=(5, 4))"
        for name, more in (
            ("LSTM", " forget_bias_init='zero', inner_activation='sigmoid',"),
            ("GRU", " inner_activation='sigmoid',"),
            ("SimpleRNN", " U_regularizer=l2(0.4),"),
        )
    },
    **{
        f"{name} regularized by itself": f"{name}(3, {LAYER}, U_regularizer=l2(0.4), consume_less='gpu',"
        " input_shape=(5, 4))"
        for name in ("LSTM", "GRU")
    },
    **{
        f"{name} regularized twice": f"{name}(3, W_regularizer=l2(0.4), U_regularizer=l2(0.4), input_shape=(5, 4))"
        for name in ("LSTM", "GRU")
    },
    "LSTM by position": "LSTM(3, 'uniform', 'normal', 'one', 'relu', 'hard_sigmoid', l2(0.3), None, l1(0.2), 0., 0.,"
    " input_shape=(5, 4))",
    "GRU by position": "GRU(3, 'uniform', 'normal', 'relu', 'hard_sigmoid', l2(0.3), None, l1(0.2), 0., 0.,"
    " input_shape=(5, 4))",
    "SimpleRNN by position": "SimpleRNN(3, 'uniform', 'normal', 'relu', l2(0.3), l2(0.4), l1(0.2), 0., 0.,"
    " input_shape=(5, 4))",
    **{
        f"{name} with masks": f"Masking(0., input_shape=(5, 4)), {name}(3, return_sequences=True), {name}(2)"
        for name in ("LSTM", "GRU", "SimpleRNN")
    },
    **{
        f"{name} backwards": f"{name}(3, go_backwards=True, return_sequences=True, input_shape=(5, 4))"
        for name in ("LSTM", "GRU", "SimpleRNN")
    },
    "bidirectional": "Bidirectional(LSTM(3, return_sequences=True), input_shape=(5, 4)), Bidirectional(GRU(2),"
    " merge_mode='sum')",
    "time distributed": "TimeDistributed(Convolution2D(2, 2, 2), input_shape=(3, 4, 4, 2))",
    "ConvLSTM2D": "ConvLSTM2D(2, 3, 3, input_shape=(3, 5, 4, 2))",
    "ConvLSTM2D keywords": "ConvLSTM2D(nb_filter=2, nb_row=2, nb_col=3, init='uniform', inner_init='normal',"
    " forget_bias_init='zero', activation='relu', inner_activation='sigmoid', dim_ordering='tf', border_mode='same',"
    " subsample=(1, 1), dropout_W=0., dropout_U=0., return_sequences=True, go_backwards=True, input_shape=(3,"
    " 5, 4, 2))",
    "ConvLSTM2D by position": "ConvLSTM2D(2, 3, 2, 'uniform', 'normal', 'one', 'tanh', 'hard_sigmoid', 'tf',"
    " 'same', (2, 2),"
    " None, None, None, 0., 0., input_shape=(3, 5, 4, 2))",
}
CASES = {**PLAIN, **FIRST, **DECONVOLUTIONS, **RECURRENT}
NAMES = list(CASES)
CODE = HEAD + "".join(
    f"\n\ndef build_{number}():\n    model = Sequential()\n    for layer in ({layers},):\n        model.add(layer)\n"
    "    return model\n"
    for number, layers in enumerate(CASES.values())
)

RUN = """

def _run(number, given):
    model = globals()['build_%d' % number]()
    shape = [size or 5 for size in model.input_shape[1:]]
    random = np.random.RandomState(number)
    x = random.uniform(-1, 1, [4] + shape).astype('float32')
    if _masked[number]:
        x[:2, 3:] = 0
        x[2:, 1] = 0
    loss = trained = None
    if _how[number]:
        model.compile('sgd', 'mse')
    given = given or [random.uniform(-1, 1, w.shape).astype('float32') for w in model.get_weights()]
    model.set_weights(given)
    y = np.array(model.predict_on_batch(x))
    if _how[number]:
        step = model.train_on_batch if _how[number] == 'train' else model.test_on_batch
        loss = float(np.ravel(step(x, np.ones(y.shape) * 0.3))[0])
        trained = [np.array(w) for w in model.get_weights()]
    return {'start': given, 'y': y, 'loss': loss, 'trained': trained}


_results = {}
for _number in range(_count):
    K.clear_session()
    try:
        _results[_number] = _run(_number, _starts.get(_number))
    except Exception:
        import traceback
        _results[_number] = traceback.format_exc()
results = _results
"""


def carried(name: str, arrays: list[np.ndarray]) -> list[np.ndarray]:
    """The weights of a model of Keras 1 as those of the modern one."""
    if name == "bidirectional":
        halves = [arrays[:12], arrays[12:24], arrays[24:33], arrays[33:]]
        return [array for half in halves for array in gates(half)]
    if name in RECURRENT and name != "time distributed":
        return stacked(arrays, 9 if name.startswith("GRU") else 12)
    if name.startswith(("convolution 1D", "atrous 1D")):
        return [array[:, 0] if array.ndim == 4 else array for array in arrays]
    if name in DECONVOLUTIONS:
        axes = (2, 3, 0, 1) if "channels first" in name else (0, 1, 3, 2)
        return [array.transpose(axes) if array.ndim == 4 else array for array in arrays]
    if name in FIRST:
        return [turned(array) for array in arrays]
    return arrays


def turned(kernel: np.ndarray) -> np.ndarray:
    """A kernel of the ordering 'th'."""
    return kernel.transpose((*range(2, kernel.ndim), 1, 0)) if kernel.ndim > 2 else kernel


def stacked(arrays: list[np.ndarray], count: int) -> list[np.ndarray]:
    """The weights of layers one after the other, of which the recurrent ones have so many arrays."""
    return [*gates(arrays[:count]), *stacked(arrays[count:], count)] if len(arrays) >= count else arrays


def gates(arrays: list[np.ndarray]) -> list[np.ndarray]:
    """Three arrays for all gates: LSTM had those of i, c, f and o, and has i, f, c and o; GRU z, r and h."""
    groups = [arrays[start : start + 3] for start in range(0, len(arrays), 3)]
    if len(groups) == 4:
        groups = [groups[0], groups[2], groups[1], groups[3]]
    return [np.concatenate(parts, axis=-1) for parts in zip(*groups)]


def _run(engine: Any, code: str, starts: dict[int, Any]) -> dict[str, Any]:
    variables = {
        "_count": len(NAMES),
        "_starts": starts,
        "_masked": ["masks" in name for name in NAMES],
        "_how": ["train" if "maxnorm" in text else "test" if "regularizer" in text else "" for text in CASES.values()],
    }
    results = engine.run(code + RUN, variables, timeout=900)["results"]
    return {NAMES[int(number)]: result for number, result in results.items()}


@cache
def original() -> dict[str, Any]:
    """What each model gives on Keras 1.2.2."""
    return _run(legacy_engine(), CODE, {})


@cache
def today(target: str) -> dict[str, Any]:
    """What each model gives after the fix, with the weights that the original had."""
    starts = {
        NAMES.index(name): carried(name, run["start"]) for name, run in original().items() if isinstance(run, dict)
    }
    return _run(ENGINES[target](), fix(CODE, target), starts)


@pytest.mark.parametrize("target", ENGINES)
def test_nothing_is_left_after_the_fix(target):
    assert not check(fix(CODE, target), target)


@pytest.mark.parametrize("target", ENGINES)
@pytest.mark.parametrize("name", NAMES)
def test_layers_compute_what_they_computed(name, target):
    before, after = original()[name], today(target)[name]
    assert isinstance(before, dict), before
    assert isinstance(after, dict), after
    assert after["y"].shape == before["y"].shape
    np.testing.assert_allclose(after["y"], before["y"], atol=5e-6)
    if before["loss"] is None:
        return
    assert after["loss"] == pytest.approx(before["loss"], rel=2e-5)
    for new, old in zip(after["trained"], carried(name, before["trained"]), strict=True):
        np.testing.assert_allclose(new, old, atol=2e-5)
