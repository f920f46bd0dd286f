"""Patterns of files to leave out, with the meaning that git gives them."""

# This runs for every file of a tree, where a Path object costs more than what is done with it.

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


class Patterns:
    """Patterns that count from one folder, as the lines of a .gitignore file do. ValueError: one is not valid."""

    def __init__(self, folder: str, lines: Sequence[str]) -> None:
        self._prefix = os.path.join(folder, "")
        self._spec = _compile(lines)

    def decide(self, path: str, *, folder: bool) -> bool | None:
        """Whether an absolute path is left out (True) or expressly kept (False); None if no pattern matches it."""
        if self._spec is None or not path.startswith(self._prefix):
            return None
        relative = path[len(self._prefix) :].replace(os.sep, "/")
        return self._spec.check_file(f"{relative}/" if folder else relative).include

    def match(self, path: str, *, folder: bool) -> bool:
        """Whether an absolute path, or a folder above it, is left out."""
        return bool(self.decide(path, folder=folder))


class IgnoreFiles:
    """The .gitignore files that hold in one folder; the nearest that has something to say decides."""

    def __init__(self, nearest_first: tuple[Patterns, ...] = ()) -> None:
        self._files = nearest_first

    @classmethod
    def above(cls, folder: str) -> IgnoreFiles:
        """Those of the folders above `folder` in its git repository, unless they leave out `folder` itself."""
        files: list[Patterns] = []
        current = folder
        while not os.path.exists(os.path.join(current, ".git")):
            above = os.path.dirname(current)
            if above == current:
                return cls()
            current = above
            patterns = _read(current)
            if patterns:
                files.append(patterns)
        found = cls(tuple(files))
        # Who names a folder wants it looked at.
        return cls() if found.match(folder, folder=True) else found

    def within(self, folder: str) -> IgnoreFiles:
        """These, and the one in `folder`."""
        patterns = _read(folder)
        return IgnoreFiles((patterns, *self._files)) if patterns else self

    def match(self, path: str, *, folder: bool) -> bool:
        """Whether an absolute path is left out."""
        for patterns in self._files:
            decision = patterns.decide(path, folder=folder)
            if decision is not None:
                return decision
        return False


def _read(folder: str) -> Patterns | None:
    try:
        with open(os.path.join(folder, ".gitignore"), encoding="utf-8", errors="surrogateescape") as file:
            lines = file.read().splitlines()
    except OSError:
        return None
    try:
        return Patterns(folder, lines)
    except ValueError:
        return Patterns(folder, [line for line in lines if _valid(line)])  # git passes over the others, too


def _valid(line: str) -> bool:
    try:
        _compile([line])
    except ValueError:
        return False
    return True


def _compile(lines: Sequence[str]) -> GitIgnoreSpec | None:
    if not any(line.strip() and not line.startswith("#") for line in lines):
        return None
    # Only where there are patterns: the import costs more than looking through a small project.
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(lines)
    except re.error as error:
        raise ValueError(str(error)) from error
