"""Regularizers from before Keras 1.2: what each adds to the loss is what comes back now."""

from __future__ import annotations

import textwrap

import numpy as np
import pytest
from catalogue.pipeline import check, fix
from reference.engines import keras3_engine, legacy_engine, tf_keras_engine

ENGINES = {"keras2": tf_keras_engine, "keras3": keras3_engine}
RULE = "regularizer-of-the-loss"
PROGRAM = """
import numpy as np
from keras import backend as K
from keras.layers import Dense
from keras.models import Sequential
from keras.regularizers import ActivityRegularizer, Regularizer, WeightRegularizer


class Sparse(Regularizer):
    def __init__(self, k):
        self.k = k
        self.uses_learning_phase = False

    def set_param(self, p):
        self.p = p

    def __call__(self, loss):
        return loss + self.k * (
            K.sum(K.abs(self.p)) + K.sum(self.p))


class Smooth(ActivityRegularizer):
    def __init__(self, weight):
        super(Smooth, self).__init__()
        self.weight = weight

    def __call__(self, loss):
        x = self.layer.output
        loss += self.weight * K.sum(K.square(x[:, 1:] - x[:, :-1]))
        loss += 0.1 * K.sum(x)
        return loss


class Halved(WeightRegularizer):
    def __call__(self, loss):
        if self.l2:
            loss += self.l2 * K.sum(K.square(self.p)) / 2
        return loss


model = Sequential()
model.add(Dense(3, input_shape=(4,), init='one', W_regularizer=Sparse(0.1), b_regularizer=Halved(l2=0.3)))
model.add(Dense(2, init='one', W_regularizer=Halved(l2=0.2), activity_regularizer=Smooth(0.5)))
model.compile('sgd', 'mse')
x, y = np.linspace(-1, 1, 24).reshape((6, 4)), np.linspace(0, 1, 12).reshape((6, 2))
model.set_weights([np.linspace(-1, 1, one.size).reshape(one.shape) for one in model.get_weights()])
loss = float(model.train_on_batch(x, y))
weights = model.get_weights()
"""


@pytest.mark.parametrize("target", ENGINES)
def test_a_model_trains_as_it_did(target):
    after = fix(PROGRAM, target)
    assert fix(after, target) == after and not [one for one in check(after, target) if one.rule == RULE]
    old, new = legacy_engine("1.1.2").run(PROGRAM), ENGINES[target]().run(after)
    assert new["loss"] == pytest.approx(old["loss"], rel=1e-5)
    for ours, theirs in zip(new["weights"], old["weights"], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


def one_class(body, base="Regularizer"):
    head = f"from keras import backend as K\nfrom keras.regularizers import {base}\n\n\nclass Mine({base}):\n"
    return head + textwrap.indent(textwrap.dedent(body).strip(), "    ") + "\n"


@pytest.mark.parametrize(
    ("body", "becomes"),
    [
        (
            """
            def set_param(self, weight):
                '''Keep the weight.'''
                self.weight = weight

            def __call__(self, loss):
                '''The penalty.'''
                x = 2
                if x:
                    loss += x * K.sum(self.weight)
                return loss
            """,
            """
            def __call__(self, tensor):
                '''The penalty.'''
                loss = 0.0
                x = 2
                if x:
                    loss = loss + (x * K.sum(tensor))
                return loss
            """,
        ),
        (
            """
            def set_layer(self, layer):
                self.layer = layer

            def __call__(self, loss):
                return (loss +  # what it was
                        K.sum(self.layer.output))
            """,
            None,
        ),
        (
            """
            def set_layer(self, layer):
                self.layer = layer

            def __call__(self, loss):
                size = K.shape(self.layer.output)[0]
                return loss + (K.sum(self.layer.output) + K.sum(size))
            """,
            """
            def __call__(self, x):
                size = K.shape(x)[0]
                return (K.sum(x) + K.sum(size))
            """,
        ),
        (
            """
            def set_param(self, p):
                self.p = K.abs(p)

            def __call__(self, loss):
                return loss + K.sum(self.p)
            """,
            None,
        ),
        (
            """
            def set_param(self, p):
                self.p = p

            def __call__(self, loss):
                return loss * K.sum(self.p)
            """,
            None,
        ),
        (
            """
            def set_layer(self, layer):
                self.layer = layer

            def __call__(self, loss):
                return loss + K.sum(self.layer.output) + K.sum(self.layer.W)
            """,
            None,
        ),
        (
            """
            def set_param(self, p):
                self.p = p

            def size(self):
                return K.int_shape(self.p)

            def __call__(self, loss):
                return loss + K.sum(self.p)
            """,
            None,
        ),
        (
            """
            def __call__(self, loss):
                return loss + 1
            """,
            None,
        ),
    ],
)
def test_only_what_is_certain_is_rewritten(body, becomes):
    before = one_class(body)
    found = [one for one in check(before, "keras2") if one.rule == RULE]
    assert len(found) == 1 and (found[0].fix is None) == (becomes is None)
    if becomes is None:
        assert found[0].help
    else:
        assert fix(before, "keras2") == one_class(becomes)


def test_a_class_that_another_one_derives_from_is_left():
    code = one_class("""
        def set_param(self, p):
            self.p = p

        def __call__(self, loss):
            return loss + K.sum(self.p)
    """)
    code += "\n\nclass More(Mine):\n    def twice(self):\n        return self.p * 2\n"
    assert all(one.fix is None for one in check(code, "keras2") if one.rule == RULE)
