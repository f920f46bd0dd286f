"""Models over a list of one tensor: what is found, what Keras 3 makes of them, and the numbers of 1.2.2."""

from __future__ import annotations

import textwrap

import numpy as np
import pytest
from catalogue.pipeline import check, fix
from catalogue.probe import original, probe, weights_of
from reference.engines import keras3_engine

RULE = "single-tensor-in-list"
HEAD = "from keras.layers import *\nfrom keras.models import Model, Sequential\nfrom keras.regularizers import l1l2\n"
MODEL = "x = Input(shape=(4,))\nm = Model(input=[x], output=[Dense(3)(x)])\n"
CODE = """
    from keras.layers import Dense, Input, merge
    from keras.models import Model

    def part(size):
        x = Input(shape=(4,))
        return Model(input=[x], output=[Dense(size)(x)])

    z = Input(shape=(4,))
    fake = part(3)([z])
    model = Model(input=[z], output=[Dense(2)(merge([fake, z], mode='concat'))])
    model.compile('sgd', ['mse'], loss_weights=[0.5])
"""
# What Keras 3 gives for a model that is made in either way, and the losses of one step of training.
FACTS = """
import keras
from keras.layers import Dense, Input
from keras.models import Model

X, Y = np.ones((8, 4), 'float32'), np.ones((8, 2), 'float32')
lists, losses, weights = {}, {}, None
for wrapped in (True, False):
    def made():
        global weights
        x = Input(shape=(4,), name='x')
        y = Dense(2)(x)
        model = Model(inputs=[x] if wrapped else x, outputs=[y] if wrapped else y)
        weights = weights or model.get_weights()
        model.set_weights(weights)
        return model

    model = made()
    z = Input(shape=(4,))
    given = [model(z), model([z]), model.output, model.input, model(X), model.predict(X), model.predict_on_batch(X)]
    lists[wrapped] = [isinstance(one, list) for one in given]
    losses[wrapped] = []
    for loss in ('mse', ['mse']):
        for scale in (None, [0.5]):
            for metrics in (None, ['mae'], [['mae']]):
                for source, target in ((X, Y), ([X], [Y]), ({'x': X}, Y)):
                    model = made()
                    model.compile(loss=loss, optimizer='sgd', loss_weights=scale, metrics=metrics)
                    losses[wrapped] += np.ravel(model.train_on_batch(source, target)).tolist()
                    losses[wrapped].append(float(model.get_weights()[0].sum()))
del keras, Dense, Input, Model, made, model, given, weights, source, target, z
"""


def found(code, target="keras3"):
    return [one for one in check(code, target) if one.rule == RULE]


def test_keras_3_gives_a_list_where_it_is_called_and_trains_the_same():
    facts = keras3_engine().run(FACTS)
    assert facts["lists"][True] == [True, True, True, True, False, False, False]
    assert not any(facts["lists"][False])
    np.testing.assert_allclose(facts["losses"][True], facts["losses"][False], rtol=1e-6)


def test_numbers():
    code = textwrap.dedent(CODE)
    old = original(code)
    after = fix(code, "keras3")
    assert "outputs=Dense(size)(x))" in after
    assert "outputs=[Dense(2)(Concatenate()([fake, z]))])" in after  # nobody calls the whole
    assert fix(after, "keras3", unsafe=True) == after
    new = probe(keras3_engine(), after, weights_of(old))["model"]
    np.testing.assert_allclose(new["outputs"][0], old["model"]["outputs"][0], atol=1e-6)
    assert new["loss"] == pytest.approx(old["model"]["loss"], rel=1e-5)
    assert new["moved"]


@pytest.mark.parametrize(
    "use",
    [
        "y = m(x)",
        "y = m([x])[0]",
        "y = Dense(3)(m.output)",
        "y = TimeDistributed(m)",
        "y = Sequential([m, Dense(3)])",
        "y = Sequential()\ny.add(m)",
        "def f(model):\n    return model(x)\n\ny = f(m)",
    ],
)
def test_where_it_matters(use):
    code = f"{HEAD}{MODEL}{use}\n"
    assert [one.applicability.value for one in found(code)] == ["safe"]
    assert not found(code, "keras2")
    done = fix(code, "keras3")
    assert "m = Model(inputs=[x], outputs=Dense(3)(x))" in done
    assert not found(done)


@pytest.mark.parametrize(
    "use",
    [
        "m.compile('sgd', ['mse'])\nm.fit(1, [2])\ny = m.predict(1)[0]",
        "y = m.outputs[0]",
        "y = m.output_shape",
        "y = Model(input=m.input, output=x)",
        "y = Model(m.input, x)",
        "y = m.layers[-1].output",
        "y = other(m)",
    ],
)
def test_where_it_does_not_matter(use):
    assert not found(f"{HEAD}{MODEL}{use}\n")


@pytest.mark.parametrize("use", ["y = Dense(3)(m.input)", "y = Model([m.input], x)", "y = m.input.shape"])
def test_where_its_input_is_asked_for(use):
    code = f"{HEAD}{MODEL}{use}\n"
    assert [one.applicability.value for one in found(code)] == ["safe"]
    done = fix(code, "keras3")
    assert "m = Model(inputs=x, outputs=[Dense(3)(x)])" in done
    assert not found(done)


def test_a_model_that_is_given_back_to_code_which_calls_what_it_gets():
    builder = (
        "def make():\n    x = Input(shape=(4,))\n    m = Model(input=[x], output=[Dense(3)(x)])\n    return m\n\n\n"
    )
    gan = "def gan(generator):\n    z = Input(shape=(4,))\n    return Model(input=z, output=generator(z))\n"
    plain = "def run(function):\n    return function(3)\n"
    assert len(found(HEAD + builder + gan)) == 1
    assert not found(HEAD + builder)
    assert not found(HEAD + builder + plain)
    assert not found(HEAD + builder.replace("return m", "return 3") + gan)


@pytest.mark.parametrize(
    "code",
    [
        "from keras import ops\nx = Input(shape=(4,))\nm = Model([x], [ops.abs(x)])\ny = m(x)[0]\n",
        "x = Input(shape=(4,))\nm = Model(inputs=[x], outputs=[Dense(3)(x)])\ny = m(x)\n",
    ],
)
def test_code_that_may_be_for_keras_3_stays(code):
    head = "from keras.layers import Dense, Input\nfrom keras.models import Model\n"
    assert fix(head + code, "keras3", unsafe=True) == head + code


def test_several_outputs_and_those_that_are_named_stay():
    made = "x = Input(shape=(4,))\nout = [Dense(3)(x)]\nm = Model(x, out)\nn = Model(x, [Dense(3)(x), x])\n"
    assert not found(f"{HEAD}{made}y = [m(x), n(x)]\n")


def test_a_comment_between_the_brackets_is_not_lost():
    code = f"{HEAD}x = Input(shape=(4,))\nm = Model(x, [  # the only one\n    Dense(3)(x)\n])\ny = m(x)\n"
    assert [one.fix for one in found(code)] == [None]
