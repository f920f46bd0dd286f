"""Recurrent layers of Keras 2.1.6, whose defaults changed since: what they computed, and what the fixed text does."""

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
from keras.layers import ConvLSTM2D, Dense, GRUCell, LSTMCell, RNN, SimpleRNNCell
from keras.layers.recurrent import GRU, LSTM, SimpleRNN
from keras.models import Sequential
"""
CASES = {
    "LSTM": "LSTM(3, input_shape=(5, 4))",
    "LSTM implementation": "LSTM(3, implementation=2, return_sequences=True, input_shape=(5, 4)), LSTM(2)",
    "LSTM keywords": "LSTM(units=3, activation='relu', use_bias=False, dropout=0., recurrent_dropout=0.,"
    " implementation=1, go_backwards=True, unroll=True, input_shape=(5, 4))",
    "LSTM hard": "LSTM(3, recurrent_activation='hard_sigmoid', input_shape=(5, 4))",
    "LSTM soft": "LSTM(3, recurrent_activation='sigmoid', implementation=2, input_shape=(5, 4))",
    "GRU": "GRU(3, input_shape=(5, 4))",
    "GRU implementation": "GRU(3, implementation=2, input_shape=(5, 4))",
    "GRU soft": "GRU(3, recurrent_activation='sigmoid', return_sequences=True, input_shape=(5, 4)), GRU(2)",
    "SimpleRNN": "SimpleRNN(3, use_bias=False, input_shape=(5, 4))",
    "cells": "RNN(LSTMCell(3), return_sequences=True, input_shape=(5, 4)), RNN(GRUCell(2, implementation=2))",
    "cells soft": "RNN(LSTMCell(3, recurrent_activation='sigmoid', implementation=2), input_shape=(5, 4))",
    "simple cell": "RNN(SimpleRNNCell(3, activation='hard_sigmoid'), input_shape=(5, 4))",
    "ConvLSTM2D": "ConvLSTM2D(2, 3, input_shape=(3, 5, 4, 2))",
    "ConvLSTM2D soft": "ConvLSTM2D(2, (2, 3), padding='same', recurrent_activation='sigmoid',"
    " input_shape=(3, 5, 4, 2))",
}
NAMES = list(CASES)
CODE = HEAD + "".join(
    f"\n\ndef build_{number}():\n    model = Sequential()\n    for layer in ({layers},):\n        model.add(layer)\n"
    "    return model\n"
    for number, layers in enumerate(CASES.values())
)
RUN = """

def _run(number):
    model = globals()['build_%d' % number]()
    random = np.random.RandomState(number)
    x = random.uniform(-1, 1, [4] + list(model.input_shape[1:])).astype('float32')
    model.set_weights([random.uniform(-1, 1, w.shape).astype('float32') for w in model.get_weights()])
    return np.array(model.predict_on_batch(x))


_results = {}
for _number in range(_count):
    K.clear_session()
    try:
        _results[_number] = _run(_number)
    except Exception:
        import traceback
        _results[_number] = traceback.format_exc()
results = _results
"""


def _run(engine: Any, code: str) -> dict[str, Any]:
    results = engine.run(code + RUN, {"_count": len(NAMES)}, timeout=600)["results"]
    return {NAMES[int(number)]: result for number, result in results.items()}


@cache
def original() -> dict[str, Any]:
    return _run(legacy_engine("2.1.6"), CODE)


@cache
def today(target: str) -> dict[str, Any]:
    return _run(ENGINES[target](), fix(CODE, target, unsafe=True))


@pytest.mark.parametrize("target", ENGINES)
def test_nothing_is_left_after_the_fix(target):
    assert not check(fix(CODE, target, unsafe=True), target)


@pytest.mark.parametrize("target", ENGINES)
@pytest.mark.parametrize("name", NAMES)
def test_layers_compute_what_they_computed(name, target):
    before, after = original()[name], today(target)[name]
    assert isinstance(before, np.ndarray), before
    assert isinstance(after, np.ndarray), after
    np.testing.assert_allclose(after, before, atol=2e-6)
