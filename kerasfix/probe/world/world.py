"""The world that a script is run in."""

from __future__ import absolute_import, division, print_function

import os
import sys

from . import (
    arguments,
    arrays,
    datasets,
    downloads,
    dropped,
    environment,
    files,
    folders,
    images,
    installed,
    lists,
    notebooks,
    plots,
    python2,
    reasons,
    theanos,
    weights,
)
from .modules.after_import import AfterImport
from .modules.finder import Finder
from .places import Places

_KERAS = ("keras", "tf_keras")


class World(object):
    """What was stood in for.

    Attributes:
        notes: What was stood in for, as texts, each once, in order.
        made_up: The names of files whose contents were made up.
        keras_packages: The names of the packages that are Keras here.
        places: Where paths lead.
        files: The files of the script.
        real: Functions that were replaced, for the stand-ins themselves.
    """

    def __init__(self, folder, scratch, keras_packages):
        self.notes = []
        self.made_up = []
        self.keras_packages = keras_packages
        self.places = Places(folder, scratch)
        self.files = files.Files(self)
        self.real = _Real()
        self._after_import = AfterImport()

    def note(self, text):
        """Say once that something was stood in for."""
        text = self.shown(text)
        if text not in self.notes:
            self.notes.append(text)

    def reason(self, error):
        """Why an exception is one of the world and not of the model, as a text; None if it is not."""
        return reasons.reason(error, self.made_up)

    def shown(self, text):
        """A text for people, who do not know the name of the scratch folder."""
        return text.replace(self.places.scratch + os.sep, "")

    def after_import(self, name, change):
        """Change a module when it is imported: `change(module)`."""
        self._after_import.add(name, change)

    def is_written(self, place):
        """Whether a file is one that the script has written itself."""
        return place == self.places.written(place) and place != self.places.meant(place)

    def hook_imports(self):
        """Be asked for modules: first, to change those that are installed, and last, for those that are not."""
        sys.meta_path.insert(0, self._after_import)
        sys.meta_path.append(Finder(self))


class _Real(object):
    """Functions as they were."""


def install(folder, keras_modules=None):
    """Stand in for the world around a model. To be called once, before the user's code is run.

    Args:
        folder: The folder of the user's script; the working directory is an empty folder that may be written.
        keras_modules: The Kerases whose data sets, downloads and weights are stood in for, as modules or names of
            packages; those that are imported, if not given.

    Returns:
        The world; it keeps the notes of what was stood in for.
    """
    world = World(folder, os.getcwd(), _packages(keras_modules))
    dropped.restore_dropped_names(world.note)
    python2.install(world)
    lists.install(world)
    notebooks.install(world)
    files.install(world)
    folders.install(world)
    arrays.install(world)
    theanos.install(world)
    installed.install(world)
    plots.install(world)
    datasets.install(world)
    downloads.install(world)
    images.install(world)
    weights.install(world)
    arguments.install(world)
    environment.install(world)
    world.hook_imports()
    return world


def _packages(keras_modules):
    if keras_modules is None:
        return [name for name in _KERAS if name in sys.modules]
    return [getattr(module, "__name__", module) for module in keras_modules]
