"""Theano: its settings may be set, but nothing can be computed with it."""

from __future__ import absolute_import, division, print_function

import types

from ..unserved import Unserved


class _Config(object):
    """`theano.config`; what is set is kept."""

    floatX = "float32"
    device = "cpu"
    mode = "FAST_RUN"
    optimizer = "fast_run"

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        value = _Config()
        setattr(self, name, value)
        return value


class _Fails(object):
    """A function of Theano."""

    def __init__(self, name):
        self._name = name

    def __call__(self, *args, **kwargs):
        raise Unserved("needs Theano, with which `%s` computes" % self._name)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _Fails(self._name + "." + name)

    def __mro_entries__(self, bases):
        return (object,)


def contents():
    """The names of `theano`."""
    names = "function shared scan grad clone map reduce printing gradient ifelse".split()
    found = dict((name, _Fails("theano." + name)) for name in names)
    found["config"] = _Config()
    found["sandbox"] = sandbox = types.ModuleType("theano.sandbox")
    sandbox.cuda = _Device()
    return found


def tensor_contents():
    """The names of `theano.tensor`."""
    names = (
        "dot batched_dot tensordot sum mean max min exp log sqrt sqr abs_ maximum minimum clip switch concatenate "
        "stack reshape zeros ones zeros_like ones_like arange eq neq gt ge lt le and_ or_ matrix vector scalar tensor3 "
        "tensor4 ivector imatrix fmatrix fvector lscalar iscalar fscalar dmatrix nnet signal cast inc_subtensor "
        "set_subtensor tanh argmax argsort sort repeat tile alloc any all prod std var pow sgn floor round erf"
    ).split()
    return dict((name, _Fails("theano.tensor." + name)) for name in names)


class _Device(object):
    """`theano.sandbox.cuda`."""

    cuda_available = False

    def use(self, *args, **kwargs):
        """There is no such device."""
