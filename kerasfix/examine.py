"""What happens to a group of files in one process: analysis, and its results in the form that reports need."""

from __future__ import annotations

import gc
import traceback
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from kerasfix import analysis
from kerasfix.findings import Applicability, Failure, Finding, Located, Report
from kerasfix.prefilter.words import has_word
from kerasfix.report import paths
from kerasfix.report.cells import in_cells
from kerasfix.report.locate import locate
from kerasfix.settings import Settings
from kerasfix.source.diff import unified_diff
from kerasfix.source.index import TextIndex
from kerasfix.source.notebook import NotebookSource
from kerasfix.source.read import SourceFile


class Mode(str, Enum):
    """What a run is for."""

    CHECK = "check"
    FIX = "fix"
    DIFF = "diff"  # what FIX would change, and what it would leave


@dataclass(frozen=True, slots=True)
class Result:
    """What one file gave."""

    report: Report
    text: str | None = None  # the fixed text, where it differs and is to be written


class _Garbage:
    """Collects what analyses leave behind, where the collector is off: seldom, and not in the middle of one."""

    _ENOUGH = 500_000  # characters of source; their trees take a hundred times as much memory

    def __init__(self) -> None:
        self._characters = 0

    def more(self, characters: int) -> None:
        """As many characters were analyzed."""
        self._characters += characters
        if self._characters > self._ENOUGH:
            self._characters = 0
            gc.collect()


_GARBAGE = _Garbage()


@dataclass(frozen=True, slots=True)
class Examiner:
    """Makes results of a group of files. It can be sent to another process."""

    mode: Mode
    settings: Settings
    previews: bool  # show what each fix changes; costs as much again as the analysis
    words: frozenset[str] | None = None  # those of the rules; None: of the rules that come with kerasfix

    def __call__(self, group: list[SourceFile]) -> list[Result]:
        """The results of the files, in their order. Does not raise: a crash becomes the failure of its file."""
        try:
            return self._examine(group)
        except Exception as error:
            if len(group) == 1:
                return [Result(Report(group[0].path, failure=_crash(error)))]
            # Each on its own, so that only the file that the error is about fails.
            return [result for file in group for result in self([file])]
        finally:
            _GARBAGE.more(sum(len(source.text) for source in group))

    def _examine(self, group: list[SourceFile]) -> list[Result]:
        if self.mode is Mode.CHECK:
            found = analysis.check(group, self.settings)
            return [self._checked(source, found[source.path]) for source in group]
        outcomes = analysis.fix(group, self.settings)
        if self.mode is Mode.FIX:
            return [self._fixed(source, outcomes[source.path]) for source in group]
        found = analysis.check(group, self.settings)
        return [self._compared(source, found[source.path], outcomes[source.path]) for source in group]

    def _checked(self, source: SourceFile, found: list[Finding] | Failure) -> Result:
        if isinstance(found, Failure):
            return Result(Report(source.path, failure=found))
        return Result(Report(source.path, self._located(source, found), self._unread(source)))

    def _fixed(self, source: SourceFile, outcome: analysis.Outcome) -> Result:
        if outcome.failure:
            return Result(Report(source.path, failure=_of_fix(source, outcome.text, outcome.failure)))
        fixed = replace(source, text=outcome.text)
        left = self._located(fixed, outcome.findings)
        report = Report(source.path, left, self._unread(fixed), dict(outcome.applied))
        return Result(report, outcome.text if _changes(source, outcome) else None)

    def _compared(self, source: SourceFile, found: list[Finding] | Failure, outcome: analysis.Outcome) -> Result:
        """What a fix would do, with the findings that it would leave at their places in the text as it is."""
        if isinstance(found, Failure):
            return Result(Report(source.path, failure=found))
        before = self._located(source, found)
        if outcome.failure:
            return Result(Report(source.path, before, _of_fix(source, outcome.text, outcome.failure)))
        fixed = replace(source, text=outcome.text)
        index = TextIndex(fixed.text)
        left = {locate(fixed, index, finding, None).fingerprint for finding in outcome.findings}
        fixable = {Applicability.SAFE, Applicability.UNSAFE} if self.settings.unsafe else {Applicability.SAFE}
        after = [item for item in before if item.applicability not in fixable or item.fingerprint in left]
        shown = paths.shown(source.path)
        was = source.as_read if _changes(source, outcome) else fixed
        parts = zip(was.parts().items(), fixed.parts().values(), strict=True)
        diff = "".join(unified_diff(shown + label, old, new) for (label, old), new in parts) or None
        return Result(Report(source.path, after, self._unread(source), dict(outcome.applied), diff))

    def _located(self, source: SourceFile, findings: list[Finding]) -> list[Located]:
        if not findings:
            return []
        index = TextIndex(source.text)
        afters = analysis.previews(source, findings, self.settings) if self.previews else [None] * len(findings)
        found = [locate(source, index, finding, after) for finding, after in zip(findings, afters, strict=True)]
        return in_cells(source, found)

    def _unread(self, source: SourceFile) -> Failure | None:
        """Why something may have been missed in a file in which all else was handled."""
        if not isinstance(source, NotebookSource):
            return None
        failures = source.failures(lambda code: has_word(code.encode("utf-8", "replace"), self.words))
        if not failures:
            return None
        others = f" {len(failures) - 1} more such cells;" if failures[1:] else ""
        return replace(failures[0], message=f"{failures[0].message};{others} the other cells are handled")


def _changes(source: SourceFile, outcome: analysis.Outcome) -> bool:
    """Whether the file gets another text; having been Python 2 is no reason on its own, if that is ignored."""
    return outcome.text != source.text or (source.original is not None and bool(outcome.applied))


def _of_fix(source: SourceFile, fixed: str, failure: Failure) -> Failure:
    """A failure of the user's text as it is; one of a text that a fix has made is the fault of the fix."""
    if fixed == source.text:
        return failure
    place = f" (line {failure.line} of the fixed text)" if failure.line else ""
    return Failure(f"kerasfix itself failed here, please report it: its fix gives a {failure.message}{place}")


def _crash(error: Exception) -> Failure:
    if isinstance(error, RecursionError):
        return Failure("is nested too deeply to be analyzed")
    if isinstance(error, MemoryError):
        return Failure("needs more memory than there is")
    frame = traceback.extract_tb(error.__traceback__)[-1]
    what = traceback.format_exception_only(error)[-1].strip()
    place = f"{Path(frame.filename).name}, line {frame.lineno}"
    return Failure(f"kerasfix itself failed here, please report it: {what} ({place})")
