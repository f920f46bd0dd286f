from __future__ import annotations

import numpy as np
import pytest
from catalogue.pipeline import check, fix

RULE = "epoch-of-samples"
HEAD = """
import itertools
import numpy as np
from keras.callbacks import Callback
from keras.layers import Dense, Input
from keras.models import Model

x = Input(shape=(2,), name='x')
model = Model(x, Dense(1, name='y')(x))
model.compile('sgd', 'mse')


class Data(Callback):
    def __init__(self, sizes):
        super().__init__()
        self.sizes = sizes

    def on_train_begin(self, logs=None):
        self.number = 0

    def batches(self):
        while True:
            for size in self.sizes:
                self.number += 1
                rows = np.arange(2.0 * size).reshape(size, 2) / (5 + self.number)
                yield {'x': rows, 'names': ['row'] * size}, {'y': rows[:, :1] - 0.5}
"""
TRAIN = """
data, rows = Data([2, 5]), np.arange(6.0).reshape(3, 2)
others = itertools.repeat(({'x': rows, 'names': ['row'] * 3}, {'y': rows[:, :1]}))
history = model.fit_generator(data.batches(), samples_per_epoch=10, nb_epoch=2, verbose=0, callbacks=[data],
                              validation_data=others, nb_val_samples=7)
losses = [float(v) for v in history.history['loss'] + history.history['val_loss']]
"""


@pytest.mark.parametrize(
    "code",
    [
        "model.fit_generator(Data([2]).batches(), steps_per_epoch=3, epochs=2)",
        "Data([2]).fit_generator(1, samples_per_epoch=3)",
        "options = {}\nmodel.fit_generator(Data([2]).batches(), samples_per_epoch=3, **options)",
    ],
)
def test_leaves_alone(code):
    assert not [one for one in check(HEAD + code, "keras2") if one.rule == RULE]


@pytest.mark.parametrize("loss", ["'mse'", "{'y': 'mse'}"])
@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_trains_as_keras_1_did(target, loss, legacy, keras3, tf_keras):
    weights = f"model.compile('sgd', {loss})\nmodel.set_weights([np.array([[0.5], [-0.25]]), np.array([0.125])])\n"
    old = legacy.run(HEAD + weights + TRAIN)
    code = fix(HEAD + weights + TRAIN, target)
    assert "fit_generator(model, data.batches(), samples_per_epoch=10" in code
    new = {"keras2": tf_keras, "keras3": keras3}[target].run(code)
    np.testing.assert_allclose(new["losses"], old["losses"], rtol=1e-5)
