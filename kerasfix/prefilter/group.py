"""The second look: imports, on the standard `ast`. Files that belong together go to the analysis together."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Sequence

from kerasfix.findings import Failure
from kerasfix.flow.project import parse
from kerasfix.names.canonical import keras_root
from kerasfix.names.modules import ModuleFinder
from kerasfix.prefilter.words import has_word
from kerasfix.source.read import SourceFile


def group(
    sources: Sequence[SourceFile], roots: Sequence[str] = (), words: frozenset[str] | None = None
) -> list[list[SourceFile]]:
    """The files to analyze, in groups connected by imports; files in which no rule can fire are left out.

    A file that does not parse is a group of its own: the analysis says why.
    """
    needy = [has_word(source.text.encode("utf-8", "surrogatepass"), words) for source in sources]
    if not any(needy):
        return []
    finder = ModuleFinder()
    positions = {os.path.abspath(source.path): number for number, source in enumerate(sources)}
    parents = list(range(len(sources)))
    relevant = [False] * len(sources)
    for number, source in enumerate(sources):
        tree = parse(source)
        if isinstance(tree, Failure):
            relevant[number] = needy[number]
            continue
        reaches_keras, targets = _imports(tree, os.path.abspath(source.path), finder)
        relevant[number] = needy[number] and (reaches_keras or bool(targets))
        for target in targets:
            if target in positions:
                _join(parents, number, positions[target])
    groups: dict[int, list[int]] = {}
    for number in range(len(sources)):
        groups.setdefault(_find(parents, number), []).append(number)
    return [
        [sources[number] for number in members]
        for members in groups.values()
        if any(relevant[number] for number in members)
    ]


def _imports(tree: ast.Module, path: str, finder: ModuleFinder) -> tuple[bool, set[str]]:
    """Whether a file imports Keras itself, and the files of the project that it imports."""
    reaches, targets = False, set[str]()
    for module, level, names in _import_statements(tree):
        dotted = [module, *(f"{module}.{name}" if module else name for name in names)]
        if not level and any(keras_root(name) or name.startswith("tensorflow") for name in dotted):
            reaches = True
            continue
        for name in dotted:
            found = finder.find(path, name, level)
            if found is not None:
                targets.add(found)
    return reaches, targets


def _import_statements(tree: ast.Module) -> Iterator[tuple[str, int, list[str]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, 0, []
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", node.level, [alias.name for alias in node.names]


def _find(parents: list[int], number: int) -> int:
    while parents[number] != number:
        parents[number] = parents[parents[number]]
        number = parents[number]
    return number


def _join(parents: list[int], one: int, other: int) -> None:
    parents[_find(parents, one)] = _find(parents, other)
