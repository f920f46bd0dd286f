"""Penalties on what layers of Keras 2.3.1 give, which were sums over the batch: the loss then and of the fixed text."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from catalogue.pipeline import fix
from reference.engines import keras3_engine, legacy_engine

CASES = {
    "dense": "Dense(3, activity_regularizer=l1(0.1), input_shape=(5,)), Dense(2, activity_regularizer='l2')",
    "convolution": "Conv2D(2, 3, activity_regularizer=l1_l2(0.1, 0.2), input_shape=(4, 4, 1)), Flatten(), Dense(2)",
    "recurrent": "LSTM(3, recurrent_activation='sigmoid', activity_regularizer=l2(0.1), input_shape=(5, 4)), Dense(2)",
    "embedding": "Embedding(9, 3, activity_regularizer=l2(0.1), input_length=4), Flatten(), Dense(2)",
    "layer of its own": "Dense(3, input_shape=(5,)), ActivityRegularization(0.1, 0.2), Dense(2)",
    "none": "Dense(2, activity_regularizer=PENALTY, input_shape=(5,))",
}
NAMES = list(CASES)
CODE = """
import numpy as np
from keras import backend as K
from keras.layers import ActivityRegularization, Conv2D, Dense, Embedding, Flatten, LSTM
from keras.layers.core import Activation
from keras.models import Sequential
from keras.regularizers import l1, l1_l2, l2

PENALTY = None
""" + "".join(
    f"\n\ndef build_{number}():\n    model = Sequential()\n    for layer in ({layers},):\n        model.add(layer)\n"
    "    return model\n"
    for number, layers in enumerate(CASES.values())
)
RUN = """

def _run(number):
    model = globals()['build_%d' % number]()
    random = np.random.RandomState(number)
    x = random.randint(0, 9, [4] + list(model.input_shape[1:])).astype('float32')
    y = random.uniform(-1, 1, (4, 2)).astype('float32')
    model.set_weights([random.uniform(-1, 1, w.shape).astype('float32') for w in model.get_weights()])
    model.compile('sgd', 'mse')
    return np.array(model.test_on_batch(x, y))


results = {}
for _number in range(_count):
    K.clear_session()
    results[_number] = _run(_number)
"""


def _run(engine: Any, code: str) -> dict[str, Any]:
    results = engine.run(code + RUN, {"_count": len(NAMES)}, timeout=600)["results"]
    return {NAMES[int(number)]: result for number, result in results.items()}


@cache
def original() -> dict[str, Any]:
    return _run(legacy_engine("2.3.1"), CODE)


@cache
def today() -> dict[str, Any]:
    return _run(keras3_engine(), fix(CODE, "keras3", unsafe=True))


@pytest.mark.parametrize("name", NAMES)
def test_a_penalty_is_the_sum_over_the_batch(name):
    np.testing.assert_allclose(today()[name], original()[name], rtol=1e-5)
