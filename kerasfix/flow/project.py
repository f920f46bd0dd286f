"""Interprets the files that belong together, and what they import from files beside them."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Sequence
from functools import lru_cache

from kerasfix.findings import Failure
from kerasfix.flow.facts import ModuleFacts
from kerasfix.flow.frame import ModuleState
from kerasfix.flow.interpreter import Interpreter
from kerasfix.names.modules import ModuleFinder
from kerasfix.source.index import TextIndex
from kerasfix.source.python2 import explained
from kerasfix.source.read import SourceFile, read_source
from kerasfix.source.syntax import parse_text

_HANDS_ON = ("keras", "import", "def ")  # a file without any of them has nothing to hand on
_MAX_CONTEXT_BYTES = 1_000_000  # of a file that is read only for what others import from it


def parse(source: SourceFile) -> ast.Module | Failure:
    """The tree of a text, or why there is none, with the line."""
    return parse_text(source.text)


class Project:
    """The files of one group while they are being analyzed; `python2` as for `context_file`."""

    def __init__(self, sources: Sequence[SourceFile], *, python2: bool = False) -> None:
        self._python2 = python2
        self.finder = ModuleFinder()
        self.failures: dict[str, Failure] = {}
        self.states: dict[str, ModuleState] = {}
        self._context: dict[str, ModuleState | None] = {}
        for source in sources:
            tree = parse(source)
            if isinstance(tree, Failure):
                self.failures[source.path] = explained(tree, source.text)
                continue
            state = self.states[os.path.abspath(source.path)] = _state(source.path, source.text, tree)
            state.facts.python2 = source.original.text if source.original else None

    def interpret(
        self, watched: frozenset[str] = frozenset(), interpreter: Callable[..., Interpreter] = Interpreter
    ) -> dict[str, ModuleFacts]:
        """Run the abstract interpretation; the facts of each file by its path. For `watched`, see `Interpreter`."""
        run = interpreter(self._find, watched)
        run.run(self.states.values())
        analyzed = frozenset(self.states)
        together = tuple(state.facts for state in self.states.values())
        for state in self.states.values():
            state.facts.sinks = run.sinks
            state.facts.callers = run.callers
            state.facts.together = together
            state.facts.analyzed = analyzed
        return {state.path: state.facts for state in self.states.values()}

    @property
    def around(self) -> list[ModuleState]:
        """The files that are not of the group, and that its files import."""
        return [state for state in self._context.values() if state is not None]

    def _find(self, importer: ModuleState, dotted: str, level: int) -> ModuleState | None:
        path = self.finder.find(os.path.abspath(importer.path), dotted, level)
        if path is None:
            return None
        return self.states.get(path) or self._load(path)

    def _load(self, path: str) -> ModuleState | None:
        """A file that is not checked in this run, for what it defines."""
        if path in self._context:
            return self._context[path]
        self._context[path] = None
        if (context := context_file(path, python2=self._python2)) is not None:
            self._context[path] = _state(path, *context)
        return self._context[path]


def context_file(path: str, *, python2: bool = False) -> tuple[str, ast.Module] | None:
    """The text and tree of a file that is not checked itself; None if it has nothing of Keras' to hand on.

    With `python2`, one of Python 2 is read as what it becomes in Python 3.
    """
    try:
        status = os.stat(path)
    except OSError:
        return None
    return _context(path, status.st_mtime_ns, python2) if status.st_size <= _MAX_CONTEXT_BYTES else None


@lru_cache(maxsize=512)
def _context(path: str, mtime: int, python2: bool) -> tuple[str, ast.Module] | None:
    """One reading serves all groups of a run; `mtime` (nanoseconds) tells a changed file from the one before."""
    source = read_source(path, python2=python2)
    if not isinstance(source, SourceFile) or not any(word in source.text for word in _HANDS_ON):
        return None
    tree = parse(source)
    return (source.text, tree) if isinstance(tree, ast.Module) else None


def _state(path: str, text: str, tree: ast.Module) -> ModuleState:
    return ModuleState(ModuleFacts(path, tree, TextIndex(text)))
