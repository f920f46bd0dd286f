from __future__ import annotations

import pytest
from catalogue.pipeline import RULES

from kerasfix import analysis
from kerasfix.findings import Applicability, Finding
from kerasfix.settings import Settings
from kerasfix.source.read import SourceFile

HEAD = """\
from keras.layers import Merge
from keras.layers import Add, Average, Concatenate, Dense, Dot, Embedding, Input, Lambda, Maximum, Multiply, Reshape
from keras.layers import add, concatenate, dot, multiply
from keras.models import Sequential
import sys
a = Input(shape=(4,))
b = Input(shape=(4,))
"""


def source(code: str) -> SourceFile:
    return SourceFile("case.py", code, "utf-8", False)


def fix(code: str, style: str = "layer") -> str:
    newline = "\r\n" if "\r\n" in code else "\n"
    head = HEAD.replace("\n", newline)
    text = analysis.fix([source(head + code)], Settings("keras2", RULES, style, unsafe=True))["case.py"].text
    compile(text, "case.py", "exec")
    assert analysis.fix([source(text)], Settings("keras2", RULES, style, unsafe=True))["case.py"].text == text
    return text.removeprefix(head).removeprefix(head.partition(newline)[2])


def find(code: str, target: str = "keras2") -> list[Finding]:
    found = analysis.check([source(HEAD + code)], Settings(target, frozenset({"merge-layer"})))["case.py"]
    assert isinstance(found, list)
    return found


FORMS = [
    # (before, in the layer style, in the function style)
    ("x = Merge()([a, b])\n", "x = Add()([a, b])\n", "x = add([a, b])\n"),
    (
        "x = Merge(mode='concat', concat_axis=1)([a, b])\n",
        "x = Concatenate(axis=1)([a, b])\n",
        "x = concatenate([a, b], axis=1)\n",
    ),
    (
        "x = Merge(None, 'mul', name='m')([a, b])\n",
        "x = Multiply(name='m')([a, b])\n",
        "x = multiply([a, b], name='m')\n",
    ),
    ("x = Merge(layers=None, mode='sum')([a, b])\n", "x = Add()([a, b])\n", "x = add([a, b])\n"),
    ("x = Merge(mode='sum')(inputs=[a, b])\n", "x = Add()([a, b])\n", "x = add([a, b])\n"),
    ("x = Merge([a, b], 'concat')\n", "x = Concatenate()([a, b])\n", "x = concatenate([a, b])\n"),
    ("x = Merge(layers=(a, b), mode='sum')\n", "x = Add()([a, b])\n", "x = add([a, b])\n"),
    ("x = Merge ( mode = 'mul' ) ([a, b])\n", "x = Multiply()([a, b])\n", "x = multiply([a, b])\n"),
    ("x = Merge(mode='sum') \\\n    ([a, b])\n", "x = Add()([a, b])\n", "x = add([a, b])\n"),
    ("x = Merge(mode='dot')([a, b])\n", "x = Dot(axes=1)([a, b])\n", "x = dot([a, b], axes=1)\n"),
    (
        "x = Merge(mode='cos', name='c')([a, b])\n",
        "x = Reshape((1, 1), name='c')(Dot(axes=1, normalize=True)([a, b]))\n",
        "x = Reshape((1, 1), name='c')(dot([a, b], axes=1, normalize=True))\n",
    ),
    (
        "x = Merge(mode=lambda t: t[0], output_shape=[4])([a, b])\n",
        "x = Lambda(lambda t: t[0], output_shape=(4,))([a, b])\n",
        "x = Lambda(lambda t: t[0], output_shape=(4,))([a, b])\n",
    ),
    (
        "x = Merge(mode='mul')([Merge(mode='sum')([a, b]), b])\n",
        "x = Multiply()([Add()([a, b]), b])\n",
        "x = multiply([add([a, b]), b])\n",
    ),
    # called elsewhere, it has to be a layer
    (
        "m = Merge(mode='concat', name='m')\nx = m([a, b])\n",
        "m = Concatenate(name='m')\nx = m([a, b])\n",
        "m = Concatenate(name='m')\nx = m([a, b])\n",
    ),
    (
        "m = Merge(mode=lambda t: t[0], output_shape=(4,))\nx = m([a, b])\n",
        "m = Lambda(lambda t: t[0], output_shape=(4,))\nx = m([a, b])\n",
        "m = Lambda(lambda t: t[0], output_shape=(4,))\nx = m([a, b])\n",
    ),
    (
        "x = Merge(mode='concat',\n          name='m')([Dense(3)(a),\n                     Dense(3)(b)])\n",
        "x = Concatenate(name='m')([Dense(3)(a),\n                           Dense(3)(b)])\n",
        "x = concatenate([Dense(3)(a),\n                 Dense(3)(b)], name='m')\n",
    ),
]


@pytest.mark.parametrize(("before", "layer", "function"), FORMS)
def test_forms(before, layer, function):
    assert fix(before) == layer
    assert fix(before, "function") == function


