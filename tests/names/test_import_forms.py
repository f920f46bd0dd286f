"""Every way to Keras' `merge` and `Merge`, and what the fixed code says instead."""

import pytest
from programs import RULES, findings, fixed

USE = "a = Input((3,))\ny = {0}([a, a], mode='concat')\n"
INPUT = "from keras.layers import Input\n"
TF_INPUT = "from tensorflow.keras.layers import Input\n"

# how the code imports it, how it calls it, how the fixed code calls it
FORMS = [
    (INPUT + "from keras.layers import merge\n", "merge", "Concatenate()"),
    (INPUT + "from keras.layers import merge as m\n", "m", "Concatenate()"),
    (INPUT + "import keras.layers as kl\n", "kl.merge", "kl.Concatenate()"),
    (INPUT + "import keras.layers\n", "keras.layers.merge", "keras.layers.Concatenate()"),
    (INPUT + "import keras\n", "keras.layers.merge", "keras.layers.Concatenate()"),
    (INPUT + "import keras as k\n", "k.layers.merge", "k.layers.Concatenate()"),
    (INPUT + "from keras import layers\n", "layers.merge", "layers.Concatenate()"),
    (INPUT + "from keras import layers as L\n", "L.merge", "L.Concatenate()"),
    (INPUT + "import keras\nL = keras.layers\n", "L.merge", "L.Concatenate()"),
    ("from keras.layers import *\n", "merge", "Concatenate()"),
    (INPUT + "from keras.layers.core import merge\n", "merge", "Concatenate()"),
    (INPUT + "from keras.engine.topology import *\n", "merge", "Concatenate()"),
    (INPUT + "from keras.engine import merge\n", "merge", "Concatenate()"),
    (INPUT + "from keras.engine import *\n", "merge", "Concatenate()"),
    (INPUT + "from keras.engine.topology import merge\n", "merge", "Concatenate()"),
    (INPUT + "import keras.engine as e\n", "e.merge", "Concatenate()"),
    (INPUT + "import keras.engine.topology as t\n", "t.merge", "Concatenate()"),
    (INPUT + "from keras.legacy.layers import merge\n", "merge", "Concatenate()"),
    (INPUT + "from keras.legacy import layers\n", "layers.merge", "Concatenate()"),
    (INPUT + "from keras import *\n", "layers.merge", "Concatenate()"),
    (TF_INPUT + "import tensorflow as tf\n", "tf.keras.layers.merge", "tf.keras.layers.Concatenate()"),
    (TF_INPUT + "import tensorflow as tf\nL = tf.keras.layers\n", "L.merge", "L.Concatenate()"),
    (TF_INPUT + "from tensorflow import keras\n", "keras.layers.merge", "keras.layers.Concatenate()"),
    (TF_INPUT + "import tensorflow.keras as tk\n", "tk.layers.merge", "tk.layers.Concatenate()"),
    (TF_INPUT + "import tensorflow.keras.layers as kl\n", "kl.merge", "kl.Concatenate()"),
    (TF_INPUT + "from tensorflow.keras.layers import merge\n", "merge", "Concatenate()"),
    ("from tensorflow.contrib.keras.layers import Input, merge\n", "merge", "Concatenate()"),
    ("from tensorflow.contrib.keras.python.keras.layers import Input, merge\n", "merge", "Concatenate()"),
    ("from tensorflow.python.keras.layers import Input, merge\n", "merge", "Concatenate()"),
    (INPUT + "import tf_keras\n", "tf_keras.layers.merge", "tf_keras.layers.Concatenate()"),
    (INPUT + "from __future__ import print_function\nfrom keras.layers import merge\n", "merge", "Concatenate()"),
    (INPUT + "try:\n    from keras.layers import merge\nexcept ImportError:\n    raise\n", "merge", "Concatenate()"),
    (INPUT + "import keras\nmerge = keras.layers.merge\n", "merge", "Concatenate()"),
    (INPUT + "import keras\nmerge = getattr(keras.layers, 'merge')\n", "merge", "Concatenate()"),
]


@pytest.mark.parametrize(("imports", "call", "after"), FORMS)
def test_every_way_to_merge_is_seen(imports, call, after):
    if "__future__" in imports:
        imports = "".join(sorted(imports.splitlines(keepends=True), key=lambda line: "__future__" not in line))
    text = fixed(imports + USE.format(call))
    assert text.endswith(f"y = {after}([a, a])\n")
    name = after.removesuffix("()")
    if "." not in name and "import *" not in imports:
        assert f"import {name}" in text or f", {name}" in text


@pytest.mark.parametrize(
    ("imports", "call", "after"),
    [
        ("from keras.layers import Merge\n", "Merge", "Concatenate()"),
        ("from keras.layers.core import Merge\n", "Merge", "Concatenate()"),
        ("from keras.engine.topology import Merge as M\n", "M", "Concatenate()"),
        ("from keras.models import *\n", "Merge", "Concatenate()"),
        ("from keras.layers import core\n", "core.Merge", "Concatenate()"),
        ("import keras.layers.core as core\n", "core.Merge", "Concatenate()"),
        ("import keras.layers.core\n", "keras.layers.core.Merge", "Concatenate()"),
        ("import keras.layers as kl\n", "kl.Merge", "kl.Concatenate()"),
    ],
)
def test_every_way_to_the_layer_is_seen(imports, call, after):
    text = fixed(INPUT + imports + f"a = Input((3,))\ny = {call}(mode='concat')([a, a])\n")
    assert text.endswith(f"y = {after}([a, a])\n")
    assert text.count("Merge") == 0


