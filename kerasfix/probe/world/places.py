"""Where a path of the user's leads: the scratch folder stands over the user's own, which is only read.

A script that ran in its own folder is run in an empty one. What it reads is looked for among what it has written, then
where it would have been; what it writes lands in the scratch folder, whatever the path says.
"""

from __future__ import absolute_import, division, print_function

import os
import shutil

# As they are: these are asked by the stand-ins for them.
_lexists, _isdir, _isfile = os.path.lexists, os.path.isdir, os.path.isfile
_makedirs, _copyfile = os.makedirs, shutil.copyfile

_OUTSIDE = ".outside"  # in the scratch folder: what was written to places outside of the user's folder
_SPECIAL = ("/dev/", "/proc/", "/sys/")


class Places(object):
    """The two folders of a script.

    Args:
        folder: The user's own.
        scratch: Where it runs.
    """

    def __init__(self, folder, scratch):
        self.folder = os.path.abspath(folder)
        self.scratch = os.path.abspath(scratch)

    def meant(self, path):
        """Where a path leads in the world of the user, in which the script runs in its own folder."""
        path = os.path.abspath(os.path.expanduser(_text(path)))
        inside = _below(path, self.scratch)
        if inside is None:
            return path
        if inside.split(os.sep)[0] == _OUTSIDE:
            return os.path.join(os.sep, *inside.split(os.sep)[1:])
        return os.path.normpath(os.path.join(self.folder, inside))

    def through_parents(self, path):
        """Where a path leads, if need be out of the scratch folder, and so out of the user's."""
        path = os.path.expanduser(_text(path))
        if os.path.isabs(path):
            return self.meant(path)
        return os.path.normpath(os.path.join(self.meant(os.getcwd()), path))

    def written(self, path):
        """Where a path is written to."""
        meant = self.through_parents(path)
        if meant.startswith(_SPECIAL):
            return meant
        inside = _below(meant, self.folder)
        if inside is not None:
            return os.path.normpath(os.path.join(self.scratch, inside))
        return os.path.join(self.scratch, _OUTSIDE, os.path.splitdrive(meant)[1].lstrip(os.sep))

    def is_scratch(self, path):
        """Whether a path says itself that it is in the scratch folder."""
        return _below(_text(path), self.scratch) is not None

    def is_elsewhere(self, place):
        """Whether a place in the scratch folder stands for one outside of the user's folder."""
        inside = _below(place, self.scratch)
        return inside is not None and inside.split(os.sep)[0] == _OUTSIDE

    def read(self, path):
        """Where a path is read from; None if there is nothing."""
        meant = self.through_parents(path)
        for place in (self.written(path), meant):
            if _lexists(place):
                return place
        return None

    def make_room(self, path):
        """Where a path is written to, in a folder that exists."""
        place = self.written(path)
        parent = os.path.dirname(place)
        if not _isdir(parent) and not place.startswith(_SPECIAL):
            _makedirs(parent)
        return place

    def changed(self, path):
        """Where a file that is there already is changed in place: a copy of it."""
        place = self.make_room(path)
        there = self.read(path)
        if there and there != place and _isfile(there):
            _copyfile(there, place)
        return place


def is_path(value):
    """Whether a value is the name of a file, not a number or a file that is open."""
    try:
        return isinstance(value, basestring)
    except NameError:
        return isinstance(value, (str, bytes)) or hasattr(value, "__fspath__")


def _text(path):
    path = path.__fspath__() if hasattr(path, "__fspath__") else path
    return path.decode("utf8") if isinstance(path, bytes) and str is not bytes else path


def _below(path, folder):
    """The rest of a path that is a folder or in it; None for another path."""
    if path == folder:
        return ""
    return path[len(folder.rstrip(os.sep)) + 1 :] if path.startswith(folder.rstrip(os.sep) + os.sep) else None
