"""Helpers of Keras that work on layers and on tensors, run as they were and, after the fix, on today's libraries."""

from __future__ import annotations

import textwrap

import numpy as np
import pytest
from catalogue.pipeline import fix
from catalogue.probe import original, probe, weights_of
from reference.engines import keras3_engine, legacy_engine, tf_keras_engine

ENGINES = {"keras2": tf_keras_engine, "keras3": keras3_engine}
FLIPPED = {
    "1.2.2": """
import numpy as np
from keras import backend as K
from keras.layers import AtrousConvolution2D, Convolution1D, Convolution2D, Convolution3D, Dense, Deconvolution2D
from keras.models import Sequential
from keras.utils.layer_utils import convert_all_kernels_in_model
from keras.utils.np_utils import convert_kernel

images = Sequential()
images.add(Convolution2D(2, 3, 2, input_shape=(8, 8, 3), dim_ordering='tf'))
images.add(AtrousConvolution2D(4, 2, 2, bias=False, dim_ordering='tf'))
images.add(Deconvolution2D(3, 3, 3, output_shape=(None, 8, 7, 3), dim_ordering='tf'))
volumes = Sequential()
volumes.add(Convolution3D(2, 3, 2, 4, input_shape=(8, 8, 8, 3), dim_ordering='tf'))
volumes.add(Dense(3))
first = Sequential()
first.add(Convolution2D(2, 3, 2, input_shape=(3, 8, 8), dim_ordering='th'))
steps = Sequential()
steps.add(Convolution1D(3, 4, input_shape=(9, 2)))
kernel = np.arange(72.).reshape((2, 3, 4, 3))
kernels = [convert_kernel(kernel), convert_kernel(kernel, 'tf'), convert_kernel(kernel, dim_ordering='th')]
""",
    "2.3.1": """
import numpy as np
from keras import backend as K
from keras.layers import Conv1D, Conv2D, Conv2DTranspose, Conv3D, Dense, SeparableConv2D
from keras.models import Sequential
from keras.utils import convert_all_kernels_in_model
from keras.utils.conv_utils import convert_kernel

images = Sequential([Conv2D(2, (3, 2), input_shape=(8, 8, 3)), Conv2DTranspose(3, 3), SeparableConv2D(2, 2)])
volumes = Sequential([Conv3D(2, (3, 2, 4), input_shape=(8, 8, 8, 3)), Dense(3)])
first = Sequential([Conv2D(2, (3, 2), data_format='channels_first', input_shape=(3, 8, 8))])
steps = Sequential([Conv1D(3, 4, dilation_rate=2, input_shape=(9, 2))])
kernel = np.arange(72.).reshape((2, 3, 4, 3))
kernels = [convert_kernel(kernel), convert_kernel(kernel[0])]
""",
}
# NumPy takes no list of slices for an index any more.
TUPLES = """
import inspect
from keras.utils import layer_utils, np_utils

convert_kernel = inspect.getsource(np_utils.convert_kernel).replace('[slices]', '[tuple(slices)]')
exec(convert_kernel, vars(np_utils))
layer_utils.convert_kernel = np_utils.convert_kernel
"""
# Keras 1 tells by the ordering of images where the rows of a kernel are.
ORDERINGS = {"1.2.2": "image_dim_ordering('th')", "2.3.1": "image_data_format('channels_first')"}
CONVERT = """
changes = []
for model in (images, volumes, steps, first):
    if model is first:
        K.set_ORDERING
    was = model.get_weights()
    convert_all_kernels_in_model(model)
    changes.append([(a, b) for a, b in zip(was, model.get_weights())])
"""


