"""From the dotted name in an import statement to a file of the project."""

from __future__ import annotations

import os
from functools import lru_cache

_TOP_MARKERS = frozenset({".git", "setup.py", "pyproject.toml", "setup.cfg"})
_MAX_UP = 6


class ModuleFinder:
    """Finds the files that imports lead to; listings of folders are kept, since most imports lead nowhere."""

    def __init__(self) -> None:
        self._listings: dict[str, frozenset[str]] = {}
        self._roots: dict[str, tuple[str, ...]] = {}

    def find(self, importer: str, dotted: str, level: int) -> str | None:
        """The path of the module that `importer` (a path) means by `dotted`, `level` dots before it; None if it is none
        of the project's.
        """
        folder = os.path.dirname(importer)
        parts = [part for part in dotted.split(".") if part]
        if level:
            for _ in range(level - 1):
                folder = os.path.dirname(folder)
            return self._module(folder, parts)
        if not parts:
            return None
        for root in self._search_path(folder):
            if found := self._module(root, parts):
                return found
        return None

    def _search_path(self, folder: str) -> tuple[str, ...]:
        """The folder of the importer and those above it, up to the top of its project."""
        known = self._roots.get(folder)
        if known is not None:
            return known
        roots = [folder]
        while len(roots) < _MAX_UP and not (_TOP_MARKERS & self._listing(roots[-1])):
            above = os.path.dirname(roots[-1])
            if above == roots[-1]:
                break
            roots.append(above)
        self._roots[folder] = tuple(roots)
        return self._roots[folder]

    def _module(self, folder: str, parts: list[str]) -> str | None:
        for part in parts[:-1]:
            if part not in self._listing(folder):
                return None
            folder = os.path.join(folder, part)
        if not parts:
            return os.path.join(folder, "__init__.py") if "__init__.py" in self._listing(folder) else None
        names = self._listing(folder)
        if parts[-1] + ".py" in names:
            return os.path.join(folder, parts[-1] + ".py")
        if parts[-1] in names and "__init__.py" in self._listing(os.path.join(folder, parts[-1])):
            return os.path.join(folder, parts[-1], "__init__.py")
        return None

    def _listing(self, folder: str) -> frozenset[str]:
        known = self._listings.get(folder)
        if known is None:
            known = self._listings[folder] = _names_in(folder)
        return known


def _names_in(folder: str) -> frozenset[str]:
    try:
        return _listed(folder, os.stat(folder).st_mtime_ns)
    except OSError:
        return frozenset()


@lru_cache(maxsize=4096)
def _listed(folder: str, mtime: int) -> frozenset[str]:
    """One reading serves a run; `mtime` (nanoseconds) tells the folder from the one before."""
    return frozenset(os.listdir(folder))
