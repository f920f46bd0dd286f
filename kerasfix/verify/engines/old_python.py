"""Names that Python and numpy had when old code was written."""

from __future__ import annotations

import builtins
import collections
import collections.abc
import functools
import importlib
import inspect
import time
import types
from collections.abc import Callable
from typing import Any

import numpy as np

Report = Callable[[str], None]

_ArgSpec = collections.namedtuple("_ArgSpec", "args varargs keywords defaults")


def restore(report: Report | None = None) -> None:
    """Give back to Python and numpy what they have dropped since, for old code that says such names.

    Args:
        report: Called with each such name that is used, when it is: "np.int", "collections.Iterable".
    """
    tell = report or (lambda name: None)
    _restore(np, "np", _numpy_names(), tell)
    _restore(
        collections, "collections", {name: getattr(collections.abc, name) for name in collections.abc.__all__}, tell
    )
    _restore(inspect, "inspect", {"getargspec": _getargspec}, tell)
    _restore(time, "time", {"clock": time.perf_counter}, tell)


def restore_python2() -> None:
    """Give back the builtins of Python 2, for code that was brought to the syntax of Python 3 and no further."""
    names = {
        "xrange": range,
        "unicode": str,
        "basestring": str,
        "long": int,
        "unichr": chr,
        "raw_input": input,
        "reduce": functools.reduce,
        "reload": importlib.reload,
        "cmp": lambda one, other: (one > other) - (one < other),
    }
    for name, value in names.items():
        if not hasattr(builtins, name):
            setattr(builtins, name, value)


def _restore(module: types.ModuleType, spelled: str, names: dict[str, Any], report: Report) -> None:
    """Let a module have the names that it lacks; they are made when they are asked for, which is how uses are seen."""
    lacked = {name: value for name, value in names.items() if name not in vars(module)}
    otherwise = vars(module).get("__getattr__")

    def getattribute(name: str) -> Any:
        if name in lacked:
            report(f"{spelled}.{name}")
            return lacked[name]
        if otherwise is not None:
            return otherwise(name)
        raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}", name=name, obj=module)

    module.__getattr__ = getattribute  # type: ignore[method-assign]


def _getargspec(function: Callable[..., Any]) -> _ArgSpec:
    return _ArgSpec(*inspect.getfullargspec(function)[:4])


def _numpy_names() -> dict[str, Any]:
    return {
        "bool": bool,
        "int": int,
        "float": float,
        "object": object,
        "str": str,
        "complex": complex,
        "long": int,
        "unicode": str,
        "string_": np.bytes_,
        "unicode_": np.str_,
        "float_": np.float64,
        "complex_": np.complex128,
        "cast": _Casts(),
        "Inf": np.inf,
        "infty": np.inf,
        "NaN": np.nan,
        "product": np.prod,
        "cumproduct": np.cumprod,
        "alltrue": np.all,
        "sometrue": np.any,
        "in1d": np.isin,
        "trapz": vars(np).get("trapezoid"),  # its name since numpy 2
        "row_stack": np.vstack,
        "asfarray": lambda values, dtype=np.float64: np.asarray(values, dtype),
        "asscalar": lambda array: array.item(),
        "msort": lambda array: np.sort(array, axis=0),
    }


class _Casts:
    """`np.cast[dtype](values)`."""

    def __getitem__(self, dtype: Any) -> Callable[[Any], Any]:
        return lambda values: np.asarray(values, dtype)
