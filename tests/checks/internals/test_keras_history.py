from __future__ import annotations

import textwrap

import pytest
from catalogue.pipeline import check, fix

RULE = "keras-history"
HEAD = """
from keras import backend as K
from keras.layers import Dense, Input, Layer
from keras.models import Model

x = Dense(4)(Input(shape=(3,)))
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
        """
        class Recorder:
            def __init__(self):
                self._keras_history = []

            def add(self, item):
                self._keras_history.append(item)

        Recorder()._keras_history
        """,
        "y = x.keras_history; print('_keras_history'); z = getattr(x, name)",
    ],
)
def test_what_is_no_history_of_a_tensor(code):
    assert helps(code) == []


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("layer = x._keras_history[0]", "`model.get_layer(name)`"),
        ("node = x._keras_history[1]", "`layer.get_output_at(node_index)`"),
        ("layer, node, tensor = x._keras_history", "`model.get_layer(name)`"),
        ("known = hasattr(x, '_keras_history')", "is_keras_tensor(x)`"),
        ("layer = getattr(x, '_keras_history', None)", "is_keras_tensor(x)`"),
        ("x._keras_history = (layer, 0, 0)", "a layer"),
        ("setattr(x, '_keras_history', (layer, 0, 0))", "a layer"),
        ("def f(t):\n    return t._keras_history", "`model.get_layer(name)`"),
    ],
)
@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_each_use_gets_its_advice(code, advice, target):
    (said,) = helps(code, target)
    assert advice in said


def test_the_advice_is_for_the_target():
    assert "`K.is_keras_tensor(x)`" in helps("y = hasattr(x, '_keras_history')")[0]
    assert "`keras.utils.is_keras_tensor(x)`" in helps("y = hasattr(x, '_keras_history')", "keras3")[0]
