from __future__ import annotations

import textwrap

import pytest
from catalogue.pipeline import check, fix

from kerasfix.findings import Applicability

RULE = "keras-shape-read"
HEAD = """
from keras import backend as K
from keras.layers import Dense, Input, Layer

x = Dense(4)(Input(shape=(3,)))
"""


def fixed(code: str, target: str = "keras2", *, head: str = HEAD, unsafe: bool = False) -> str:
    """What becomes of the code after the head."""
    after = fix(head + textwrap.dedent(code), target, unsafe=unsafe)
    assert after.startswith(head)
    return after.removeprefix(head)


def safeties(code: str, target: str = "keras2", head: str = HEAD) -> list[str]:
    return [one.applicability.value for one in check(head + textwrap.dedent(code), target) if one.rule == RULE]


def helps(code: str) -> list[str | None]:
    return [one.help for one in check(HEAD + textwrap.dedent(code), "keras2") if one.rule == RULE]


# -- what is left alone


@pytest.mark.parametrize(
    "code",
    [
        # the user's own objects
        """
        class Box:
            def __init__(self, shape):
                self._keras_shape = shape

            def width(self):
                return self._keras_shape[-1]

        width = Box((1, 2))._keras_shape[-1]
        known = hasattr(Box((1,)), '_keras_shape')
        """,
        """
        class Box(object):
            _keras_shape = (None, 3)

        print(Box._keras_shape, getattr(Box(), '_keras_shape', None))
        """,
        """
        class Holder(Layer):
            def build(self, input_shape):
                self._keras_shape = input_shape

            def call(self, x):
                return x * self._keras_shape[-1]

            def compute_output_shape(self, input_shape):
                return input_shape
        """,
        # other names, and names that are only text
        "y = x._keras_shapes; z = x.keras_shape; print('_keras_shape'); config = {'_keras_shape': (1, 2)}",
        "y = getattr(x, name); z = hasattr(x, '_keras_mask')",
        # code for two versions of Keras
        """
        import keras
        if keras.__version__ < '2':
            shape = x._keras_shape
        else:
            shape = K.int_shape(x)
        """,
    ],
)
@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_what_is_no_read_of_a_tensors_shape(code, target):
    assert safeties(code, target) == []
    assert fixed(code, target, unsafe=True) == textwrap.dedent(code)


# -- reads


@pytest.mark.parametrize(
    ("code", "keras2", "keras3"),
    [
        ("s = x._keras_shape", "s = K.int_shape(x)", "s = x.shape"),
        ("s = x._keras_shape[1:]", "s = K.int_shape(x)[1:]", "s = x.shape[1:]"),
        ("_, n = x._keras_shape", "_, n = K.int_shape(x)", "_, n = x.shape"),
        ("s = (x * 2)._keras_shape", "s = K.int_shape(x * 2)", "s = (x * 2).shape"),
        ("s = Dense(2)(x)._keras_shape", "s = K.int_shape(Dense(2)(x))", "s = Dense(2)(x).shape"),
        ("s = getattr(x, '_keras_shape')", "s = K.int_shape(x)", "s = x.shape"),
        ("s = getattr(x, '_keras_shape', None)", "s = K.int_shape(x)", "s = x.shape"),
        ("s = getattr(x + 1, '_keras_shape')", "s = K.int_shape(x + 1)", "s = (x + 1).shape"),
        ("s = [x][0]._keras_shape", "s = K.int_shape([x][0])", "s = [x][0].shape"),
        (
            "y = Dense(x._keras_shape[1])(x)._keras_shape",
            "y = K.int_shape(Dense(K.int_shape(x)[1])(x))",
            "y = Dense(x.shape[1])(x).shape",
        ),
        # a tensor that was not seen to be one
        ("def f(t): return t._keras_shape", "def f(t): return K.int_shape(t)", "def f(t): return t.shape"),
    ],
)
def test_reads(code, keras2, keras3):
    assert set(safeties(code)) == {"safe"}
    assert fixed(code) == keras2
    assert fixed(code, "keras3") == keras3


