"""A module that is not there: its names may be imported, called, subclassed and passed on, but not computed with.

So a script that only imports pandas, or plots with it at the end, is run; one whose model depends on what pandas reads
is not, and says so.
"""

from __future__ import absolute_import, division, print_function

import sys
import types
from importlib import import_module

from ..unserved import missing_module

_FUNCTION = types.FunctionType


class StubModule(types.ModuleType):
    """A module that has every name.

    Args:
        name: Its full name.
        known: Names of it that have a faithful stand-in.
        kind: What all its other names are: `Stub` or `Drawing`.
        modules: Full names of modules that have such names: they are imported where they are asked for.
    """

    def __init__(self, name, known=None, kind=None, modules=()):
        types.ModuleType.__init__(self, name)
        self.__path__ = []
        self.__file__ = "<stand-in for %s>" % name
        self._kind = kind or Stub
        self._modules = modules
        self.__dict__.update(known or {})

    def __getattr__(self, name):
        if name == "__all__":
            starred.append(self.__name__)
            return []
        if name == "__version__":
            return "0.0.0"
        if name.startswith("__"):
            raise AttributeError(name)
        full = self.__name__ + "." + name
        value = import_module(full) if full in self._modules else _attribute(self._kind, full)
        setattr(self, name, value)
        return value


starred = []  # modules that were asked for all of their names


class _Base(object):
    """What a class of the user's inherits from a class that is not there."""

    def __init__(self, *args, **kwargs):
        object.__init__(self)

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return Stub(type(self).__name__ + "." + name)


class Stub(object):
    """Something of a module that is not there.

    Args:
        name: Its full name, such as `pandas.DataFrame`.
    """

    def __new__(cls, *args):
        if len(args) == 3 and isinstance(args[1], tuple) and isinstance(args[2], dict):
            bases = tuple(_Base if isinstance(base, Stub) else base for base in args[1])  # Python 2: a class of it
            return type(args[0], bases, args[2])
        return object.__new__(cls)

    def __init__(self, name):
        self.__dict__["_stub_name"] = name

    def __mro_entries__(self, bases):
        return (_Base,)

    def __call__(self, *args, **kwargs):
        if len(args) == 1 and not kwargs and _is_decorated(args[0]):
            return args[0]
        return type(self)(self._stub_name)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if name.startswith("_keras"):
            raise self._unserved()
        return _attribute(type(self), self._stub_name + "." + name)

    def __setitem__(self, key, value):
        pass

    def __delitem__(self, key):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None

    def __instancecheck__(self, instance):
        return False

    def __subclasscheck__(self, subclass):
        return False

    def __repr__(self):
        return "<stand-in for %s>" % self._stub_name

    def __format__(self, how):
        return repr(self)

    def __deepcopy__(self, memo):
        return self

    def __reduce__(self):
        raise self._unserved()

    def _unserved(self):
        return missing_module(self._stub_name.split(".")[0])


def _refuse(self, *args, **kwargs):
    raise self._unserved()


_COMPUTING = (
    "bool nonzero int long float complex index len iter next getitem contains array lt le gt ge "
    "add sub mul truediv div floordiv mod pow matmul and or xor lshift rshift neg pos abs invert round "
    "radd rsub rmul rtruediv rdiv rfloordiv rmod rpow rmatmul rand ror rxor"
).split()
for _name in _COMPUTING:
    setattr(Stub, "__%s__" % _name, _refuse)
Stub.__array_priority__ = 1000


class Drawing(Stub):
    """Something that draws: whatever comes of it goes into a picture that nobody looks at."""

    def __iter__(self):
        return iter([Drawing(self._stub_name) for _ in range(_unpacked_into(sys._getframe(1)))])

    def __getitem__(self, key):
        return Drawing(self._stub_name)

    def _same(self, *args):
        return self

    def __bool__(self):
        return True

    __nonzero__ = __bool__

    def __len__(self):
        return 0

    def __int__(self):
        return 1

    __index__ = __int__

    def __float__(self):
        return 1.0


for _name in _COMPUTING[_COMPUTING.index("add") :]:
    setattr(Drawing, "__%s__" % _name, Drawing.__dict__["_same"])


def _attribute(kind, name):
    last = name.rpartition(".")[2]
    if last.endswith(("Error", "Exception", "Warning")) and last[0].isupper():
        return type(str(last), (Exception,), {})
    return kind(name)


def _is_decorated(value):
    """Whether a call is that of a decorator: it gets a function or a class that was made on the spot."""
    if isinstance(value, type):
        return value.__module__ != "builtins" and _Base not in value.__mro__ and _stands_in_a_line_after_at()
    if not isinstance(value, _FUNCTION) or value.__name__ == "<lambda>":
        return False
    return abs(sys._getframe(2).f_lineno - value.__code__.co_firstlineno) <= 3


def _stands_in_a_line_after_at():
    import linecache

    frame = sys._getframe(3)
    return linecache.getline(frame.f_code.co_filename, frame.f_lineno, frame.f_globals).lstrip().startswith("@")


def _unpacked_into(frame):
    """How many names a value is unpacked into, where a frame is; 0 where it is looped over."""
    import dis

    code, at = frame.f_code.co_code, frame.f_lasti
    instruction = code[at] if isinstance(code[at], int) else ord(code[at])
    if dis.opname[instruction] != "UNPACK_SEQUENCE":
        return 0
    return code[at + 1] if isinstance(code[at + 1], int) else ord(code[at + 1])
