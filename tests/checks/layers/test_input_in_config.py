from __future__ import annotations

from catalogue.pipeline import check, fix

CODE = """from keras.layers import Input
from keras.models import Sequential


def again(layer, shape):
    config = layer.get_config()
    config['batch_input_shape'] = shape
    layer = layer.__class__.from_config(config)

    model = Sequential()
    model.add(layer)
    return model
"""


def test_an_input_says_what_the_configuration_said():
    assert fix(CODE, "keras3") == CODE
    done = fix(CODE, "keras3", unsafe=True)
    assert done == CODE.replace("    config['batch_input_shape'] = shape\n", "").replace(
        "    model.add(layer)\n", "    model.add(Input(batch_shape=shape))\n    model.add(layer)\n"
    )
    assert not check(done, "keras3")
    assert not check(CODE, "keras2")


def test_a_layer_that_goes_elsewhere_is_reported():
    code = CODE.replace("    model.add(layer)\n", "    register(layer)\n")
    assert fix(code, "keras3", unsafe=True) == code
    assert ["Input(batch_shape=...)" in (one.help or "") for one in check(code, "keras3")] == [True]


def test_configurations_of_other_things_stay():
    code = "import keras\n\nconfig = {}\nconfig['batch_input_shape'] = (1, 2)\n"
    assert not check(code, "keras3")
