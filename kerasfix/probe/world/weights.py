"""Weights and models from files: a model without its file of weights keeps its own."""

from __future__ import absolute_import, division, print_function

import os

from ..errors import brief
from .patching import keras_namespaces, named_in_keras, replace_in_keras, wrapper_of
from .places import is_path
from .unserved import MissingFile, Unserved


def install(world):
    """Replace `load_weights` of every class that has one, `load_model`, and the question before overwriting."""
    for owner in _classes_with("load_weights"):
        owner.load_weights = _load_weights(world, owner.__dict__["load_weights"])
    for name in ("save_weights", "save"):
        for owner in _classes_with(name):
            setattr(owner, name, _save(world, owner.__dict__[name]))
    replace_in_keras(
        [(real, _load_model(world, real)) for real in named_in_keras("load_model") if callable(real)]
        + [(real, _save_model(world, real)) for real in named_in_keras("save_model") if callable(real)]
        + [(real, _overwrite) for real in named_in_keras("ask_to_proceed_with_overwrite")]
    )


def _classes_with(name):
    found = []
    for _, namespace in keras_namespaces():
        for value in list(namespace.values()):
            if isinstance(value, type) and callable(value.__dict__.get(name)) and value not in found:
                found.append(value)
    return found


def _load_weights(world, real):
    @wrapper_of(real)
    def load_weights(self, filepath=None, *args, **kwargs):
        if not is_path(filepath):
            return real(self, filepath, *args, **kwargs)
        place = world.places.read(filepath)
        if place is None and world.places.read("%s.index" % filepath) is not None:  # a checkpoint of TensorFlow
            return real(self, world.places.written(filepath), *args, **kwargs)
        if place is None:
            world.note("weights `%s` are not loaded: the model keeps its own" % os.path.basename(str(filepath)))
            return None
        if world.is_written(place):
            return real(self, place, *args, **kwargs)
        try:
            return real(self, place, *args, **kwargs)
        except Exception as error:
            world.note(
                "weights `%s` cannot be loaded here (%s): the model keeps its own"
                % (os.path.basename(str(filepath)), _told(error))
            )

    return load_weights


def _save(world, real):
    @wrapper_of(real)
    def save(self, filepath, *args, **kwargs):
        return real(self, world.files.to_write(filepath) if is_path(filepath) else filepath, *args, **kwargs)

    return save


def _load_model(world, real):
    @wrapper_of(real)
    def load_model(filepath, *args, **kwargs):
        if not is_path(filepath):
            return real(filepath, *args, **kwargs)
        place = world.places.read(filepath)
        if place is None:
            raise MissingFile(filepath, "needs the model of the file `%s`, which is missing" % (filepath,))
        if world.is_written(place):
            return real(place, *args, **kwargs)
        try:
            return real(place, *args, **kwargs)
        except Exception as error:
            raise Unserved("needs the model of the file `%s`, which does not load here: %s" % (filepath, _told(error)))

    return load_model


def _save_model(world, real):
    @wrapper_of(real)
    def save_model(model, filepath, *args, **kwargs):
        return real(model, world.files.to_write(filepath) if is_path(filepath) else filepath, *args, **kwargs)

    return save_model


def _overwrite(filepath, *args, **kwargs):
    return True


def _told(error):
    return (brief(str(error)) or type(error).__name__)[:120]
