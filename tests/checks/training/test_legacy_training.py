"""What becomes of calls that train, as texts: which fire, which stay, and what they rest on."""

from __future__ import annotations

import textwrap

import pytest
from catalogue.pipeline import check, fix

from kerasfix.findings import Applicability

KERAS1 = """
import numpy as np
from keras.layers import Convolution2D, Dense, Input
from keras.models import Model, Sequential
from keras.preprocessing.image import ImageDataGenerator
from keras import optimizers

x, y = np.zeros((40, 3)), np.zeros((40, 2))
model = Sequential()
model.add(Dense(output_dim=2, input_dim=3))
"""
KERAS2 = """
import numpy as np
from keras.layers.core import Dense
from keras.models import Model, Sequential
from keras import optimizers

x, y = np.zeros((40, 3)), np.zeros((40, 2))
model = Sequential()
model.add(Dense(2, input_dim=3))
"""
TODAY = """
import numpy as np
from keras.layers import Dense, Input
from keras.models import Model, Sequential
from keras import optimizers

x, y = np.zeros((40, 3)), np.zeros((40, 2))
model = Sequential([Input((3,)), Dense(2)])
"""
MINE = (
    "legacy-training",
    "legacy-optimizer",
    "legacy-loss",
    "legacy-metric",
    "legacy-model",
    "history",
    "legacy-callback",
)


def last(code: str, head: str, target: str = "keras3", *, unsafe: bool = True) -> str:
    """The last line of code after the fix."""
    return fix(head + textwrap.dedent(code), target, unsafe=unsafe).rstrip().rpartition("\n")[2]


