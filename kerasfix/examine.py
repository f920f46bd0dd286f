"""What happens to a group of files in one process: analysis, and its results in the form that reports need."""

from __future__ import annotations

import gc
import traceback
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from kerasfix import analysis
from kerasfix.findings import Applicability, Failure, Finding, Located, Report
from kerasfix.report import paths
from kerasfix.report.locate import locate
from kerasfix.settings import Settings
from kerasfix.source.diff import unified_diff
from kerasfix.source.index import TextIndex
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


def examine(mode: Mode, settings: Settings, group: list[SourceFile]) -> list[Result]:
    """The results of the files of a group, in its order. Does not raise: a crash becomes the failure of its file."""
    try:
        return _examine(mode, settings, group)
    except Exception as error:
        return _apart(mode, settings, group, error)
    finally:
        _GARBAGE.more(sum(len(source.text) for source in group))


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


def _apart(mode: Mode, settings: Settings, group: list[SourceFile], error: Exception) -> list[Result]:
    """Each file of a group on its own, so that only the one that the error is about fails."""
    if len(group) > 1:
        return [result for file in group for result in examine(mode, settings, [file])]
    return [Result(Report(group[0].path, failure=_crash(error)))]


def _examine(mode: Mode, settings: Settings, group: list[SourceFile]) -> list[Result]:
    if mode is Mode.CHECK:
        found = analysis.check(group, settings)
        return [_checked(source, found[source.path]) for source in group]
    outcomes = analysis.fix(group, settings)
    if mode is Mode.FIX:
        return [_fixed(source, outcomes[source.path]) for source in group]
    found = analysis.check(group, settings)
    return [_compared(source, found[source.path], outcomes[source.path], settings) for source in group]


def _checked(source: SourceFile, found: list[Finding] | Failure) -> Result:
    if isinstance(found, Failure):
        return Result(Report(source.path, failure=found))
    return Result(Report(source.path, _located(source, found)))


def _fixed(source: SourceFile, outcome: analysis.Outcome) -> Result:
    left = _located(replace(source, text=outcome.text), outcome.findings)
    report = Report(source.path, left, outcome.failure, dict(outcome.applied))
    return Result(report, outcome.text if outcome.text != source.text else None)


def _compared(
    source: SourceFile, found: list[Finding] | Failure, outcome: analysis.Outcome, settings: Settings
) -> Result:
    """What a fix would do, with the findings that it would leave at their places in the text as it is."""
    if isinstance(found, Failure):
        return Result(Report(source.path, failure=found))
    left = {finding.fingerprint for finding in _located(replace(source, text=outcome.text), outcome.findings)}
    fixable = {Applicability.SAFE, Applicability.UNSAFE} if settings.unsafe else {Applicability.SAFE}
    remaining = [
        finding
        for finding in _located(source, found)
        if finding.applicability not in fixable or finding.fingerprint in left
    ]
    diff = unified_diff(paths.shown(source.path), source.text, outcome.text) or None
    return Result(Report(source.path, remaining, outcome.failure, dict(outcome.applied), diff))


def _located(source: SourceFile, findings: list[Finding]) -> list[Located]:
    if not findings:
        return []
    index = TextIndex(source.text)
    return [locate(source, index, finding, analysis.preview(source, finding)) for finding in findings]


def _crash(error: Exception) -> Failure:
    if isinstance(error, RecursionError):
        return Failure("is nested too deeply to be analyzed")
    if isinstance(error, MemoryError):
        return Failure("needs more memory than there is")
    frame = traceback.extract_tb(error.__traceback__)[-1]
    what = traceback.format_exception_only(error)[-1].strip()
    place = f"{Path(frame.filename).name}, line {frame.lineno}"
    return Failure(f"kerasfix itself failed here, please report it: {what} ({place})")
