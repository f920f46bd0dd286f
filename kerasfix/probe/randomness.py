"""Random draws of layers, replaced by one fixed sequence on every Keras.

Dropout, noise and sampling make the loss of a training step incomparable. Here each draw is a function of its shape
alone, the same on both sides: a dropout that was lost or has another rate still shows in the loss. Initial weights
stay random; they are carried over anyway.
"""

from __future__ import absolute_import, division, print_function

import importlib
import sys

import numpy as np

_INITIALIZERS = ("initializ",)  # initializations, initializers, initializers_v2


def fix(dialect):
    """Replace the random draws of a Keras; called once, before the user's code is run."""
    backend = dialect.backend_name()
    if backend == "theano":
        _fix_backend(dialect, _TheanoDraws(importlib.import_module("theano.tensor")))
        return True
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is None or backend != "tensorflow":
        return False
    draws = _Draws(tensorflow)
    if dialect.major >= 3:
        _fix_keras3(draws)
    elif dialect.package == "tf_keras":
        _fix_tf_keras(draws)
    _fix_backend(dialect, draws)
    return True


class _Draws(object):
    def __init__(self, tensorflow):
        self.tf = tensorflow

    def unit(self, shape, dtype="float32"):
        """Numbers from 0 to 1, which only depend on the shape."""
        tf = self.tf
        shape = tf.cast(tf.convert_to_tensor(shape), "int32")  # TensorFlow 0 crashes on shapes in 64 bits
        steps = tf.cast(tf.range(tf.reduce_prod(shape)), "int64")
        numbers = tf.cast((steps * 40503 + 30011) % 65521, "float32") / 65521.0 + 1e-5
        return tf.cast(tf.reshape(numbers, shape), dtype)

    def uniform(self, shape, low=0.0, high=1.0, dtype="float32"):
        return self.unit(shape, dtype) * (high - low) + low

    def normal(self, shape, mean=0.0, deviation=1.0, dtype="float32"):
        wave = self.unit(shape, dtype) * 2.0 - 1.0
        return wave * 1.7320508 * deviation + mean  # of that deviation

    def dropout(self, x, rate, noise_shape=None):
        tf = self.tf
        if noise_shape is None:
            shape = tf.shape(x)
        else:
            actual = tf.shape(x)
            shape = [actual[axis] if size is None else size for axis, size in enumerate(noise_shape)]
            shape = tf.stack([tf.cast(size, "int32") for size in shape])
        keep = tf.cast(self.unit(shape) < 1.0 - rate, x.dtype)  # as a draw of `random_binomial` would
        return x * keep / (1.0 - rate)

    def at_most(self, shape, share, dtype):
        return self.tf.cast(self.unit(shape) <= share, dtype)


class _TheanoDraws(_Draws):
    """The same numbers by Theano, whose shapes are vectors of unknown length."""

    def __init__(self, tensor):
        self.tensor = tensor

    def unit(self, shape, dtype="float32", rank=None):
        tensor = self.tensor
        if isinstance(shape, (list, tuple)):
            rank, shape = len(shape), tensor.stack([tensor.as_tensor_variable(size) for size in shape])
        shape = tensor.cast(shape, "int64")
        steps = tensor.cast(tensor.arange(tensor.prod(shape)), "int64")
        numbers = tensor.cast((steps * 40503 + 30011) % 65521, "float32") / np.float32(65521.0) + np.float32(1e-5)
        return tensor.cast(tensor.reshape(numbers, shape, ndim=rank), dtype)

    def dropout(self, x, rate, noise_shape=None):
        tensor = self.tensor
        if noise_shape is None:
            keep = self.unit(x.shape, rank=x.ndim) < 1.0 - rate
        else:
            sizes = [x.shape[axis] if size is None else size for axis, size in enumerate(noise_shape)]
            keep = tensor.patternbroadcast(self.unit(sizes) < 1.0 - rate, [size == 1 for size in noise_shape])
        return x * tensor.cast(keep, x.dtype) / np.asarray(1.0 - rate, dtype=x.dtype)

    def at_most(self, shape, share, dtype):
        return self.tensor.cast(self.unit(shape) <= share, dtype)


