"""Images from files by way of Keras and scipy, with PIL and without."""

from __future__ import absolute_import, division, print_function

import importlib
import sys
import types

import numpy as np

from . import pictures
from .folders import made_up_folder
from .patching import keras_namespaces, named_in_keras, replace_in_keras, wrapper_of
from .places import is_path


def install(world):
    """Replace `load_img`, `img_to_array` (without PIL), `flow_from_directory` and `scipy.misc.imread`."""
    pictures.use(world)
    for package in world.keras_packages:
        for module in (".preprocessing.image", ".utils"):
            try:
                importlib.import_module(package + module)
            except ImportError:
                continue
    without = not _has_pil()
    pairs = []
    for name, made in (("load_img", _load_img), ("save_img", _save_img), ("array_to_img", _array_to_img)):
        for real in named_in_keras(name):
            pairs.append((real, made(world, real, without)))
    replace_in_keras(pairs)
    _install_directories(world)
    _install_scipy(world)


def _has_pil():
    try:
        importlib.import_module("PIL.Image")
    except ImportError:
        return False
    return True


def _load_img(world, real, without):
    @wrapper_of(real)
    def load_img(path, grayscale=False, *args, **kwargs):
        place = world.files.to_read(path) if is_path(path) else path
        if not without:
            return real(place, grayscale, *args, **kwargs) if grayscale else real(place, *args, **kwargs)
        mode = kwargs.get("color_mode", "grayscale" if grayscale is True else "rgb")
        rest = [one for one in args if isinstance(one, (tuple, list))]
        size = kwargs.get("target_size", rest[0] if rest else None)
        image = pictures.open_picture(place).convert({"grayscale": "L", "rgba": "RGBA"}.get(mode, "RGB"))
        return image.resize((size[1], size[0])) if size else image

    return load_img


def _save_img(world, real, without):
    @wrapper_of(real)
    def save_img(path, x, *args, **kwargs):
        place = world.files.to_write(path) if is_path(path) else path
        if not without:
            return real(place, x, *args, **kwargs)
        return pictures.from_array(np.clip(np.asarray(x), 0, 255)).save(place)

    return save_img


def _array_to_img(world, real, without):
    if not without:
        return real

    @wrapper_of(real)
    def array_to_img(x, *args, **kwargs):
        x = np.asarray(x, dtype="float32")
        if x.shape[0] in (1, 3, 4) and x.shape[-1] not in (1, 3, 4):
            x = x.transpose(1, 2, 0)
        x = x - min(x.min(), 0)
        return pictures.from_array(x / max(x.max(), 1e-7) * 255)

    return array_to_img


def _install_directories(world):
    """The folder is made up with pictures in two classes, if it is missing, and read by Keras itself."""
    for _, namespace in keras_namespaces():
        for value in list(namespace.values()):
            real = getattr(value, "__dict__", {}).get("flow_from_directory") if isinstance(value, type) else None
            if real is not None and not getattr(real, "stands_in", False):
                value.flow_from_directory = _flow(world, real)


def _flow(world, real):
    def flow_from_directory(self, directory, *args, **kwargs):
        place = world.places.read(directory)
        if place is None:
            place = made_up_folder(world, directory, with_classes=True)
        return real(self, place, *args, **kwargs)

    flow = wrapper_of(real)(flow_from_directory)
    flow.stands_in = True
    return flow


def _install_scipy(world):
    """`scipy.misc` lost its functions for images in 1.2, and is gone since 1.12."""
    world.after_import("scipy", lambda scipy: _restore_misc(world, scipy))


def _restore_misc(world, scipy):
    try:
        misc = importlib.import_module("scipy.misc")
    except ImportError:
        misc = types.ModuleType("scipy.misc")
    gone = {"imread": imread, "imsave": imsave, "imresize": imresize, "toimage": toimage, "fromimage": np.asarray}
    for name, function in gone.items():
        if not hasattr(misc, name):
            setattr(misc, name, _noted(world, "scipy.misc." + name, function))
    for name in ("logsumexp", "comb", "factorial"):
        if not hasattr(misc, name):
            setattr(misc, name, _special(name))
    sys.modules["scipy.misc"] = scipy.misc = misc


def _special(name):
    """A function that has moved to `scipy.special`."""

    def moved(*args, **kwargs):
        return getattr(importlib.import_module("scipy.special"), name)(*args, **kwargs)

    return moved


def _noted(world, name, function):
    def stand_in(*args, **kwargs):
        world.note("`%s` is gone: stood in for" % name)
        return function(*args, **kwargs)

    return wrapper_of(function)(stand_in)


def imread(name, flatten=False, mode=None):
    """`scipy.misc.imread`: an array of uint8, (rows, columns[, channels])."""
    array = pictures.read(name)
    if flatten:
        return array[:, :, :3].mean(axis=2).astype("float32")
    return np.asarray(pictures.Picture(array).convert(mode or pictures.Picture(array).mode))


def imsave(name, arr, format=None):
    """`scipy.misc.imsave`: numbers that are no uint8 are stretched over its range."""
    toimage(arr).save(name)


def imresize(arr, size, interp="bilinear", mode=None):
    """`scipy.misc.imresize`: the size is a number of percent, a fraction, or rows and columns."""
    image = toimage(arr)
    if isinstance(size, (int, np.integer)):
        size = size / 100.0
    if isinstance(size, (float, np.floating)):
        size = (image.height * size, image.width * size)
    return np.asarray(image.resize((int(size[1]), int(size[0]))))


def toimage(arr, high=255, low=0, cmin=None, cmax=None, *args, **kwargs):
    """`scipy.misc.toimage`."""
    array = np.asarray(arr)
    if array.ndim == 3 and array.shape[2] not in (1, 3, 4) and array.shape[0] in (1, 3, 4):
        array = array.transpose(1, 2, 0)
    if array.dtype != np.uint8:
        cmin = array.min() if cmin is None else cmin
        cmax = array.max() if cmax is None else cmax
        array = np.clip((array - cmin) * (high - low) / ((cmax - cmin) or 1) + low, 0, 255)
    return pictures.from_array(array)
