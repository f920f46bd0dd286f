from __future__ import annotations

import pytest
from catalogue.pipeline import RULES

from kerasfix import analysis
from kerasfix.findings import Applicability, Finding
from kerasfix.settings import Settings
from kerasfix.source.read import SourceFile

HEAD = """\
from keras.layers import Input, merge
from keras.layers import Add, Average, Concatenate, Dense, Dot, Embedding, Lambda, Maximum, Multiply, Reshape
from keras.layers import add, concatenate, dot, maximum
import sys
a = Input(shape=(4,))
b = Input(shape=(4,))
c = Input(shape=(4,))
"""


def source(code: str) -> SourceFile:
    return SourceFile("case.py", code, "utf-8", False)


def fix(code: str, style: str = "layer", target: str = "keras2") -> str:
    newline = "\r\n" if "\r\n" in code else "\n"
    head = HEAD.replace("\n", newline)
    text = analysis.fix([source(head + code)], Settings(target, RULES, style, unsafe=True))["case.py"].text
    compile(text, "case.py", "exec")
    again = analysis.fix([source(text)], Settings(target, RULES, style, unsafe=True))["case.py"].text
    assert again == text
    fixed_head = head.replace(
        f"from keras.layers import Input, merge{newline}", f"from keras.layers import Input{newline}"
    )
    return text.removeprefix(head).removeprefix(fixed_head)


def find(code: str, target: str = "keras2") -> list[Finding]:
    found = analysis.check([source(HEAD + code)], Settings(target, frozenset({"merge-function"})))["case.py"]
    assert isinstance(found, list)
    return found


FORMS = [
    ("x = merge([a, b])\n", "x = Add()([a, b])\n"),
    ("x = merge([a, b], mode='concat', concat_axis=-1)\n", "x = Concatenate()([a, b])\n"),
    ("x = merge([a, b], 'concat', 1)\n", "x = Concatenate(axis=1)([a, b])\n"),
    ("x = merge([a, b], name=None, mode='mul')\n", "x = Multiply()([a, b])\n"),
    ("x = merge([a, b], 'max', name='m')\n", "x = Maximum(name='m')([a, b])\n"),
    ("x = merge(inputs=[a, b], mode='ave')\n", "x = Average()([a, b])\n"),
    ("x = merge(mode='concat', inputs=[a, b], name=\"c\")\n", 'x = Concatenate(name="c")([a, b])\n'),
    ("x = merge((a, b), mode='sum')\n", "x = Add()([a, b])\n"),
    ("x = merge(((a, b)), mode='sum')\n", "x = Add()([a, b])\n"),
    ("x = merge((t for t in [a, b]), 'concat', 1)\n", "x = Concatenate(axis=1)([t for t in [a, b]])\n"),
    ("x = merge(t for t in [a, b])\n", "x = Add()([t for t in [a, b]])\n"),
    ("x = merge([a, *[b, c]], 'mul')\n", "x = Multiply()([a, *[b, c]])\n"),
    ("x = merge(([a, b]), mode=('concat'), concat_axis=(1))\n", "x = Concatenate(axis=1)([a, b])\n"),
    ("x = merge([a, b], mode='concat',)\n", "x = Concatenate()([a, b])\n"),
    ("x = merge ([a, b])\n", "x = Add()([a, b])\n"),
    ("x = merge(\n[a,b]\n,mode='sum')\n", "x = Add()([a,b])\n"),
    (
        "x = merge([a, b], \\\n          mode='concat', \\\n          concat_axis=1)\n",
        "x = Concatenate(axis=1)([a, b])\n",
    ),
    ("x = merge( \\\n    [a, b], mode='concat')\n", "x = Concatenate()([a, b])\n"),
    ("x = merge([a, b], mode='concat'); y = 1\n", "x = Concatenate()([a, b]); y = 1\n"),
    ("x = merge([a, b], mode='dot')\n", "x = Dot(axes=1)([a, b])\n"),
    ("x = merge([a, b], mode='dot', dot_axes=[1, 1])\n", "x = Dot(axes=[1, 1])([a, b])\n"),
    ("x = merge([a, b], 'cos', name='n')\n", "x = Reshape((1, 1), name='n')(Dot(axes=1, normalize=True)([a, b]))\n"),
    (
        "x = merge([a, b], mode=(lambda t: t[0]), output_shape=[4])\n",
        "x = Lambda(lambda t: t[0], output_shape=(4,))([a, b])\n",
    ),
    (
        "x = merge([a, b], mode=lambda t: t[0], output_shape=lambda s: s[0], name='l')\n",
        "x = Lambda(lambda t: t[0], output_shape=lambda s: s[0], name='l')([a, b])\n",
    ),
    ("def f(x=merge([a, b])):\n    return x\n", "def f(x=Add()([a, b])):\n    return x\n"),
    ("@decorate(merge([a, b]))\ndef f(x):\n    return x\n", "@decorate(Add()([a, b]))\ndef f(x):\n    return x\n"),
    ("f = lambda: merge([a, b])\n", "f = lambda: Add()([a, b])\n"),
    ("x = merge([a, b], mode='sum')  # type: Tensor\n", "x = Add()([a, b])  # type: Tensor\n"),
    ("x = merge([a, b],\n          mode='sum')  # type: Tensor\n", "x = Add()([a, b])  # type: Tensor\n"),
    (
        "x = (merge([a, b], mode='sum')\n     if a else\n     merge([a, b], mode='mul'))\n",
        "x = (Add()([a, b])\n     if a else\n     Multiply()([a, b]))\n",
    ),
]


