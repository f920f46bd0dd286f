"""Folders: what is asked about files and folders, and folders that are made."""

from __future__ import absolute_import, division, print_function

import glob
import os
import re
import shutil

from .callers import by_compiler, by_user, user_frame
from .contents import PICTURES, make
from .intent import gives_up_without, is_ready_for
from .patching import wrap, wrapper_of
from .places import is_path
from .unserved import MissingFile, missing_folder

_isdir = os.path.isdir  # as it is
_SOME = 8  # files in a folder that is made up
_SOME_TEXTS = 24  # together, they have more than the 20,000 words that scripts keep
_TEXTS = re.compile(r"text|txt|news|corpus|review|aclimdb|doc", re.IGNORECASE)
_CLASSES = re.compile(
    r"20_?news|classes|categories|flowers?\b|(^|/)(train(ing)?|valid(ation)?|val|test)$", re.IGNORECASE
)
_SOUNDS = re.compile(r"audio|wav|sound|speech|music", re.IGNORECASE)


def install(world):
    """Replace what the standard library asks about folders, and how it makes and removes them."""
    _install_questions(world)
    _install_listings(world)
    _install_changes(world)


def made_up_folder(world, path, with_classes=False):
    """Make a folder with some pictures or texts in it; in two classes, if its name or the caller says so.

    Args:
        world: The world.
        path: As the user has it.
        with_classes: Whether there is a folder for each class.

    Raises:
        MissingFile: What is in it cannot be made up.
    """
    if _SOUNDS.search(path):
        raise missing_folder(path)
    place = world.places.written(path)
    texts = _TEXTS.search(path) or "20_news" in path
    for part in ("1", "2") if with_classes or _CLASSES.search(path.rstrip("/")) else ("",):
        folder = os.path.join(place, part)
        if not _isdir(folder):
            world.real.makedirs(folder)
        for number in range(1, (_SOME_TEXTS if texts else _SOME) + 1):
            name = os.path.join(folder, "%d%s" % (number, "" if texts else ".jpg"))
            make(name if not texts else name + ".txt", name)
    world.note("the folder `%s` is missing: made-up %s" % (path, "texts" if texts else "images"))
    return place


def _install_questions(world):
    def asked(real):
        @wrapper_of(real)
        def answer(path, *args, **kwargs):
            if real(path, *args, **kwargs) or not is_path(path):
                return real(path, *args, **kwargs)
            if world.places.is_scratch(path) and not by_user():  # the stand-ins themselves, by way of os.makedirs
                return False
            there = world.places.read(path)
            if there is not None:
                return real(there, *args, **kwargs)
            return _wanted(world, path, real.__name__)

        return answer

    for name in ("exists", "isfile", "isdir", "lexists"):
        setattr(os.path, name, asked(getattr(os.path, name)))
    for name in ("getsize", "getmtime", "getctime"):
        wrap(os.path, name, lambda real: lambda path: real(world.files.to_read(path) if is_path(path) else path))
    wrap(os, "stat", lambda real: _mapped(world, real, by_user))
    wrap(os, "access", lambda real: _mapped(world, real, by_user))


def _wanted(world, path, question):
    """Whether a missing thing is said to be there: if the script stops without it, and it can be made up."""
    frame = user_frame()
    if frame is None or not gives_up_without(frame):
        return False
    try:
        if question == "isdir" or not os.path.splitext(path)[1]:
            made_up_folder(world, path)
        else:
            world.files.made_up(path)
    except MissingFile:
        return False
    return True


def _mapped(world, real, when):
    """Let a function with a path as its first argument see the scratch folder over the user's."""

    @wrapper_of(real)
    def stand_in(path, *args, **kwargs):
        if is_path(path) and when():
            path = world.files.there(path)
        return real(path, *args, **kwargs)

    return stand_in


def _install_listings(world):
    real_listdir, real_walk = os.listdir, os.walk

    @wrapper_of(real_listdir)
    def listdir(path="."):
        frame = user_frame()
        if frame is None or not is_path(path):
            return real_listdir(path)
        found, any_folder = set(), False
        for place in _both(world, path):
            if _isdir(place):
                any_folder = True
                found.update(real_listdir(place))
        if any_folder:
            return sorted(found - {".outside"})
        if is_ready_for(frame, "file"):
            return real_listdir(path)
        return sorted(real_listdir(made_up_folder(world, path)))

    @wrapper_of(real_walk)
    def walk(top, *args, **kwargs):
        if not by_user() or not is_path(top):
            return real_walk(top, *args, **kwargs)
        place = world.places.read(top)
        if place is None:
            place = made_up_folder(world, top)
        return _renamed(real_walk(place, *args, **kwargs), place, top)

    os.listdir, os.walk = listdir, walk
    for name in ("glob", "iglob"):
        setattr(glob, name, _glob(world, getattr(glob, name)))


