"""Removes a folder, whatever is in it."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path


def remove_tree(folder: Path) -> None:
    """Remove a folder that untrusted code has written into.

    `shutil.rmtree` gives up on folders without permissions and on those nested deeper than the interpreter recurses,
    and a path longer than the system allows cannot be named at all: here inner folders are first moved up to the top.
    Symbolic links are removed, not followed. What cannot be removed for any other reason stays.
    """
    number = 0
    while True:
        inner = _clear(folder)
        if not inner:
            break
        for one in inner:
            for nested in _clear(one):
                number += 1
                with contextlib.suppress(OSError):
                    os.chmod(nested, stat.S_IRWXU)  # a folder that cannot be written to cannot be moved
                    os.rename(nested, folder / f".removed-{os.getpid()}-{number}")
            with contextlib.suppress(OSError):
                os.rmdir(one)
        if all(one.exists() for one in inner):
            break  # nothing moves any more
    with contextlib.suppress(OSError):
        os.rmdir(folder)


def _clear(folder: Path) -> list[Path]:
    """Remove the files of a folder, and give its folders."""
    with contextlib.suppress(OSError):
        os.chmod(folder, stat.S_IRWXU)
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return []
    folders = []
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            folders.append(Path(entry.path))
            continue
        with contextlib.suppress(OSError):
            os.unlink(entry.path)
    return folders