def mine(code: str, head: str, target: str = "keras3") -> list[str]:
    return [one.rule for one in check(head + textwrap.dedent(code), target) if one.rule.startswith(MINE)]


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("model.fit(x, y)", "model.fit(x, y, epochs=10)"),
        ("model.fit(x, y, 32, 5)", "model.fit(x, y, 32, 5)"),
        ("model.fit(x, y, nb_epoch=5, class_weight='auto')", "model.fit(x, y, epochs=5)"),
        ("model.fit(X=x, y=y, nb_epoch=1)", "model.fit(x=x, y=y, epochs=1)"),
        ("model.evaluate(x, y, show_accuracy=True)", "model.evaluate(x, y)"),
        ("model.train_on_batch(x, y, accuracy=True)", "model.train_on_batch(x, y)"),
        ("model.train_on_batch(x, y, {0: 1})", "model.train_on_batch(x, y, class_weight={0: 1})"),
        (
            "f = ImageDataGenerator().flow(x, y)\nmodel.fit_generator(f, 40, 2, validation_data=f, nb_val_samples=33)",
            "model.fit(f, steps_per_epoch=2, epochs=2, validation_data=f, validation_steps=2)",
        ),
        (
            "n = 8\nflow = ImageDataGenerator().flow(x, y, n)\nmodel.fit_generator(flow, len(x), 2)",
            "model.fit(flow, steps_per_epoch=(len(x) + n - 1) // n, epochs=2)",
        ),
        (
            "flow = ImageDataGenerator().flow(x, y, batch_size=size)\nmodel.fit_generator(flow, size * 10, 2)",
            "model.fit(flow, steps_per_epoch=10, epochs=2)",
        ),
        (
            "flow = ImageDataGenerator().flow(x, y)\nmodel.fit_generator(flow, len(x) / 2, 2)",
            "model.fit(flow, steps_per_epoch=int(-(-(len(x) / 2) // 32)), epochs=2)",
        ),
        (
            """
            def batches(batch_size=4):
                while 1:
                    yield x[:batch_size], y[:batch_size]
            model.evaluate_generator(batches(), val_samples=10, max_q_size=2)
            """,
            "model.evaluate(batches(), steps=3)",
        ),
        (
            """
            class Data:
                def batches(self):
                    yield x[:self.batch_size], y[:self.batch_size]
            data = Data()
            model.predict_generator(data.batches(), val_samples=10)
            """,
            "model.predict(data.batches(), steps=(10 + data.batch_size - 1) // data.batch_size)",
        ),
        ("model.train_on_batch(x, y, class_weight='auto')", "model.train_on_batch(x, y)"),
        (
            "f = ImageDataGenerator().flow(x, y)\nmodel.fit_generator(f, 40, 2, class_weight='auto')",
            "model.fit(f, steps_per_epoch=2, epochs=2)",
        ),
        (
            """
            from blocks import build
            f = ImageDataGenerator().flow(x, y)
            build().fit_generator(f, 40, 2)
            """,
            "build().fit(f, steps_per_epoch=2, epochs=2)",
        ),
        ("model.compile('sgd', 'mse', class_mode='binary')", "model.compile('sgd', 'mse')"),
        ("model.compile('sgd', 'mse', ['mae'], 'temporal')", "model.compile('sgd', 'mse', metrics=['mae'])"),
        ("optimizers.SGD(0.1, 0.9, 1e-6, True)", None),
        ("optimizers.RMSprop(0.1, 0.9, eps)", "optimizers.RMSprop(0.1, 0.9, epsilon=(eps) ** 2)"),
        ("optimizers.Adam(lr=0.1, epsilon=1e-4)", "optimizers.Adam(learning_rate=0.1, epsilon=1e-4)"),
        ("optimizers.SGD(lr=0.1, decay=0)", "optimizers.SGD(learning_rate=0.1)"),
        ("optimizers.SGD(clipnorm=1)", "optimizers.SGD(global_clipnorm=1)"),
        ("model.compile(loss='hinge', optimizer='sgd')", "model.compile(loss=hinge, optimizer='sgd')"),
        ("model.compile('nadam', 'mse')", "model.compile(Nadam(learning_rate=0.002, epsilon=1e-08), 'mse')"),
        ("model.compile('sgd', 'mse', metrics=['f1score'])", "model.compile('sgd', 'mse', metrics=[fmeasure])"),
    ],
)
def test_code_of_keras_1(code, after):
    text = last(code, KERAS1)
    assert text == (
        after or "optimizers.SGD(InverseTimeDecay(0.1, decay_steps=1, decay_rate=1e-6), 0.9, nesterov=True)"
    )


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("model.fit(x, y)", "model.fit(x, y)"),
        ("model.fit(x, y, workers=2, use_multiprocessing=True)", "model.fit(x, y)"),
        ("model.predict(x, max_queue_size=2)", "model.predict(x)"),
        (
            "model.fit_generator(g, 10, 2, validation_data=(x, y), validation_steps=1)",
            "model.fit(g, steps_per_epoch=10, epochs=2, validation_data=(x, y))",
        ),
        ("model.predict_generator(g, steps=3, verbose=1)", "model.predict(g, steps=3, verbose=1)"),
        ("optimizers.Adam(lr=0.1)", "optimizers.Adam(learning_rate=0.1)"),
        ("optimizers.RMSprop(lr=0.1)", "optimizers.RMSprop(learning_rate=0.1, epsilon=1e-14)"),
        ("optimizers.Adadelta()", "optimizers.Adadelta(learning_rate=1.0)"),
        (
            "model.compile('adagrad', 'mse')",
            "model.compile(Adagrad(learning_rate=0.01, initial_accumulator_value=0.0, epsilon=1e-14), 'mse')",
        ),
        ("model.compile('adam', 'cosine_proximity')", "model.compile('adam', 'cosine_similarity')"),
    ],
)
def test_code_of_keras_2(code, after):
    assert last(code, KERAS2) == after


@pytest.mark.parametrize(
    "code",
    [
        "model.fit(x, y)",
        "model.fit(x, y, 32, 5)",
        "model.compile('rmsprop', 'hinge', metrics=['precision'])",
        "model.compile('adadelta', 'binary_crossentropy', metrics=['accuracy'])",
        "optimizers.Adam(0.1, 0.9, 0.999, 1e-7)",
        "optimizers.RMSprop()",
        "model.train_on_batch(x, y, None, {0: 1})",
        "from keras.callbacks import EarlyStopping\nEarlyStopping(patience=3)",
        "from keras.callbacks import LearningRateScheduler\nLearningRateScheduler(lambda epoch, lr: lr)",
        "def train(model, **options):\n    return model.fit(x, y, **options)\ntrain(model, epochs=3)",
        "class Net:\n    def fit(self, x, nb_epoch): pass\ndef run(net):\n    net.fit(x, nb_epoch=3)",
        "from sklearn.linear_model import SGDClassifier\nSGDClassifier().fit(x, y)",
    ],
)
@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_code_of_today_stays(code, target):
    assert not mine(code, TODAY, target)


