from __future__ import annotations

import textwrap

import pytest
from catalogue.pipeline import check, fix

RULE = "uses-learning-phase"
HEAD = """
from keras import backend as K
from keras.layers import Dense, Input, Layer, LSTM
from keras.models import Model, Sequential

a = Input(shape=(3,))
x = Dense(4)(a)
"""


def helps(code: str, target: str = "keras2") -> list[str]:
    """The advice of each finding; nothing is fixed."""
    source = HEAD + textwrap.dedent(code)
    findings = [one for one in check(source, target) if one.rule == RULE]
    assert all(one.fix is None for one in findings)
    assert fix(source, target, unsafe=True) == source
    return [one.help or "" for one in findings]


@pytest.mark.parametrize(
    "code",
    [
        # a layer says it of itself, as Keras 1 asked for; it does no harm
        """
        class Noise(Layer):
            def __init__(self, **kwargs):
                self.uses_learning_phase = True
                super(Noise, self).__init__(**kwargs)

            def call(self, x):
                return x if self.uses_learning_phase else x * 2
        """,
        """
        class Wrapped(LSTM):
            @property
            def uses_learning_phase(self):
                return False

        print(Wrapped(3).uses_learning_phase)
        """,
        """
        class Schedule:
            def __init__(self, phases):
                self.uses_learning_phase = bool(phases)
                self._uses_learning_phase = bool(phases)

        print(Schedule([1]).uses_learning_phase, Schedule([1])._uses_learning_phase)
        """,
        """
        import keras
        if keras.__version__ < '2':
            print(Model(a, x).uses_learning_phase)
        """,
    ],
)
@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_what_is_no_mark_of_keras(code, target):
    assert helps(code, target) == []


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("x._uses_learning_phase = True", "`training`"),
        ("if getattr(x, '_uses_learning_phase', False):\n    n = 1", "`training`"),
        ("if x._uses_learning_phase:\n    n = 1", "`training`"),
    ],
)
@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_each_use_gets_its_advice(code, advice, target):
    (said,) = helps(code, target)
    assert advice in said


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("model = Model(a, x)\nif model.uses_learning_phase:\n    n = 1", "`model(x, training=False)`"),
        ("def f(model):\n    return model.uses_learning_phase", "`model(x, training=False)`"),
        ("class Net(Model):\n    def f(self):\n        return self.uses_learning_phase", "`model(x, training=False)`"),
    ],
)
def test_a_model_is_asked_in_vain_on_keras_3_only(code, advice):
    (said,) = helps(code, "keras3")
    assert advice in said
    assert helps(code, "keras2") == []
