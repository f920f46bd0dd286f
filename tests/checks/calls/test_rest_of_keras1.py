"""Uses of Keras 1 that hardly any code has, and that would fail, or mean another thing, in silence."""

from __future__ import annotations

import pytest
from catalogue.pipeline import check, fix

from kerasfix.findings import Applicability

HEAD = """
from keras import backend as K, constraints, optimizers, regularizers
from keras.layers import AtrousConvolution1D, Deconvolution2D, Dense
from keras.models import Sequential
from keras.preprocessing.image import ImageDataGenerator, NumpyArrayIterator, load_img
from keras.utils.generic_utils import Progbar

model = Sequential([Dense(output_dim=1, input_dim=3)])
batches = ImageDataGenerator().flow([])
"""
BOTH = ("keras2", "keras3")


def last_line(code, target):
    fixed = fix(f"{HEAD}{code}\n", target, unsafe=True)
    assert fix(fixed, target, unsafe=True) == fixed
    return fixed.splitlines()[-1]


def left(code, target):
    return [one.rule for one in check(f"{HEAD}{code}\n", target) if one.applicability is Applicability.MANUAL]


@pytest.mark.parametrize("target", BOTH)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("constraints.get('maxnorm', None)", "constraints.get('max_norm')"),
        ("regularizers.get('l2', kwargs=None)", "regularizers.get('l2')"),
        ("optimizers.get('sgd', None)", "optimizers.get('sgd')"),
        ("model.load_weights('a.h5', True)", "model.load_weights('a.h5', by_name=True)"),
        ("Sequential.from_config(c, layer_cache=None)", "Sequential.from_config(c)"),
        ("Progbar(9).update(1, [], True)", "Progbar(9).update(1, [])"),
        ("K.set_epsilon(e=1e-6)", "K.set_epsilon(value=1e-6)"),
    ],
)
def test_what_is_written(before, after, target):
    assert last_line(before, target) == after


@pytest.mark.parametrize(
    ("target", "before", "after"),
    [
        ("keras2", "K.batch_get_value(xs=x)", "K.batch_get_value(tensors=x)"),
        ("keras2", "f = K.Function([x], [y])", "f = K.function([x], [y])"),
        ("keras2", "load_img('a', True, (8, 8))", "load_img('a', True, target_size=(8, 8))"),
        ("keras3", "load_img('a', True, (8, 8))", "load_img('a', 'grayscale', (8, 8))"),
        # What is left out stands before what has to stay: in a second look, it must not be taken for it.
        (
            "keras2",
            "K.conv2d(x, k, (2, 2), 'same', 'tf', None, None, (2, 2))",
            "K.conv2d(x, k, (2, 2), 'same', 'channels_last', dilation_rate=(2, 2))",
        ),
        ("keras3", "model.load_weights('a.h5', by_name=False)", "model.load_weights('a.h5')"),
        ("keras3", "s = model.stateful", "s = any(getattr(layer, 'stateful', False) for layer in model.layers)"),
        ("keras2", "s = model.stateful", "s = model.stateful"),
    ],
)
def test_what_is_written_for_one_target(target, before, after):
    assert last_line(before, target) == after


@pytest.mark.parametrize("target", BOTH)
@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("AtrousConvolution1D(8, 3, border_mode='full')", "legacy-convolution-arguments"),
        ("Deconvolution2D(8, 3, 3, (None, 4, 4, 8), border_mode='full')", "legacy-convolution-arguments"),
        ("constraints.get('maxnorm', {'m': 3})", "legacy-constraint"),
        ("regularizers.l2(0.1).set_layer(x)", "legacy-regularizer"),
        ("optimizers.SGD().get_gradients(a, b)", "legacy-optimizer-arguments"),
        ("optimizers.SGD().get_weights()", "legacy-optimizer-arguments"),
        ("model.layers[0].get_updates_for(None)", "removed-layer-method"),
        ("model.get_losses_for(None)", "removed-layer-method"),
        ("r = model.layers[0].regularizers", "removed-layer-attribute"),
        ("r = model.regularizers", "removed-layer-attribute"),
    ],
)
def test_what_is_reported(code, rule, target):
    assert rule in left(code, target)


@pytest.mark.parametrize(
    ("code", "rule"),
    [("batches.next()", "legacy-utility-arguments"), ("u = model.updates", "removed-layer-attribute")],
)
def test_what_is_reported_for_keras_3(code, rule):
    assert rule in left(code, "keras3")
    assert rule not in left(code, "keras2")


@pytest.mark.parametrize("target", BOTH)
def test_what_has_only_the_names_stays(target):
    code = """
import keras
from keras import constraints, optimizers


class Batches:
    stateful = updates = regularizers = None

    def next(self):
        return None


batches = Batches()
batches.next()
print(batches.stateful, batches.updates, batches.regularizers)
optimizers.get('sgd')
constraints.get('max_norm')
keras.optimizers.legacy.SGD().get_weights()
model = keras.models.load_model('model.keras')
model.load_weights('model.weights.h5', True)
"""
    assert fix(code, target, unsafe=True) == code
    assert not check(code, target)
