"""The user's code under its own file names, with texts that need not be those on disk."""

from __future__ import absolute_import, division, print_function
import __future__

import functools
import hashlib
import io
import linecache
import operator
import os
import re
import sys
import types

from . import old_division

_NAME = re.compile(r"[A-Za-z_]\w*$")
# What stands in a cell of its own is not at the begin of the script that a notebook is.
_FUTURE = re.compile(r"\bfrom __future__ import ([\w, ]+)")
_BUILTIN = ("lib", "site-packages", "dist-packages")


class Sources(object):
    """The texts of a project.

    Args:
        path: The file that is run.
        texts: Texts by absolute path, for files whose text is not that on disk.
        classic: The paths of those that divide as Python 2 does.
    """

    def __init__(self, path, texts, classic=()):
        self.path = os.path.abspath(path)
        self.texts = dict((os.path.abspath(name), text) for name, text in texts.items())
        self.classic = frozenset(os.path.abspath(name) for name in classic)
        self.folder = os.path.dirname(self.path)
        self._users = {}

    def text(self, path):
        """The text of a file."""
        path = os.path.abspath(path)
        if path in self.texts:
            return self.texts[path]
        with io.open(path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def digest(self):
        """What tells one text of the file that is run from another."""
        text = self.texts.get(self.path)
        data = self._bytes(self.path) if text is None else text.encode("utf-8")
        return hashlib.sha256(data.replace(b"\r\n", b"\n")).hexdigest()

    def _bytes(self, path):
        with io.open(path, "rb") as file:
            return file.read()

    def is_users(self, filename):
        """Whether code of that file name is the user's own."""
        if filename not in self._users:
            self._users[filename] = self._decide(filename)
        return self._users[filename]

    def _decide(self, filename):
        path = os.path.abspath(filename)
        if path in self.texts or path == self.path:
            return True
        top = self.top()
        return path.startswith(top + os.sep) and not any(part in path.split(os.sep) for part in _BUILTIN)

    def top(self):
        """The folder that holds the outermost package of the file; what no name can import is none."""
        folder = self.folder
        while os.path.isfile(os.path.join(folder, "__init__.py")) and _NAME.match(os.path.basename(folder)):
            folder = os.path.dirname(folder)
        return folder

    def line(self, filename, number):
        """One line of a file, without its end; "" if there is none."""
        try:
            lines = self.text(filename).splitlines()
        except (IOError, OSError):
            return ""
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def compiled(self, path):
        """The code of a file. Raises SyntaxError."""
        text = self.text(path)
        name = os.path.abspath(path)
        flags = 0
        if name.endswith(".ipynb"):
            flags, text = _features(text), _FUTURE.sub("pass", text)
        linecache.cache[name] = (len(text), None, text.splitlines(True), name)  # tracebacks show the lines
        if name not in self.texts:
            text = self._bytes(path)  # in the encoding that it names
        elif sys.version_info[0] == 2:
            text = text.encode("utf-8")
        if name in self.classic:
            text = old_division.classic(text, name)
        return compile(text, name, "exec", flags, True)

    def module_name(self):
        """The dotted name by which the file can be imported from `top()`."""
        relative = os.path.relpath(self.path, self.top())
        parts = [part.replace(".", "_") for part in os.path.splitext(relative)[0].split(os.sep)]
        if parts[-1] == "__init__":
            parts.pop()
        return ".".join(parts)

    def install(self):
        """Let imports find the files beside the user's, with their texts."""
        self._keep_lines()
        for folder in (self.top(), self.folder):
            if folder in sys.path:
                sys.path.remove(folder)
            sys.path.insert(0, folder)
        sys.meta_path.insert(0, Finder(self))

    def _keep_lines(self):
        """Let the lines of our texts stay what they are.

        TensorFlow's AutoGraph compiles functions anew from the lines of their files, and reads the file for that: it
        would run what is on disk.
        """
        original = linecache.updatecache

        def updatecache(filename, module_globals=None):
            path = os.path.abspath(filename)
            if path not in self.texts:
                return original(filename, module_globals)
            text = self.texts[path]
            linecache.cache[filename] = (len(text), None, text.splitlines(True), path)
            return linecache.cache[filename][2]

        linecache.updatecache = updatecache


def _features(text):
    """The flags of the compiler for what a text imports from `__future__`."""
    names = [name.strip() for found in _FUTURE.findall(text) for name in found.split(",")]
    found = [getattr(__future__, name, None) for name in names]
    return functools.reduce(operator.or_, [one.compiler_flag for one in found if one is not None], 0)


class Finder(object):
    """Imports modules whose texts are not those on disk; by both of Python's import protocols."""

    def __init__(self, sources):
        self.sources = sources

    def _path(self, name, path):
        last = name.rpartition(".")[2]
        for folder in path or sys.path:
            base = os.path.join(os.path.abspath(folder or "."), last)
            for candidate, package in ((os.path.join(base, "__init__.py"), True), (base + ".py", False)):
                if candidate in self.sources.texts:
                    return candidate, package
                if os.path.isfile(candidate):
                    return None
        return None

    def find_spec(self, name, path=None, target=None):
        """Of Python 3.4 and later."""
        found = self._path(name, path)
        if found is None:
            return None
        from importlib.machinery import ModuleSpec

        spec = ModuleSpec(name, self, origin=found[0], is_package=found[1])
        spec.has_location = True
        if found[1]:
            spec.submodule_search_locations.append(os.path.dirname(found[0]))
        return spec

    def create_module(self, spec):
        """The module is an ordinary one."""
        return

    def exec_module(self, module):
        """Run the text in the module."""
        module.__file__ = module.__spec__.origin
        exec(self.sources.compiled(module.__file__), vars(module))

    def find_module(self, name, path=None):
        """Of Python 2."""
        return self if self._path(name, path) else None

    def load_module(self, name):
        """Of Python 2."""
        if name in sys.modules:
            return sys.modules[name]
        parent = sys.modules.get(name.rpartition(".")[0])
        path, package = self._path(name, getattr(parent, "__path__", None))
        module = sys.modules[name] = types.ModuleType(name)
        module.__file__, module.__loader__ = path, self
        module.__package__ = name if package else name.rpartition(".")[0]
        if package:
            module.__path__ = [os.path.dirname(path)]
        try:
            exec(self.sources.compiled(path), vars(module))
        except BaseException:
            del sys.modules[name]
            raise
        return module