def _both(world, path):
    written, meant = world.places.written(path), world.places.meant(path)
    return [written] if written == meant else [written, meant]


def _renamed(walked, place, top):
    for folder, folders, files in walked:
        yield top + folder[len(place) :], folders, files


def _glob(world, real):
    @wrapper_of(real)
    def glob_there(pattern, *args, **kwargs):
        found = list(real(pattern, *args, **kwargs))
        if found or not by_user() or not is_path(pattern):
            return found
        for place in _both(world, pattern):
            found = sorted(real(place, *args, **kwargs))
            if found:
                return found
        extension = os.path.splitext(pattern)[1].lower()
        if "*" not in pattern or not (extension in PICTURES or extension in (".txt", ".text")):
            return found
        for number in range(1, _SOME + 1):
            world.files.made_up(pattern.replace("**", "*").replace("*", str(number)).replace("?", "1"))
        return sorted(real(world.places.written(pattern), *args, **kwargs))

    return glob_there


def _install_changes(world):
    world.real.makedirs, world.real.mkdir = os.makedirs, os.mkdir

    def mkdir(path, *args, **kwargs):
        if not is_path(path) or world.places.is_scratch(path) or by_compiler():
            return world.real.mkdir(path, *args, **kwargs)
        if world.places.read(path) is not None and _isdir(world.places.read(path)):
            return world.real.mkdir(world.places.read(path), *args, **kwargs)  # it is there: the error of old
        return world.real.mkdir(world.places.make_room(path), *args, **kwargs)

    os.mkdir = wrapper_of(os.mkdir)(mkdir)
    wrap(os, "makedirs", lambda real: lambda name, *args, **kwargs: real(_to_make(world, name), *args, **kwargs))
    wrap(os, "chdir", lambda real: lambda path: real(_entered(world, path)))
    for name in ("remove", "unlink", "rmdir"):
        wrap(os, name, lambda real: _removed(world, real, by_user))
    wrap(shutil, "rmtree", lambda real: _removed(world, real, lambda: not by_compiler()))
    for owner, name in ((shutil, "copy"), (shutil, "copyfile"), (shutil, "copy2")):
        wrap(owner, name, lambda real: _two_paths(world, real, real))
    for owner, name in ((os, "rename"), (os, "replace"), (shutil, "move")):
        wrap(owner, name, lambda real: _two_paths(world, real, _copy))


def _to_make(world, path):
    if not is_path(path) or world.places.is_scratch(path) or by_compiler():
        return path
    there = world.places.read(path)
    return there if there is not None and _isdir(there) else world.places.written(path)


def _entered(world, path):
    place = world.places.written(path)
    if not _isdir(place) and world.places.read(path) is not None:
        world.real.makedirs(place)
    return place if _isdir(place) else path


def _removed(world, real, when):
    """What the user's own folders hold stays: only what was written to the scratch folder is removed."""

    @wrapper_of(real)
    def stand_in(path, *args, **kwargs):
        place = world.places.read(path) if is_path(path) and when() else None
        if place is None:
            return real(path, *args, **kwargs)
        if world.places.is_scratch(place):
            return real(place, *args, **kwargs)
        world.note("`%s` is to be removed, and is left alone" % path)
        return None

    return stand_in


def _two_paths(world, real, of_the_users):
    """Copy or move; `of_the_users` does it where the source is the user's own, which stays."""

    @wrapper_of(real)
    def stand_in(source, target, *args, **kwargs):
        if not by_user() or not is_path(source) or not is_path(target):
            return real(source, target, *args, **kwargs)
        source, target = world.files.there(source), world.places.make_room(target)
        if not world.places.is_scratch(source):
            return of_the_users(source, target)
        return real(source, target, *args, **kwargs)

    return stand_in


def _copy(source, target):
    if _isdir(source):
        shutil.copytree(source, target)
    else:
        shutil.copy2(source, target)