@pytest.mark.parametrize(
    ("code", "after"),
    [
        (
            "from keras.layers.merge import concatenate\ny = concatenate([a, b])\n",
            "from keras.layers import concatenate\ny = concatenate([a, b])\n",
        ),
        (
            "from keras.layers.merge import *\ny = concatenate([a, b])\n",
            "from keras.layers import concatenate\ny = concatenate([a, b])\n",
        ),
        (
            "from keras.layers import merge\ny = merge.concatenate([a, b])\n",
            "from keras.layers import concatenate\ny = concatenate([a, b])\n",
        ),
        ("import keras.layers.merge as m\ny = m.add([a, b])\n", "import keras.layers as m\ny = m.add([a, b])\n"),
        (
            "import keras\ny = keras.layers.merge.concatenate([a, b])\n",
            "import keras\ny = keras.layers.concatenate([a, b])\n",
        ),
        (
            "from keras.layers import Add, Concatenate, concatenate\ny = Add()([a, concatenate([a, b])])\n",
            "from keras.layers import Add, Concatenate, concatenate\ny = Add()([a, concatenate([a, b])])\n",
        ),
    ],
)
def test_the_layers_of_the_module_of_keras_2_stay(code, after):
    assert fixed(code) == after


def test_imports_inside_functions_are_their_own():
    code = (
        "def f():\n    from keras.layers import Input, merge\n    a = Input((3,))\n    return merge([a, a])\n\n\n"
        "def g():\n    from keras.layers import Input, merge\n    a = Input((3,))\n    return merge([a, a], 'mul')\n"
    )
    text = fixed(code)
    assert "import Input, Add\n    a" in text
    assert "import Input, Multiply\n    a" in text
    assert "merge" not in text


def test_of_two_packages_each_call_stays_with_its_own():
    code = (
        "import tensorflow as tf\nfrom keras.layers import Add, Input, merge\n"
        "a, b = Input((3,)), tf.keras.layers.Input((3,))\nx = merge([a, a])\ny = tf.keras.layers.merge([b, b])\n"
    )
    text = fixed(code, rules=RULES - {"mixed-keras"})
    assert text.endswith("x = Add()([a, a])\ny = tf.keras.layers.Add()([b, b])\n")


ALTERNATIVES = [
    ("from keras.layers.core import merge", "from keras.layers import merge", "keras", "keras"),
    ("from keras.layers import merge", "from tensorflow.keras.layers import merge", "keras", "tensorflow.keras"),
]


@pytest.mark.parametrize(("one", "other", "root", "other_root"), ALTERNATIVES)
def test_alternatives_each_import_what_the_fixed_code_needs(one, other, root, other_root):
    code = f"{INPUT}try:\n    {one}\nexcept ImportError:\n    {other}\na = Input((3,))\nx = merge([a, a])\n"
    assert fixed(code) == (
        f"{INPUT}try:\n    from {root}.layers import Add\nexcept ImportError:\n"
        f"    from {other_root}.layers import Add\na = Input((3,))\nx = Add()([a, a])\n"
    )


def test_a_star_import_of_a_library_hides_the_name():
    code = "from keras.layers import *\nfrom pandas import *\ny = merge([a, b])\n"
    assert fixed(code) == code
    shown = "from pandas import *\nfrom keras.layers import *\na = Input((3,))\ny = merge([a, a])\n"
    assert fixed(shown).endswith("y = Add()([a, a])\n")


def test_what_is_handed_on_is_reported():
    code = INPUT + "from keras.layers import merge\nmodes = {'old': merge}\n"
    assert findings(code) == [("merge-function", 3, "manual")]


LATE = {
    "import": (
        "y = merge([a, a])\nfrom keras.layers import Add\n",
        "y = Add()([a, a])\nfrom keras.layers import Add\n",
    ),
    "star": ("y = merge([a, a])\nfrom keras.layers import *\n", "y = Add()([a, a])\nfrom keras.layers import *\n"),
    "lambda": ("y = (lambda: merge([a, a]))()\nimport keras\n", "y = (lambda: Add()([a, a]))()\nimport keras\n"),
}


@pytest.mark.parametrize(("before", "after"), LATE.values(), ids=LATE)
def test_an_import_after_the_code_does_not_serve_it(before, after):
    head = "from keras.layers import Input, merge\na = Input((3,))\n"
    assert fixed(head + before) == head.replace("merge", "Add") + after


def test_one_name_here_and_another_there():
    code = (
        "from keras.layers import Input, merge\na = Input((3,))\n"
        "def f():\n    Add = 3\n    return merge([a, a])\ny = merge([a, a])\n"
    )
    assert fixed(code) == (
        "from keras.layers import Input, Add, Add as KerasAdd\na = Input((3,))\n"
        "def f():\n    Add = 3\n    return KerasAdd()([a, a])\ny = Add()([a, a])\n"
    )
