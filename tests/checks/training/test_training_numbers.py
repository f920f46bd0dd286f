"""Training goes where it went on real Keras 1.2.2: optimizers, losses, metrics, generators, callbacks.

Each text is fixed, and run as it was on Keras 1.2.2 and as it is after that on tf_keras and Keras 3, with the same
weights and data. Many models are trained in one process, which makes a case cost milliseconds.
"""

from __future__ import annotations

import numpy as np
import pytest
from catalogue.pipeline import fix
from reference.engines import keras3_engine, legacy_engine, tf_keras_engine

ENGINES = {"keras2": tf_keras_engine, "keras3": keras3_engine}

HEAD = """
import numpy as np
from keras import optimizers
from keras.layers import Dense, Input
from keras.models import Model, Sequential

models = {}


def net(last='linear'):
    x = Input(shape=(5,))
    return Model(input=x, output=Dense(3, activation=last)(Dense(4, activation='tanh')(x)))

"""

# The counter of steps is read and counted up in the same graph, in no order: TensorFlow may do one first, or the other.
# The formulas in the source, and Theano, read it before.
ORDERED = """
import tensorflow as tf
from keras import backend as K, optimizers


def _ordered(cls):
    original = cls.get_updates

    def get_updates(self, *args):
        later, add = [], K.update_add
        K.update_add = lambda x, increment: later.append((x, increment))
        try:
            updates = [update for update in original(self, *args) if update is not None]
        finally:
            K.update_add = add
        with tf.control_dependencies(updates):
            self.updates = updates + [add(x, increment) for x, increment in later]
        return self.updates

    cls.get_updates = get_updates


for _name in ('SGD', 'RMSprop', 'Adagrad', 'Adadelta', 'Adam', 'Adamax'):
    _ordered(getattr(optimizers, _name))
"""

TRAIN = """
def _train(model):
    model.set_weights(_weights)
    for step in range(10):
        model.train_on_batch(_x[step::10], _y[step::10])
    return [np.array(weight) for weight in model.get_weights()]


trained = {name: _train(model) for name, model in models.items()}
"""

OPTIMIZERS = [
    "optimizers.SGD()",
    "optimizers.SGD(lr=0.1, decay=0.1)",
    "optimizers.SGD(lr=0.1, momentum=0.9, nesterov=True)",
    "optimizers.SGD(0.1, 0.9, 0.01, True)",
    "optimizers.SGD(lr=0.1, clipnorm=0.5)",
    "optimizers.SGD(lr=0.1, clipvalue=0.1)",
    "optimizers.RMSprop()",
    "optimizers.RMSprop(0.01, 0.8, 1e-9, 0.1)",
    "optimizers.Adagrad()",
    "optimizers.Adagrad(lr=0.1, decay=0.1)",
    "optimizers.Adadelta()",
    "optimizers.Adadelta(lr=0.5, rho=0.9)",
    "optimizers.Adam()",
    "optimizers.Adam(lr=0.01, beta_1=0.5, decay=0.1)",
    "optimizers.Adamax()",
    *(f"'{name}'" for name in ("sgd", "rmsprop", "adagrad", "adadelta", "adam", "adamax")),
]


def data(scale: float) -> dict[str, object]:
    """Inputs, targets and weights; small inputs have small gradients, where an epsilon shows."""
    random = np.random.RandomState(7)
    weights = [random.randn(*shape).astype("float32") for shape in ((5, 4), (4,), (4, 3), (3,))]
    inputs = (random.randn(80, 5) * scale).astype("float32")
    return {"_x": inputs, "_y": random.randn(80, 3).astype("float32"), "_weights": weights}


@pytest.mark.parametrize("target", ["keras2", "keras3"])
@pytest.mark.parametrize("scale", [1.0, 1e-2])
def test_optimizers_take_the_same_steps(target, scale):
    code = HEAD + "".join(
        f"model = net()\nmodel.compile(loss='mse', optimizer={text})\nmodels[{number}] = model\n"
        for number, text in enumerate(OPTIMIZERS)
    )
    old = legacy_engine().run(ORDERED + code + TRAIN, data(scale))["trained"]
    new = ENGINES[target]().run(fix(code, target) + TRAIN, data(scale))["trained"]
    for number, text in enumerate(OPTIMIZERS):
        for before, after in zip(old[number], new[number], strict=True):
            np.testing.assert_allclose(after, before, atol=5e-5, err_msg=text)


LOSSES = {
    "cosine_proximity": "linear",
    "hinge": "tanh",
    "squared_hinge": "tanh",
    "kullback_leibler_divergence": "softmax",
    "binary_crossentropy": "softmax",
    "categorical_crossentropy": "softmax",
    "poisson": "softmax",
    "mape": "linear",
    "msle": "softmax",
}
METRICS = ["accuracy", "precision", "recall", "fmeasure", "matthews_correlation", "hinge"]


