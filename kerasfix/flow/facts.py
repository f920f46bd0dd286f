"""What the interpretation of a module leaves behind for the checks."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, wraps
from operator import itemgetter
from typing import TypeVar, cast

from kerasfix.flow.values import UNKNOWN, Api, Class, Model, Role, Value
from kerasfix.names.canonical import keras_root
from kerasfix.names.importers import is_taken_on_disk
from kerasfix.names.scopes import Scopes
from kerasfix.source.index import TextIndex
from kerasfix.source.syntax import child_nodes

T = TypeVar("T")
N = TypeVar("N", bound=ast.AST)
M = TypeVar("M", bound=ast.AST)
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Keywords = tuple[tuple[str | None, Value], ...]


@dataclass(frozen=True, slots=True)
class CallSeen:
    """One look at a call: a function that is called from two places is looked at twice."""

    callee: Value
    args: tuple[Value, ...]
    keywords: Keywords
    result: Value
    role: Role
    guarded: bool  # in code for two Keras versions
    repeated: bool  # in a loop, a comprehension or a function, so that it may run more than once
    chain: frozenset[ast.AST] = frozenset()  # the functions that it is looked at through, the innermost included
    spread: tuple[Value, ...] = ()  # what `**` stands before in the call; known entries are among `keywords`, too

    def argument(self, index: int, name: str) -> Value | None:
        """The value of an argument by position (starred arguments make positions unknown) or by name."""
        for keyword, value in self.keywords:
            if keyword == name:
                return value
        return self.args[index] if 0 <= index < len(self.args) else None


def root_of(looks: Sequence[CallSeen]) -> str:
    """The package of Keras that what a call calls was imported from, by the first look that saw it."""
    return next((look.callee.root for look in looks if isinstance(look.callee, Api)), "keras")


@dataclass(frozen=True, slots=True)
class AttributeSeen:
    """One look at an attribute whose name a rule asks for, e.g. `x._keras_shape`."""

    owner: Value
    role: Role
    guarded: bool


@dataclass(frozen=True, slots=True)
class _Walked:
    """The nodes of a tree by their kind, numbered, and the parent of each."""

    kinds: dict[type[ast.AST], list[tuple[int, ast.AST]]] = field(default_factory=dict)
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)


@dataclass(eq=False)
class ModuleFacts:
    """Everything that the checks ask about one file. What only some of them ask for is made when it is asked for."""

    path: str
    tree: ast.Module
    index: TextIndex
    calls: dict[ast.Call, list[CallSeen]] = field(default_factory=dict)
    # calls that were seen to be of something that no rule asks for
    other_calls: set[ast.Call] = field(default_factory=set)
    # `x._keras_shape` as an ast.Attribute; `getattr(x, '_keras_shape')` and its like as an ast.Call
    attributes: dict[ast.expr, list[AttributeSeen]] = field(default_factory=dict)
    # `x.input` and `x.output`, whatever `x` was seen to be: one look at something else is a reason to leave it
    ends: dict[ast.Attribute, list[AttributeSeen]] = field(default_factory=dict)
    # backend calls outside layers: where their results go ("model", "graph", "escape")
    sinks: dict[ast.Call, set[str]] = field(default_factory=dict)  # one for all modules of a run
    # the calls of each function of the project (of `__init__` for a class), with the facts of the files they are in
    callers: dict[FunctionNode, dict[ast.Call, ModuleFacts]] = field(default_factory=dict)  # one for all modules
    together: tuple[ModuleFacts, ...] = ()  # the facts of all files of the run
    # the classes of this file, with what is known of their bases
    classes: dict[ast.ClassDef, Class] = field(default_factory=dict)
    # names and attributes that were seen to be a model
    model_uses: dict[ast.expr, set[Model]] = field(default_factory=dict)
    # names that other modules of the project import from this one, and the modules that import all of them
    imported_by_others: set[str] = field(default_factory=set)
    star_importers: list[ModuleFacts] = field(default_factory=list)
    # tests that ask for a version of Keras: `if keras.__version__ ...`, `try: import ... except ImportError`
    version_guards: list[ast.stmt | ast.expr] = field(default_factory=list)
    # what the loads of a name that a rule may rewrite were seen to be (imports of Keras objects only)
    api_loads: dict[ast.expr, list[Value]] = field(default_factory=dict)
    # imports that bring Keras' objects by way of other modules of the project
    imported_apis: set[ast.alias] = field(default_factory=set)
    # names that an import binds to what only Keras 1 had, and whether their reads were seen to mean that
    legacy_names: set[str] = field(default_factory=set)
    legacy_reads: dict[ast.expr, bool] = field(default_factory=dict)
    analyzed: frozenset[str] = frozenset()  # the files of the run, by absolute path
    python2: str | None = None  # the text as it was, where it has been brought to Python 3
    era: str | None = None  # which Keras the file proves to be written for (see `checks._era`); kept from pass to pass
    known: dict[object, object] = field(default_factory=dict)  # what `per_file` functions gave
    _on_disk: dict[str, bool] = field(default_factory=dict)

    @cached_property
    def scopes(self) -> Scopes:
        """Which binding each name refers to."""
        return Scopes(self.tree)

    @property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """Each node's parent."""
        return self._walked.parents

    def nodes(self, kind: type[N], other: type[M] | None = None) -> list[N | M]:
        """The nodes of one kind, or of two, in the order of `ast.walk`: many rules look for some in the whole file."""
        found = self._walked.kinds.get(kind, [])
        if other is not None:
            found = sorted([*found, *self._walked.kinds.get(other, [])], key=itemgetter(0))
        return [cast("N | M", node) for _, node in found]

    @cached_property
    def _walked(self) -> _Walked:
        return _walk(self.tree)

    @cached_property
    def spreading(self) -> list[ast.Call]:
        """The calls with `**` in them."""
        return [call for call in self.calls if any(keyword.arg is None for keyword in call.keywords)]

    @cached_property
    def root(self) -> str:
        """The package that the file takes Keras from, that of its first import of Keras."""
        return next((root for root in map(_package, self.nodes(ast.Import, ast.ImportFrom)) if root), "keras")

    @property
    def group(self) -> tuple[ModuleFacts, ...]:
        """The facts of all files of the run, its own by themselves where it is analyzed alone."""
        return self.together or (self,)

    @property
    def foreign_reads(self) -> set[ast.expr]:
        """Reads of a name that Keras 1's `merge` or `Merge` has, where the name means something else each time."""
        return {node for node, legacy in self.legacy_reads.items() if not legacy}

    def has_function(self, name: str) -> bool:
        """Whether a file of the run has a function or method of that name."""
        return any(name in facts.function_names for facts in self.together)

    @cached_property
    def function_names(self) -> frozenset[str]:
        """The names of the functions and methods of the file."""
        return frozenset(node.name for node in self.nodes(ast.FunctionDef))

    def reads(self, name: str) -> bool:
        """Whether the file has a name."""
        return any(node.id == name for node in self.nodes(ast.Name))

    def is_used_elsewhere(self, name: str, seen: frozenset[str] = frozenset()) -> bool:
        """Whether another module of the project takes a name from this one."""
        if name in self.imported_by_others or (not seen and self._is_taken_on_disk(name)):
            return True
        seen |= {self.path}
        return any(
            other.path not in seen and (other.reads(name) or other.is_used_elsewhere(name, seen))
            for other in self.star_importers
        )

    def _is_taken_on_disk(self, name: str) -> bool:
        if name not in self._on_disk:
            self._on_disk[name] = is_taken_on_disk(os.path.abspath(self.path), name, self.analyzed)
        return self._on_disk[name]

    def value_of_call(self, node: ast.expr) -> Value:
        """What a call expression was seen to give, the first look's word; unknown for other expressions."""
        seen = self.calls.get(node) if isinstance(node, ast.Call) else None
        return seen[0].result if seen else UNKNOWN


def _package(node: ast.Import | ast.ImportFrom) -> str | None:
    """The package of Keras that an import names."""
    if isinstance(node, ast.Import):
        paths = [alias.name for alias in node.names]
    else:
        paths = [] if node.level else [f"{node.module}.{alias.name}" for alias in node.names]
    root = next((root for path in paths if (root := keras_root(path))), None)
    return "tensorflow.keras" if root is not None and root.startswith("tensorflow.") else root


def per_file(function: Callable[[ModuleFacts], T]) -> Callable[[ModuleFacts], T]:
    """Makes a function of the facts of a file one that is run only once for each file."""

    @wraps(function)
    def once(facts: ModuleFacts) -> T:
        if function not in facts.known:
            facts.known[function] = function(facts)
        return cast("T", facts.known[function])

    return once


def _walk(tree: ast.Module) -> _Walked:
    walked = _Walked()
    queue: list[ast.AST] = [tree]
    for number, node in enumerate(queue):
        walked.kinds.setdefault(type(node), []).append((number, node))
        children = child_nodes(node)
        walked.parents.update(dict.fromkeys(children, node))
        queue.extend(children)
    return walked