@pytest.mark.parametrize("target", ENGINES)
@pytest.mark.parametrize("version", FLIPPED)
def test_kernels_are_flipped(version, target):
    before = FLIPPED[version] + CONVERT.replace("ORDERING", ORDERINGS[version])
    after = fix(before, target)
    assert "np_utils" not in after and "layer_utils" not in after and fix(after, target) == after
    old = legacy_engine(version).run(TUPLES * (version == "1.2.2") + before)
    new = ENGINES[target]().run(after)
    for one, other in zip(old["kernels"], new["kernels"], strict=True):
        np.testing.assert_array_equal(other, one)
    for model, (old_changes, new_changes) in enumerate(zip(old["changes"], new["changes"], strict=True)):
        assert len(old_changes) == len(new_changes)
        for (old_from, old_to), (new_from, new_to) in zip(old_changes, new_changes):
            if version == "1.2.2" and model == 3 and old_from.ndim > 1:  # (filters, channels, rows, columns) in Keras 1
                old_from, old_to = (np.transpose(one, (2, 3, 1, 0)) for one in (old_from, old_to))
            assert _axes_flipped(old_from, old_to) == _axes_flipped(new_from, new_to)


def _axes_flipped(before, after):
    """How many of the first axes an array was flipped along."""
    return next(n for n in range(before.ndim) if np.array_equal(after, np.flip(before, tuple(range(n)))))


@pytest.mark.parametrize("target", ENGINES)
def test_a_dense_layer_gets_weights_for_the_other_ordering(target):
    before = """
import numpy as np
from keras.layers import Dense
from keras.models import Sequential
from keras.utils.layer_utils import convert_dense_weights_data_format

model = Sequential([Dense(2, input_shape=(24,))])
found = []
for target in ('channels_first', 'channels_last'):
    model.set_weights([np.arange(48.).reshape((24, 2)), np.arange(2.)])
    convert_dense_weights_data_format(model.layers[0], (2, 3, 4), target_data_format=target)
    found.append(model.get_weights())
model.set_weights([np.arange(48.).reshape((24, 2)), np.arange(2.)])
convert_dense_weights_data_format(model.layers[0], (2, 3, 4))
found.append(model.get_weights())
"""
    after = fix(before, target)
    assert "layer_utils" not in after
    old, new = legacy_engine("2.3.1").run(before), ENGINES[target]().run(after)
    for one, other in zip(old["found"], new["found"], strict=True):
        for a, b in zip(one, other, strict=True):
            np.testing.assert_array_equal(b, a)


LAYERS = """
from keras.layers import Bidirectional, Convolution2D, Dense, Input, Layer, LSTM, TimeDistributed, Wrapper
from keras.models import Model, Sequential
from keras.utils.layer_utils import layer_from_config


class Twice(Layer):
    def __init__(self, times=2, **kwargs):
        self.times = times
        super(Twice, self).__init__(**kwargs)

    def call(self, x, mask=None):
        return x * self.times

    def get_config(self):
        config = super(Twice, self).get_config()
        config['times'] = self.times
        return config


def config_of(layer):
    return {'class_name': layer.__class__.__name__, 'config': layer.get_config()}


inner = Sequential()
inner.add(Dense(3, input_shape=(4,), activation='tanh'))
x = Input(shape=(4,))
part = Model(x, Dense(2)(x))
layers = [Dense(3, activation='relu', W_regularizer='l2'), TimeDistributed(Dense(2)), inner, part]
copies = [layer_from_config(config_of(layer)) for layer in layers]
copies.append(layer_from_config(config_of(Twice(3)), {'Twice': Twice}))
copies.append(layer_from_config(config_of(TimeDistributed(Twice(4))), custom_objects={'Twice': Twice}))
classes = [copy.__class__.__name__ for copy in copies]
known = [copies[4].times, copies[5].layer.times]
try:
    layer_from_config({'class_name': 'Unknown', 'config': {}}).get_config()
    unknown = 'made'
except Exception:
    unknown = 'refused'

y = Input(shape=(4,))
model = Model(y, copies[3](y))
"""