@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_the_second_fix_changes_nothing(target):
    code = """
    from keras.callbacks import EarlyStopping, LearningRateScheduler
    EarlyStopping(patience=n)
    LearningRateScheduler(lambda epoch, n=3: n)
    optimizers.RMSprop()
    optimizers.RMSprop(epsilon=eps)
    optimizers.Adagrad(0.1)
    model.compile('rmsprop', 'hinge', metrics=['accuracy', 'recall'])
    model.fit_generator(unknown, samples_per_epoch=3, nb_epoch=3)
    """
    once = fix(KERAS1 + textwrap.dedent(code), target, unsafe=True)
    assert "patience=n + 1" in once and "samples_per_epoch" in once
    # What is left keeps it proven that the code is of Keras 1.
    assert fix(once, target, unsafe=True) == once


def test_a_generator_that_nobody_knows_is_reported_with_what_to_write():
    found = check(KERAS1 + "model.evaluate_generator(unknown, val_samples=len(x))\n", "keras2")
    (one,) = [one for one in found if one.rule == "legacy-training-arguments"]
    assert one.applicability is Applicability.MANUAL
    assert "divide `len(x)` by the number of samples in a batch of `unknown`" in (one.help or "")


@pytest.mark.parametrize(
    ("metrics", "key", "after"),
    [
        ("['accuracy']", "acc", "accuracy"),
        ("['accuracy']", "out_acc", "out_accuracy"),
        ("['acc']", "acc", "acc"),
        ("['accuracy', my_acc]", "my_acc", "my_acc"),
        ("['accuracy', my_acc]", "val_my_acc", "val_my_acc"),
        ("['accuracy']", "loss", "loss"),
        ("['mae']", "val_out_mean_absolute_error", "val_out_mae"),
        ("['mae']", "my_error", "my_error"),
        ("['mae', 'mean_absolute_error']", "mean_absolute_error", "mean_absolute_error"),
    ],
)
@pytest.mark.parametrize(
    "use",
    [
        "h = model.fit(x, y).history['KEY']",
        "history = model.fit(x, y)\nh = history.history\nprint(h['KEY'][-1])",
        "h = model.fit(x, y).history.get('KEY')",
        "from keras.callbacks import EarlyStopping\nEarlyStopping('KEY')",
        "from keras.callbacks import ModelCheckpoint\nModelCheckpoint('best.keras', monitor='KEY')",
        "import keras\nclass C(keras.callbacks.Callback):\n    def on_epoch_end(self, e, logs):\n        logs['KEY']",
        "from keras.callbacks import ModelCheckpoint\nModelCheckpoint('{epoch}-{KEY:.2f}.keras')",
    ],
)
def test_names_of_what_was_measured(metrics, key, after, use):
    code = f"{TODAY}\ndef my_acc(a, b):\n    return a\n\nmodel.compile('sgd', 'mse', metrics={metrics})\n{use}\n"
    text = fix(code.replace("KEY", key), "keras3", unsafe=True)
    assert text == code.replace("KEY", after)


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("model.save_weights('a.h5')", "model.save_weights('a.weights.h5')"),
        ("model.save_weights(d + '.hdf5')", "model.save_weights(d + '.weights.h5')"),
        ("model.save_weights('%s.h5' % d)", "model.save_weights('%s.weights.h5' % d)"),
        ("model.save('folder')", "model.save('folder.keras')"),
        ("model.save('a.hdf5')", "model.save('a.hdf5')"),
        ("model.save_weights('a.weights.h5')", "model.save_weights('a.weights.h5')"),
        ("model.save_weights(path)", "model.save_weights(path)"),
        ("np.save('a')", "np.save('a')"),
    ],
)
def test_names_of_files(code, after):
    assert last(code, TODAY) == after
    # Nothing else in the file reads the weights; who reads a model is not known.
    assert last(code, TODAY, unsafe=False) == (after if "save_weights" in code else code)
    assert last(code, TODAY, "keras2") == code


def test_a_name_of_a_file_that_is_also_something_else():
    code = "mode = 'generator'\nmodel.save_weights('generator')\nmodel.load_weights('generator')\n"
    after = (
        "mode = 'generator'\nmodel.save_weights('generator.weights.h5')\nmodel.load_weights('generator.weights.h5')\n"
    )
    assert fix(TODAY + code, "keras3", unsafe=True) == TODAY + after
