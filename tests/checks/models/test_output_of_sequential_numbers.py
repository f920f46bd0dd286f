"""The ends of a `Sequential`: what older Keras computes from them, and after the fix, Keras 3."""

from __future__ import annotations

import numpy as np
import pytest
from catalogue.pipeline import fix
from reference.engines import Engine, EngineError, keras3_engine, legacy_engine, tf_keras_engine

PLAIN = """
from keras.layers import Dense
from keras.models import Model, Sequential

base = Sequential()
base.add(Dense(4, activation='tanh', input_shape=(3,)))
base.add(Dense(3))
model = Model(base.input, Dense(2)(base.output))
"""
NESTED = """
from keras.layers import Dense
from keras.models import Model, Sequential

base = Sequential()
base.add(Dense(4, activation='tanh', input_shape=(3,)))
outer = Sequential()
outer.add(base)
outer.add(Dense(3))
model = Model(outer.input, Dense(2)(outer.output))
"""
NODES = """
from keras.layers import Dense, Input
from keras.models import Model, Sequential

base = Sequential()
base.add(Dense(3, activation='tanh', input_shape=(3,)))
first = base(Input(shape=(3,)))
second = base(first)
model = Model(base.get_input_at(1), Dense(2)(base.get_output_at(2)))
"""
NODE_OF_ITS_OWN = NODES.replace("get_input_at(1)", "get_input_at(0)").replace("get_output_at(2)", "get_output_at(0)")
# What only Keras from 2.4 on computes: in those before, a model that is called has no `output`.
CALLED = """
from keras.layers import Dense, Input
from keras.models import Model, Sequential

base = Sequential()
base.add(Dense(3, activation='tanh', input_shape=(3,)))
base(base(Input(shape=(3,))))
model = Model(base.input, Dense(2)(base.output))
"""


def assert_same(code: str, old: Engine, after: str) -> None:
    draw = np.random.default_rng(3)
    x = draw.normal(size=(5, 3)).astype("float32")
    y = draw.normal(size=(5, 2)).astype("float32")
    before = old.run_model(code, [x], targets=[y], steps=2)
    result = keras3_engine().run_model(after, [x], weights=before.weights, targets=[y], steps=2)
    for one, other in zip(before.outputs, result.outputs, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
    for one, other in zip(before.trained_weights, result.trained_weights, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("version", ["1.2.2", "2.0.9", "2.2.4"])
@pytest.mark.parametrize("code", [PLAIN, NESTED], ids=["plain", "nested"])
def test_as_older_keras(version: str, code: str) -> None:
    assert_same(code, legacy_engine(version), fix(code, "keras3"))


@pytest.mark.parametrize("version", ["1.2.2", "2.2.4"])
def test_nodes_as_in_older_keras(version: str) -> None:
    old = legacy_engine(version)
    assert_same(NODES, old, fix(NODES, "keras3", unsafe=True))
    assert_same(NODE_OF_ITS_OWN, old, fix(NODE_OF_ITS_OWN, "keras3"))
    with pytest.raises(EngineError, match="multiple inbound nodes"):
        old.run(CALLED)


@pytest.mark.parametrize("code", [PLAIN, NESTED, CALLED], ids=["plain", "nested", "called"])
def test_as_tf_keras(code: str) -> None:
    assert_same(code, tf_keras_engine(), fix(code, "keras3", unsafe=True))


def test_what_keras_3_makes_of_it_unfixed() -> None:
    with pytest.raises(EngineError, match="has never been called and thus has no defined"):
        keras3_engine().run(PLAIN)
    begins = keras3_engine().run(f"{CALLED}\nown = base.input is base.inputs[0]\n")
    assert begins["own"] is False  # and nothing is said
