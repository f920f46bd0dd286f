"""`training=...` at the call of a layer: what Keras 2.2.4 computes, and after the fix, Keras 3."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from catalogue.pipeline import fix
from reference.engines import Engine, keras3_engine, legacy_engine, tf_keras_engine

CODE = """
import numpy as np
from keras.layers import BatchNormalization, Bidirectional, Dense, Dropout, Embedding, GaussianNoise, Input, LSTM
from keras.layers import TimeDistributed
from keras.layers.merge import add
from keras.models import Model


def norm():
    return BatchNormalization(epsilon=1e-5, momentum=0.9)


x = Input((6,))
steps = Input((5, 3))
words = Input((5,))
shared = BatchNormalization()
embedded = Embedding(9, 4, mask_zero=True)(words)
models = {
    'in training': Model(x, Dense(2)(norm()(Dense(4)(x), training=1))),
    'not in training': Model(x, Dense(2)(norm()(Dense(4)(x), training=0))),
    'shared': Model(x, add([shared(x, training=True), shared(x)])),
    'steps': Model(steps, LSTM(2, recurrent_activation='sigmoid')(TimeDistributed(norm())(steps, training=False))),
    'masked': Model(words, LSTM(2, recurrent_activation='sigmoid')(Dropout(0.5)(embedded, training=False))),
}
random = {
    'dropout': Model(x, Dropout(0.5)(x, training=True)),
    'noise': Model(x, GaussianNoise(0.5)(x, training=1)),
    'steps': Model(steps, TimeDistributed(Dropout(0.5))(steps, training=True)),
    'recurrent': Model(steps, Bidirectional(LSTM(2, dropout=0.5))(steps, training=True)),
    'off': Model(x, Dropout(0.5)(x, training=False)),
}
"""
RUN = """

def _weights(model):  # in the order of `get_weights`
    return list({id(w): w for layer in model.layers for w in layer.weights}.values())


def _run(name, model):
    draw = np.random.RandomState(3)
    shape = [8] + list(model.input_shape[1:])
    inputs = draw.uniform(-2, 5, shape) if len(shape) == 3 or shape[1] == 6 else draw.randint(0, 3, shape)
    model.set_weights([draw.uniform(0.1, 1, w.shape).astype('float32') for w in model.get_weights()])
    outputs = model.predict(inputs)
    model.compile('sgd', 'mse')
    model.evaluate(inputs, outputs, verbose=0)
    weights = [np.array(w) for w in model.get_weights()]
    losses = [float(model.train_on_batch(inputs, outputs + 1)) for _ in range(3)]
    # Keras 2 makes the moving variance another way: it does not count here where it moves.
    kept = [name not in _moving or 'variance' not in w.name for w in _weights(model)]
    return [outputs, losses] + weights + [np.array(w) for w, keep in zip(model.get_weights(), kept) if keep]


def _varies(model):
    inputs = np.ones([8] + list(model.input_shape[1:]))
    return bool((model.predict(inputs) != model.predict(inputs)).any())


results = {name: _run(name, model) for name, model in models.items()}
varies = {name: _varies(model) for name, model in random.items()}
model = random['off']
model.compile('sgd', 'mse')
off = float(model.train_on_batch(np.ones((8, 6)), np.ones((8, 6))))
del models, random, model
"""
MOVING = ("in training", "shared")


def _run(engine: Engine, code: str) -> dict[str, Any]:
    return engine.run(code + RUN, {"_moving": MOVING}, timeout=600)


def test_the_numbers_are_those_of_keras_2() -> None:
    before, after = _run(legacy_engine("2.3.1"), CODE), _run(keras3_engine(), fix(CODE, "keras3", unsafe=True))
    assert after["results"].keys() == before["results"].keys()
    for name, expected in before["results"].items():
        found = after["results"][name]
        assert len(found) == len(expected), name
        for one, other in zip(found, expected):
            np.testing.assert_allclose(one, other, rtol=2e-4, atol=2e-5, err_msg=name)


@pytest.mark.parametrize("engine", ["Keras 2.2.4", "tf_keras", "fixed"])
def test_what_is_random_stays_so_in_predict(engine: str) -> None:
    if engine == "fixed":
        found = _run(keras3_engine(), fix(CODE, "keras3", unsafe=True))
    else:
        found = _run(
            *((legacy_engine("2.2.4"), CODE) if engine == "Keras 2.2.4" else (tf_keras_engine(), fix(CODE, "keras2")))
        )
    assert found["varies"] == {"dropout": True, "noise": True, "steps": True, "recurrent": True, "off": False}
    assert found["off"] == 0


def test_without_the_fix_keras_3_overrides_it() -> None:
    found = _run(keras3_engine(), CODE.replace("layers.merge", "layers"))
    assert not any(found["varies"].values())
    assert found["off"] > 0


SAVED = """
import tempfile

from keras.models import load_model

model = models['in training']
path = tempfile.mkdtemp() + "/model.keras"
model.save(path)
loaded = load_model(path)
x = np.random.RandomState(1).uniform(-2, 5, (8, 6))
same = float(np.abs(loaded.predict(x) - model.predict(x)).max())
names = [layer.name for layer in loaded.layers]
count = len(models['shared'].get_weights())
del models, random, model, loaded
"""


def test_models_are_saved_and_read() -> None:
    found = keras3_engine().run(fix(CODE, "keras3", unsafe=True) + SAVED)
    assert found["same"] == 0
    assert any(name.startswith("batch_normalization") for name in found["names"])
    assert found["count"] == 4
