"""IPython, for the cells of a notebook: what it is asked for is not done."""

from __future__ import absolute_import, division, print_function

import sys

from .patching import builtins


def install(world):
    """Let a notebook find the shell that it talks to; a script is not run in one."""
    if sys.argv[0].endswith(".ipynb"):
        builtins.get_ipython = lambda *read: _Shell(world)


class _Shell(list):
    """The shell, and what a command of it gives: no lines."""

    def __init__(self, world):
        super(_Shell, self).__init__()
        world.note("magics of IPython are not run")

    def __getattr__(self, name):
        return lambda *args, **kwargs: None
