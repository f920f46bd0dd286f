"""What is said where a stand-in cannot serve, and what an exception says about the world rather than about a model."""

from __future__ import absolute_import, division, print_function

import errno
import socket

try:
    _NotThere = FileNotFoundError
except NameError:  # Python 2
    _NotThere = IOError


class Unserved(Exception):
    """The code needs something of the world around it that cannot be made up; the text says what."""


class MissingFile(Unserved, _NotThere):
    """A file whose contents cannot be made up; code that is ready for a missing file catches it as such."""

    def __init__(self, path, reason):
        _NotThere.__init__(self, errno.ENOENT, reason, path)
        self._reason = reason

    def __str__(self):
        return self._reason


def missing_file(path):
    """The error for a file that is not there and cannot be made up."""
    return MissingFile(path, "needs the file `%s`, whose contents cannot be made up" % (path,))


def missing_folder(path):
    """The error for a folder that is not there."""
    return MissingFile(path, "needs the folder `%s`, which is not there" % (path,))


def missing_module(name):
    """The error for what a module would have to compute."""
    return Unserved("needs the module `%s`, which is not installed" % (name,))


def told_of_the_network(error):
    """Whether an exception is about the network, to which nothing here goes."""
    if isinstance(error, (socket.gaierror, socket.timeout)):
        return True
    return any(kind.__name__ in ("URLError", "HTTPError", "ConnectionError") for kind in type(error).__mro__)