COMMENTS = [
    (
        "x = Merge(mode='concat',  # how\n          concat_axis=1)([a, b])\n",
        "x = Concatenate(axis=1)([a, b])  # how\n",
        "x = concatenate([a, b], axis=1)  # how\n",
    ),
    (
        "x = Merge(mode='concat',  # how\n          concat_axis=1,  # where\n          name='j')([a, b])  # all\n",
        "x = Concatenate(\n    # how\n    # where\n    axis=1, name='j',\n)([a, b])  # all\n",
        "x = Concatenate(\n    # how\n    # where\n    axis=1, name='j',\n)([a, b])  # all\n",
    ),
    (
        "m = Merge(mode='sum'  # how\n          )\nx = m([a, b])\n",
        "m = Add()  # how\nx = m([a, b])\n",
        "m = Add()  # how\nx = m([a, b])\n",
    ),
    (
        "if a:\n    m = Merge(mode='sum',  # how\n              name=None)  # what\n    x = m([a, b])\n",
        "if a:\n    m = Add(\n        # how\n    )  # what\n    x = m([a, b])\n",
        "if a:\n    m = Add(\n        # how\n    )  # what\n    x = m([a, b])\n",
    ),
    (
        "x = Merge(mode='sum')([a,  # one\n                       b])\n",
        "x = Add()([a,  # one\n           b])\n",
        "x = add([a,  # one\n         b])\n",
    ),
    (
        "x = Merge([a, b],  # what\n          mode='concat')\n",
        "x = Concatenate()([a, b])  # what\n",
        "x = concatenate([a, b])  # what\n",
    ),
    (
        "for how in ['sum', 'mul']:\n    x = Merge(mode=how,  # one\n              name=None  # or\n"
        "              )([a, b])\n",
        "for how in ['sum', 'mul']:\n    x = {\n        # one\n        # or\n        'sum': Add(), 'mul': Multiply(),\n"
        "    }[how]([a, b])\n",
        "for how in ['sum', 'mul']:\n    x = {\n        # one\n        # or\n        'sum': Add(), 'mul': Multiply(),\n"
        "    }[how]([a, b])\n",
    ),
]


@pytest.mark.parametrize(("before", "layer", "function"), COMMENTS)
def test_comments_stay(before, layer, function):
    assert fix(before) == layer
    assert fix(before, "function") == function
    assert fix(before.replace("\n", "\r\n")) == layer.replace("\n", "\r\n")


MANUAL = [
    ("x = Merge(mode='joined')([a, b])", "none of Keras 1's modes", "sum, mul, concat"),
    ("x = Merge(mode=sys.argv[1])([a, b])", "depends on `sys.argv[1]`", "[sys.argv[1]]([a, b])`, or a Lambda"),
    ("def f(how):\n    return Merge(mode=how)", "depends on `how`", "[how](inputs)`, or a Lambda"),
    ("x = Merge(mode='sum', **{})([a, b])", "only the run knows", "Write the layer for each mode"),
    ("x = Merge(mode='sum')([a])", "`[a]` holds fewer than two tensors", "Leave the merge out"),
    ("x = Merge(mode='sum')([a, b], None)", "is gone", "Call the layer on the list of tensors alone"),
    ("x = Merge(mode='sum')(*[[a, b]])", "is gone", "Call the layer on the list of tensors alone"),
    ("m = Merge(mode='cos')\nx = m([a, b])", "which no single layer does", "Reshape((1, 1))"),
    ("x = Merge([Dense(3), Dense(3)], mode='sum')", "not seen to be tensors", "on the outputs of these models"),
]


@pytest.mark.parametrize(("code", "message", "advice"), MANUAL)
def test_what_is_not_certain_is_left_alone(code, message, advice):
    (found,) = find(code + "\n")
    assert found.applicability is Applicability.MANUAL
    assert message in found.message
    assert advice in (found.help or "")
    assert fix(code + "\n") == code + "\n"


ASSUMPTIONS = [
    ("def f(xs):\n    return Merge(mode='sum')(xs)", "keras2", "`xs` holds at least two tensors"),
    ("def f():\n    return Merge(mode='sum')", "keras2", "its list holds at least two tensors"),
    (
        "def f(xs):\n    m = Merge(mode='dot', dot_axes=2)\n    return m(xs)",
        "keras2",
        "both of its list have rank 2, or both have rank 3",
    ),
    (
        "e = Embedding(9, 3, mask_zero=True)\nm = Merge(mode='sum')\nx = m([e(a), e(b)])",
        "keras3",
        "the tensors of its list have the same mask, or none of them has one "
        "(Keras 3 joins masks by `or` where Keras 1 does by `and`)",
    ),
]


@pytest.mark.parametrize(("code", "target", "clause"), ASSUMPTIONS)
def test_assumptions_say_what_is_assumed_in_the_words_of_the_code(code, target, clause):
    (found,) = find(code + "\n", target)
    assert found.fix is not None
    assert found.fix.applicability is Applicability.UNSAFE
    assert found.fix.assumes == clause
