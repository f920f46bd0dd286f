"""Weights of Keras 2: from 2.3.1 to today by numbers, and what Keras 2.3.1 itself makes of files of Keras 1."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from reference.engines import keras3_engine, legacy_engine, tf_keras_engine
from verify.carry.described import layer
from verify.carry.sides import Heir, run_heirs, run_original

from kerasfix.verify.carry import CarryError, carry

ENGINES = {"keras2": tf_keras_engine, "keras3": keras3_engine}
HEAD = """
import numpy as np
from keras.layers import (BatchNormalization, Bidirectional, Conv1D, Conv2D, Conv2DTranspose, Conv3D, ConvLSTM2D, Dense,
                          DepthwiseConv2D, Embedding, Flatten, GRU, LocallyConnected1D, LocallyConnected2D, LSTM, PReLU,
                          SeparableConv1D, SeparableConv2D, SimpleRNN, TimeDistributed)
from keras.models import Sequential
"""
CASES = {
    "dense": "Dense(3, input_dim=5), Dense(4, use_bias=False)",
    "embedding": "Embedding(9, 3, input_length=4), Flatten(), Dense(2)",
    "normalization": "BatchNormalization(scale=False, input_shape=(5,)), Dense(2), BatchNormalization(center=False)",
    "conv 1D": "Conv1D(4, 3, input_shape=(9, 5)), SeparableConv1D(2, 2)",
    "conv 2D": "Conv2D(4, (3, 2), data_format='channels_first', input_shape=(3, 7, 8)), Flatten(), Dense(2)",
    "conv 3D": "Conv3D(2, (2, 3, 2), input_shape=(4, 5, 4, 3)), PReLU()",
    "transposed": "Conv2DTranspose(4, (3, 2), input_shape=(5, 5, 3)), Flatten(), Dense(2)",
    "separable": "SeparableConv2D(4, (3, 2), depth_multiplier=2, input_shape=(7, 8, 3)), DepthwiseConv2D(2)",
    "local": "LocallyConnected2D(3, (2, 2), input_shape=(5, 4, 2)), TimeDistributed(LocallyConnected1D(2, 2))",
    "simple rnn": "SimpleRNN(3, return_sequences=True, input_shape=(4, 5)), SimpleRNN(2)",
    "lstm": "LSTM(3, recurrent_activation='sigmoid', return_sequences=True, input_shape=(4, 5)), Dense(2)",
    "gru": "GRU(3, recurrent_activation='sigmoid', reset_after=False, input_shape=(4, 5)), Dense(2)",
    "gru resetting after": "GRU(3, reset_after=True, recurrent_activation='sigmoid', input_shape=(4, 5)), Dense(2)",
    "bidirectional": "Bidirectional(LSTM(3, recurrent_activation='sigmoid'), input_shape=(4, 5)), Dense(2)",
    "convolutional lstm": "ConvLSTM2D(2, (3, 3), recurrent_activation='sigmoid', input_shape=(3, 5, 4, 2)), Flatten()",
}


@cache
def original():
    return run_original(legacy_engine("2.3.1"), "2.3.1", HEAD, CASES, {"embedding"})


@cache
def heirs(target):
    return run_heirs(ENGINES[target](), original(), target)


@pytest.mark.parametrize("target", ENGINES)
@pytest.mark.parametrize("name", CASES)
def test_carried_weights_compute_the_same(name, target):
    before = original().results[name]
    assert isinstance(before, dict), before
    heir = heirs(target)[name]
    assert isinstance(heir, Heir), heir
    assert heir.carried.problems == ()
    np.testing.assert_allclose(heir.result["outputs"], before["outputs"], rtol=1e-4, atol=3e-6)


# How Keras 2.3.1 loads (but for `ConvLSTM2D` with its channels first, which it gets wrong): the layer, the input
# that builds it, and the shapes of the arrays in the file.
LOADED = {
    "Conv1D(4, 3)": ((9, 5), [(3, 1, 5, 4), (4,)], "Convolution1D"),
    "Conv1D(6, 3)": ((9, 5), [(6, 5, 3, 1), (6,)], "Convolution1D"),
    "Conv2D(4, (3, 2), data_format='channels_last')": ((7, 8, 3), [(3, 2, 3, 4), (4,)], "Convolution2D"),
    "Conv2D(4, (3, 2), data_format='channels_first')": ((3, 7, 8), [(4, 3, 3, 2), (4,)], "Convolution2D"),
    "Conv2D(3, 3, data_format='channels_first')": ((3, 7, 8), [(3, 3, 3, 3), (3,)], "Convolution2D"),
    "Conv3D(2, (3, 2, 4), data_format='channels_last')": ((7, 8, 6, 3), [(3, 2, 4, 3, 2), (2,)], "Convolution3D"),
    "Conv2DTranspose(4, (3, 2), data_format='channels_last')": ((5, 5, 3), [(3, 2, 3, 4), (4,)], "Deconvolution2D"),
    "Conv2DTranspose(4, (3, 2), data_format='channels_first')": ((3, 5, 5), [(4, 3, 3, 2), (4,)], "Deconvolution2D"),
    "ConvLSTM2D(2, 3, data_format='channels_last')": (
        (3, 5, 4, 7),
        [(3, 3, 7, 2), (3, 3, 2, 2), (2,)] * 4,
        "ConvLSTM2D",
    ),
    "LSTM(3)": ((4, 5), [(5, 3), (3, 3), (3,)] * 4, "LSTM"),
    "GRU(3)": ((4, 5), [(5, 3), (3, 3), (3,)] * 3, "GRU"),
    "Bidirectional(LSTM(3))": ((4, 5), [(5, 3), (3, 3), (3,)] * 8, "Bidirectional"),
    "TimeDistributed(Conv2D(4, (3, 2), data_format='channels_first'))": (
        (2, 3, 7, 8),
        [(4, 3, 3, 2), (4,)],
        "TimeDistributed",
    ),
}
LOAD = (
    HEAD
    + """
