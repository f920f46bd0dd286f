"""Files: the user's are read for real, missing ones are made up, and what is written goes to the scratch folder."""

from __future__ import absolute_import, division, print_function

import codecs
import io
import tarfile

from . import contents
from .callers import by_compiler, user_frame
from .intent import is_ready_for
from .patching import builtins, wrapper_of
from .places import is_path

_real_open = io.open


class Files(object):
    """The files of a script.

    Args:
        world: The world; it has the `places` and takes the notes.
    """

    def __init__(self, world):
        self._world = world
        self._places = world.places

    def to_read(self, path, made_up=True):
        """The place to read a file from, made up if it is missing.

        Args:
            path: As the user has it.
            made_up: False: a missing file is not made up.

        Raises:
            MissingFile: Its contents cannot be made up.
        """
        place = self._places.read(path)
        if place is not None:
            return place
        frame = user_frame()
        if not made_up or frame is None or is_ready_for(frame, "file"):
            return path
        return self.made_up(path)

    def made_up(self, path, as_if=None):
        """The place of a made-up file.

        Args:
            path: As the user has it.
            as_if: A name that says more about its contents.

        Raises:
            MissingFile: Its contents cannot be made up.
        """
        place = self._places.make_room(path)
        what = contents.make(as_if or place, place, path)
        self._world.note("`%s` is missing: made-up %s" % (path, what))
        if path not in self._world.made_up:
            self._world.made_up.append(path)
        return place

    def to_write(self, path):
        """The place to write a file to."""
        place = self._places.make_room(path)
        if self._places.is_elsewhere(place) and not self._places.is_scratch(path):
            self._world.note("`%s` is written to the scratch folder" % path)
        return place

    def for_mode(self, path, mode):
        """The place of a file that is opened in a mode."""
        if "w" in mode or "x" in mode:
            return self.to_write(path)
        if "a" in mode or "+" in mode:
            return self._places.changed(path)
        return self.to_read(path)

    def there(self, path):
        """The place of something if it exists, else the path itself."""
        return self._places.read(path) or path


def install(world):
    """Replace the ways to open a file."""
    files = world.files

    def opener(real, mode_at):
        @wrapper_of(real)
        def open(file, *args, **kwargs):
            if not is_path(file) or by_compiler():
                return real(file, *args, **kwargs)
            mode = kwargs.get("mode", args[mode_at - 1] if len(args) >= mode_at else "r")
            return real(files.for_mode(file, str(mode)), *args, **kwargs)

        return open

    world.real_open = builtins.open
    builtins.open = opener(builtins.open, 1)
    io.open = builtins.open if _real_open is world.real_open else opener(_real_open, 1)
    codecs.open = opener(codecs.open, 1)
    _install_archives(files)


def _install_archives(files):
    """The other archives open their file with the `open` that is replaced."""
    real = tarfile.open

    @wrapper_of(real)
    def stand_in(name=None, mode="r", *args, **kwargs):
        if is_path(name):
            name = files.for_mode(name, mode.split(":")[0])
        return real(name, mode, *args, **kwargs)

    tarfile.open = stand_in
