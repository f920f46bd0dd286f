"""`map`, `filter` and `zip` of Python 2, which gave lists: for the user's code, what they give can be used as one."""

from __future__ import absolute_import, division, print_function

import linecache
import sys

from .callers import is_user
from .patching import builtins

_NAMES = ("map", "filter", "zip")
_METHODS = frozenset("append count extend index insert pop remove reverse sort".split())


def install(world):
    """Let the user's code call them so; nothing, in Python 2."""
    if sys.version_info[0] > 2:
        for name in _NAMES:
            setattr(builtins, name, _stand_in(world, name, getattr(builtins, name)))


def _stand_in(world, name, real):
    users = {}  # by the name of a file: libraries call these functions all the time

    def note():
        world.note("`%s` of Python 2, which gave a list, stood in for" % name)

    def stand_in(*args, **kwargs):
        frame = sys._getframe(1)
        file = frame.f_code.co_filename
        if file not in users:
            users[file] = is_user(frame)
        made = real(*args, **kwargs)
        return Listed(made, note) if users[file] else made

    stand_in.__name__ = name
    return stand_in


class Listed(object):
    """An iterator that becomes a list when it is used as one.

    Args:
        iterator: Where its items come from; no more of them are taken than are asked for.
        note: Called when it is used as no iterator can be.
    """

    def __init__(self, iterator, note):
        self._rest = iterator
        self._items = []
        self._note = note
        self._at = 0

    def __iter__(self):
        at = 0
        while self._reach(at):
            yield self._items[at]
            at += 1

    def __next__(self):
        if not self._reach(self._at):
            raise StopIteration
        self._at += 1
        return self._items[self._at - 1]

    def _reach(self, place):
        for item in self._rest if place >= len(self._items) else ():
            self._items.append(item)
            break
        return place < len(self._items)

    def _list(self):
        self._note()
        self._items.extend(self._rest)
        return self._items

    def __len__(self):
        self._items.extend(self._rest)
        frame = sys._getframe(1)
        if "len(" in linecache.getline(frame.f_code.co_filename, frame.f_lineno):  # `list(...)` asks for it, too
            self._note()
        return len(self._items)

    def __bool__(self):
        return self._reach(0)

    def __getitem__(self, place):
        return self._list()[place]

    def __setitem__(self, place, item):
        self._list()[place] = item

    def __delitem__(self, place):
        del self._list()[place]

    def __add__(self, other):
        return self._list() + list(other)

    def __radd__(self, other):
        return other + self._list()

    def __mul__(self, times):
        return self._list() * times

    __rmul__ = __mul__

    def __eq__(self, other):
        return self._list() == (list(other) if isinstance(other, Listed) else other)

    __hash__ = None

    def __repr__(self):
        return repr(self._list())

    def __getattr__(self, name):
        if name not in _METHODS:
            raise AttributeError(name)
        return getattr(self._list(), name)