from keras.engine.saving import preprocess_weights_for_loading
layer = eval(text)
Sequential([layer]).build((None,) + tuple(shape))
loaded = [np.array(a) for a in preprocess_weights_for_loading(layer, [np.array(a) for a in arrays], version, backend)]
heir = [list(w.shape.as_list()) for w in layer.weights]
ordering = {'config': {'data_format': getattr(layer, 'data_format', None)}}
inner = getattr(layer, 'layer', None)
inner = inner and {'class_name': type(inner).__name__, 'config': {'data_format': getattr(inner, 'data_format', None)}}
"""
)


def load(text, shape, arrays, version="1", backend=None):
    """What Keras 2.3.1 loads into a layer, and a description of the layer."""
    given = {"text": text, "shape": shape, "arrays": arrays, "version": version, "backend": backend}
    found = legacy_engine("2.3.1").run(LOAD, given)
    config = {"layer": found["inner"]} if found["inner"] else found["ordering"]["config"]
    return found["loaded"], layer(text.partition("(")[0], "after", shapes=found["heir"], config=config)


@pytest.mark.parametrize("backend", [None, "theano"])
@pytest.mark.parametrize("known", [True, False], ids=["class known", "weights alone"])
@pytest.mark.parametrize("text", LOADED)
def test_files_of_keras_1_load_as_keras_2_loaded_them(text, known, backend):
    if backend and "TimeDistributed" in text:
        pytest.skip("Keras 2.3.1 turns this kernel twice, which is not at all")
    shape, shapes, kind = LOADED[text]
    arrays = [np.random.default_rng(number).normal(size=one) for number, one in enumerate(shapes)]
    loaded, after = load(text, shape, arrays, backend=backend)
    ordering = "th" if "channels_first" in text else "tf"
    config = {"dim_ordering": ordering}
    if "layer" in after["config"]:
        inner = {"LSTM": "LSTM", "Conv2D": "Convolution2D"}[after["config"]["layer"]["class_name"]]
        config = {"layer": {"class_name": inner, "config": config}}
    before = layer(kind, "before", shapes=shapes, config=config) if known else layer("", "before", shapes=shapes)
    version = "1.0.8" if text == "Conv1D(6, 3)" else "1.2.2"
    carried = carry(before, after, arrays, version, from_theano=backend == "theano")
    for mine, theirs in zip(carried, loaded, strict=True):
        np.testing.assert_array_equal(mine, theirs)


@pytest.mark.parametrize("known", [True, False], ids=["class known", "weights alone"])
@pytest.mark.parametrize(
    ("text", "bias", "kind"), [("LSTM(3)", 24, "CuDNNLSTM"), ("GRU(3, reset_after=True)", 18, "CuDNNGRU")]
)
def test_layers_that_cudnn_ran_load_as_keras_2_loaded_them(text, bias, kind, known):
    shapes = [(5, bias // 2), (3, bias // 2), (bias,)]
    arrays = [np.random.default_rng(number).normal(size=one) for number, one in enumerate(shapes)]
    loaded, after = load(text, (4, 5), arrays, version="2.2.4")
    before = layer(kind if known else "", "before", shapes=shapes)
    for mine, theirs in zip(carry(before, after, arrays, "2.2.4"), loaded, strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_a_gru_that_resets_after_is_another_function():
    after = layer("GRU", "gru", shapes=[[5, 9], [3, 9], [2, 9]])
    arrays = [np.ones((5, 3)), np.ones((3, 3)), np.ones(3)] * 3
    with pytest.raises(CarryError, match="`reset_after=True` after, which is another function"):
        carry(layer("GRU", "gru_1"), after, arrays, "1.2.2")
    of_cudnn = [np.ones((5, 9)), np.ones((3, 9)), np.ones(18)]
    after = layer("GRU", "gru", shapes=[[5, 9], [3, 9], [9]])
    with pytest.raises(CarryError, match="was run by cuDNN, which is another function"):
        carry(layer("CuDNNGRU", "gru_1"), after, of_cudnn, "2.2.4")


def test_what_does_not_fit_is_said():
    dense = layer("Dense", "dense_1", shapes=[[4, 3], [3]])
    arrays = [np.ones((4, 3)), np.ones(3)]
    with pytest.raises(CarryError, match=r"^has 2 arrays before, 1 after: the bias is gone$"):
        carry(dense, layer("Dense", "dense", shapes=[[4, 3]]), arrays, "1.2.2")
    with pytest.raises(CarryError, match=r"^has 1 array before, 2 after: there was no bias$"):
        carry(dense, layer("Dense", "dense", shapes=[[4, 3], [3]]), arrays[:1], "1.2.2")
    with pytest.raises(CarryError, match=r"^has array 0 with the shape \(4, 3\) before, \(5, 3\) after$"):
        carry(dense, layer("Dense", "dense", shapes=[[5, 3], [3]]), arrays, "1.2.2")


def test_a_deviation_becomes_the_variance_that_divides_by_the_same():
    before = layer("BatchNormalization", "batchnormalization_1", config={"epsilon": 1e-2})
    after = layer("BatchNormalization", "bn", shapes=[[2]] * 4, config={"epsilon": 1e-3})
    arrays = [np.ones(2), np.zeros(2), np.zeros(2), np.array([0.5, 2.0])]
    variance = carry(before, after, arrays, "1.0.3")[3]
    np.testing.assert_allclose(np.sqrt(variance + 1e-3), arrays[3] + 1e-2)
    np.testing.assert_array_equal(carry(before, after, arrays, "1.0.8")[3], arrays[3])
