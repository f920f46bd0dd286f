"""Arguments of calls by their names, whatever the version of Python and the decorators around a function."""

from __future__ import absolute_import, division, print_function

import inspect


def names_of(function):
    """The names of the parameters of a function, `self` included, through the decorators of Keras."""
    function = undecorated(function)
    spec = getattr(inspect, "getfullargspec", None) or inspect.getargspec
    found = spec(function)
    return list(found[0]) + list(getattr(found, "kwonlyargs", None) or [])


def undecorated(function):
    """The function inside of the decorators that Keras puts around it."""
    for _ in range(8):
        inner = getattr(function, "_original_function", None) or getattr(function, "__wrapped__", None)
        if inner is None:
            return function
        function = inner
    return function


def arguments_of(function, args, kwargs):
    """What a call gave, by name; `self` is left out.

    Raises TypeError if it gave more by position than there are parameters.
    """
    names = names_of(function)
    if len(args) > len(names):
        raise TypeError("%s() got %d arguments by position" % (function.__name__, len(args)))
    given = dict(zip(names, args))
    given.update(kwargs)
    given.pop(names[0], None)
    return given
