"""The texts of a project before and after `fix`, without writing any."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise

from kerasfix import analysis
from kerasfix.findings import Failure, Finding
from kerasfix.flow.project import parse
from kerasfix.names.modules import ModuleFinder
from kerasfix.prefilter.group import group
from kerasfix.settings import Settings
from kerasfix.source.notebook import NotebookSource
from kerasfix.source.python2 import divides_integers, explained
from kerasfix.source.read import SourceFile, read_source

_MOST_NEIGHBOURS = 400


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A file before and after its fixes."""

    source: SourceFile | None  # as it is; None if it could not be read
    path: str
    after: str = ""
    fixed: dict[str, int] = field(default_factory=dict)  # rule -> fixes made
    findings: tuple[Finding, ...] = ()  # those that are left in the rewritten text
    failure: str | None = None
    asked_for: bool = True  # False: read only because one that was asked for imports it
    original: str | None = None  # the path of the original, where that is another file

    @property
    def before(self) -> str:
        """Its text as it is."""
        return self.source.text if self.source else ""

    def left_at(self, line: int) -> Finding | None:
        """The first finding that is left at a line of the rewritten text."""
        starts = accumulate(map(len, self.after.splitlines(keepends=True)), initial=0)
        start, end = next(((a, b) for at, (a, b) in enumerate(pairwise(starts), 1) if at == line), (0, -1))
        return next((one for one in self.findings if one.start < end and start < max(one.end, one.start + 1)), None)

    @property
    def changed(self) -> bool:
        """Whether the fixes change it."""
        return self.before != self.after


def rewrite(paths: Sequence[str], settings: Settings, words: frozenset[str]) -> list[Rewritten]:
    """What `fix` makes of files, and of the files of their project that they import.

    Args:
        paths: Files that are asked for.
        settings: For the analysis.
        words: Those of the rules, without one of which a file has nothing to be fixed.
    """
    sources: list[SourceFile] = []
    found: dict[str, Rewritten] = {}
    for path in paths:
        source = read_source(path, python2=settings.python2)
        if isinstance(source, Failure):
            found[path] = Rewritten(None, path, failure=_text(source))
            continue
        tree = parse(source)
        if isinstance(tree, Failure):
            found[path] = Rewritten(source, path, source.text, failure=_text(explained(tree, source.text)))
            continue
        sources.append(source)
    wanted = {source.path for source in sources}
    sources += _neighbours(sources, python2=settings.python2)
    outcomes = {}
    for members in group(sources, words, python2=settings.python2):
        outcomes.update(analysis.fix(members, settings))
    for source in sources:
        made = _rewritten(source, outcomes.get(source.path))
        found[source.path] = replace(made, asked_for=source.path in wanted)
    order = [*paths, *(source.path for source in sources if source.path not in wanted)]
    return [found[path] for path in dict.fromkeys(order)]


def compare_with(pairs: Mapping[str, str], *, python2: bool = False) -> list[Rewritten]:
    """Files that somebody migrated by hand, as they are, and their originals.

    Args:
        pairs: The path of the original by that of the migrated file.
        python2: The originals may be Python 2.
    """
    return [_by_hand(path, original, python2) for path, original in pairs.items()]


def _by_hand(path: str, original: str, python2: bool) -> Rewritten:
    before, after = read_source(original, python2=python2), read_source(path)
    for source, name in ((before, original), (after, path)):
        failure = source if isinstance(source, Failure) else parse(source)
        if isinstance(failure, Failure):
            failure = explained(failure, source.text) if isinstance(source, SourceFile) else failure
            return Rewritten(None, path, failure=f"{name}: {_text(failure)}", original=original)
    assert isinstance(before, SourceFile) and isinstance(after, SourceFile)
    return Rewritten(before, path, after.text, original=original)


def texts(files: Iterable[Rewritten], *, after: bool) -> dict[str, str]:
    """The texts that are not those on disk, by absolute path: rewritten files, notebooks as scripts, Python 2."""
    found = {}
    for file in files:
        path = file.original if file.original and not after else file.path
        if file.source is None:
            continue
        of_its_own = isinstance(file.source, NotebookSource) or (file.source.original and not (after and file.original))
        if of_its_own or (after and file.changed):
            found[os.path.abspath(path)] = file.after if after else file.before
    return found


def classic(files: Iterable[Rewritten], *, syntax: bool = True) -> dict[str, str]:
    """The texts of the originals in which `/` rounds down for integers, by absolute path: those of Python 2.

    Args:
        files: All files of the run.
        syntax: Only those whose syntax is that of Python 2, which no other can be.
    """
    originals = ((file.original or file.path, file) for file in files)
    return {
        os.path.abspath(path): file.before
        for path, file in originals
        if file.source and (file.source.original or not syntax) and divides_integers(file.source.text)
    }


def _rewritten(source: SourceFile, outcome: analysis.Outcome | None) -> Rewritten:
    if outcome is None:
        return Rewritten(source, source.path, source.text)
    if outcome.failure:
        return Rewritten(source, source.path, source.text, failure=_text(outcome.failure))
    left = tuple(finding for finding in outcome.findings if _matters(finding))
    return Rewritten(source, source.path, outcome.text, dict(outcome.applied), left)


def _matters(finding: Finding) -> bool:
    return finding.rule != "unused-suppression"


def _text(failure: Failure) -> str:
    return f"line {failure.line}: {failure.message}" if failure.line else failure.message


def _neighbours(sources: Sequence[SourceFile], *, python2: bool) -> list[SourceFile]:
    """The files of the project that files import, directly or through others."""
    finder = ModuleFinder()
    seen = {os.path.abspath(source.path) for source in sources}
    found: list[SourceFile] = []
    queue = list(sources)
    while queue and len(found) < _MOST_NEIGHBOURS:
        source = queue.pop()
        for path in _imported(finder, source):
            if path in seen:
                continue
            seen.add(path)
            neighbour = read_source(path, python2=python2)
            if isinstance(neighbour, SourceFile):
                found.append(neighbour)
                queue.append(neighbour)
    return found


def _imported(finder: ModuleFinder, source: SourceFile) -> Iterator[str]:
    tree = parse(source)
    if isinstance(tree, Failure):
        return
    importer = os.path.abspath(source.path)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            dotted = [(alias.name, 0) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            dotted = [(module, node.level)]
            dotted += [(f"{module}.{alias.name}" if module else alias.name, node.level) for alias in node.names]
        else:
            continue
        for name, level in dotted:
            path = finder.find(importer, name, level)
            if path is not None:
                yield path
