"""What an exception says about the world: a script that needs something that is not here has not failed over Keras."""

from __future__ import absolute_import, division, print_function

import errno
import re
import sys

from . import callers
from .modules.stub import starred
from .unserved import Unserved, told_of_the_network

_OF_DATA = (KeyError, IndexError, ValueError)  # what reading data raises that is not as expected


def reason(error, made_up):
    """Why an exception is one of the world and not of the model, as a text; None if it is not.

    Args:
        error: What the user's code raised.
        made_up: Names of files whose contents were made up.
    """
    if made_up and isinstance(error, _OF_DATA) and _raised_by_user(error):
        name = ", ".join("`%s`" % one for one in made_up)
        return "needs the real contents of %s (%s: %s)" % (name, type(error).__name__, error)
    seen = []
    while error is not None and error not in seen:
        said = _reason(error)
        if said is not None:
            return said
        seen.append(error)
        error = getattr(error, "__cause__", None) or getattr(error, "__context__", None)
    return None


def _reason(error):
    if isinstance(error, Unserved):
        return str(error)
    if told_of_the_network(error):
        return "needs the network: %s" % (error,)
    if isinstance(error, EnvironmentError) and error.errno == errno.ENOENT and error.filename:
        return "needs the file `%s`" % (error.filename,)
    stood_in = re.search(r"<stand-in for (\w+)", str(error))
    if stood_in:
        return "needs the module `%s`, which is not installed" % stood_in.group(1)
    if isinstance(error, NameError) and starred:
        return "needs a name of the module `%s`, which is not installed" % starred[-1]
    return None


def _raised_by_user(error):
    """Whether the user's code itself raised an exception, not a library."""
    trace = getattr(error, "__traceback__", None) or sys.exc_info()[2]
    if trace is None:
        return False
    while trace.tb_next is not None:
        trace = trace.tb_next
    return callers.is_user(trace.tb_frame)
