from __future__ import annotations

import textwrap

import pytest
from catalogue.pipeline import check, fix
from programs import NOWHERE, settings, source

from kerasfix import analysis

RULE = "keras-shape-assignment"
LAYER = """
import tensorflow as tf
from keras import backend as K
from keras.layers import Dense, Lambda, Layer, LSTM


class Mixed(Layer):
    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(3, 4), name='kernel')
        self.inner = Dense(3)

    def call(self, inputs, mask=None):
        a, b = inputs
"""
MODEL = """
from keras import backend as K
from keras.layers import Dense, Input, Lambda, Layer, LSTM
from keras.models import Model

a = Input(shape=(4,))
b = Input(shape=(3,))
"""


def found(code: str, target: str = "keras2") -> list[str]:
    return [one.applicability.value for one in check(code, target) if one.rule == RULE]


def alone(code: str, target: str) -> str:
    """What this rule alone makes of a program."""
    return analysis.fix([source(code)], settings(target=target, rules=frozenset({RULE})))[NOWHERE].text


def in_call(lines: str) -> str:
    """A layer whose `call` has these lines."""
    return LAYER + textwrap.indent(textwrap.dedent(lines).strip("\n"), "        ") + "\n"


def in_model(lines: str) -> str:
    return MODEL + textwrap.dedent(lines)


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


# -- what is left alone


@pytest.mark.parametrize(
    "code",
    [
        """
        class Box:
            def __init__(self, shape):
                self._keras_shape = shape

        box = Box((1, 2))
        box._keras_shape = (3, 4)
        setattr(box, '_keras_shape', (5, 6))
        del box._keras_shape
        """,
        """
        class Kept(Layer):
            def build(self, input_shape):
                self._keras_shape = input_shape
        """,
        "x = Dense(3)(a); x.keras_shape = (None, 3); setattr(x, name, 3)",
        """
        import keras
        x = Dense(3)(a)
        if keras.__version__ < '2':
            x._keras_shape = (None, 3)
        """,
    ],
)
@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_what_sets_no_shape_of_a_tensor(code, target):
    source = in_model(code)
    assert found(source, target) == []
    assert fix(source, target, unsafe=True) == source


# -- inside layers


@pytest.mark.parametrize(
    "made",
    [
        "K.concatenate([a, b], axis=-1)",
        "K.concatenate([a, K.sum(b, axis=-2)])",
        "a * 2 + b",
        "K.repeat_elements(K.expand_dims(a, 2), 3, axis=2)",
        "K.reshape(a, (-1, 3, self.width))",
        "K.reshape(a, [-1] + list(K.int_shape(b)[1:]))",
        "K.permute_dimensions(K.dot(a, self.kernel), (0, 2, 1))",
        "K.in_train_phase(a, b) if self.noisy else a",
        "K.switch(K.equal(a, 0), a, b)",
        "self.activation(a)",
        "self.inner(K.relu(a))",
        "K.zeros(shape=(2, 3))",
        "self.kernel[:, :self.width]",
        "a[:, 0, :3]",
        "tf.concat([a, b], axis=1)",
        "tf.nn.relu(tf.matmul(a, b))",
        "self._mixed(a, b)",
        "K.stack([t * 2 for t in inputs])",
        "K.gather(a, b)",
    ],
)
@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_a_shape_that_tensorflow_infers_need_not_be_set(made, target):
    code = in_call(f"x = {made}\nx._keras_shape = (None, 7)\nreturn self.inner(x)")
    code += "\n    def _mixed(self, left, right):\n        return K.maximum(left, right)\n"
    assert found(code, target) == ["safe"]
    assert alone(code, target) == code.replace("        x._keras_shape = (None, 7)\n", "")


@pytest.mark.parametrize(
    "made",
    [
        "K.reshape(a, K.shape(b))",
        "K.reshape(a, (3, -1))",
        "K.batch_flatten(a)",
        "K.repeat_elements(a, K.shape(b)[1], axis=1)",
        "a[:, :K.shape(b)[1]]",
        "tf.boolean_mask(a, b)",
        "tf.where(b)",
        "tf.squeeze(a)",
        "K.gather(a, K.arange(K.shape(b)[0]))",
        "tf.map_fn(self.step, a)",
        "looked_up(a, b)",
        "self._mixed(a, b)",
        "Lambda(looked_up)(a)",
    ],
)
@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_a_shape_that_it_cannot_infer_is_told_to_tensorflow(made, target):
    shape = "(None, n, 3 + self.width)"
    code = in_call(f"n = K.int_shape(a)[1]\nx = {made}\nx._keras_shape = {shape}\nreturn self.inner(x)")
    code += "\n    def _mixed(self, left, right):\n        return K.reshape(left, K.shape(right))\n"
    assert found(code, target) == ["safe"]
    assert alone(code, target) == code.replace(f"x._keras_shape = {shape}", f"x.set_shape({shape})")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x._keras_shape = None, 3", "x.set_shape((None, 3))"),
        ("x._keras_shape = ((None,)\n                  + (3,))", "x.set_shape((None,)\n            + (3,))"),
        ("x._keras_shape = a._keras_shape", "x.set_shape(K.int_shape(a))"),
        ("setattr(x, '_keras_shape', (None, 3))", "x.set_shape((None, 3))"),
        ("x._keras_shape = (None, 3); y = 1", "x.set_shape((None, 3)); y = 1"),
    ],
)
def test_how_it_is_told(before, after):
    code = in_call(f"x = looked_up(a)\n{before}\nreturn self.inner(x)")
    assert lines_of(after)[0] in fix(code, "keras2")
    assert "_keras_shape" not in fix(code, "keras2")


