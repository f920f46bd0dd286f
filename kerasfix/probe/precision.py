"""Double precision on Kerases whose TensorFlow had convolutions and normalizations in single precision only."""

from __future__ import absolute_import, division, print_function

import types

from .world.patching import keras_namespaces


def double(dialect):
    """Let a Keras compute in double precision, where code leaves that to it."""
    dialect.backend.set_floatx("float64")
    if dialect.major < 3 and dialect.package == "keras" and dialect.backend_name() == "tensorflow":
        _widen_defaults()
        backend = dialect.module("backend.tensorflow_backend")
        backend.tf = _Doubled(backend.tf)


def _widen_defaults():
    """Keras 1 asked for its precision when it was imported: `def Input(shape, dtype=K.floatx())`."""
    for _, namespace in keras_namespaces(("keras",)):
        if namespace.get("_FLOATX") == "float32":
            namespace["_FLOATX"] = "float64"
        for value in list(namespace.values()):
            for function in list(vars(value).values()) if isinstance(value, type) else [value]:
                defaults = getattr(function, "__defaults__", None)
                if isinstance(function, types.FunctionType) and defaults and "float32" in defaults:
                    function.__defaults__ = tuple("float64" if one == "float32" else one for one in defaults)


class _Doubled(object):
    """TensorFlow as such a Keras sees it: nothing in double precision is cut to single, and all operations take it."""

    def __init__(self, tensorflow):
        self._tensorflow = tensorflow

    def __getattr__(self, name):
        found = getattr(self._tensorflow, name)
        if name in ("compat", "v1", "nn"):
            return _Doubled(found)
        return _normalized(self._tensorflow, found) if name == "fused_batch_norm" else found

    def cast(self, x, dtype, *args, **kwargs):
        """Leaves a tensor in double precision as it is."""
        narrower = getattr(dtype, "name", dtype) == "float32" and getattr(x, "dtype", None) == "float64"
        return x if narrower else self._tensorflow.cast(x, dtype, *args, **kwargs)


def _normalized(nn, fused):
    def fused_batch_norm(
        x, scale, offset, mean=None, variance=None, epsilon=0.001, data_format="NHWC", is_training=True, **kwargs
    ):
        if x.dtype != "float64":
            return fused(x, scale, offset, mean, variance, epsilon, data_format, is_training, **kwargs)
        import tensorflow as tf

        first = data_format == "NCHW"
        axes = [0, 2, 3] if first else [0, 1, 2]
        shape = [1, -1, 1, 1] if first else [1, 1, 1, -1]
        unbiased = variance
        if is_training:
            mean, variance = nn.moments(x, axes)
            count = tf.cast(tf.size(x) / tf.size(mean), "float64")
            unbiased = variance * count / (count - 1)  # as the fused operation gives it
        parts = [tf.reshape(one, shape) for one in (mean, variance, offset, scale)]
        return nn.batch_normalization(x, *parts, variance_epsilon=epsilon), mean, unbiased

    return fused_batch_norm
