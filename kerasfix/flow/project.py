"""Interprets the files that belong together, and what they import from files beside them."""

from __future__ import annotations

import ast
import os
import warnings
from collections.abc import Sequence
from functools import lru_cache

from kerasfix.findings import Failure
from kerasfix.flow.facts import ModuleFacts
from kerasfix.flow.frame import ModuleState
from kerasfix.flow.interpreter import Interpreter
from kerasfix.names.modules import ModuleFinder
from kerasfix.source.index import TextIndex
from kerasfix.source.read import SourceFile, read_source

_KERAS = "keras"  # a file without it has nothing of Keras' to hand on
_MAX_CONTEXT_BYTES = 1_000_000  # of a file that is read only for what others import from it


def parse(source: SourceFile) -> ast.Module | Failure:
    """The tree of a text, or why there is none, with the line."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes and the like are the user's
            return ast.parse(source.text)
    except SyntaxError as error:
        return Failure(_syntax_message(error), error.lineno, error.offset)
    except (RecursionError, MemoryError):
        return Failure("nested too deeply for Python to parse")
    except ValueError as error:  # NUL bytes
        return Failure(str(error))


def _syntax_message(error: SyntaxError) -> str:
    message = error.msg or "invalid syntax"
    python2 = message.startswith(
        ("Missing parentheses in call to", "multiple exception types must", "leading zeros in")
    )
    hint = " (this is Python 2)" if python2 or "print" in (error.text or "").split(" ")[:1] else ""
    return f"syntax error: {message}{hint}"


class Project:
    """The files of one group while they are being analyzed."""

    def __init__(self, sources: Sequence[SourceFile]) -> None:
        self.finder = ModuleFinder()
        self.failures: dict[str, Failure] = {}
        self.states: dict[str, ModuleState] = {}
        self._context: dict[str, ModuleState | None] = {}
        for source in sources:
            tree = parse(source)
            if isinstance(tree, Failure):
                self.failures[source.path] = tree
                continue
            self.states[os.path.abspath(source.path)] = _state(source.path, source.text, tree)

    def interpret(self) -> dict[str, ModuleFacts]:
        """Run the abstract interpretation; the facts of each file by its path."""
        run = Interpreter(self._find)
        run.run(self.states.values())
        for state in self.states.values():
            state.facts.sinks = run.sinks
        return {state.path: state.facts for state in self.states.values()}

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
        if (context := context_file(path)) is not None:
            self._context[path] = _state(path, *context)
        return self._context[path]


def context_file(path: str) -> tuple[str, ast.Module] | None:
    """The text and tree of a file that is not checked itself; None if it has nothing of Keras' to hand on."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return _context(path, status.st_mtime_ns) if status.st_size <= _MAX_CONTEXT_BYTES else None


@lru_cache(maxsize=512)
def _context(path: str, mtime: int) -> tuple[str, ast.Module] | None:
    """One reading serves all groups of a run; `mtime` (nanoseconds) tells a changed file from the one before."""
    source = read_source(path)
    if not isinstance(source, SourceFile) or _KERAS not in source.text:
        return None
    tree = parse(source)
    return (source.text, tree) if isinstance(tree, ast.Module) else None


def _state(path: str, text: str, tree: ast.Module) -> ModuleState:
    return ModuleState(ModuleFacts(path, tree, TextIndex(text)))
