"""The rest of the machine: its environment, its clock, its keyboard, other programs."""

from __future__ import absolute_import, division, print_function

import getpass
import os
import re
import subprocess
import time

from .callers import by_user, direct_user_frame
from .intent import is_ready_for
from .patching import builtins, wrapper_of


def install(world):
    """Answer what a script asks of the machine."""
    _install_variables(world)
    _install_keyboard()
    _install_sleep()
    _install_programs(world)


def _install_variables(world):
    kind = os.environ.__class__  # whose `type` says nothing in Python 2
    real = kind.__getitem__

    @wrapper_of(real)
    def getitem(self, key):
        try:
            return real(self, key)
        except KeyError:
            frame = direct_user_frame()
            if self is not os.environ or frame is None or is_ready_for(frame, "key"):
                raise
        value = "data" if re.search("DIR|PATH|HOME|ROOT|FOLDER", str(key).upper()) else "1"
        world.note("the environment variable `%s` is made up: '%s'" % (key, value))
        return value

    kind.__getitem__ = getitem


def _install_keyboard():
    def answer(prompt=""):
        return "" if by_user() else "y"  # libraries ask whether to go on

    builtins.input = answer
    if hasattr(builtins, "raw_input"):
        builtins.raw_input = answer
    getpass.getpass = lambda *args, **kwargs: ""


def _install_sleep():
    real = time.sleep

    def sleep(seconds):
        return None if by_user() else real(seconds)

    time.sleep = wrapper_of(real)(sleep)


def _install_programs(world):
    def not_run(real, answer):
        def stand_in(command, *args, **kwargs):
            if not by_user():
                return real(command, *args, **kwargs)
            shown = command if isinstance(command, str) else " ".join(str(word) for word in command)
            world.note("the program `%s` is not run" % shown)
            return answer

        return wrapper_of(real)(stand_in)

    os.system = not_run(os.system, 0)
    subprocess.call = not_run(subprocess.call, 0)
    subprocess.check_call = not_run(subprocess.check_call, 0)
    subprocess.check_output = not_run(subprocess.check_output, b"")
