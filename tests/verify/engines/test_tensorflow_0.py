"""Keras 1.0.8, on what looks like TensorFlow 0.x, computes what 1.2.2 does on what looks like 1.x."""

from __future__ import annotations

import numpy as np
import pytest
from reference.engines import legacy_engine

RANDOM = np.random.default_rng(0)
MODELS = {
    "dense": (
        "[Dense(6, input_dim=5, activation='tanh'), BatchNormalization(epsilon=1e-3), Dense(3, activation='softmax')]",
        RANDOM.normal(size=(8, 5)),
        "categorical_crossentropy",
    ),
    "recurrent": (
        "[LSTM(4, input_shape=(6, 5), return_sequences=True), GRU(4, go_backwards=True), Dense(3)]",
        RANDOM.normal(size=(8, 6, 5)),
        "mse",
    ),
    "masked": (
        "[Embedding(10, 4, input_length=6, mask_zero=True), LSTM(4), Dense(3, activation='sigmoid')]",
        RANDOM.integers(0, 10, size=(8, 6)),
        "binary_crossentropy",
    ),
    "old names": (
        "[Dense(6, input_dim=5), Lambda(lambda x: tf.select(x > 0, tf.mul(x, x), tf.neg(x))), Dense(3)]",
        RANDOM.normal(size=(8, 5)),
        "mse",
    ),
    "convolution": (
        "[Convolution2D(3, 3, 3, input_shape=(8, 8, 2), dim_ordering='tf', border_mode='same', activation='relu'),"
        " MaxPooling2D(dim_ordering='tf'), Flatten(), Dense(3)]",
        RANDOM.normal(size=(8, 8, 8, 2)),
        "mse",
    ),
}
CODE = """
import tensorflow as tf
from keras.layers import *
from keras.models import Sequential
model = Sequential()
for layer in {layers}:
    model.add(layer)
"""


@pytest.fixture(scope="module")
def versions():
    engines = [legacy_engine("1.0.8"), legacy_engine("1.2.2")]
    yield engines
    for engine in engines:
        engine.close()


@pytest.mark.parametrize("name", MODELS)
def test_it_predicts_and_trains_the_same(versions, name):
    layers, x, loss = MODELS[name]
    old, new = versions
    code = CODE.format(layers=layers)
    y = np.eye(3)[RANDOM.integers(0, 3, 8)].astype("float32")
    expected = new.run_model(code, [x.astype("float32")], targets=[y], loss=loss, steps=3)
    found = old.run_model(code, [x.astype("float32")], weights=expected.weights, targets=[y], loss=loss, steps=3)
    np.testing.assert_allclose(found.outputs[0], expected.outputs[0], atol=1e-6)
    np.testing.assert_allclose(found.losses, expected.losses, rtol=1e-5)
    for one, other in zip(found.trained_weights, expected.trained_weights, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
