"""From the paths on the command line to the files of a run."""

# This runs for every file of a tree, where a Path object costs more than what is done with it.

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from kerasfix.findings import Failure
from kerasfix.project.ignore import IgnoreFiles, Patterns
from kerasfix.source.read import describe

# Folders that hold no source of the project itself.
SKIPPED = frozenset(
    {
        ".direnv",
        ".eggs",
        ".git",
        ".hg",
        ".hypothesis",
        ".ipynb_checkpoints",
        ".mypy_cache",
        ".nox",
        ".pytest_cache",
        ".ruff_cache",
        ".svn",
        ".tox",
        ".venv",
        "__pycache__",
        "__pypackages__",
        "_build",
        "build",
        "dist",
        "node_modules",
        "site-packages",
        "venv",
    }
)


@dataclass(slots=True)
class Discovery:
    """The files of a run in a fixed order, and the paths that gave none."""

    files: list[str] = field(default_factory=list)
    failures: dict[str, Failure] = field(default_factory=dict)


def discover(paths: Sequence[str], exclude: Sequence[Patterns] = (), *, force_exclude: bool = False) -> Discovery:
    """The files that `paths` stand for: files as they are named, folders with all the *.py and *.ipynb in them.

    In folders, what `.gitignore` files and `exclude` match is left out, and so is what is commonly not a project's
    source; `force_exclude` applies `exclude` and that to files named in `paths`, too. Links to folders are not
    followed, and a file that several paths or links lead to comes once.
    """
    found = Discovery()
    seen: set[str] = set()
    links: list[str] = []
    for path in paths:
        if os.path.isdir(path):
            folder = os.path.realpath(path)
            for file in _walk(path, exclude, found.failures, links):
                _add(found, seen, file, os.path.join(folder, os.path.relpath(file, path)))
        elif not os.path.lexists(path):
            found.failures[path] = Failure("no such file or directory")
        elif not (force_exclude and is_excluded(path, exclude)):
            _add(found, seen, path, os.path.realpath(path))
    # Last, so that a file is known by its own name if the run has it.
    for link in links:
        _add(found, seen, link, os.path.realpath(link))
    found.files.sort()
    return found


def _add(found: Discovery, seen: set[str], path: str, real: str) -> None:
    if real not in seen:
        seen.add(real)
        found.files.append(path)


def is_excluded(path: str, exclude: Sequence[Patterns]) -> bool:
    """Whether a file that is named itself would be left out in a folder."""
    full = os.path.abspath(path)
    folders = os.path.dirname(os.path.normpath(path)).split(os.sep)
    return not SKIPPED.isdisjoint(folders) or any(patterns.match(full, folder=False) for patterns in exclude)


def _walk(root: str, exclude: Sequence[Patterns], failures: dict[str, Failure], links: list[str]) -> Iterator[str]:
    # A stack instead of recursion, because folders may nest deeper than calls can. Each comes with its ignore files.
    top = os.path.abspath(root)
    pending = [(root, top, IgnoreFiles.above(top))]
    while pending:
        folder, full, ignored = pending.pop()
        try:
            with os.scandir(folder) as iterator:
                entries = list(iterator)
        except OSError as error:
            failures[folder] = Failure(f"cannot be read: {describe(error)}")
            continue
        if any(entry.name == ".gitignore" for entry in entries):
            ignored = ignored.within(full)
        for entry in entries:
            name, path = entry.name, os.path.join(full, entry.name)
            if entry.is_dir(follow_symlinks=False):
                if name in SKIPPED or _left_out(path, ignored, exclude, folder=True) or _is_environment(entry.path):
                    continue
                pending.append((entry.path, path, ignored))
            elif name.endswith((".py", ".ipynb")) and not name.startswith(".#"):  # .#x.py is how Emacs locks x.py
                if _left_out(path, ignored, exclude, folder=False):
                    continue
                if not entry.is_symlink():
                    yield entry.path
                elif not os.path.isdir(entry.path):
                    links.append(entry.path)


def _left_out(path: str, ignored: IgnoreFiles, exclude: Sequence[Patterns], *, folder: bool) -> bool:
    return ignored.match(path, folder=folder) or any(patterns.match(path, folder=folder) for patterns in exclude)


def _is_environment(folder: str) -> bool:
    """Whether a folder is a virtual environment, which can have any name."""
    return os.path.exists(os.path.join(folder, "pyvenv.cfg"))