@pytest.mark.parametrize(
    ("head", "spelled"),
    [
        ("import keras.backend as KB\nfrom keras.layers import Input\n", "KB.int_shape(x)"),
        ("import keras\nfrom keras.layers import Input\n", "keras.backend.int_shape(x)"),
        ("import keras\nfrom keras.layers import Input\nK = keras.backend\n", "K.int_shape(x)"),
        ("from tensorflow.keras import backend, layers\nfrom tensorflow.keras import Input\n", "backend.int_shape(x)"),
    ],
)
def test_the_backend_is_called_as_the_file_calls_it(head, spelled):
    head += "x = Input(shape=(3,))\n"
    assert fixed("s = x._keras_shape\n", head=head) == f"s = {spelled}\n"


@pytest.mark.parametrize("root", ["keras", "tensorflow.keras"])
def test_the_backend_is_imported_where_it_is_not(root):
    code = f"from {root}.layers import Input\n\nx = Input(shape=(3,))\ns = x._keras_shape\n"
    after = f"from {root}.layers import Input\nfrom {root} import backend as K\n\nx = Input(shape=(3,))\n"
    assert fix(code, "keras2") == f"{after}s = K.int_shape(x)\n"
    assert "backend" not in fix(code, "keras3")


def test_where_a_class_has_an_attribute_of_that_name_an_unknown_object_may_be_one_of_its():
    code = """
    class Box:
        def __init__(self, shape):
            self._keras_shape = shape

    def width(thing):
        return thing._keras_shape[-1]
    """
    assert safeties(code) == ["unsafe"]
    assert "return K.int_shape(thing)[-1]" in fixed(code, unsafe=True)


def test_a_default_is_kept_for_what_may_be_no_tensor():
    code = "def f(t):\n    return getattr(t, '_keras_shape', None)\n"
    assert safeties(code) == ["unsafe"]
    assert fixed(code) == code
    assert fixed(code, unsafe=True) == "def f(t):\n    return K.int_shape(t)\n"


def test_a_shape_that_was_set_and_could_not_be_settled_can_still_be_read():
    code = """
    def f(t):
        t = other(t)
        t._keras_shape = (None, 3)
        return t._keras_shape[-1]
    """
    assert safeties(code) == ["unsafe"]
    assert fixed(code) == textwrap.dedent(code)


# -- tests for it


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            """
            if hasattr(x, '_keras_shape'):
                s = x._keras_shape
            else:
                s = K.int_shape(x)
            n = 1
            """,
            """
            s = K.int_shape(x)
            n = 1
            """,
        ),
        (
            """
            if hasattr(x, '_keras_shape'):  # Keras 1
                # the static shape
                s = x._keras_shape  # a tuple

                n = (s[0],
                     s[1])
            elif hasattr(K, 'int_shape'):
                s = K.int_shape(x)
            else:
                raise ValueError()
            """,
            """
            # Keras 1
            # the static shape
            s = K.int_shape(x)  # a tuple

            n = (s[0],
                 s[1])
            """,
        ),
        (
            """
            if not hasattr(x, '_keras_shape'):
                s = None
            else:
                if x._keras_shape[0] is None:
                    s = 1
            """,
            """
            if K.int_shape(x)[0] is None:
                s = 1
            """,
        ),
        (
            """
            if n:
                s = 1
            elif hasattr(x, '_keras_shape'):
                s = x._keras_shape
            elif n == 3:
                s = 2
            """,
            """
            if n:
                s = 1
            else:
                s = K.int_shape(x)
            """,
        ),
        ("if hasattr(x, '_keras_shape'): s = x._keras_shape\n", "s = K.int_shape(x)\n"),
        (
            "s = x._keras_shape if hasattr(x, '_keras_shape') else x.get_shape()\n",
            "s = K.int_shape(x)\n",
        ),
        ("s = 1 + (0 if not hasattr(x, '_keras_shape') else x._keras_shape[1])\n", "s = 1 + (K.int_shape(x)[1])\n"),
        (
            "ok = hasattr(x, '_keras_shape') and (len(x._keras_shape) == 2)\n",
            "ok = (len(K.int_shape(x)) == 2)\n",
        ),
        ("if n:\n\tif hasattr(x, '_keras_shape'):\n\t\ts = x._keras_shape\n", "if n:\n\ts = K.int_shape(x)\n"),
    ],
)
def test_a_test_that_guards_a_read_goes(before, after):
    assert set(safeties(before)) == {"safe"}
    assert fixed(before) == textwrap.dedent(after)
    assert fixed(before, "keras3") == textwrap.dedent(after).replace("K.int_shape(x)", "x.shape")