def test_a_shape_of_tensors_cannot_be_told():
    code = in_call("x = looked_up(a)\nx._keras_shape = (None, K.shape(a)[1])\nreturn self.inner(x)")
    assert found(code) == ["manual"]
    assert fix(code, "keras2", unsafe=True) == code


def test_a_shape_that_may_hold_tensors_is_told_on_an_assumption():
    code = in_call("x = looked_up(a)\nx._keras_shape = (None, sizes(a))\nreturn self.inner(x)")
    assert found(code) == ["unsafe"]
    assert "x.set_shape((None, sizes(a)))" in fix(code, "keras2", unsafe=True)


def test_what_goes_into_backend_functions_only_needs_no_shape():
    code = in_call("""
        x = K.reshape(a, K.shape(b))
        x._keras_shape = self.kernel_shape + (K.shape(a)[0],)
        return K.conv2d(a, K.concatenate([x, -x]))
    """)
    assert found(code) == ["safe"]
    assert "_keras_shape" not in fix(code, "keras2")


def test_what_it_asks_for_itself_it_needs():
    code = in_call("x = looked_up(a)\nx._keras_shape = (None, 3)\nreturn K.zeros(K.int_shape(x))")
    assert "x.set_shape((None, 3))" in fix(code, "keras2")


def test_the_latest_binding_counts_and_those_around_a_loop():
    code = in_call("""
        x = looked_up(a)
        x = a * 2
        x._keras_shape = (None, 3)
        for layer in self.layers:
            x._keras_shape = (None, 4)
            x = layer(x)
            x = looked_up(x)
        return x
    """)
    after = fix(code, "keras2")
    assert "(None, 3)" not in after
    assert "x.set_shape((None, 4))" in after


def test_around_a_loop_what_is_known_stays_known():
    code = in_call("""
        x = a
        for i in range(3):
            x = K.concatenate([x, b])
            x._keras_shape = (None, 3)
        return self.inner(x)
    """)
    assert "_keras_shape" not in fix(code, "keras2")


def test_a_function_given_to_a_lambda_runs_like_a_layer():
    code = in_model("""
    def joined(tensors):
        x = K.concatenate(tensors)
        x._keras_shape = (None, 7)
        return Dense(2)(x)

    y = Lambda(joined)([a, b])
    """)
    assert found(code) == ["safe"]
    assert "_keras_shape" not in fix(code, "keras2")


# -- in model code


def test_a_backend_call_and_its_shape_go_together():
    code = in_model("x = K.concatenate([a, b])\nx._keras_shape = (None, 7)\nmodel = Model([a, b], Dense(1)(x))\n")
    for target in ("keras2", "keras3"):
        assert found(code, target) == ["safe"]
        after = fix(code, target)
        assert "x = Concatenate()([a, b])\nmodel" in after


def test_a_call_that_no_layer_can_replace_yet_keeps_the_shape_for_whom_it_concerns():
    code = in_model("x = K.reshape(a, K.shape(b))\nx._keras_shape = (None, 7)\nmodel = Model([a, b], Dense(1)(x))\n")
    assert found(code) == ["manual"]
    help_text = next(one.help for one in check(code, "keras2") if one.rule == RULE)
    assert help_text is not None
    assert "`K.reshape(...)`" in help_text


@pytest.mark.parametrize(
    "made", ["Dense(7)(a)", "a * 2", "LSTM(7)(s)", "Lambda(lambda t: t * 2)(a)", "Model(a, Dense(7)(a))(a)"]
)
@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_what_a_layer_gives_has_a_shape(made, target):
    code = in_model(f"s = Input(shape=(2, 3))\nx = {made}\nx._keras_shape = (None, 7)\ny = Dense(1)(x)\n")
    assert found(code, target) == ["safe"]
    assert fix(code, target) == code.replace("x._keras_shape = (None, 7)\n", "")


@pytest.mark.parametrize(
    ("shape", "reshape"),
    [
        ("(None, 7)", "Reshape((7,))(x)"),
        ("(None, n, 2 * n)", "Reshape((n, 2 * n))(x)"),
        ("shape", "Reshape(shape[1:])(x)"),
    ],
)
def test_what_a_lambda_hides_is_told_by_a_reshape(shape, reshape):
    code = in_model(f"x = Lambda(lambda t: K.reshape(t, K.shape(b)))(a)\nx._keras_shape = {shape}\ny = Dense(1)(x)\n")
    assert found(code) == ["unsafe"]
    assert fix(code, "keras2") == code
    after = fix(code, "keras2", unsafe=True)
    assert f"x = {reshape}\n" in after
    assert "Reshape" in after.partition("\n\n")[0]


