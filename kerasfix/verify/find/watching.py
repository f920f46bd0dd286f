"""The analysis of `check`, with a note of what the functions of the project are called with."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from kerasfix.flow.facts import FunctionNode, Keywords, ModuleFacts
from kerasfix.flow.frame import Frame, ModuleState
from kerasfix.flow.interpreter import Interpreter
from kerasfix.flow.project import Project
from kerasfix.flow.values import UNKNOWN, External, Function, Instance, ListRef, Role, Value
from kerasfix.source.read import SourceFile
from kerasfix.verify.find.command_line import default_of

_MAX_NOTES = 12  # of one function
_MAX_DEPTH = 4  # of lists within lists


@dataclass(frozen=True, slots=True)
class Listed(Value):
    """What a list held at a call."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """One call of a function: the values of its parameters, without `self`."""

    path: str  # of the file that has the call
    given: tuple[tuple[str, Value], ...]
    site: ast.Call | None = field(default=None, compare=False)


class Watching(Interpreter):
    """An interpretation that takes notes."""

    def __init__(
        self, find_module: Callable[[ModuleState, str, int], ModuleState | None], watched: frozenset[str]
    ) -> None:
        super().__init__(find_module, watched)
        self.notes: dict[FunctionNode, list[Note]] = {}
        self.results: dict[FunctionNode, list[Value]] = {}
        self._sites: dict[FunctionNode, int] = {}

    def eval(self, node: ast.expr, frame: Frame) -> Value:
        """As the base class does; what the command line says is what it says by default."""
        value = super().eval(node, frame)
        if isinstance(node, (ast.Attribute, ast.Subscript)) and (value is UNKNOWN or _is_flag(value)):
            return default_of(frame.module.facts, node, value)
        return value

    def call_function(
        self,
        function: Function,
        args: tuple[Value, ...],
        keywords: Keywords,
        role: Role,
        caller: Frame,
        *,
        uncalled: bool = False,
        starred: bool = False,
    ) -> Value:
        """As the base class does, and notes the arguments of a call that is in the code."""
        if not uncalled and isinstance(function.node, ast.FunctionDef):
            self._note(function, args, keywords, caller, starred=starred)
        result = super().call_function(function, args, keywords, role, caller, uncalled=uncalled, starred=starred)
        if isinstance(function.node, ast.FunctionDef) and result is not UNKNOWN:
            results = self.results.setdefault(function.node, [])
            if len(results) < _MAX_NOTES and result not in results:
                results.append(result)
        return result

    def _note(
        self, function: Function, args: tuple[Value, ...], keywords: Keywords, caller: Frame, *, starred: bool
    ) -> None:
        notes = self.notes.setdefault(function.node, [])
        if len(notes) >= _MAX_NOTES:
            return
        given = args[1:] if args and isinstance(args[0], Instance) and function.owner is not None else args
        parameters = parameters_of(function.node, bound=len(given) < len(args))
        bound = {name: self._kept(value) for name, value in zip(parameters, () if starred else given)}
        bound.update((name, self._kept(value)) for name, value in keywords if name is not None)
        note = Note(caller.module.path, tuple(bound.items()), self._site(function.node))
        if note not in notes:
            notes.append(note)

    def _site(self, node: FunctionNode) -> ast.Call | None:
        """The call that is being looked at, where it is looked at for the first time."""
        sites = self.callers.get(node, {})
        if len(sites) == self._sites.get(node, 0):
            return None
        self._sites[node] = len(sites)
        return next(reversed(sites))

    def _kept(self, value: Value, depth: int = 0) -> Value:
        """A value as it is now, lists told from tuples."""
        if not isinstance(value, ListRef):
            return self.snapshot(value)
        items = self.items(value)
        if items is None or depth > _MAX_DEPTH:
            return UNKNOWN
        return Listed(tuple(self._kept(item, depth + 1) for item in items))


def _is_flag(value: Value) -> bool:
    return isinstance(value, External) and ".FLAGS." in value.name


def parameters_of(node: FunctionNode, *, bound: bool) -> list[str]:
    """The parameters that can be given by position; `bound`: without the first, which is `self` or `cls`."""
    return [parameter.arg for parameter in (*node.args.posonlyargs, *node.args.args)][bool(bound) :]


@dataclass(frozen=True)
class Watched:
    """The files of a group after they were interpreted."""

    project: Project
    facts: dict[str, ModuleFacts]  # by path, as given
    notes: dict[FunctionNode, list[Note]]
    results: dict[FunctionNode, list[Value]]

    @cached_property
    def states(self) -> dict[ModuleFacts, ModuleState]:
        """The names of each module, those included that are imported from outside of the group."""
        return {state.facts: state for state in (*self.project.states.values(), *self.project.around)}

    def module(self, path: str) -> ModuleFacts | None:
        """The facts of a file by its absolute path."""
        return self._by_path.get(path)

    @cached_property
    def _by_path(self) -> dict[str, ModuleFacts]:
        return {os.path.abspath(facts.path): facts for facts in self.states}


def watch(group: Sequence[SourceFile]) -> Watched:
    """Interpret files that belong together."""
    runs: list[Watching] = []

    def interpreter(*args: Any) -> Watching:
        runs.append(Watching(*args))
        return runs[0]

    project = Project(group)
    facts = project.interpret(interpreter=interpreter)
    return Watched(project, facts, runs[0].notes, runs[0].results)
