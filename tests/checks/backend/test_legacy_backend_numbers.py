"""Backend functions with the arguments of Keras 1 compute on today's libraries what they computed there."""

from __future__ import annotations

import ast
from functools import cache

import numpy as np
import pytest
from catalogue.pipeline import fix
from checks.backend.test_backend_op_numbers import Call
from checks.backend.test_removed_backend_numbers import RUN_ALL, names_in, reference, source_of, values
from reference.engines import keras3_engine, tf_keras_engine

TEXTS = [
    "K.expand_dims(u, dim=1)",
    "K.one_hot(ids, nb_classes=4)",
    "K.resize_images(i, 2, 3, dim_ordering='tf')",
    "K.spatial_2d_padding(i)",
    "K.spatial_2d_padding(i, (1, 2))",
    "K.spatial_2d_padding(i, padding=(1, 2), dim_ordering='tf')",
    "K.temporal_padding(s, 2)",
    "K.asymmetric_temporal_padding(s, 2, 1)",
    "K.asymmetric_spatial_2d_padding(i, 0, 1, 2, 3)",
    "K.conv1d(s, k1, stride=2, border_mode='same')",
    "K.conv2d(i, k2, border_mode='same', dim_ordering='tf', filter_shape=(3, 2, 3, 2))",
    "K.conv2d(i, k2, border_mode='same', filter_dilation=(2, 2))",
    "K.conv3d(z, k3, border_mode='same')",
    "K.separable_conv2d(i, d2, x2, border_mode='same')",
    "K.pool2d(i, (2, 2), strides=(2, 2), border_mode='same', pool_mode='avg')",
    "K.pool3d(z, (1, 2, 2), border_mode='same')",
    "K.deconv2d(i, k6, (2, 9, 13, 4), strides=(2, 2))",
    "K.atrous_conv2d(i, k2, 2, border_mode='same')",
    "K.batch_normalization(s, bias, bias * bias, bias, bias, 0.01)",
    "K.lesser(u, v)",
    "K.lesser_equal(u, 0.2)",
    "K.get_variable_shape(s)",
    "K.categorical_crossentropy(K.softmax(u), K.softmax(v))",
    "K.categorical_crossentropy(u, K.softmax(v), True)",
    "K.categorical_crossentropy((u), (K.softmax(v)), from_logits=True)",
    "K.binary_crossentropy(K.sigmoid(u), K.sigmoid(v))",
    "K.binary_crossentropy(K.sigmoid(u), target=K.sigmoid(v))",
    "K.sparse_categorical_crossentropy(K.softmax(v), labels)",
]
# What only Keras 1 had, so that the order of the arguments is known.
HEAD = """from keras.layers import Layer


class Own(Layer):
    def get_output_shape_for(self, shape):
        return shape


"""


@cache
def modern(target: str) -> tuple[str, dict[str, dict]]:
    source, functions = source_of(TEXTS)
    source = fix(HEAD + source, target)
    engine = keras3_engine() if target == "keras3" else tf_keras_engine()
    return source, engine.run(RUN_ALL, {"source": source, "functions": functions, "arrays": values()}, timeout=300)


@pytest.mark.parametrize("target", ["keras2", "keras3"])
@pytest.mark.parametrize("text", TEXTS)
def test_same_numbers(text, target):
    if target == "keras3" and ("deconv2d" in text or "batch_normalization" in text):
        pytest.skip("written with `--unsafe` or by hand")
    old, (source, new) = reference("1.2.2", tuple(TEXTS)), modern(target)
    written = source.split(f"def f{TEXTS.index(text)}(")[1].split("\n\n\ndef ")[0]
    assert text not in old["failures"], old["failures"][text]
    assert text not in new["failures"], f"{written}\n{new['failures'][text]}"
    expected, actual = old["results"][text], new["results"][text]
    assert actual.shape == expected.shape, written
    np.testing.assert_allclose(actual.astype("float64"), expected.astype("float64"), atol=2e-5, err_msg=written)


def test_a_second_run_swaps_nothing_back():
    source, _ = modern("keras2")
    assert fix(source, "keras2", unsafe=True) == source


def test_the_names_of_all_tensors_are_known():
    assert {name for text in TEXTS for name in names_in(text)} <= set(values())
    assert all(ast.parse(Call(text).text) for text in TEXTS)
