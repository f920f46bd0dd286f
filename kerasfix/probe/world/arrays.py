"""Arrays from files: numpy, pickle, HDF5. What is missing of these cannot be made up, except for tables of numbers."""

from __future__ import absolute_import, division, print_function

import pickle

import numpy as np

from .callers import by_user
from .patching import wrapper_of
from .places import is_path


def install(world):
    """Let numpy, pickle and h5py see the user's files."""
    files = world.files

    def read(real):
        @wrapper_of(real)
        def stand_in(name, *args, **kwargs):
            return real(files.to_read(name) if is_path(name) else name, *args, **kwargs)

        return stand_in

    def written(real):
        @wrapper_of(real)
        def stand_in(name, *args, **kwargs):
            return real(files.to_write(name) if is_path(name) else name, *args, **kwargs)

        return stand_in

    for name in ("loadtxt", "genfromtxt", "recfromcsv", "fromfile"):
        if name in dir(np):
            setattr(np, name, read(getattr(np, name)))
    np.load = _load(read(np.load))
    for name in ("save", "savez", "savez_compressed", "savetxt"):
        setattr(np, name, written(getattr(np, name)))
    np.array = _ragged(np.array, world)
    pickle.load = _unpickle(pickle.load)
    _install_h5py(world)


def _load(real):
    @wrapper_of(real)
    def load(name, *args, **kwargs):
        if len(args) < 2 and by_user():
            kwargs.setdefault("allow_pickle", True)  # as it was until numpy 1.16.3
        return real(name, *args, **kwargs)

    return load


def _ragged(real, world):
    """Lists of different lengths make an array of lists, as they did until numpy 1.24."""

    def array(*args, **kwargs):
        try:
            return real(*args, **kwargs)
        except ValueError as error:
            if "inhomogeneous" not in str(error) or "dtype" in kwargs or len(args) != 1 or not by_user():
                raise
        world.note("lists of different lengths became an array of objects, as they did in numpy until 1.24")
        result = np.empty(len(args[0]), dtype=object)
        for index, value in enumerate(args[0]):
            result[index] = value
        return result

    return wrapper_of(real)(array)


def _unpickle(real):
    """Files that Python 2 has pickled are read, too."""

    def load(file, *args, **kwargs):
        try:
            return real(file, *args, **kwargs)
        except UnicodeDecodeError:
            file.seek(0)
            kwargs["encoding"] = "latin1"
            return real(file, *args, **kwargs)

    return wrapper_of(real)(load)


def _install_h5py(world):
    try:
        import h5py
    except ImportError:
        return

    real = h5py.File.__init__

    def opened(self, name, mode=None, *args, **kwargs):
        if not is_path(name):
            return real(self, name, mode, *args, **kwargs)
        if mode is None:
            mode = "r" if world.places.read(name) else "a"
        if mode == "r":
            name = world.files.to_read(name)
        else:
            name = world.files.for_mode(name, "w" if mode in ("w", "w-", "x") else "a")
        return real(self, name, mode, *args, **kwargs)

    h5py.File.__init__ = wrapper_of(real)(opened)
