from __future__ import annotations

import os

import h5py
import numpy as np
import pytest
from catalogue.pipeline import fix
from reference.engines import keras3_engine, legacy_engine, tf_keras_engine

LEGACY = """\
from keras.layers import (BatchNormalization, Bidirectional, Convolution2D, Dense, Flatten, Input, LSTM, Merge, Reshape,
                          merge)
from keras.models import Model, Sequential


def images():
    model = Sequential(name='images')
    model.add(Convolution2D(4, 3, 2, activation='relu', dim_ordering='th', input_shape=(3, 8, 8)))
    model.add(BatchNormalization(axis=1))
    model.add(Convolution2D(3, 3, 3, dim_ordering='th'))
    model.add(Flatten())
    model.add(Dense(6))
    return model


def words():
    model = Sequential()
    model.add(LSTM(5, return_sequences=True, input_shape=(4, 5)))
    model.add(Bidirectional(LSTM(3)))
    return model


def build(classes=2):
    model = Sequential()
    model.add(Merge([images(), words()], mode='concat'))
    model.add(Dense(4, activation='tanh'))
    model.add(Dense(classes, name='classes'))
    model.compile('sgd', 'mse')
    return model


def functional():
    shared = images()
    one, other, text = Input((3, 8, 8)), Input((3, 8, 8)), Input((4, 5))
    joined = merge([shared(one), shared(other), LSTM(3)(text)], mode='concat')
    return Model([one, other, text], Dense(2)(joined))
"""
SCRIPT = (
    LEGACY
    + """

model = functional()
model.compile('sgd', 'mse')
model.fit([np.load('one.npy'), np.load('other.npy'), np.load('text.npy')], np.load('y.npy'), nb_epoch=100)
"""
)
TRAIN = """
model = {}
model.compile('sgd', 'mse')
for layer in model.layers:
    for part in getattr(layer, 'layers', [layer]):
        part.set_weights([np.random.RandomState(3).uniform(0.1, 1, w.shape) for w in part.get_weights()])
model.train_on_batch(inputs, np.ones((6, 2)))
model.{}('saved.h5')
saved = open('saved.h5', 'rb').read()
outputs = model.predict(inputs)
"""
RANDOM = np.random.default_rng(0)
IMAGES, OTHERS = (RANDOM.normal(size=(6, 3, 8, 8)).astype("float32") for _ in range(2))
WORDS = RANDOM.normal(size=(6, 4, 5)).astype("float32")


def trained(folder, call, inputs, save="save_weights", code=LEGACY, version="1.2.2"):
    """Train on a legacy Keras, save to `old.h5`, and give the predictions."""
    found = legacy_engine(version).run(code + TRAIN.format(call, save), {"inputs": inputs})
    (folder / "old.h5").write_bytes(found["saved"])
    return found["outputs"]


def predicted(path, inputs):
    """What Keras 3 predicts with the whole model of a file; the code brings its own `hard_sigmoid`."""
    load = "\nimport keras\nmodel = keras.models.load_model(path)\noutputs = np.array(model.predict(inputs))"
    return keras3_engine().run(fix(LEGACY, "keras3") + load, {"path": str(path), "inputs": inputs})["outputs"]


def test_a_sequential_that_begins_with_a_merge(folder, cli):
    expected = trained(folder, "build()", [IMAGES, WORDS])
    (folder / "train.py").write_text(LEGACY)
    code, output, errors = cli("weights", "old.h5", "new.keras", "--model", "train.py:build")
    assert not errors
    assert code == 0
    assert "(4, 3, 3, 2) → (3, 2, 3, 4)" in output
    assert "12 arrays → 3" in output
    assert "24 arrays → 6" in output
    assert output.endswith("Wrote new.keras: 8 layers, from Keras 1.2.2.\n")
    assert (folder / "train.py").read_text() == LEGACY
    np.testing.assert_allclose(predicted(folder / "new.keras", [IMAGES, WORDS]), expected, rtol=1e-5, atol=2e-5)


def test_a_model_that_is_used_twice_and_a_file_of_the_whole_model(folder, cli):
    expected = trained(folder, "functional()", [IMAGES, OTHERS, WORDS], "save")
    (folder / "train.py").write_text(LEGACY)
    code, _, errors = cli("weights", "old.h5", "new.keras", "--model", "train.py:functional()")
    assert not errors
    assert code == 0
    np.testing.assert_allclose(predicted(folder / "new.keras", [IMAGES, OTHERS, WORDS]), expected, rtol=1e-5, atol=2e-5)


def test_the_variable_of_a_script_and_a_file_of_weights_alone(folder, cli):
    expected = trained(folder, "functional()", [IMAGES, OTHERS, WORDS])
    (folder / "train.py").write_text("import numpy as np\n" + SCRIPT)
    code, _, errors = cli("weights", "old.h5", "new.weights.h5", "--model", "train.py:model", "--target", "keras2")
    assert not errors
    assert code == 0
    load = fix(LEGACY, "keras2") + "\nmodel = functional()\nmodel.load_weights(path)\noutputs = model.predict(inputs)"
    variables = {"path": str(folder / "new.weights.h5"), "inputs": [IMAGES, OTHERS, WORDS]}
    np.testing.assert_allclose(tf_keras_engine().run(load, variables)["outputs"], expected, rtol=1e-5, atol=2e-5)


