"""Stand-ins for the world around a model, so that a training script of 2016 gets through in seconds.

Data sets, downloads, missing files, command lines, plots, modules that are not installed: what can be made up is, the
same way on every Keras, and is noted. What cannot raises `Unserved`, with the reason.
"""

from __future__ import absolute_import, division, print_function

from .dropped import restore_dropped_names
from .unserved import Unserved
from .world import World, install

__all__ = ["Unserved", "World", "install", "restore_dropped_names"]
