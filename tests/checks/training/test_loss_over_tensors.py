from __future__ import annotations

import textwrap

import numpy as np
import pytest
from catalogue.pipeline import check, fix

RULE = "loss-over-tensors"
HEAD = """
from keras.layers import Dense, Input, LSTM
from keras.losses import mean_squared_error
from keras.models import Model, Sequential

x = Input(shape=(4,))
scale = Dense(1)(x)
y = Dense(3)(x)
factor = 3.0
"""


def offences(code: str, target: str = "keras3"):
    return [one for one in check(HEAD + textwrap.dedent(code), target) if one.rule == RULE]


def fixed(code: str, target: str = "keras3", *, unsafe: bool = False) -> str:
    done = fix(HEAD + textwrap.dedent(code), target, unsafe=unsafe)
    assert not [one for one in check(done, target) if one.rule == RULE]
    return done


@pytest.mark.parametrize(
    "code",
    [
        "model = Model(x, y)\nmodel.compile('sgd', 'mse')",
        "model = Model(x, y)\nmodel.compile('sgd', mean_squared_error)",
        # its own arguments and names, numbers, functions
        """
        def my_loss(y_true, scale):
            x = factor * mean_squared_error(y_true, scale)
            return x

        model = Model(x, y)
        model.compile('sgd', loss=my_loss)
        """,
        """
        def weighted(factor):
            return lambda y_true, y_pred: factor * mean_squared_error(y_true, y_pred)

        model = Model(x, y)
        model.compile('sgd', loss=weighted(factor))
        """,
        # nothing is known of the model, or of what the name means
        """
        def train(model, scale):
            model.compile('sgd', loss=lambda y_true, y_pred: scale * (y_true - y_pred))
        """,
        # no loss
        """
        def plot(y_true, y_pred):
            return scale * (y_true - y_pred)

        model = Model(x, y)
        model.compile('sgd', 'mse')
        """,
        """
        import keras
        if keras.__version__ < '2':
            model = Model(x, y)
            model.compile('sgd', loss=lambda y_true, y_pred: scale * (y_true - y_pred))
        """,
    ],
)
@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_leaves_alone(code, target):
    assert not offences(code, target)


def test_a_lambda_reads_the_tensors_where_it_needs_them():
    done = fixed(
        """
    model = Model(x, y)
    model.compile('sgd', loss=lambda y_true, y_pred: scale * scale * (y_true - y_pred))
    """,
        unsafe=True,
    )
    assert "tensors = TensorsForLoss()\nmodel = Model(x, tensors([y, scale]))\n" in done
    assert "lambda y_true, y_pred: tensors.tensors[0] * tensors.tensors[0] * (y_true - y_pred)" in done


def test_layers_that_the_output_does_not_come_from_would_be_trained():
    code = """
    model = Model(x, y)
    model.compile('sgd', loss=lambda y_true, y_pred: scale * (y_true - y_pred))
    """
    [found] = offences(code)
    assert found.fix is not None and found.fix.assumes is not None
    assert found.fix.assumes.startswith("`scale` comes from layers that the output comes from, too")
    [found] = offences(code.replace("model = ", "z = Dense(2)(scale)\n    y = Dense(3)(z)\n    model = "))
    assert found.fix is not None and found.fix.assumes is None


def test_inside_of_a_function():
    done = fixed("""
    def build(width):
        x = Input(shape=(width,))
        code = Dense(2)(x)
        decoded = Dense(4)(code)

        def loss(y_true, y_pred):
            error = mean_squared_error(y_true, y_pred)
            return error + code[:, 0]

        model = Model(inputs=x, outputs=decoded)
        model.compile('sgd', loss)
        return model
    """)
    assert (
        "    loss_tensors = TensorsForLoss()\n    model = Model(inputs=x, outputs=loss_tensors([decoded, code]))"
        in done
    )
    assert "        (code,) = loss_tensors.tensors\n        error = mean" in done


def test_the_output_itself_may_be_read():
    done = fixed("""
    def loss(y_true, y_pred):
        return mean_squared_error(y_true, y) + mean_squared_error(x, 0 * x)

    model = Model(x, y)
    model.compile('sgd', loss)
    """)
    assert "Model(x, loss_tensors([y, y, x]))" in done


@pytest.mark.parametrize(
    "code",
    [
        # two models
        """
        def loss(y_true, y_pred):
            return scale * (y_true - y_pred)

        one = Model(x, y)
        one.compile('sgd', loss)
        two = Model(x, y)
        two.compile('sgd', loss)
        """,
        # two outputs
        """
        model = Model(x, [y, scale])
        model.compile('sgd', loss=lambda y_true, y_pred: scale * (y_true - y_pred))
        """,
        # the name has another meaning before
        """
        scale = Dense(2)(x)
        model = Model(x, y)
        model.compile('sgd', loss=lambda y_true, y_pred: scale * (y_true - y_pred))
        """,
        # the tensor comes after the model
        """
        model = Model(x, y)
        later = Dense(3)(y)
        model.compile('sgd', loss=lambda y_true, y_pred: later * (y_true - y_pred))
        """,
        # one statement after the other in a line
        """
        if factor: model = Model(x, y); model.compile('sgd', loss=lambda y_true, y_pred: scale * (y_true - y_pred))
        """,
        # a helper in another scope
        """
        def loss(y_true, y_pred):
            return scale * (y_true - y_pred)

        def build():
            model = Model(x, y)
            model.compile('sgd', loss)
        """,
    ],
)
def test_says_what_to_do_where_it_cannot_do_it(code):
    source = HEAD + textwrap.dedent(code)
    assert fix(source, "keras3", unsafe=True) == source
    found = offences(code)
    assert found
    assert all(one.fix is None and "add_loss" in (one.help or "") for one in found)


BEFORE = """
from keras.layers import Dense, Input, Lambda
from keras.models import Model

x = Input(shape=(4,))
h = Dense(5, activation='tanh')(x)
mean = Dense(2)(h)
scale = Dense(2, activation='sigmoid')(h)
code = Lambda(lambda args: args[0] * args[1])([mean, scale])
decoded = Dense(4)(code)

def loss(y_true, y_pred):
    return (y_true - y_pred) ** 2 + scale[:, :1] * mean[:, 1:]

model = Model(x, decoded)
model.compile('sgd', loss=loss)
before = [w + 0 for w in model.get_weights()]
"""
TRAIN = """
if weights is not None:
    model.set_weights(weights)
first = model.get_weights()
value = float(np.ravel(model.train_on_batch(data, data))[0])
after = model.get_weights()
"""


@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_the_loss_and_its_gradients_are_the_same(target, legacy, keras3, tf_keras):
    data = np.random.default_rng(0).normal(size=(6, 4)).astype("float32")
    old = legacy.run(BEFORE + TRAIN, {"data": data, "weights": None})
    code = fix(BEFORE, target) + TRAIN
    new = {"keras2": tf_keras, "keras3": keras3}[target].run(code, {"data": data, "weights": old["first"]})
    np.testing.assert_allclose(new["value"], old["value"], rtol=1e-5)
    for ours, theirs in zip(new["after"], old["after"], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)
