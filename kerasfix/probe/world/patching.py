"""Putting a stand-in where something was, also where it was imported to already."""

from __future__ import absolute_import, division, print_function

import functools
import sys

try:
    import builtins
except ImportError:  # Python 2
    import __builtin__ as builtins  # noqa: F401 (its neighbours take it from here)

KERAS_PACKAGES = ("keras", "tf_keras", "keras_preprocessing", "keras_applications")


def keras_namespaces(packages=KERAS_PACKAGES):
    """The namespaces of all modules of Keras that are imported, as dictionaries."""
    for name, module in sorted(sys.modules.items(), key=lambda item: item[0]):
        if module is not None and name.split(".")[0] in packages:
            namespace = getattr(module, "__dict__", None)
            if namespace is not None:
                yield name, namespace


def wrapper_of(real):
    """A decorator: the stand-in has the name and the documentation of what it stands in for."""

    def decorate(stand_in):
        try:
            return functools.wraps(real)(stand_in)
        except AttributeError:  # Python 2: a builtin or a callable object without a name
            return stand_in

    return decorate


def replace_in_keras(replacements):
    """Replace functions in every module of Keras, by identity.

    Args:
        replacements: Pairs of what was there and what stands in for it.
    """
    by_identity = dict((id(old), (old, new)) for old, new in replacements)
    for _, namespace in keras_namespaces():
        for key, value in list(namespace.items()):
            found = by_identity.get(id(value))
            if found is not None:
                namespace[key] = found[1]


def named_in_keras(name):
    """All different objects that modules of Keras have under a name."""
    found = []
    for _, namespace in keras_namespaces():
        value = namespace.get(name)
        if value is not None and not any(value is one for one in found):
            found.append(value)
    return found


def wrap(owner, name, make):
    """Replace `owner.name` by `make(real)`, if there is such a thing.

    Args:
        owner: A module or a class.
        name: The attribute.
        make: Gets what was there, gives back what stands in for it.
    """
    real = getattr(owner, name, None)
    if real is not None:
        setattr(owner, name, wrapper_of(real)(make(real)))
