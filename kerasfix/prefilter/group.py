"""The second look: imports, on the standard `ast`. Files that belong together go to the analysis together."""

from __future__ import annotations

import ast
import os
from collections.abc import Collection, Iterator, Sequence

from kerasfix.findings import Failure
from kerasfix.flow.project import context_file, parse
from kerasfix.names.canonical import keras_root
from kerasfix.names.dead import is_dead
from kerasfix.names.modules import ModuleFinder
from kerasfix.prefilter.words import has_word
from kerasfix.source.read import SourceFile


def group(
    sources: Sequence[SourceFile], words: frozenset[str] | None = None, *, python2: bool = False
) -> list[list[SourceFile]]:
    """The files to analyze, in groups connected by imports; files in which no rule can fire are left out.

    A file that does not parse is a group of its own: the analysis says why, as it does of cells that do not. One that
    is brought over from Python 2 has that to be told of.
    """
    brought = [source.original is not None for source in sources]
    needy = [
        over or has_word(source.text.encode("utf-8", "surrogatepass"), words) for source, over in zip(sources, brought)
    ]
    if not any(needy):
        return []
    graph = _Imports(python2=python2)
    positions = {os.path.abspath(source.path): number for number, source in enumerate(sources)}
    parents = list(range(len(sources)))
    relevant = [False] * len(sources)
    for number, source in enumerate(sources):
        tree = parse(source)
        if isinstance(tree, Failure):
            relevant[number] = needy[number]
            continue
        reaches_keras, targets = graph.read(tree, os.path.abspath(source.path))
        relevant[number] = needy[number] and (reaches_keras or bool(targets) or not source.whole or brought[number])
    for path, number in positions.items():
        for target in graph.reachable(path, positions):
            _join(parents, number, positions[target])
    groups: dict[int, list[int]] = {}
    for number in range(len(sources)):
        groups.setdefault(_find(parents, number), []).append(number)
    return [
        [sources[number] for number in members]
        for members in groups.values()
        if any(relevant[number] for number in members)
    ]


class _Imports:
    """Which file of a project imports which, files between those that are checked included."""

    def __init__(self, *, python2: bool) -> None:
        self._python2 = python2
        self._finder = ModuleFinder()
        self._targets: dict[str, set[str]] = {}

    def read(self, tree: ast.Module, path: str) -> tuple[bool, set[str]]:
        """Whether a file imports Keras itself, and the files of the project that it imports."""
        reaches, targets = False, set[str]()
        for module, level, names in _import_statements(tree.body):
            dotted = [module, *(f"{module}.{name}" if module else name for name in names)]
            if not level and any(keras_root(name) or name.startswith("tensorflow") or is_dead(name) for name in dotted):
                reaches = True
                continue
            targets.update(found for name in dotted if (found := self._finder.find(path, name, level)) is not None)
        self._targets[path] = targets
        return reaches, targets

    def reachable(self, path: str, ends: Collection[str]) -> set[str]:
        """Those of `ends` that a file imports, directly or through files that are not among them."""
        found: set[str] = set()
        seen: set[str] = set()
        stack = list(self._targets.get(path, ()))
        while stack:
            target = stack.pop()
            if target in seen:
                continue
            seen.add(target)
            if target in ends:
                found.add(target)
                continue
            if target not in self._targets:
                self._targets[target] = set()
                if (context := context_file(target, python2=self._python2)) is not None:
                    self.read(context[1], target)
            stack.extend(self._targets[target])
        return found


def _import_statements(body: list[ast.stmt]) -> Iterator[tuple[str, int, list[str]]]:
    """The module, the dots before it and the names of each import, also those in functions."""
    stack: list[ast.AST] = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, 0, []
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", node.level, [alias.name for alias in node.names]
        else:
            # Statements hold statements in these fields only; expressions hold no imports.
            for name in ("body", "orelse", "finalbody", "handlers", "cases"):
                stack.extend(getattr(node, name, ()))


def _find(parents: list[int], number: int) -> int:
    while parents[number] != number:
        parents[number] = parents[parents[number]]
        number = parents[number]
    return number


def _join(parents: list[int], one: int, other: int) -> None:
    parents[_find(parents, one)] = _find(parents, other)
