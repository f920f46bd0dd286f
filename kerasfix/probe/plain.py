"""Values as JSON can hold them."""

from __future__ import absolute_import, division, print_function

import numpy as np

try:
    _TEXT = (str, unicode)
    _WHOLE = (int, long)
except NameError:
    _TEXT, _WHOLE = (str,), (int,)

_DEEPEST = 8
_LONGEST = 64


def plain(value, depth=0):
    """A value in lists, dictionaries, text and numbers; functions and objects by their names, large arrays by shape."""
    if value is None or isinstance(value, (bool,) + _TEXT + _WHOLE):
        return value
    if isinstance(value, (float, np.floating)):
        return float(value)
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, np.integer):
        return int(value)
    if depth > _DEEPEST:
        return "..."
    if isinstance(value, np.ndarray):
        return plain(value.tolist(), depth + 1) if value.size <= _LONGEST else {"array": list(value.shape)}
    if isinstance(value, dict):
        return dict((str(key), plain(one, depth + 1)) for key, one in value.items())
    if isinstance(value, (list, tuple)):
        if len(value) > _LONGEST:
            return {"items": len(value)}
        return [plain(one, depth + 1) for one in value]
    return {"function": name_of(value)} if callable(value) else {"object": type(value).__name__}


def name_of(value):
    """The name of a function or a class; of the class, for an object."""
    return getattr(value, "__name__", None) or type(value).__name__