@pytest.mark.parametrize(("before", "after"), FORMS)
def test_forms(before, after):
    assert fix(before) == after
    assert fix(before, target="keras3") == after


FUNCTIONS = [
    ("x = merge([a, b])\n", "x = add([a, b])\n"),
    ("x = merge([a, b], 'concat', -1, name='n')\n", "x = concatenate([a, b], name='n')\n"),
    ("x = merge((a, b), 'concat', 1)\n", "x = concatenate([a, b], axis=1)\n"),
    ("x = merge([a, b], 'cos')\n", "x = Reshape((1, 1))(dot([a, b], axes=1, normalize=True))\n"),
    (
        "x = merge([merge([a,\n                  b], 'concat', 1),\n           c], mode='max', name='m')\n",
        "x = maximum([concatenate([a,\n                          b], axis=1),\n             c], name='m')\n",
    ),
    (
        "x = merge(\n    [a, b],  # both\n    mode='concat',  # how\n    concat_axis=1,\n)\n",
        "x = concatenate(\n    [a, b], axis=1,  # both\n    # how\n)\n",
    ),
]


@pytest.mark.parametrize(("before", "after"), FUNCTIONS)
def test_the_function_form(before, after):
    assert fix(before, "function") == after


LAYOUTS = {
    "continuation lines hang on": (
        """
x = merge([Dense(3)(a),
           Dense(3)(b)], mode='concat',
          concat_axis=1)
""",
        """
x = Concatenate(axis=1)([Dense(3)(a),
                         Dense(3)(b)])
""",
    ),
    "inner merges, too": (
        """
x = merge([merge([a,
                  b],
                 mode='sum', name='s'),
           c],
          mode='mul')
""",
        """
x = Multiply()([Add(name='s')([a,
                               b]),
                c])
""",
    ),
    "what fits on a line goes there": (
        """
x = merge([Dense(3)(a), Dense(3)(b)],
          mode='concat',
          concat_axis=1,
          name='joined')
""",
        """
x = Concatenate(axis=1, name='joined')([Dense(3)(a), Dense(3)(b)])
""",
    ),
    "a list over several lines": (
        """
x = merge([
    merge([a, b],
          mode='sum'),
    c,  # the last
], mode='mul')
""",
        """
x = Multiply()([
    Add()([a, b]),
    c,  # the last
])
""",
    ),
    "brackets that close on lines of their own": (
        """
x = merge([
    a,  # one
    b,  # two
    ],
    mode='concat',
    concat_axis=1,
)
""",
        """
x = Concatenate(axis=1)([
    a,  # one
    b,  # two
    ])
""",
    ),
    "as black has it": (
        """
x = merge(
    [
        a,
        b,
    ],
    mode='sum',
    name='total',
)
""",
        """
x = Add(name='total')(
    [
        a,
        b,
    ],
)
""",
    ),
    "a short one, as black has it": (
        """
x = merge(
    [a, b], mode='sum')
""",
        """
x = Add()([a, b])
""",
    ),
    "tabs": (
        """
if a:
\tx = merge([
\t\ta,
\t\tb,
\t], mode='concat', concat_axis=1)
""",
        """
if a:
\tx = Concatenate(axis=1)([
\t\ta,
\t\tb,
\t])
""",
    ),
    "a name that makes the line too long": (
        """
joined = merge([Dense(4, activation='relu')(a), Dense(4, activation='relu')(b), Dense(4, activation='relu')(c)],
               mode='concat', concat_axis=1, name='all_of_the_three_towers_joined_into_one_tensor')
""",
        """
joined = Concatenate(
    axis=1, name='all_of_the_three_towers_joined_into_one_tensor'
)([Dense(4, activation='relu')(a), Dense(4, activation='relu')(b), Dense(4, activation='relu')(c)])
""",
    ),
    "arguments over several lines": (
        """
joined = merge([Dense(4, activation='relu')(a), Dense(4, activation='relu')(b)],
               mode=lambda t: t[0] + t[1],
               output_shape=(sys.maxsize,
                             4),
               name='what_the_towers_say_together')
""",
        """
joined = Lambda(
    lambda t: t[0] + t[1],
    output_shape=(sys.maxsize,
                  4),
    name='what_the_towers_say_together',
)([Dense(4, activation='relu')(a), Dense(4, activation='relu')(b)])
""",
    ),
    "axes over several lines": (
        """
x = merge([a, b], mode='dot', dot_axes=(1,
                                        1))
""",
        """
x = Dot(axes=(1,
              1))([a, b])
""",
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_layout(name):
    before, after = LAYOUTS[name]
    assert fix(before) == after
    assert fix(before.replace("\n", "\r\n")) == after.replace("\n", "\r\n")


COMMENTS = {
    "one goes behind the call": (
        """
x = merge([a, b],  # both of them
          mode='sum')
""",
        """
x = Add()([a, b])  # both of them
""",
    ),
    "behind the brackets that close there": (
        """
x = Dense(3)(merge([a, b], mode='sum'  # the sum
                   ))
""",
        """
x = Dense(3)(Add()([a, b]))  # the sum
""",
    ),
    "unless there is one already": (
        """
x = merge([a, b],  # both of them
          mode='sum')  # their sum
""",
        """
x = Add()(
    [a, b],  # both of them
)  # their sum
""",
    ),
    "several stand one below the other": (
        """
x = merge([a, b],  # what to merge
          mode='concat',  # how
          concat_axis=-1,  # where
          name='joined')  # its name
""",
        """
x = Concatenate(name='joined')(
    [a, b],  # what to merge
    # how
    # where
)  # its name
""",
    ),
    "in a layout that has lines for them": (
        """
x = merge(
    # what to merge
    [a, b],
    # how
    mode='concat',
    concat_axis=1,  # where
)
""",
        """
x = Concatenate(axis=1)(
    # what to merge
    [a, b],
    # how
    # where
)
""",
    ),
    "in the order in which they stand": (
        """
if a:
    x = merge(mode='concat',  # how
              inputs=[a, b],  # what
              name="c")
""",
        """
if a:
    x = Concatenate(name="c")(
        # how
        [a, b],  # what
    )
""",
    ),
    "before the first argument": (
        """
x = merge(  # why
    [a, b], mode='sum')
""",
        """
x = Add()(  # why
    [a, b])
""",
    ),
    "in the list": (
        """
x = merge([a,  # one
           b   # two
           ], mode='sum')
""",
        """
x = Add()([a,  # one
           b   # two
           ])
""",
    ),
    "in the list and behind it": (
        """
x = merge([a,  # one
           b],  # two
          mode='concat',  # how
          concat_axis=1)
""",
        """
x = Concatenate(axis=1)(
    [a,  # one
     b],  # two
    # how
)
""",
    ),
    "in the middle of another call": (
        """
x = merge([merge([a, b],  # first
                 mode='sum'), c], mode='mul')
""",
        """
x = Multiply()([Add()(
    [a, b],  # first
), c])
""",
    ),
}


@pytest.mark.parametrize("name", COMMENTS)
def test_comments_stay(name):
    before, after = COMMENTS[name]
    assert fix(before) == after
    assert fix(before.replace("\n", "\r\n")) == after.replace("\n", "\r\n")


MANUAL = [
    ("x = merge([a, b], mode='joined')", "none of Keras 1's modes", "sum, mul, concat"),
    ("x = merge([a, b], mode=None)", "`mode=None` is none of Keras 1's modes", "sum, mul, concat"),
    ("x = merge([a, b], mode=sys.argv[1])", "depends on `sys.argv[1]`", "[sys.argv[1]]([a, b])`, or a Lambda"),
    ("def f(how):\n    return merge([a, b], mode=how)", "depends on `how`", "[how]([a, b])`, or a Lambda"),
    (
        "import json\nhow = json.load(open('c'))\nx = merge([a, b], how['mode'])",
        "`how['mode']`",
        "[how['mode']]([a, b])",
    ),
    ("def f(**more):\n    return merge([a, b], **more)", "only the run knows", "Write the layer for each mode"),
    ("x = merge(*[[a, b], 'sum'])", "is gone", "Call a layer: Add"),
    ("x = merge([a, b], *['sum'])", "only the run knows", "Write the layer for each mode"),
    ("x = merge()", "is gone", "Call a layer: Add"),
    ("x = merge([a], mode='sum')", "`[a]` holds fewer than two tensors", "Leave the merge out"),
    ("x = merge([], mode='concat')", "`[]` holds fewer than two tensors", "Leave the merge out"),
    ("x = merge([a, b], mode='dot', dot_axes=0)", "`dot_axes=0` is the axis of the batch", "positive numbers"),
    (
        "x = merge([a, b], 'dot', dot_axes=(-1, 1))",
        "`dot_axes=(-1, 1)` is not what Keras 1 supports",
        "positive numbers",
    ),
    ("x = merge([a, b], mode='dot', dot_axes=3)", "no axis of a tensor of rank 2", "positive numbers"),
    ("print(f\"{merge([a, b], mode='sum')}\")", "part of a formatted string", "a statement of its own"),
    ("x = f'{merge([a, b])!r:>{10}}' f'''\n{merge([a, c])}'''", "part of a formatted string", "a statement of its own"),
    (
        "from keras.layers import Layer\nclass L(Layer):\n    def call(self, x):\n        return merge([x, -x], 'dot')",
        "`dot_axes=-1`, the default, inside a layer is axis 1",
        "find out which",
    ),
]


@pytest.mark.parametrize(("code", "message", "advice"), MANUAL)
def test_what_is_not_certain_is_left_alone(code, message, advice):
    found = find(code + "\n")
    assert found
    assert {finding.applicability for finding in found} == {Applicability.MANUAL}
    assert message in found[0].message
    assert advice in (found[0].help or "")
    assert fix(code + "\n") == code + "\n"


ASSUMPTIONS = [
    (
        "def f(xs, n):\n    return merge(xs[n:], 'sum')",
        "keras2",
        "`xs[n:]` holds at least two tensors",
    ),
    (
        "def f(x, y, how='sum'):\n    return merge([x, y], mode=how)\nf(a, b), f(a, b, 'mul')",
        "keras2",
        "`how` is only 'sum' or 'mul', as in the calls that were seen",
    ),
    (
        "def f(x, y, by):\n    return merge([x, y], mode=by, output_shape=(4,))\nf(a, b, lambda t: t[0])",
        "keras2",
        "`by` is only a function, as in the calls that were seen",
    ),
    (
        "def f(x, y):\n    return merge([x, y], mode='dot', dot_axes=1)",
        "keras2",
        "both of `[x, y]` have rank 2, or both have rank 3",
    ),
    (
        "def f(x, y, axes):\n    return merge([x, y], mode='cos', dot_axes=axes)",
        "keras2",
        "`axes` is a number or a pair of positive ones and both of `[x, y]` have rank 2",
    ),
    (
        "x = merge([a, b], mode='dot', dot_axes=([1], [1]))",
        "keras2",
        "`dot_axes` holds lists of one axis as before Keras 1, which Keras 1 itself rejects",
    ),
    (
        "def g(x, mask):\n    return x[0]\nx = merge([a, b], mode=g, output_shape=(4,))",
        "keras2",
        "`g` does not mind that `mask` is None where no tensor has a mask, and not a list of None as in Keras 1",
    ),
    (
        "e = Embedding(9, 3, mask_zero=True)\nx = merge([e(a), e(b)], mode='mul')",
        "keras3",
        "the tensors of `[e(a), e(b)]` have the same mask, or none of them has one "
        "(Keras 3 joins masks by `or` where Keras 1 does by `and`, and sets masked steps of a product to zero)",
    ),
]


@pytest.mark.parametrize(("code", "target", "clause"), ASSUMPTIONS)
def test_assumptions_say_what_is_assumed_in_the_words_of_the_code(code, target, clause):
    (found,) = find(code + "\n", target)
    assert found.fix is not None
    assert found.fix.applicability is Applicability.UNSAFE
    assert found.fix.assumes == clause


SAFE = [
    "e = Embedding(9, 3)\nx = merge([e(a), e(b)], mode='mul')",
    "from keras.layers import LSTM\ne = Embedding(9, 3, mask_zero=True)\nx = merge([LSTM(2)(e(a)), LSTM(2)(e(b))])",
    "from keras.layers import LSTM, Bidirectional\ne = Embedding(9, 3, mask_zero=True)\n"
    "x = merge([Bidirectional(LSTM(2))(e(a)), Bidirectional(LSTM(2))(e(b))])",
    "from keras.models import Sequential\nfrom keras.layers import LSTM\nm = Sequential()\n"
    "m.add(Embedding(9, 3, mask_zero=True, input_length=4))\nm.add(LSTM(2))\nx = merge([m(a), m(b)])",
    "from keras.layers import Layer\nclass Mean(Layer):\n    def call(self, x, mask=None):\n        return x\n"
    "    def compute_mask(self, x, mask=None):\n        return None\n"
    "e = Embedding(9, 3, mask_zero=True)\nx = merge([Mean()(e(a)), Mean()(e(b))])",
]


@pytest.mark.parametrize("code", SAFE)
def test_a_mask_that_cannot_arrive_is_no_assumption(code):
    assert [finding.applicability for finding in find(code + "\n", "keras3")] == [Applicability.SAFE]


def test_masks_are_followed_through_models_and_layers_of_ones_own():
    code = """
from keras.layers import GRU, Bidirectional, Layer, TimeDistributed
from keras.models import Model, Sequential

class Own(Layer):
    def compute_mask(self, x, mask=None):
        return mask

encoder = Sequential([Embedding(9, 3, mask_zero=True, input_length=4)])
encoder.add(GRU(3, return_sequences=True))
model = Model(a, Bidirectional(GRU(3, return_sequences=True))(Embedding(9, 3, mask_zero=True)(a)))
x = merge([encoder(a), encoder(b)])
y = merge([model(a), model(b)])
z = merge([TimeDistributed(Dense(3))(model.output), Own()(x)])
"""
    assert [finding.applicability for finding in find(code, "keras3")] == [Applicability.UNSAFE] * 3
    assert [finding.applicability for finding in find(code, "keras2")] == [Applicability.SAFE] * 3
