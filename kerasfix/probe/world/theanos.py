"""NumPy's functions on tensors, which Theano's variables had as methods: code for Theano alone runs on TensorFlow, too.

On today's Keras they stay an error, for what is fixed has to do without.
"""

from __future__ import absolute_import, division, print_function

import sys

import numpy as np

from .callers import by_user

# By the names that they have in TensorFlow 1.
_FUNCTIONS = {
    "abs": "abs",
    "absolute": "abs",
    "ceil": "ceil",
    "cos": "cos",
    "exp": "exp",
    "expm1": "expm1",
    "floor": "floor",
    "log": "log",
    "log10": "log",
    "log1p": "log1p",
    "log2": "log",
    "maximum": "maximum",
    "minimum": "minimum",
    "rint": "round",
    "sign": "sign",
    "sin": "sin",
    "sqrt": "sqrt",
    "square": "square",
    "tan": "tan",
    "tanh": "tanh",
}
_BASES = {"log10": 10.0, "log2": 2.0}


def install(world):
    """Let the user's code call them so where TensorFlow is that of Keras 1 and 2."""
    tensorflow = sys.modules.get("tensorflow")
    if not str(getattr(tensorflow, "__version__", "")).startswith(("0.", "1.")):
        return
    for name in _FUNCTIONS:
        setattr(np, name, _Function(world, tensorflow, name, getattr(np, name)))


class _Function(object):
    """A function of NumPy, with its methods, that takes tensors."""

    def __init__(self, world, tensorflow, name, real):
        self._world = world
        self._tensorflow = tensorflow
        self._name = name
        self._real = real
        self.__name__ = name
        self.__doc__ = real.__doc__

    def __call__(self, *args, **kwargs):
        """What TensorFlow makes of tensors, else what NumPy does."""
        is_tensor = any(isinstance(one, self._tensorflow.Tensor) for one in args)
        if not is_tensor or kwargs or not by_user():
            return self._real(*args, **kwargs)
        self._world.note("`np.%s` of a tensor, which Theano had, is TensorFlow's" % self._name)
        result = getattr(self._tensorflow, _FUNCTIONS[self._name])(*args)
        return result / float(np.log(_BASES[self._name])) if self._name in _BASES else result

    def __getattr__(self, name):
        return getattr(self._real, name)

    def __repr__(self):
        return repr(self._real)
