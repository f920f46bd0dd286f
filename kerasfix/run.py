"""The way of the data: from paths to reports, and fixed texts back into their files."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from kerasfix.findings import Failure, Report
from kerasfix.prefilter.words import may_concern
from kerasfix.settings import Settings
from kerasfix.source.read import SourceFile, binary, decode, is_notebook, read_bytes

if TYPE_CHECKING:
    from kerasfix.examine import Result

Group = list[SourceFile]

# Characters of source: what a worker gets at a time, and what pays for starting a second one.
_PIECE = 100_000
_WORTH_A_WORKER = 150_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do with files."""

    mode: str  # a value of `Mode`
    settings: Settings
    words: frozenset[str]  # those of the rules: a file without any of them has nothing to be found
    previews: bool = True  # show what each fix changes
    jobs: int | None = None  # None: as many as there are processors and work for them


def run(paths: Sequence[str], plan: Plan, progress: Callable[[int], None] = lambda count: None) -> list[Report]:
    """Check or fix files; one report for each, in the order of `paths`.

    `progress` is told how many more files are done. A file that cannot be handled has a failure in its report; fixed
    texts are written as they come, each all or not at all, so that an interrupt leaves no file in between.
    """
    reports: dict[str, Report] = {}
    sources: dict[str, SourceFile] = {}
    for path in paths:
        source = _read(path, plan)
        if isinstance(source, SourceFile):
            sources[path] = source
            continue
        reports[path] = Report(path, failure=source)
        progress(1)
    with _no_collector(), contextlib.closing(_results(list(sources.values()), plan)) as results:
        for result in results:
            report = result.report
            if result.text is not None and plan.mode == "fix":
                report = _written(sources[report.path], result)
            reports[report.path] = report
            progress(1)
    progress(len(paths) - len(reports))
    return [reports.get(path) or Report(path) for path in paths]


@contextlib.contextmanager
def _no_collector() -> Iterator[None]:
    """Trees are many objects and no garbage: looking through them again and again takes a third of parsing."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.enable()


def run_text(path: str, data: bytes, plan: Plan) -> tuple[Report, bytes]:
    """Check or fix one text that is in no file, such as standard input; also what to hand on in its place."""
    source = _decoded(path, data, plan)
    if not isinstance(source, SourceFile):
        return Report(path, failure=source), data
    result = next(_results([source], plan), None)
    if result is None:
        return Report(path), data
    if result.text is None:
        return result.report, data
    try:
        return result.report, source.encode(result.text)
    except UnicodeError:
        failure = Failure(f"the fixed text cannot be written in the file's encoding, {source.encoding}")
        return Report(path, failure=failure), data


def _read(path: str, plan: Plan) -> SourceFile | Failure | None:
    """A file that a rule may have something to say about; None for one that no rule can."""
    data = read_bytes(path)
    return data if isinstance(data, Failure) else _decoded(path, data, plan)


def _decoded(path: str, data: bytes, plan: Plan) -> SourceFile | Failure | None:
    failure = binary(data)
    concerned = not failure and _may_concern(path, data, plan.words)
    if failure or not (concerned or plan.settings.python2):
        return failure
    source = decode(path, data, python2=plan.settings.python2)
    # Of Python 2, all has to come over: one file that does not takes down those that import it.
    return source if concerned or (isinstance(source, SourceFile) and source.original) else None


def _may_concern(path: str, data: bytes, words: frozenset[str]) -> bool:
    # The n that is a line end in JSON would hide where a word begins.
    return may_concern(data.replace(b"\\n", b"\n") if is_notebook(path) else data, words)


def _results(sources: list[SourceFile], plan: Plan) -> Generator[Result]:
    """The results of the files in which a rule may fire; the others have none."""
    if not sources:
        return
    # From here on it costs: before, nothing of the analysis is loaded.
    from kerasfix.examine import Examiner, Mode
    from kerasfix.prefilter.group import group

    task = Examiner(Mode(plan.mode), plan.settings, plan.previews, plan.words)
    pieces = _pieces(group(sources, plan.words, python2=plan.settings.python2))
    jobs = min(len(pieces), plan.jobs or _useful_jobs(pieces))
    if jobs <= 1:
        for members in (members for piece in pieces for members in piece):
            yield from task(members)
        return
    yield from _parallel(task, pieces, jobs)


def _parallel(task: Callable[[Group], list[Result]], pieces: list[list[Group]], jobs: int) -> Generator[Result]:
    from kerasfix.examine import Result
    from kerasfix.workers import Lost, spread

    while pieces:
        again: list[list[Group]] = []
        with contextlib.closing(spread(partial(_each, task), pieces, jobs)) as answers:
            for index, answer in answers:
                piece = pieces[index]
                if not isinstance(answer, Lost):
                    yield from answer
                elif len(piece) > 1:
                    again += [[group] for group in piece]
                elif len(piece[0]) > 1:
                    again += [[[source]] for source in piece[0]]
                else:
                    failure = Failure(f"kerasfix itself failed here, please report it: {answer.reason}")
                    yield Result(Report(piece[0][0].path, failure=failure))
        pieces = again


def _each(task: Callable[[Group], list[Result]], piece: list[Group]) -> list[Result]:
    return [result for group in piece for result in task(group)]


def _pieces(groups: list[Group]) -> list[list[Group]]:
    """Groups put together to what is worth sending, the large first: what comes last should be short."""
    pieces: list[list[Group]] = []
    size = _PIECE
    for group in sorted(groups, key=_size, reverse=True):
        if size >= _PIECE:
            pieces.append([])
            size = 0
        pieces[-1].append(group)
        size += _size(group)
    return pieces


def _size(group: Group) -> int:
    return sum(len(source.text) for source in group)


def _useful_jobs(pieces: list[list[Group]]) -> int:
    from kerasfix.workers import processors

    return min(processors(), 1 + sum(_size(group) for piece in pieces for group in piece) // _WORTH_A_WORKER)


def _written(source: SourceFile, result: Result) -> Report:
    from kerasfix.source.write import write_source

    assert result.text is not None
    failure = write_source(source, result.text)
    # The positions in the report are those of the fixed text, which is now nowhere.
    return Report(source.path, failure=failure) if failure else result.report
