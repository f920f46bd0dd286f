from __future__ import annotations

import re
import textwrap

import pytest
from catalogue.pipeline import check, fix

RULE = "layer-weights-by-hand"
HEAD = """
import numpy as np
from keras import backend as K, constraints, initializers, regularizers
from keras.layers import Dense, Layer
"""


def build(body: str, init: str = "pass") -> str:
    """A layer with that `build`."""
    lines = textwrap.indent(textwrap.dedent(body).strip("\n"), " " * 8)
    start = textwrap.indent(textwrap.dedent(init).strip("\n"), " " * 8)
    return (
        f"{HEAD}\n\nclass Mine(Layer):\n    def __init__(self, **kwargs):\n        super().__init__(**kwargs)\n"
        f"        self.init = initializers.get('uniform')\n{start}\n\n    def build(self, shape):\n{lines}\n\n"
        "    def call(self, x):\n        return x\n"
    )


def built(body: str, init: str = "pass", *, unsafe: bool = False) -> str:
    """What becomes of the body of `build`."""
    after = fix(build(body, init), "keras2", unsafe=unsafe)
    text = after.partition("def build(self, shape):\n")[2].partition("\n\n    def call")[0]
    return textwrap.dedent(text)


def advice(body: str, init: str = "pass") -> set[str]:
    """The advice where there is no fix; nothing is changed then."""
    code = build(body, init)
    found = [finding for finding in check(code, "keras2") if finding.rule == RULE]
    assert found
    assert all(finding.fix is None for finding in found)
    assert fix(code, "keras2", unsafe=True) == code
    return {finding.help or "" for finding in found}


@pytest.mark.parametrize(
    "body",
    [
        "self.W = self.add_weight(shape=(3,), initializer=self.init, name='W')",
        "self.table = K.constant(np.ones(3))",
        "count = len(self.trainable_weights)\nprint(self.weights)",
        # made for several versions
        "try:\n    self.trainable_weights = [1]\nexcept AttributeError:\n    pass",
        "if hasattr(self, '_trainable_weights'):\n    self.trainable_weights = []",
        "regularizers = []\nconstraints = {}",
    ],
)
@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_what_is_no_offence(body, target):
    code = build(body)
    assert not [finding for finding in check(code, target) if finding.rule == RULE]


@pytest.mark.parametrize(
    ("body", "after"),
    [
        (
            "self.W = self.init((3,), name='w')\nself.trainable_weights = [self.W]",
            "self.W = self.add_weight(shape=(3,), initializer=self.init, name='w')",
        ),
        (
            "self.W = self.init((3,))\nself.trainable_weights.append(self.W)",
            "self.W = self.add_weight(shape=(3,), initializer=self.init, name='W')",
        ),
        (
            "self.W = initializers.get('uniform')((3,))\nself.trainable_weights += [self.W]",
            "self.W = self.add_weight(shape=(3,), initializer='uniform', name='W')",
        ),
        (
            "init = initializers.get('one')\nself.W = init((3,))\nself._trainable_weights = [self.W]",
            "init = initializers.get('one')\nself.W = self.add_weight(shape=(3,), initializer=init, name='W')",
        ),
        (
            "self.W = K.zeros((3,), dtype='float64')\nself.non_trainable_weights = [self.W]",
            "self.W = self.add_weight(shape=(3,), initializer='zeros', dtype='float64', name='W', trainable=False)",
        ),
        (
            "self.W = K.variable(np.zeros((3, 2)))\nself.trainable_weights = [self.W]",
            "self.W = self.add_weight(shape=(3, 2), initializer='zeros', name='W')",
        ),
        (
            "self.W = K.variable(1.5)\nself.trainable_weights = [self.W]",
            "self.W = self.add_weight(shape=(), initializer=Constant(1.5), name='W')",
        ),
        (
            "self.W = K.variable(np.eye(3) * 2)\nself.trainable_weights = [self.W]",
            "initial_W = np.eye(3) * 2\n"
            "self.W = self.add_weight(shape=np.shape(initial_W), initializer=Constant(initial_W), name='W')",
        ),
        (
            "self.W = K.random_uniform_variable((3,), -1, 1)\nself.trainable_weights = [self.W]",
            "self.W = self.add_weight(shape=(3,), initializer=RandomUniform(minval=-1, maxval=1), name='W')",
        ),
        (
            "self.Ws = [self.init((n,), name=str(n)) for n in (2, 3)]\nself.trainable_weights = self.Ws",
            "self.Ws = [self.add_weight(shape=(n,), initializer=self.init, name=str(n)) for n in (2, 3)]",
        ),
        (
            "self.W = self.init((3,))\n"
            "if self.train:\n    self.trainable_weights = [self.W]\nelse:\n    self.non_trainable_weights = [self.W]",
            "self.W = self.add_weight(shape=(3,), initializer=self.init, name='W', trainable=self.train)",
        ),
        (
            "self.b = K.zeros((2,))\nself.W = self.init((3,))\nself.trainable_weights = [self.W, self.b]",
            "self.W = self.add_weight(shape=(3,), initializer=self.init, name='W')\n"
            "self.b = self.add_weight(shape=(2,), initializer='zeros', name='b')",
        ),
        (
            "self.dense = Dense(3)\nself.dense.build(shape)\nself.trainable_weights = self.dense.trainable_weights",
            "self.dense = Dense(3)\nself.dense.build(shape)",
        ),
        ("self.trainable_weights = []", "pass"),
    ],
)
def test_each_weight_is_made_by_add_weight(body, after):
    assert re.sub(r",\n +", ", ", built(body)) == after


