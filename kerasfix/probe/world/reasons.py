"""What an exception says about the world: a script that needs something that is not here has not failed over Keras."""

from __future__ import absolute_import, division, print_function

import errno
import re

from .modules.stub import starred
from .unserved import Unserved, told_of_the_network


def reason(error):
    """Why an exception is one of the world and not of the model, as a text; None if it is not.

    Args:
        error: What the user's code raised.
    """
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
