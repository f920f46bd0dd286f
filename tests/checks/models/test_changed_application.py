"""What is said of the networks of Keras 1, held against Keras 1.2.2 and those of today."""

from __future__ import annotations

import pytest
from catalogue.pipeline import check
from reference.engines import keras3_engine, legacy_engine, tf_keras_engine

RULE = "changed-application"
KERAS1 = "from keras.regularizers import l1l2\n"
BUILD = """
from keras import applications

resnet = applications.ResNet50(weights=None, include_top=False, input_shape=(224, 224, 3))
inception = applications.InceptionV3(weights=None, include_top=False, input_shape=(299, 299, 3))


def shape(tensor):
    return [None if size is None else int(size) for size in getattr(tensor, '_keras_shape', None) or tensor.shape]


def numbers(model):
    return [len(model.layers), int(model.count_params()), *shape(model.outputs[0])[1:]]


pooled = next(shape(layer.output)[1] for layer in resnet.layers if type(layer).__name__ == 'MaxPooling2D')
found = {'resnet': numbers(resnet), 'inception': numbers(inception), 'pooled': pooled}
found['mixed8'] = [layer.name for layer in inception.layers].index('mixed8')
del shape, numbers, resnet, inception, applications
"""


def said(code, target="keras3"):
    return [one.message for one in check(code, target) if one.rule == RULE]


def test_the_networks_of_keras_1():
    found = legacy_engine("1.2.2").run(BUILD)["found"]
    assert found["resnet"] == [175, 23_587_712, 1, 1, 2048]
    assert found["inception"] == [217, 21_611_968, 8, 8, 2048]
    assert (found["pooled"], found["mixed8"]) == (55, 172)


@pytest.mark.parametrize("engine", [tf_keras_engine, keras3_engine])
def test_the_networks_of_today(engine):
    found = engine().run(BUILD)["found"]
    assert found["resnet"] == [175, 23_587_712, 7, 7, 2048]
    assert found["inception"] == [311, 21_802_784, 8, 8, 2048]
    assert (found["pooled"], found["mixed8"]) == (56, 248)


@pytest.mark.parametrize("target", ["keras2", "keras3"])
@pytest.mark.parametrize(
    ("call", "count"),
    [
        ("ResNet50(include_top=False)", 1),
        ("ResNet50(False, 'imagenet')", 1),
        ("InceptionV3()", 1),
        ("InceptionV3(include_top=False)", 1),
        ("ResNet50()", 0),
        ("ResNet50(include_top=TOP)", 0),
        ("VGG16(include_top=False)", 0),
        ("Xception(include_top=False)", 0),
    ],
)
def test_what_is_found_in_code_for_keras_1(call, count, target):
    code = f"{KERAS1}from keras.applications import *\nfrom settings import TOP\nmodel = {call}\n"
    assert len(said(code, target)) == count


@pytest.mark.parametrize(
    "head",
    [
        "from keras.applications import ResNet50\n",
        "from keras.layers import Dense\nfrom keras.applications import ResNet50\na = Dense(units=3)\n",
        f"{KERAS1}from tensorflow.keras.applications import ResNet50\n",
        f"{KERAS1}from mine import ResNet50\n",
    ],
)
def test_code_that_may_be_for_a_later_version_stays(head):
    assert not said(f"{head}model = ResNet50(include_top=False)\n")