def test_a_penalty_goes_with_its_weight():
    body = """
        self.W = self.init((3,))
        self.trainable_weights = [self.W]
        self.regularizers = []

        # of the weights
        if self.W_regularizer is not None:
            self.W_regularizer.set_param(self.W)
            self.regularizers.append(self.W_regularizer)
        self.constraints = {self.W: self.W_constraint}
        self.built = True
    """
    assert built(body) == textwrap.dedent(
        """\
        self.W = self.add_weight(shape=(3,),
                                 initializer=self.init,
                                 name='W',
                                 regularizer=self.W_regularizer,
                                 constraint=self.W_constraint)

        # of the weights
        self.built = True"""
    )


def test_a_penalty_that_is_added_goes_with_its_weight():
    body = """
        self.W = self.add_weight(shape=(3,), initializer='one', name='W')
        if self.W_regularizer:
            self.add_loss(self.W_regularizer(self.W))
    """
    after = "self.W = self.add_weight(shape=(3,), initializer='one', name='W', regularizer=self.W_regularizer)"
    assert re.sub(r",\n +", ", ", built(body)) == after


def test_weights_of_branches():
    body = """
        if self.bias:
            self.W = self.init((3,))
            self.b = K.zeros((3,))
            self.trainable_weights = [self.W, self.b]
        else:
            self.W = self.init((3,))
            self.trainable_weights = [self.W]
    """
    assert built(body) == textwrap.dedent(
        """\
        if self.bias:
            self.W = self.add_weight(shape=(3,), initializer=self.init, name='W')
            self.b = self.add_weight(shape=(3,), initializer='zeros', name='b')
        else:
            self.W = self.add_weight(shape=(3,), initializer=self.init, name='W')"""
    )


def test_an_order_that_cannot_be_kept_is_an_assumption():
    body = """
        self.b = K.zeros((2,))
        self.n = int(shape[0])
        self.W = self.init((3,))
        self.trainable_weights = [self.W, self.b]
    """
    assert built(body) == textwrap.dedent(body).strip()
    assert "self.b = self.add_weight(" in built(body, unsafe=True)
    (assumes,) = {
        finding.fix.assumes for finding in check(build(body), "keras2") if finding.rule == RULE and finding.fix
    }
    assert "position" in (assumes or "")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("self.trainable_weights = make(shape)", "not clear which weights are listed"),
        ("self.W = make(shape)\nself.trainable_weights = [self.W]", "how `self.W` is made"),
        ("self.V = self.init((3,))\nself.W = self.init((3,))\nself.trainable_weights = [self.W]", "in no list"),
        (
            "self.W = self.init((3,))\nself.trainable_weights = [self.W]\n"
            "if self.hard:\n    self.W_regularizer.set_param(self.W)",
            "a condition decides",
        ),
    ],
)
def test_what_is_left_to_a_person(body, said):
    (text,) = advice(body)
    assert said in text
    assert "`Mine.build`" in text


def test_comments_between_arguments_are_not_lost():
    body = "self.W = self.init((3,),  # as many\n                   name='w')\nself.trainable_weights = [self.W]"
    assert "# as many" in fix(build(body), "keras2", unsafe=True)
