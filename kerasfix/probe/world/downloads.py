"""`get_file` and the like: what would be downloaded is made up."""

from __future__ import absolute_import, division, print_function

import importlib
import os

from .callers import by_user
from .contents import make
from .patching import named_in_keras, replace_in_keras
from .unserved import MissingFile, Unserved

_CACHE = os.path.join(".keras", "datasets")
_MODELS = (".h5", ".hdf5", ".keras", ".tf")


def install(world):
    """Replace `get_file` in each Keras that is imported, and the downloads of the standard library."""
    for package in world.keras_packages:
        for module in (".utils.data_utils", ".utils"):
            try:
                importlib.import_module(package + module)
            except ImportError:
                continue
    replace_in_keras([(real, _get_file(world)) for real in named_in_keras("get_file") if callable(real)])
    _install_urllib(world)


def _get_file(world):
    def get_file(fname=None, origin=None, untar=False, *args, **kwargs):
        name = fname or os.path.basename(origin)
        extract = untar or kwargs.get("extract", False)
        path = os.path.join(world.places.scratch, _CACHE, os.path.basename(str(name).rstrip("/")))
        if os.path.exists(path) or path.endswith(_MODELS):
            return path  # weights are not there: `load_weights` says so
        if not os.path.isdir(os.path.dirname(path)):
            world.real.makedirs(os.path.dirname(path))
        if extract:
            return _extracted(world, path)
        try:
            made = make(path, path, name)
        except MissingFile as error:
            raise Unserved(str(error))
        world.note("the download `%s` is made up: %s" % (name, made))
        return path

    return get_file


def _extracted(world, path):
    """The folder that an archive would have been unpacked to; what is read from it is made up when it is read."""
    for extension in (".gz", ".bz2", ".tgz", ".tar", ".zip"):
        path = path[: -len(extension)] if path.endswith(extension) else path
    if not os.path.isdir(path):
        world.real.makedirs(path)
        world.note("the download `%s` is made up: a folder" % os.path.basename(path))
    return path


def _install_urllib(world):
    try:
        from urllib import request
    except ImportError:
        import urllib as request

    real_retrieve = request.urlretrieve

    def urlretrieve(url, filename=None, *args, **kwargs):
        if not by_user():
            return real_retrieve(url, filename, *args, **kwargs)
        name = filename or os.path.basename(str(url).split("?")[0]) or "download.txt"
        return world.files.made_up(name), {}

    def urlopen(url, *args, **kwargs):
        raise Unserved("needs the network: `%s`" % (getattr(url, "full_url", url),))

    request.urlretrieve = urlretrieve
    request.urlopen = urlopen