@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_losses_and_metrics_are_the_same(target):
    code = HEAD + "".join(
        f"model = net('{last}')\nmodel.compile('sgd', loss='{loss}')\nmodels['{loss}'] = model\n"
        for loss, last in LOSSES.items()
    )
    code += "".join(
        f"model = net('softmax')\nmodel.compile('sgd', 'mse', metrics=['{metric}'])\nmodels['{metric}, too'] = model\n"
        for metric in METRICS
    )
    measure = """
def _measure(model):
    model.set_weights(_weights)
    return np.ravel(model.test_on_batch(_x, _y)).tolist()


measured = {name: _measure(model) for name, model in models.items()}
"""
    inputs = data(1.0)
    inputs["_y"] = np.eye(3, dtype="float32")[np.random.RandomState(1).randint(3, size=80)]
    old = legacy_engine().run(code + measure, inputs)["measured"]
    new = ENGINES[target]().run(fix(code, target) + measure, inputs)["measured"]
    assert old.keys() == new.keys()
    for name, values in old.items():
        np.testing.assert_allclose(new[name], values, rtol=1e-4, err_msg=name)


FITTING = """
import numpy as np
from keras.callbacks import EarlyStopping, LearningRateScheduler
from keras.layers import Dense, Input
from keras.models import Sequential
from keras.optimizers import SGD


def batches(x, y, batch_size):
    while True:
        for start in range(0, len(x), batch_size):
            yield [x[start:start + batch_size], y[start:start + batch_size]]


def pairs(x, y, batch_size):
    while True:
        for start in range(0, len(x), batch_size):
            yield x[start:start + batch_size], y[start:start + batch_size]


def schedule(epoch, drop=0.5):
    return 0.1 * drop ** epoch


def made(rate=0.01):
    model = Sequential()
    model.add(Dense(output_dim=3, input_dim=5))
    model.compile(SGD(lr=rate), 'mse', metrics=['accuracy'])
    model.set_weights(_start)
    return model


size = 8
model = made()
history = model.fit_generator(batches(_x, _y, size), samples_per_epoch=30, nb_epoch=2, verbose=0,
                              validation_data=batches(_x, _y, 7), nb_val_samples=20)
# Only of the first epoch: Keras 1 asks the generator for some batches in advance, which are lost.
losses, checked = history.history['loss'], history.history['val_acc'][0]
score = model.evaluate_generator(batches(_x, _y, size), val_samples=17)
shape = model.predict_generator(pairs(_x, _y, size), val_samples=24).shape

still = made(0.0)
stopped = {}
for patience in (0, 1, 3):
    stop = EarlyStopping(monitor='loss', patience=patience)
    history = still.fit(_x, _y, nb_epoch=9, shuffle=False, verbose=0, callbacks=[stop])
    stopped[patience] = len(history.history['loss'])

scheduled = made()
scheduled.fit(_x, _y, nb_epoch=3, shuffle=False, verbose=0, callbacks=[LearningRateScheduler(schedule)])
weights = [np.array(weight) for weight in model.get_weights() + scheduled.get_weights()]
everything = len(made().fit(_x, _y, verbose=0).history['loss'])
"""


@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_as_many_batches_and_epochs(target):
    random = np.random.RandomState(3)
    inputs = {
        "_x": random.randn(32, 5).astype("float32"),
        "_y": random.randn(32, 3).astype("float32"),
        "_start": [random.randn(5, 3).astype("float32"), np.zeros(3, "float32")],
    }
    old = legacy_engine().run(FITTING, inputs)
    new = ENGINES[target]().run(fix(FITTING, target, unsafe=True), inputs)
    assert tuple(new["shape"]) == tuple(old["shape"]) == (24, 3)
    assert new["stopped"] == old["stopped"] == {0: 2, 1: 3, 3: 5}
    assert new["everything"] == old["everything"] == 10
    for name in ("losses", "checked", "score"):
        np.testing.assert_allclose(new[name], old[name], rtol=1e-5, err_msg=name)
    for before, after in zip(old["weights"], new["weights"], strict=True):
        np.testing.assert_allclose(after, before, atol=1e-6)


PREDICTING = """
from keras.layers import Dense
from keras.models import Sequential

several, one = Sequential(), Sequential()
several.add(Dense(output_dim=3, input_dim=5, activation='softmax'))
one.add(Dense(output_dim=1, input_dim=5, activation='sigmoid'))
several.compile('sgd', 'mse')
one.compile('sgd', 'mse')
several.set_weights(_several)
one.set_weights(_one)


def classes(model, x):
    return model.predict_classes(x, batch_size=4, verbose=0)


found = [several.predict_classes(_x), one.predict_classes(_x), several.predict_proba(_x)]
found += [classes(several, _x), classes(one, _x)]
"""


@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_classes(target):
    random = np.random.RandomState(3)
    inputs = {
        "_x": random.randn(9, 5).astype("float32"),
        "_several": [random.randn(5, 3).astype("float32"), np.zeros(3, "float32")],
        "_one": [random.randn(5, 1).astype("float32"), np.zeros(1, "float32")],
    }
    old = legacy_engine().run(PREDICTING, inputs)["found"]
    new = ENGINES[target]().run(fix(PREDICTING, target), inputs)["found"]
    for before, after in zip(old, new, strict=True):
        np.testing.assert_allclose(after, before, atol=1e-6)
