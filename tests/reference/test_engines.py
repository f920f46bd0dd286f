from __future__ import annotations

import numpy as np
import pytest
from reference.engines import EngineError

X = np.random.default_rng(0).normal(size=(4, 5)).astype("float32")
Y = np.random.default_rng(1).normal(size=(4, 3)).astype("float32")

OLD_MODEL = """
from keras.layers import Dense, Input, merge
from keras.models import Model
x = Input(shape=(5,))
model = Model(input=x, output=Dense(3, name='last')(merge([x, Dense(5, activation='tanh')(x)], mode='sum')))
"""
NEW_MODEL = """
from keras.layers import Add, Dense, Input
from keras.models import Model
x = Input(shape=(5,))
model = Model(inputs=x, outputs=Dense(3, name='last')(Add()([x, Dense(5, activation='tanh')(x)])))
"""


def test_runs_code_on_three_versions(legacy, keras3, tf_keras):
    old = legacy.run("import keras; from keras import backend as K; y = K.eval(K.exp(K.variable(x)))", {"x": X})
    new = keras3.run("import keras; y = keras.ops.exp(x)", {"x": X})
    two = tf_keras.run("import keras, tensorflow as tf; y = keras.backend.exp(x); same = tf.keras is keras", {"x": X})
    np.testing.assert_allclose(old["y"], np.exp(X), rtol=1e-6)
    np.testing.assert_allclose(new["y"], np.exp(X), rtol=1e-6)
    np.testing.assert_allclose(two["y"], np.exp(X), rtol=1e-6)


def test_same_weights_give_same_predictions_and_the_same_training_step(legacy, keras3, tf_keras):
    old = legacy.run_model(OLD_MODEL, [X], targets=[Y], steps=3)
    for engine in (keras3, tf_keras):
        new = engine.run_model(NEW_MODEL, [X], weights=old.weights, targets=[Y], steps=3)
        assert new.input_shapes == [(None, 5)]
        assert new.output_shapes == [(None, 3)]
        np.testing.assert_allclose(new.outputs[0], old.outputs[0], atol=1e-6)
        np.testing.assert_allclose(new.losses, old.losses, rtol=1e-5)
        for before, trained, reference in zip(old.weights, new.trained_weights, old.trained_weights, strict=True):
            np.testing.assert_allclose(trained, reference, atol=1e-5)
            assert not np.array_equal(before, reference)


@pytest.mark.parametrize("name", ["keras", "tensorflow.keras", "tf_keras"])
def test_tf_keras_is_one_library_under_three_names(tf_keras, name):
    code = f"""
from {name}.layers import Dense
from {name} import backend as K
import {name}.models
import tf_keras
same = Dense is tf_keras.layers.Dense and K.int_shape is tf_keras.backend.int_shape
"""
    assert tf_keras.run(code)["same"] is True
    with pytest.raises(EngineError, match="ModuleNotFoundError"):
        tf_keras.run(f"import {name}.nothing_of_this_name")


def test_a_case_leaves_nothing_behind(legacy):
    legacy.run("import keras; keras.backend.set_image_dim_ordering('th'); keras.left = 1")
    left = legacy.run("import keras; a = keras.backend.image_dim_ordering(); b = hasattr(keras, 'left')")
    assert left == {"a": "tf", "b": False}


def test_errors_come_back_with_the_line(legacy, keras3):
    with pytest.raises(EngineError, match=r"(?s)nothing = 1 / 0.*ZeroDivisionError"):
        legacy.run("x = 1\nnothing = 1 / 0")
    with pytest.raises(EngineError, match="cannot import name 'merge'"):
        keras3.run("from keras.layers import merge")


def test_a_crash_or_a_hang_ends_one_case(keras3):
    with pytest.raises(EngineError, match="with status 3"):
        keras3.run("import os; os._exit(3)")
    with pytest.raises(EngineError, match=r"no result after 0\.2 seconds"):
        keras3.run("while True: pass", timeout=0.2)
    assert keras3.run("x = 1") == {"x": 1}


def test_private_names_inputs_and_objects_are_not_results(keras3):
    assert keras3.run("a = [1, (2.5, 'x')]; _b = 1; c = object(); import os", {"d": 1}) == {"a": [1, (2.5, "x")]}