KERAS_2 = """\
from keras.layers import BatchNormalization, Conv2D, Dense, Flatten, GRU, Input, concatenate
from keras.models import Model, Sequential


def tower():
    model = Sequential()
    model.add(Conv2D(4, (3, 2), input_shape=(8, 8, 3)))
    model.add(BatchNormalization())
    model.add(Conv2D(4, (3, 2), trainable=False))
    model.add(BatchNormalization())
    model.add(Flatten())
    return model


def build():
    shared = tower()
    one, other, text = Input((8, 8, 3)), Input((8, 8, 3)), Input((4, 5))
    recurrent = GRU(3, recurrent_activation='sigmoid', reset_after=False)(text)
    return Model([one, other, text], Dense(2)(concatenate([shared(one), shared(other), recurrent])))
"""


@pytest.mark.parametrize("save", ["save_weights", "save"])
def test_keras_2_kept_all_trained_arrays_of_a_nested_model_before_the_others(folder, cli, save):
    inputs = [np.moveaxis(IMAGES, 1, -1), np.moveaxis(OTHERS, 1, -1), WORDS]
    expected = trained(folder, "build()", inputs, save, KERAS_2, "2.3.1")
    (folder / "train.py").write_text(KERAS_2)
    code, output, errors = cli("weights", "old.h5", "new.keras", "--model", "train.py:build")
    assert not errors
    assert code == 0
    assert "6 layers, from Keras 2.3.1" in output
    np.testing.assert_allclose(predicted(folder / "new.keras", inputs), expected, rtol=1e-5, atol=2e-5)


def test_a_kernel_of_theano_is_turned(folder, cli):
    trained(folder, "images()", IMAGES, code=LEGACY.replace("Dense(6)", "Dense(2)"))
    (folder / "train.py").write_text(LEGACY.replace("Dense(6)", "Dense(2)"))
    arguments = ("weights", "old.h5", "new.weights.h5", "--model", "train.py:images")
    assert "turned" not in cli(*arguments)[1]
    output = cli(*arguments, "--backend", "theano")[1]
    assert output.count("kernel turned") == 2
    assert "(4, 3, 3, 2) → (3, 2, 3, 4), kernel turned" in output


SMALL = """\
from keras.layers import Dense
from keras.models import Sequential


def build():
    return Sequential([Dense(3, input_dim=5, name='first'), Dense(2)])
"""
CHANGED = SMALL.replace("Dense(2)", "Dense(2, bias=False)")


def test_a_layer_whose_weights_do_not_fit_stops_it(folder, cli):
    trained(folder, "build()", np.ones((6, 5)), code=SMALL)
    (folder / "train.py").write_text(CHANGED)
    arguments = ("weights", "old.h5", "new.keras", "--model", "train.py:build")
    code, output, errors = cli(*arguments)
    assert code == 1
    assert "old.h5: `dense_1` has 2 arrays before, 1 after: the bias is gone\n" in errors
    assert "Nothing was written. The weights of 1 layer would get over; --partial writes these.\n" in errors
    assert not (folder / "new.keras").exists()
    assert output.splitlines()[1].split() == ["first", "first", "Dense", "2"]

    code, output, _ = cli(*arguments, "--partial")
    assert code == 0
    assert "Wrote new.keras: 1 layer, from Keras 1.2.2." in output
    assert (folder / "new.keras").exists()


def test_nothing_else_is_left_in_the_folder(folder, cli):
    trained(folder, "build()", np.ones((6, 5)), code=SMALL)
    (folder / "train.py").write_text(SMALL)
    (folder / "new.keras").write_text("an older one")
    cli("weights", "old.h5", "new.keras", "--model", "train.py:build")
    assert sorted(os.listdir(folder)) == ["new.keras", "old.h5", "train.py"]
    assert (folder / "new.keras").stat().st_size > 1000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("none.h5", "new.keras", "--model", "train.py:build"), "none.h5: there is no such file"),
        (("text.h5", "new.keras", "--model", "train.py:build"), "text.h5: cannot be read as HDF5"),
        (("empty.h5", "new.keras", "--model", "train.py:build"), "empty.h5: holds no layers, not weights that Keras 1"),
        (("old.h5", "new.h5", "--model", "train.py:build"), "its name has to end with .weights.h5 or .keras"),
        (("old.h5", "none/new.keras", "--model", "train.py:build"), "there is no folder none"),
        (("old.h5", "new.keras", "--model", "train.py"), "not such as train.py:build"),
        (("old.h5", "new.keras", "--model", "none.py:build"), "none.py: there is no such file"),
        (("old.h5", "new.keras", "--model", "train.py:2 +"), "'2 +' is no name and no call"),
        (("old.h5", "new.keras", "--model", "broken.py:build"), "broken.py:"),
    ],
)
def test_what_cannot_be_used_is_named(folder, cli, arguments, message):
    (folder / "train.py").write_text(SMALL)
    (folder / "broken.py").write_text("def build(:\n")
    (folder / "text.h5").write_text("no weights")
    with h5py.File(folder / "empty.h5", "w"):
        pass
    with h5py.File(folder / "old.h5", "w") as file:
        file.attrs["layer_names"] = []
    code, output, errors = cli("weights", *arguments)
    assert (code, output) == (2, "")
    assert message in errors


def test_a_model_that_is_not_there(folder, cli):
    (folder / "train.py").write_text(SMALL + "\nnet = build()\n")
    with h5py.File(folder / "old.h5", "w") as file:
        file.attrs["layer_names"] = []
    code, _, errors = cli("weights", "old.h5", "new.keras", "--model", "train.py:model")
    assert code == 2
    assert "train.py: `model` is no model; models that it makes: net" in errors
    code, _, errors = cli("weights", "old.h5", "new.keras", "--model", "train.py:build(3)")
    assert code == 2
    assert "train.py: build(3): TypeError: build() takes 0 positional arguments but 1 was given" in errors
