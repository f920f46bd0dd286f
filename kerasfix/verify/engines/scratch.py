"""Removes a folder, whatever is in it."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)


def remove_tree(folder: Path) -> None:
    """Remove a folder that untrusted code has written into, when nothing writes there any more.

    `shutil.rmtree` gives up on folders without permissions and on those nested deeper than the interpreter recurses,
    and a path longer than the system allows cannot be named at all: here one folder is open at a time, and its inner
    ones are reached from there. Symbolic links are removed, not followed. What cannot be removed for any other reason
    stays.
    """
    with contextlib.suppress(OSError):
        os.chmod(folder, stat.S_IRWXU)
        _clear(os.open(folder, _FOLDER))
    with contextlib.suppress(OSError):
        os.rmdir(folder)


def _clear(current: int) -> None:
    """Remove everything in an open folder, and close it."""
    names: list[str] = []  # of the folders on the way down to the current one
    left = [_remove_files(current)]  # of each folder on that way, and the current one: the inner ones to go
    try:
        while True:
            if left[-1]:
                name = left[-1].pop()
                with contextlib.suppress(OSError):
                    os.chmod(name, stat.S_IRWXU, dir_fd=current)
                    current = _go(current, name)
                    names.append(name)
                    left.append(_remove_files(current))
            elif names:
                current = _go(current, "..")
                left.pop()
                with contextlib.suppress(OSError):
                    os.rmdir(names.pop(), dir_fd=current)
            else:
                return
    finally:
        os.close(current)


def _go(current: int, name: str) -> int:
    there = os.open(name, _FOLDER, dir_fd=current)
    os.close(current)
    return there


def _remove_files(folder: int) -> list[str]:
    """Remove what is no folder, and give the folders."""
    folders = []
    with os.scandir(folder) as entries:
        for entry in list(entries):
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.name)
                continue
            with contextlib.suppress(OSError):
                os.unlink(entry.name, dir_fd=folder)
    return folders