def _outside_initializers(replacement, original):
    def draw(*args, **kwargs):
        caller = sys._getframe(1).f_globals.get("__name__", "")
        if any(part in caller for part in _INITIALIZERS):
            return original(*args, **kwargs)
        return replacement(*args, **kwargs)

    return draw


def _replace(module, name, replacement):
    original = getattr(module, name, None)
    if original is not None:
        setattr(module, name, _outside_initializers(replacement, original))


def _fix_backend(dialect, draws):
    """The functions of `keras.backend`, by the names and the order of arguments that they had in every version."""

    def dropout(x, level, noise_shape=None, seed=None):
        return draws.dropout(x, level, noise_shape)

    def normal(shape, mean=0.0, std=1.0, dtype=None, seed=None, stddev=None):
        return draws.normal(shape, mean, std if stddev is None else stddev, dtype or dialect.backend.floatx())

    def uniform(shape, low=0.0, high=1.0, dtype=None, seed=None, minval=None, maxval=None):
        low = low if minval is None else minval
        return draws.uniform(shape, low, high if maxval is None else maxval, dtype or dialect.backend.floatx())

    def binomial(shape, p=0.0, dtype=None, seed=None):
        dtype = dtype or dialect.backend.floatx()
        return draws.at_most(shape, p, dtype)

    backend = dialect.backend
    if dialect.major < 3:
        backends = [backend] + [
            module
            for name, module in sorted(sys.modules.items())
            if module is not None
            and name.startswith(dialect.keras.__name__)
            and name.endswith(("tensorflow_backend", "theano_backend"))
        ]
    else:
        backends = [backend]
    for module in backends:
        _replace(module, "dropout", dropout)
        for name in ("random_normal", "truncated_normal"):
            _replace(module, name, normal)
        _replace(module, "random_uniform", uniform)
        for name in ("random_binomial", "random_bernoulli"):
            _replace(module, name, binomial)


def _fix_keras3(draws):
    def dropout(inputs, rate, noise_shape=None, seed=None):
        return draws.dropout(inputs, rate, noise_shape)

    def normal(shape, mean=0.0, stddev=1.0, dtype=None, seed=None):
        return draws.normal(shape, mean, stddev, dtype or "float32")

    def uniform(shape, minval=0.0, maxval=1.0, dtype=None, seed=None):
        return draws.uniform(shape, minval, maxval, dtype or "float32")

    module = importlib.import_module("keras.src.backend.tensorflow.random")
    outer = importlib.import_module("keras.src.random.random")
    _replace_below(module, outer, "dropout", dropout)
    _replace_below(module, outer, "normal", normal)
    _replace_below(module, outer, "truncated_normal", normal)
    _replace_below(module, outer, "uniform", uniform)


def _replace_below(module, outer, name, replacement):
    """A function of the backend that `keras.random` calls: who called that one decides."""
    original = getattr(module, name)

    def draw(*args, **kwargs):
        frame = sys._getframe(1)
        while frame is not None and frame.f_globals.get("__name__") == outer.__name__:
            frame = frame.f_back
        caller = frame.f_globals.get("__name__", "") if frame is not None else ""
        if any(part in caller for part in _INITIALIZERS):
            return original(*args, **kwargs)
        return replacement(*args, **kwargs)

    setattr(module, name, draw)


def _fix_tf_keras(draws):
    backend = importlib.import_module("tf_keras.src.backend")
    generator = backend.RandomGenerator

    def dropout(self, inputs, rate, noise_shape=None):
        return draws.dropout(inputs, rate, noise_shape)

    def normal(self, shape, mean=0.0, stddev=1.0, dtype=None, nonce=None):
        return draws.normal(shape, mean, stddev, dtype or backend.floatx())

    def uniform(self, shape, minval=0.0, maxval=None, dtype=None, nonce=None):
        return draws.uniform(shape, minval, 1.0 if maxval is None else maxval, dtype or backend.floatx())

    _replace(generator, "dropout", dropout)
    _replace(generator, "random_normal", normal)
    _replace(generator, "truncated_normal", normal)
    _replace(generator, "random_uniform", uniform)
