"""Names that numpy has dropped: `np.int`, `np.product`, ..., on both sides, for they are not what is verified."""

from __future__ import absolute_import, division, print_function

import sys

import numpy as np

from .patching import wrap

_DROPPED = {
    "bool": lambda: bool,
    "int": lambda: int,
    "float": lambda: float,
    "complex": lambda: complex,
    "object": lambda: object,
    "str": lambda: str,
    "long": lambda: int,
    "unicode": lambda: str,
    "float_": lambda: np.float64,
    "complex_": lambda: np.complex128,
    "string_": lambda: np.bytes_,
    "unicode_": lambda: np.str_,
    "Inf": lambda: np.inf,
    "Infinity": lambda: np.inf,
    "infty": lambda: np.inf,
    "PINF": lambda: np.inf,
    "NINF": lambda: -np.inf,
    "NaN": lambda: np.nan,
    "NAN": lambda: np.nan,
    "product": lambda: np.prod,
    "cumproduct": lambda: np.cumprod,
    "alltrue": lambda: np.all,
    "sometrue": lambda: np.any,
    "rank": lambda: np.ndim,
    "in1d": lambda: np.isin,
    "row_stack": lambda: np.vstack,
    "trapz": lambda: np.trapezoid,
    "asscalar": lambda: lambda array: array.item(),
    "round_": lambda: np.round,
    "issubclass_": lambda: issubclass,
    "cast": lambda: _Cast(),
    "msort": lambda: lambda array: np.sort(array, axis=0),
}


class _Cast(object):
    """`np.cast[dtype](array)`."""

    def __getitem__(self, dtype):
        return lambda array: np.asarray(array).astype(dtype)


def restore_dropped_names(note=None):
    """Let numpy have the names that it has dropped.

    Args:
        note: Called with a text, when such a name is used first; without it nothing is noted.
    """
    wrap(np, "set_printoptions", _any_threshold)
    for name, make in _DROPPED.items():
        if name in vars(np) or name in dir(np):
            continue
        try:
            value = make()
        except AttributeError:  # of a version that is older than what took its place
            continue
        if note is None or "__getattr__" not in vars(np):
            setattr(np, name, value)
            continue
        _serve(name, value, note)


def _any_threshold(real):
    """`threshold='nan'` or `np.nan` once meant that all is shown."""

    def set_printoptions(*args, **kwargs):
        if str(kwargs.get("threshold")) == "nan":
            kwargs["threshold"] = sys.maxsize
        return real(*args, **kwargs)

    return set_printoptions


_served = {}


def _serve(name, value, note):
    """By way of the module's `__getattr__`, which sees each use."""
    if not _served:
        real = np.__getattr__

        def __getattr__(asked):
            if asked not in _served:
                return real(asked)
            found, noted = _served[asked]
            noted("`np.%s`, which numpy has dropped, stood in for" % asked)
            return found

        np.__getattr__ = __getattr__
    _served[name] = value, note