def test_windows_line_ends_stay():
    code = "if hasattr(x, '_keras_shape'):\r\n    s = x._keras_shape\r\nelse:\r\n    s = None\r\nn = 1\r\n"
    head = HEAD.replace("\n", "\r\n")
    assert fixed(code, head=head) == "s = K.int_shape(x)\r\nn = 1\r\n"


@pytest.mark.parametrize("other", ["raise ValueError()", "s = t.get_shape()", "s = K.int_shape(t)"])
def test_what_only_a_tensor_gets_past_needs_no_assumption(other):
    code = f"def f(t):\n    if hasattr(t, '_keras_shape'):\n        s = t._keras_shape\n    else:\n        {other}\n"
    assert safeties(code) == ["safe", "safe"]
    assert fixed(code) == "def f(t):\n    s = K.int_shape(t)\n"


def test_with_an_unknown_object_the_test_and_what_it_guards_stay_together():
    code = "def f(t):\n    if hasattr(t, '_keras_shape'):\n        shapes.append(t._keras_shape)\n"
    assert safeties(code) == ["unsafe", "unsafe"]
    assert fixed(code) == code
    assert fixed(code, unsafe=True) == "def f(t):\n    shapes.append(K.int_shape(t))\n"


def test_a_text_over_several_lines_is_not_moved():
    code = "if hasattr(x, '_keras_shape'):\n    s = x._keras_shape, '''\n    text'''\n"
    assert "if K.is_keras_tensor(x):" in fixed(code, unsafe=True)
    assert "\n    text'''" in fixed(code, unsafe=True)


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("assert hasattr(x, '_keras_shape')\n", "assert K.is_keras_tensor(x)\n"),
        ("if not hasattr(x, '_keras_shape'):\n    raise E\n", "if not K.is_keras_tensor(x):\n    raise E\n"),
        ("ok = n and hasattr(x, '_keras_shape')\n", "ok = n and K.is_keras_tensor(x)\n"),
    ],
)
@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_a_keras_tensor_is_asked_for_in_words_of_today(code, after, target):
    assert safeties(code, target) == ["safe"]
    assert fixed(code, target) == after


def test_a_variable_had_the_attribute_too():
    code = "def f(t):\n    assert hasattr(t, '_keras_shape')\n"
    assert safeties(code) == ["unsafe"]
    assert fixed(code, unsafe=True) == "def f(t):\n    assert K.is_keras_tensor(t)\n"


def test_inside_a_layer_no_tensor_is_a_keras_tensor():
    code = """
    class Checked(Layer):
        def call(self, inputs):
            assert hasattr(inputs, '_keras_shape')
            return inputs
    """
    assert safeties(code) == ["manual"]
    assert all(helps(code))
    assert fixed(code, unsafe=True) == textwrap.dedent(code)


def test_the_safeties_are_those_of_the_report():
    found = check(HEAD + "s = x._keras_shape\n", "keras2")
    assert [one.applicability for one in found] == [Applicability.SAFE]
    assert found[0].message == "`x._keras_shape` does not exist any more"
    assert found[0].fix is not None
    assert found[0].fix.title == "Replace with `K.int_shape(x)`"
