"""Which calls of layers say whether they are in training, and what is assumed when a layer around them says so."""

from __future__ import annotations

import pytest
from catalogue.pipeline import check
from programs import fixed

from kerasfix.findings import Applicability, Finding

HEAD = """
import numpy as np
from keras.layers import BatchNormalization, Bidirectional, Dense, Dropout, GRU, Input, LSTM, Layer, TimeDistributed
from keras.layers.merge import add
from keras.models import Model, Sequential

x = Input((6,))
s = Input((5, 3))
"""


def findings(code: str, target: str = "keras3") -> list[Finding]:
    return [one for one in check(HEAD + code, target) if one.rule == "training-at-call"]


def last_line(code: str) -> str:
    text: str = fixed(HEAD + code, target="keras3", unsafe=True, rules=frozenset({"training-at-call"}))
    return text.rstrip().splitlines()[-1]


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("y = Dropout(0.5)(x, training=True)", "y = FixedTraining(Dropout(0.5), True)(x)"),
        ("y = Dropout(0.5)(x, training=0)", "y = FixedTraining(Dropout(0.5), False)(x)"),
        ("y = Dropout(0.5)(training=1, inputs=x)", None),
        ("on = True\ny = Dropout(0.5)(x, training=on)", "y = FixedTraining(Dropout(0.5), on)(x)"),
        ("d = Dropout(0.5)\ny = d(x, training=True)", "y = FixedTraining(d, True)(x)"),
        ("d = Dropout(0.5)\nd(x)\ny = d(x, training=True)", "y = FixedTraining(d, True, name=None)(x)"),
        (
            "d = Dropout(0.5)\nfor _ in range(2):\n    x = d(x, training=1)",
            "    x = FixedTraining(d, True, name=None)(x)",
        ),
        ("y = LSTM(2, dropout=0.5)(s, training=True)", "y = FixedTraining(LSTM(2, dropout=0.5), True)(s)"),
        ("y = LSTM(2, dropout=0.0)(s, training=True)", None),
        ("y = GRU(2)(s, training=True)", None),
        ("y = TimeDistributed(Dense(3))(s, training=True)", None),
        (
            "y = TimeDistributed(Dropout(0.5))(s, training=True)",
            "y = FixedTraining(TimeDistributed(Dropout(0.5)), True)(s)",
        ),
        (
            "m = Sequential([Dropout(0.5, input_shape=(6,))])\ny = m(x, training=True)",
            "y = FixedTraining(m, True)(x)",
        ),
        ("m = Model(x, Dropout(0.5)(x))\ny = m(np.ones((2, 6)), training=True)", None),
        ("y = Dropout(0.5)(x, training=unknown())", None),
        ("y = Dropout(0.5)(x, training=None)", None),
        ("y = Dropout(0.5)(np.ones((2, 3)), training=True)", None),
        ("y = Dropout(0.5)(x, **given)", None),
    ],
)
def test_what_is_fixed(code: str, after: str | None) -> None:
    assert last_line(code) == (after or code.splitlines()[-1])
    assert not findings(code, "keras2")


def test_further_arguments_are_left_for_a_person() -> None:
    (finding,) = findings("y = LSTM(2, dropout=0.5)(s, initial_state=[x, x], training=True)")
    assert finding.fix is None
    assert finding.help


OWN = """
class Noisy(Layer):
    def call(self, inputs{}):
        return Dropout(0.5)(inputs, training=True)


y = Noisy()(x, training=True)
"""


def test_layers_of_ones_own_count_where_they_take_it_and_their_call_is_left() -> None:
    assert not findings(OWN.format(""))
    (finding,) = findings(OWN.format(", training=None"))
    assert (HEAD + OWN.format(", training=None"))[: finding.start].endswith("y = Noisy()(x, ")


def test_a_class_of_that_name_is_left() -> None:
    (finding,) = findings("class FixedTraining:\n    pass\n\n\ny = Dropout(0.5)(x, training=True)\n")
    assert finding.fix is None


@pytest.mark.parametrize(
    ("code", "assumed"),
    [
        ("y = BatchNormalization()(x, training=1)", None),
        ("y = BatchNormalization()(x, training=0)\nmodel.trainable = False", None),
        ("y = BatchNormalization()(x, training=1)\nmodel.trainable = False", "no batch normalization is frozen"),
        ("y = Dropout(0.5)(x, training=1)\nmodel.trainable = False", None),
        ("d = Dropout(0.5)\nd(x)\nd(x, training=1)", None),
        ("b = BatchNormalization()\nb(x)\nb(x, training=1)", "no model with `b` in it is loaded"),
        ("y = Dropout(0.5)(x, training=1)\nmodel.get_layer('a')", "what looks for the layer"),
    ],
)
def test_what_is_assumed(code: str, assumed: str | None) -> None:
    (finding,) = findings(code)
    assert finding.fix is not None
    if assumed is None:
        assert finding.fix.applicability is Applicability.SAFE
    else:
        assert (finding.fix.assumes or "").startswith(assumed)
        assert finding.fix.applicability is Applicability.UNSAFE


def test_code_that_may_be_of_keras_3_is_not_changed_safely() -> None:
    code = "from keras.layers import Dropout, Input\n\ny = Dropout(0.5)(Input((3,)), training=True)\n"
    (finding,) = check(code, "keras3")
    assert finding.fix is not None
    assert finding.fix.assumes == "the file was written for Keras 2, where this held"