def test_sizes_that_reshape_cannot_leave_open_are_left_to_a_person():
    code = in_model("x = Lambda(f)(a)\nx._keras_shape = (None, None, None)\n")
    assert found(code) == ["manual"]


def test_a_tensor_from_nowhere():
    code = in_model("def f(t):\n    t._keras_shape = (None, 3)\n    return Dense(1)(t)\n")
    assert found(code) == ["unsafe"]
    assert fix(code, "keras2") == code
    assert fix(code, "keras2", unsafe=True) == in_model("def f(t):\n    return Dense(1)(t)\n")


# -- statements and blocks


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x._keras_shape = (None, 3)  # for Dense\ny = 1\n", "y = 1\n"),
        ("x._keras_shape = (None,\n                  3)\ny = 1\n", "y = 1\n"),
        ("y = 1; x._keras_shape = (None, 3)\n", "y = 1\n"),
        ("x._keras_shape = (None, 3); y = 1\n", "y = 1\n"),
        ("x._keras_shape = (None, 3);\ny = 1\n", "y = 1\n"),
        ("y = 1\nx._keras_shape = (None, 3)", "y = 1\n"),
        ("# first\nx._keras_shape = (None, 3)\n# second\n", "# first\n# second\n"),
        ("if n:\n    x._keras_shape = (None, 3)\ny = 1\n", "y = 1\n"),
        ("if n:\n    y = 1\nelif m:\n    x._keras_shape = (None, 3)\nz = 1\n", "if n:\n    y = 1\nz = 1\n"),
        ("if n():\n    x._keras_shape = (None, 3)\n", "if n():\n    pass\n"),
        ("if n:\n    y = 1\nelse:\n    x._keras_shape = (None, 3)\n", "if n:\n    y = 1\nelse:\n    pass\n"),
        ("if n:\n    x._keras_shape = (None, 3)\nelse:\n    x._keras_shape = (None, 4)\ny = 1\n", "y = 1\n"),
        ("if n:\n    if m:\n        x._keras_shape = (None, 3)\ny = 1\n", "y = 1\n"),
        ("if n: x._keras_shape = (None, 3)\ny = 1\n", "y = 1\n"),
        ("def f():\n    x._keras_shape = (None, 3)\n", "def f():\n    pass\n"),
        ("with s:\n    x._keras_shape = (None, 3)\n", "with s:\n    pass\n"),
        ("for t, s in zip([a, b], [1, 2]):\n    setattr(t, '_keras_shape', s)\ny = 1\n", "y = 1\n"),
        ("del x._keras_shape\ny = 1\n", "y = 1\n"),
        ("delattr(x, '_keras_shape')\ny = 1\n", "y = 1\n"),
    ],
)
def test_the_statement_goes_and_the_block_stays_whole(before, after):
    head = MODEL + "x = Dense(3)(a)\n"
    result = fix(head + before, "keras2")
    assert result.rstrip("\n") == (head + after).rstrip("\n")
    compile(result, "case.py", "exec")


def test_the_only_statement_of_a_file_with_windows_line_ends():
    code = (MODEL + "x = Dense(3)(a)\nx._keras_shape = (None, 3)\ny = 1\n").replace("\n", "\r\n")
    assert fix(code, "keras2") == (MODEL + "x = Dense(3)(a)\ny = 1\n").replace("\n", "\r\n")


@pytest.mark.parametrize(
    "line",
    ["x._keras_shape = y._keras_shape = (None, 3)", "x._keras_shape, n = (None, 3), 3", "del x._keras_shape, y.z"],
)
def test_a_statement_that_does_more_is_left_to_a_person(line):
    code = in_model(f"x = Dense(3)(a)\ny = Dense(3)(b)\n{line}\n")
    assert set(found(code)) == {"manual"}
    assert fix(code, "keras2", unsafe=True) == code


def test_what_is_taken_away_for_a_while_and_put_back():
    code = in_call("""
        shapes = []
        for x in inputs:
            if hasattr(x, '_keras_shape'):
                shapes.append(x._keras_shape)
                del x._keras_shape
        y = self.inner.call(inputs)
        for x, s in zip(inputs, shapes):
            setattr(x, '_keras_shape', s)
        return y
    """)
    after = fix(code, "keras2", unsafe=True)
    assert lines_of(after)[-5:] == [
        "shapes = []",
        "for x in inputs:",
        "shapes.append(K.int_shape(x))",
        "y = self.inner.call(inputs)",
        "return y",
    ]
    assert "del " not in fix(code, "keras2")
    assert "setattr" not in fix(code, "keras2")


def test_what_is_missing_is_not_given():
    code = in_model("x = Dense(3)(a)\nif not hasattr(x, '_keras_shape'):\n    x._keras_shape = (None, 3)\ny = 1\n")
    assert fix(code, "keras2") == in_model("x = Dense(3)(a)\ny = 1\n")
