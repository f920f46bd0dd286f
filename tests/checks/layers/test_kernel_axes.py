from __future__ import annotations

import pytest
from catalogue.pipeline import check, fix

RULE = "legacy-kernel-axes"
HEAD = """\
from keras.layers import Convolution2D, Flatten
from keras.models import Sequential

model = Sequential()
model.add(Convolution2D(2, 3, 3, input_shape={}, border_mode='same', name='conv'))
"""
FIRST = HEAD.format("(3, 32, 32)")


def body(code: str) -> str:
    """What follows the definitions that a file gets."""
    done = fix(code, "keras2")
    assert fix(done, "keras2") == done
    return done[done.index("name='conv'))\n") :].partition("\n")[2]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("first = model.layers[0].get_weights()[0][0]\n", "first = get_weights(model.layers[0])[0][0]\n"),
        ("model.get_layer('conv').set_weights(loaded)\n", "set_weights(model.get_layer('conv'), loaded)\n"),
        (
            "for number, layer in enumerate(model.layers):\n    layer.set_weights(saved[number])\n",
            "for number, layer in enumerate(model.layers):\n    set_weights(layer, saved[number])\n",
        ),
        (
            "conv = Convolution2D(2, 3, 3)\nkernel, bias = conv.get_weights()\n",
            "conv = Conv2D(2, (3, 3))\nkernel, bias = get_weights(conv)\n",
        ),
    ],
)
def test_kernels_are_turned_where_they_are_looked_into(before, after):
    assert body(FIRST + before) == after


@pytest.mark.parametrize("target", ["keras2", "keras3"])
@pytest.mark.parametrize(
    "code",
    [
        FIRST + "model.layers[0].set_weights(other.layers[0].get_weights())\n",
        FIRST + "weights = other.layers[0].get_weights()\nmodel.layers[0].set_weights(weights)\n",
        FIRST + "model.set_weights([weight * 2 for weight in model.get_weights()])\n",
        HEAD.format("(32, 32, 3)") + "first = model.layers[0].get_weights()[0]\n",
        HEAD.format("(rows, columns, 1)") + "first = model.layers[0].get_weights()[0]\n",
    ],
)
def test_leaves_alone(code, target):
    assert RULE not in {one.rule for one in check(code, target)}


def test_a_function_of_the_same_name_is_told():
    code = FIRST + "def get_weights(x):\n    return x\n\n\nfirst = model.layers[0].get_weights()[0]\n"
    (one,) = (one for one in check(code, "keras2") if one.rule == RULE)
    assert one.fix is None and one.help


@pytest.mark.parametrize(
    ("given", "keras2", "keras3"),
    [
        (
            "weights=loaded",
            "weights=legacy_weights(loaded)",
            "kernel_initializer=Constant(legacy_weights(loaded)[0]), "
            "bias_initializer=Constant(legacy_weights(loaded)[1])",
        ),
        (
            "weights=[kernel, bias], dim_ordering='th'",
            "weights=legacy_weights([kernel, bias], 'channels_first'), data_format='channels_first'",
            "kernel_initializer=Constant(legacy_weights([kernel], 'channels_first')[0]), "
            "bias_initializer=Constant(bias), data_format='channels_first'",
        ),
        (
            "weights=[kernel, bias], dim_ordering='tf'",
            "weights=[kernel, bias], data_format='channels_last'",
            "kernel_initializer=Constant(kernel), bias_initializer=Constant(bias), data_format='channels_last'",
        ),
    ],
)
def test_initial_weights_have_the_axes_of_their_ordering(given, keras2, keras3):
    code = "from keras.layers import Convolution2D\nkernel, bias = load()\nloaded = [kernel, bias]\n"
    code += f"conv = Convolution2D(2, 3, 3, {given})\n"
    assert fix(code, "keras2").endswith(f"conv = Conv2D(2, (3, 3), {keras2})\n")
    assert fix(code, "keras3").endswith(f"conv = Conv2D(2, (3, 3), {keras3})\n")


def test_initial_weights_that_a_layer_gave_are_of_today():
    code = (
        "from keras.layers import Convolution2D\nloaded = old.get_weights()\n"
        "conv = Convolution2D(2, 3, 3, border_mode='same', weights=loaded)\n"
    )
    assert "legacy_weights" not in fix(code, "keras2", unsafe=True)
