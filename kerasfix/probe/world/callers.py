"""Who is calling: the user's code, or a library that must see the world as it is."""

from __future__ import absolute_import, division, print_function

import argparse
import os
import shutil
import sys

# By the names of modules: in an archive that was started by a relative path, the code has file names that lead nowhere.
_HERE = __name__.rpartition(".")[0]
_PROBE = _HERE.rpartition(".")[0]
# Old virtual environments have a part of it in a folder of their own.
_STANDARD_LIBRARY = tuple(set(os.path.dirname(os.path.abspath(one.__file__)) for one in (argparse, os, shutil)))
_SITE = (os.sep + "site-packages" + os.sep, os.sep + "dist-packages" + os.sep)
# They open a file for whoever calls them.
_TRANSPARENT = frozenset("gzip bz2 lzma zipfile tarfile codecs pathlib fileinput argparse contextlib".split())
_LIBRARIES = frozenset(
    "keras keras_applications keras_preprocessing tensorflow tf_keras numpy scipy six h5py yaml theano kerasfix".split()
)


def is_ours(frame):
    """Whether a frame runs code of this package, which stands between the caller and what it called."""
    return _is_in(frame, _HERE)


def is_user(frame):
    """Whether a frame runs code that the user wrote."""
    if _is_in(frame, _PROBE) or _is_standard(frame) or frame.f_code.co_filename.startswith("<__array_function__"):
        return False
    if any(part in frame.f_code.co_filename for part in _SITE):
        return False
    return _module(frame) not in _LIBRARIES


def caller():
    """The frame that called into this package, if need be by way of a module that opens files for others."""
    frame = sys._getframe(1)
    while frame is not None and (is_ours(frame) or _module(frame) in _TRANSPARENT):
        frame = frame.f_back
    return frame


def user_frame():
    """The frame that called into this package if that is the user's code, else None."""
    frame = caller()
    return frame if frame is not None and is_user(frame) else None


def direct_user_frame():
    """As `user_frame`, but not by way of any other module."""
    frame = sys._getframe(1)
    while frame is not None and is_ours(frame):
        frame = frame.f_back
    return frame if frame is not None and is_user(frame) else None


def by_user():
    """Whether the user's code itself called into this package."""
    return user_frame() is not None


def by_compiler():
    """Whether Theano called, maybe by way of the standard library: it compiles what it computes in files of its own."""
    frame = caller()
    while frame is not None and _is_standard(frame):
        frame = frame.f_back
    return frame is not None and _module(frame) == "theano"


def user_is_up_the_stack():
    """The nearest frame of the user's code, through any library; None if there is none."""
    frame = caller()
    while frame is not None and not is_user(frame):
        frame = frame.f_back
    return frame


def _is_standard(frame):
    name = frame.f_code.co_filename
    return name.startswith(("<frozen",) + _STANDARD_LIBRARY) and not any(part in name for part in _SITE)


def _module(frame):
    return _name(frame).split(".")[0]


def _name(frame):
    return frame.f_globals.get("__name__") or ""


def _is_in(frame, package):
    return (_name(frame) + ".").startswith(package + ".")
