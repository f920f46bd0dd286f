"""Names that Python and numpy had when old code was written."""

from __future__ import annotations

import builtins
import collections
import collections.abc
import importlib
import inspect
import types
from collections.abc import Callable
from typing import Any

_ArgSpec = collections.namedtuple("_ArgSpec", "args varargs keywords defaults")


def restore() -> list[str]:
    """Give back to Python and numpy what they have dropped since, for code that says such names.

    Returns:
        What was missing, such as "np.int" and "collections.Iterable".
    """
    return [
        *_restore(
            collections, "collections", {name: getattr(collections.abc, name) for name in collections.abc.__all__}
        ),
        *_restore(inspect, "inspect", {"getargspec": _getargspec}),
        *_restore(importlib.import_module("time"), "time", {"clock": importlib.import_module("time").perf_counter}),
        *_restore(importlib.import_module("numpy"), "np", _numpy_names()),
    ]


def restore_python2() -> list[str]:
    """Give back the builtins of Python 2, for code that was brought to the syntax of Python 3 and no further.

    Returns:
        What was missing, such as "xrange".
    """
    names = {
        "xrange": range,
        "unicode": str,
        "basestring": str,
        "long": int,
        "unichr": chr,
        "raw_input": input,
        "reduce": importlib.import_module("functools").reduce,
        "reload": importlib.reload,
        "cmp": lambda one, other: (one > other) - (one < other),
    }
    return _restore(builtins, "", names)


def _restore(module: types.ModuleType, spelled: str, names: dict[str, Any]) -> list[str]:
    restored = []
    for name, value in names.items():
        if name not in vars(module):
            setattr(module, name, value)
            restored.append(f"{spelled}.{name}".lstrip("."))
    return restored


def _getargspec(function: Callable[..., Any]) -> _ArgSpec:
    return _ArgSpec(*inspect.getfullargspec(function)[:4])


def _numpy_names() -> dict[str, Any]:
    import numpy as np

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
        "trapz": getattr(np, "trapezoid", None) or vars(np).get("trapz"),
        "row_stack": np.vstack,
        "asfarray": lambda values, dtype=np.float64: np.asarray(values, dtype),
        "asscalar": lambda array: array.item(),
        "msort": lambda array: np.sort(array, axis=0),
    }


class _Casts:
    """`np.cast[dtype](values)`."""

    def __getitem__(self, dtype: Any) -> Callable[[Any], Any]:
        import numpy as np

        return lambda values: np.asarray(values, dtype)
