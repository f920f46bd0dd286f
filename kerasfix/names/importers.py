"""Which files on disk take a name from a module: also those that are not being checked."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from kerasfix.names.modules import ModuleFinder

_MAX_FILES = 1_000
_MAX_BYTES = 1_000_000
_SKIPPED = frozenset({"site-packages", "node_modules", "__pycache__", "venv", "env"})
# Also in the strings of a notebook; lines that a parenthesis holds together count as one.
_IMPORT = re.compile(rb"\b(?:from[ \t]+([.\w]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n#;\"]*)|import[ \t]+([\w., \t]+))")


@dataclass(frozen=True, slots=True)
class _Import:
    path: str
    module: str
    level: int
    names: frozenset[str]  # empty for `import module`, and for a star import


def is_taken_on_disk(path: str, name: str, checked: Collection[str]) -> bool:
    """Whether a file beside the module at `path`, or below, imports `name` from it; `checked` are left out."""
    finder = ModuleFinder()
    stem = os.path.basename(os.path.dirname(path) if path.endswith("__init__.py") else path).removesuffix(".py")
    for found in _imports(_base(path)):
        if found.path == path or found.path in checked:
            continue
        if stem not in found.module.split(".") and not (found.level and not found.module):
            continue
        if found.names and name not in found.names:
            continue
        if finder.find(found.path, found.module, found.level) == path and (found.names or _mentions(found.path, name)):
            return True
    return False


def _base(path: str) -> str:
    """The folder that holds the whole package of a module, or the module."""
    folder = os.path.dirname(path)
    while os.path.exists(os.path.join(folder, "__init__.py")) and os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
    return folder


def _imports(base: str) -> tuple[_Import, ...]:
    try:
        return _imports_at(base, os.stat(base).st_mtime_ns)
    except OSError:
        return ()


@lru_cache(maxsize=64)
def _imports_at(base: str, mtime: int) -> tuple[_Import, ...]:
    """One reading serves a run; `mtime` (nanoseconds) tells the folder from the one before."""
    return tuple(found for path in _files(base) for found in _imports_of(path))


def _files(base: str) -> Iterator[str]:
    count = 0
    for folder, folders, names in os.walk(base):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED)
        for name in sorted(names):
            if name.endswith((".py", ".ipynb")) and os.path.isfile(os.path.join(folder, name)):
                count += 1
                if count > _MAX_FILES:
                    return
                yield os.path.join(folder, name)


def _imports_of(path: str) -> Iterator[_Import]:
    for match in _IMPORT.finditer(_read(path)):
        module, names, modules = (group.decode("utf-8", "replace") if group else "" for group in match.groups())
        if modules:
            for part in modules.split(","):
                yield _Import(path, part.split(" as ")[0].strip(), 0, frozenset())
            continue
        listed = names.strip("()").replace("\\n", " ").split(",")
        wanted = frozenset(part.split(" as ")[0].strip() for part in listed) - {""}
        level = len(module) - len(module.lstrip("."))
        yield _Import(path, module.lstrip("."), level, frozenset() if "*" in wanted else wanted)


def _mentions(path: str, name: str) -> bool:
    return re.search(rb"\b" + re.escape(name.encode()) + rb"\b", _read(path)) is not None


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError:
        return b""
    return data if len(data) <= _MAX_BYTES else b""
