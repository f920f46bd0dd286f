"""Changes to a module that is installed, made when it is imported: a script that never asks for it does not pay."""

from __future__ import absolute_import, division, print_function

import sys

from .finder import found_by_others


class AfterImport(object):
    """A finder that finds nothing itself.

    It stands first on `sys.meta_path`, lets the others find a module, and changes it once it is there.
    """

    def __init__(self):
        self._changes = {}

    def add(self, name, change):
        """Change a module once it is imported, or now if it is.

        Args:
            name: Its full name.
            change: Called with the module.
        """
        if name in sys.modules:
            change(sys.modules[name])
            return
        self._changes.setdefault(name, []).append(change)

    def find_spec(self, name, path=None, target=None):
        """Python 3: the spec of the others, whose loader calls the changes afterwards."""
        changes = self._changes.pop(name, None)
        if changes is None:
            return None
        spec = found_by_others(self, name, path, target)
        if spec is None or spec.loader is None or not hasattr(spec.loader, "exec_module"):
            return spec
        real = spec.loader.exec_module

        def exec_module(module):
            real(module)
            for change in changes:
                change(module)

        try:
            spec.loader.exec_module = exec_module
        except AttributeError:  # a loader of builtin modules
            pass
        return spec

    def find_module(self, name, path=None):
        """Python 2: itself, if there is something to change."""
        return self if name in self._changes else None

    def load_module(self, name):
        """Python 2: what the others load, changed."""
        changes = self._changes.pop(name)
        __import__(name)
        for change in changes:
            change(sys.modules[name])
        return sys.modules[name]