@pytest.mark.parametrize("target", ENGINES)
def test_a_layer_is_made_from_its_configuration(target):
    after = fix(LAYERS, target)
    assert "layer_utils" not in after and fix(after, target) == after
    old, new = legacy_engine("1.2.2").run(LAYERS), ENGINES[target]().run(after)
    assert [one.replace("Model", "Functional") for one in old["classes"]] == new["classes"]
    assert (new["known"], new["unknown"]) == (old["known"], old["unknown"]) == ([3, 4], "refused")


PRODUCTS = """
from keras import backend as K
from keras.engine.topology import Layer
from keras.layers import Input
from keras.layers.recurrent import time_distributed_dense
from keras.models import Model


class Project(Layer):
    def __init__(self, output_dim, dropout=None, **kwargs):
        self.output_dim = output_dim
        self.dropout = dropout
        super(Project, self).__init__(**kwargs)

    def build(self, input_shape):
        self.W = self.add_weight((input_shape[2], self.output_dim), initializer='glorot_uniform', name='W')
        self.b = self.add_weight((self.output_dim,), initializer='one', name='b')
        self.built = True

    def call(self, x, mask=None):
        plain = time_distributed_dense(x, self.W, output_dim=self.output_dim)
        return plain + time_distributed_dense(x, self.W, self.b, self.dropout, K.int_shape(x)[2], self.output_dim, 5)

    def get_output_shape_for(self, input_shape):
        return (input_shape[0], input_shape[1], self.output_dim)


x = Input(shape=(5, 4))
model = Model(x, Project(3)(x))
model.compile('sgd', 'mse')
"""


@pytest.mark.parametrize("target", ENGINES)
def test_the_product_at_every_step(target):
    old = original(PRODUCTS)
    after = fix(PRODUCTS, target)
    assert fix(after, target, unsafe=True) == after
    new = probe(ENGINES[target](), after, weights_of(old))
    for before, output in zip(old["model"]["outputs"], new["model"]["outputs"], strict=True):
        np.testing.assert_allclose(output, before, atol=1e-6)
    assert new["model"]["loss"] == pytest.approx(old["model"]["loss"], rel=1e-5)
    assert new["model"]["moved"] == old["model"]["moved"]


DROPPED = """
from keras.engine.topology import Layer
from keras.layers import Input
from keras.layers.recurrent import time_distributed_dense
from keras.models import Model


class Drop(Layer):
    def build(self, input_shape):
        self.W = self.add_weight((40, 40), initializer='identity', name='W')
        self.built = True

    def call(self, x, mask=None):
        return time_distributed_dense(x, self.W, None, 0.5)

    def get_output_shape_for(self, input_shape):
        return input_shape


x = Input(shape=(5, 40))
model = Model(x, Drop()(x))
"""


@pytest.mark.parametrize("target", ENGINES)
def test_the_same_inputs_are_dropped_at_every_step_of_training(target):
    after = fix(DROPPED, target)
    trained = textwrap.dedent("""
        import keras
        import numpy as np

        ones = np.ones((6, 5, 40), 'float32')
        predicted = model.predict(ones, verbose=0)
        seen = [np.asarray(model(ones, training=True)) for _ in range(2)]
        model.compile(keras.optimizers.SGD(0.), lambda y, p: p * p)
        losses = [float(model.train_on_batch(ones, ones)) for _ in range(3)]
        fitted = model.fit(ones, ones, epochs=3, verbose=0).history['loss']
        tested = float(model.evaluate(ones, ones, verbose=0))
    """)
    new = ENGINES[target]().run(after + trained)
    np.testing.assert_array_equal(new["predicted"], np.ones((6, 5, 40)))
    for one in new["seen"]:
        assert set(np.unique(one)) == {0, 2}
        np.testing.assert_array_equal(one, np.repeat(one[:, :1], 5, axis=1))
        assert not np.array_equal(one[0], one[1])
    assert not np.array_equal(*new["seen"])
    assert len({*new["losses"], *new["fitted"]}) > 3 and all(1 < one < 3 for one in new["losses"] + new["fitted"])
    assert new["tested"] == 1
