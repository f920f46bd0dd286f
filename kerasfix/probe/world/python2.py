"""Habits of Python 2 that are still valid syntax, so that a script of its time fails over Keras or not at all."""

from __future__ import absolute_import, division, print_function

import functools
import importlib
import itertools
import os
import re
import string
import sys
import time

from .callers import by_user
from .patching import builtins, wrapper_of


def install(world):
    """Put back what Python 3 has dropped; nothing, in Python 2."""
    if sys.version_info[0] == 2:
        return
    _install_builtins(world)
    _install_split(world)
    for module, names in _moved_names().items():
        for name, value in names.items():
            if not hasattr(module, name):
                setattr(module, name, value)


def _install_builtins(world):
    functions = {
        "xrange": range,
        "raw_input": lambda prompt="": builtins.input(prompt),
        "unichr": chr,
        "reduce": functools.reduce,
        "reload": _reload,
        "cmp": lambda a, b: (a > b) - (a < b),
        "apply": lambda function, args=(), kwargs=None: function(*args, **(kwargs or {})),
        "execfile": _execfile,
        "intern": sys.intern,
    }
    for name, function in functions.items():
        if not hasattr(builtins, name):
            setattr(builtins, name, _noted(world, name, function))
    for name, value in (("unicode", str), ("basestring", (str, bytes)), ("long", int), ("buffer", memoryview)):
        if not hasattr(builtins, name):  # these are asked for with isinstance: they must be what they stand for
            setattr(builtins, name, value)
    if not hasattr(builtins, "file"):
        builtins.file = _noted(world, "file", lambda *args, **kwargs: builtins.open(*args, **kwargs))


def _install_split(world):
    """`re.split` with a pattern that can be empty: until Python 3.7, it did not split where nothing was."""
    real = re.split

    def split(pattern, string, maxsplit=0, flags=0):
        compiled = re.compile(pattern, flags)
        if not by_user() or maxsplit or not compiled.match(string[:0]):
            return real(pattern, string, maxsplit=maxsplit, flags=flags)
        world.note("`re.split` passes over empty matches, as it did until Python 3.7")
        parts, position = [], 0
        for match in compiled.finditer(string):
            if match.end() > match.start():
                parts.append(string[position : match.start()])
                parts.extend(match.groups())
                position = match.end()
        return parts + [string[position:]]

    re.split = wrapper_of(real)(split)


def _noted(world, name, function):
    def stand_in(*args, **kwargs):
        if by_user():
            world.note("`%s` of Python 2 stood in for" % name)
        return function(*args, **kwargs)

    stand_in.__name__ = name
    return stand_in


def _reload(module):
    return module if module is sys else importlib.reload(module)


def _execfile(name, global_names=None, local_names=None):
    frame = sys._getframe(2)
    global_names = frame.f_globals if global_names is None else global_names
    with builtins.open(name) as file:
        exec(compile(file.read(), name, "exec"), global_names, local_names or global_names)


def _moved_names():
    import collections
    import collections.abc
    import inspect

    def getargspec(function):
        return inspect.getfullargspec(function)[:4]

    return {
        itertools: {
            "izip": zip,
            "imap": map,
            "ifilter": filter,
            "izip_longest": itertools.zip_longest,
            "ifilterfalse": itertools.filterfalse,
        },
        string: {
            "letters": string.ascii_letters,
            "lowercase": string.ascii_lowercase,
            "uppercase": string.ascii_uppercase,
            "maketrans": _maketrans,
            "join": lambda words, between=" ": between.join(words),
            "split": lambda text, *args: text.split(*args),
            "strip": lambda text, *args: text.strip(*args),
            "replace": lambda text, *args: text.replace(*args),
            "lower": lambda text: text.lower(),
            "upper": lambda text: text.upper(),
        },
        os: {"getcwdu": os.getcwd},
        sys: {"maxint": sys.maxsize, "setdefaultencoding": lambda name: None},
        time: {"clock": time.perf_counter},
        inspect: {"getargspec": getargspec},
        collections: dict((name, getattr(collections.abc, name)) for name in collections.abc.__all__),
    }


def _maketrans(old, new):
    return str.maketrans(old, new)
