"""Initializers that are told the ordering of images, in layers like Keras 1's own; the numbers are those of 1.2.2."""

from __future__ import annotations

import textwrap

import numpy as np
import pytest
from catalogue.pipeline import check, fix
from catalogue.probe import original, probe, weights_of
from reference.engines import keras3_engine, tf_keras_engine

ENGINES = {"keras2": tf_keras_engine, "keras3": keras3_engine}
RULE = "initializer-with-ordering"
LAYER = """
    import functools
    from keras import backend as K
    from keras import initializations
    from keras.engine.topology import Layer
    from keras.layers import Input
    from keras.models import Model


    class Convolution(Layer):
        def __init__(self, nb_filter, init='glorot_uniform', dim_ordering='tf', **kwargs):
            self.nb_filter = nb_filter
            self.init = initializations.get(init, dim_ordering=dim_ordering)
            self.dim_ordering = dim_ordering
            super(Convolution, self).__init__(**kwargs)

        def build(self, input_shape):
            self.W_shape = (3, 3, input_shape[3], self.nb_filter)
            {making}

        def call(self, x, mask=None):
            return K.conv2d(x, self.W, border_mode='same', dim_ordering='tf')

        def get_output_shape_for(self, input_shape):
            return input_shape[:3] + (self.nb_filter,)


    x = Input(shape=(8, 8, 3))
    model = Model(x, Convolution(64)(x))
    model.compile('sgd', 'mse')
"""
MAKING = {
    "partly applied": "self.W = self.add_weight(self.W_shape, initializer=functools.partial(self.init, {ordering}))",
    "called": "self.W = self.init(self.W_shape, name='W', {ordering}); self.trainable_weights = [self.W]",
    "a local name": (
        "init = self.init\n{pad}self.W = self.add_weight(self.W_shape, functools.partial(init, {ordering}))"
    ),
}


def layer(making: str, ordering: str = "dim_ordering=self.dim_ordering") -> str:
    """A convolution that makes its kernel that way."""
    made = MAKING[making].format(ordering=ordering, pad=" " * 12)
    return textwrap.dedent(LAYER.format(making=made))


@pytest.mark.parametrize("target", ENGINES)
@pytest.mark.parametrize("making", MAKING)
def test_numbers(making, target):
    code = layer(making)
    old = original(code)
    after = fix(code, target, unsafe=True)
    assert fix(after, target, unsafe=True) == after
    new = probe(ENGINES[target](), after, weights_of(old))
    for model, was in old.items():
        np.testing.assert_allclose(new[model]["outputs"][0], was["outputs"][0], atol=1e-5)
        assert new[model]["loss"] == pytest.approx(was["loss"], rel=1e-4)
        assert new[model]["moved"]


def test_initial_weights_have_their_range_where_the_channels_come_last():
    """sqrt(6 / (27 + 576)) for a kernel of the shape (3, 3, 3, 64)."""
    code = layer("partly applied")
    for models in (original(code), probe(keras3_engine(), fix(code, "keras3", unsafe=True))):
        kernel = models["model"]["weights"][0]
        assert 0.095 < np.abs(kernel).max() < 0.09976


@pytest.mark.parametrize(
    ("making", "ordering", "safety"),
    [
        ("partly applied", "dim_ordering=self.dim_ordering", "unsafe"),
        ("partly applied", "dim_ordering='th'", "unsafe"),
        ("partly applied", "dim_ordering='tf'", "safe"),
    ],
)
def test_the_fans_decide_how_safe_it_is(making, ordering, safety):
    found = [one for one in check(layer(making, ordering), "keras3") if one.rule == RULE]
    assert [one.applicability.value for one in found] == ["safe", safety]  # `get` first, which handed it on to nothing


@pytest.mark.parametrize(
    ("ordering", "safety"), [("dim_ordering=self.dim_ordering", "unsafe"), ("dim_ordering='tf'", "safe")]
)
def test_a_weight_that_is_made_by_calling_it(ordering, safety):
    found = [one for one in check(layer("called", ordering), "keras3") if one.rule == "layer-weights-by-hand"]
    assert {one.applicability.value for one in found} == {safety}
    done = fix(layer("called", ordering), "keras3", unsafe=True)
    assert "self.W = self.add_weight(shape=self.W_shape, initializer=self.init, name='W')" in done


def test_functions_of_keras_that_are_partly_applied():
    head = "from functools import partial\nfrom keras import initializations\nfrom keras.layers import Dense\n"
    code = (
        "a = Dense(3, init=partial(initializations.normal, scale=0.02, dim_ordering='th'))\n"
        "b = Dense(3, init=partial(initializations.he_normal, dim_ordering='tf'))\n"
    )
    done = fix(head + code, "keras3")
    assert "lambda shape, dtype=None: RandomNormal(stddev=0.02)(shape, dtype)" in done
    assert "b = Dense(3, kernel_initializer=initializers.get('he_normal'))" in done
    assert "partial" not in done
    assert not check(done, "keras3")


@pytest.mark.parametrize(
    "code",
    [
        "from functools import partial\nfrom keras.layers import Dense\nf = partial(resize, dim_ordering='th')\n",
        "from keras import initializers as i\nfrom mine import partial\nf = partial(i.get('one'), dim_ordering='th')\n",
        "from keras import initializers\na = {'x': 1}.get('x', dim_ordering='th')\n",
    ],
)
def test_what_is_something_else_stays(code):
    assert fix(code, "keras3", unsafe=True) == code
