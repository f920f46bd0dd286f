"""The way of a file from its two texts to its verdict."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kerasfix.verify.engines import Answer, Engines, Unavailable
from kerasfix.verify.find import Found, Scenario
from kerasfix.verify.judging import judge, told
from kerasfix.verify.rewriting import Rewritten, texts
from kerasfix.verify.verdicts import FileVerdict, Level, ModelVerdict, Outcome

TODAY = {"keras2": "tf_keras", "keras3": "keras3"}
_RECORD = "kerasfix.verify.children:record"
_PROVE = "kerasfix.verify.children:prove"


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be proven."""

    target: str  # "keras2" or "keras3"
    require: Level = Level.EQUAL
    data_format: str | None = None  # of images, where the code leaves it to the configuration of its Keras
    recordings: dict[tuple[str, str | None], tuple[Path, dict[str, Any]]] = field(default_factory=dict)
    jobs: int = 1
    patience: float | None = None  # seconds after which the user's code is not run on; its models are measured then


@dataclass(slots=True)
class _Original:
    """What running the original came to."""

    meta: dict[str, Any] | None = None
    path: Path | None = None
    scenario: Scenario | None = None  # the one of several that made models
    engine: str | None = None
    data_format: str | None = None
    why_not: str | None = None

    @property
    def measured(self) -> int:
        models = self.meta["models"] if self.meta else []
        return sum(1 for model in models if model["probe"] and not model["probe"]["error"])


class Prover:
    """Proves files on the engines of one run.

    Args:
        engines: Where code is run.
        files: All files of the run before and after their fixes.
        found: How the models of each file come to life.
        request: What is to be proven.
    """

    def __init__(self, engines: Engines, files: Sequence[Rewritten], found: dict[str, Found], request: Request) -> None:
        self._engines = engines
        self._files = files
        self._found = found
        self._request = request
        self._before = texts(files, after=False)
        self._after = texts(files, after=True)
        self._numbers = itertools.count()
        self._covered: set[str] = set()

    def verdicts(self, progress: Callable[[int], None] = lambda count: None) -> list[FileVerdict]:
        """The verdicts on all files that were asked for and have something to do with models, in their order.

        Raises:
            Unavailable: A Keras that is needed cannot be had.
        """
        asked = [file for file in self._files if file.asked_for]
        with ThreadPoolExecutor(self._request.jobs) as pool:
            futures = [pool.submit(self._file, file) for file in asked]
            try:
                verdicts = []
                for future in futures:
                    verdicts.append(future.result())
                    progress(1)
            except BaseException:
                for future in futures:
                    future.cancel()
                self._engines.close()
                raise
        return list(self._worth_telling(zip(asked, verdicts, strict=True)))

    def _worth_telling(self, pairs: Iterator[tuple[Rewritten, FileVerdict]]) -> Iterator[FileVerdict]:
        for file, verdict in pairs:
            nothing = not (verdict.models or verdict.unverified or verdict.failure)
            if not nothing:
                yield verdict
            elif file.changed and os.path.abspath(file.path) not in self._covered:
                reason = "no model is built here, and none that was built elsewhere uses it"
                yield FileVerdict(file.path, file.before, file.after, file.fixed, file.left, unverified=(reason,))

    def _file(self, file: Rewritten) -> FileVerdict:
        started = time.monotonic()
        found = self._found.get(file.original or file.path)
        failure = file.failure
        models: list[ModelVerdict] = []
        unverified: list[str] = []
        if not failure and found:
            for scenario in found.scenarios:
                if scenario.reserve and set(scenario.builds) <= self._built(models):
                    continue
                if scenario.unserved:
                    unverified.append(f"{scenario.name}: {scenario.unserved}")
                    continue
                proven, problem = self._scenario(file, scenario, found)
                models += proven
                if problem:
                    unverified.append(f"{scenario.name}: {problem}")
        return FileVerdict(
            file.path, file.before, file.after, file.fixed, file.left, tuple(models), failure, tuple(unverified),
            time.monotonic() - started,
        )  # fmt: skip

    def _built(self, models: Sequence[ModelVerdict]) -> set[str]:
        """The functions that made a model so far."""
        return {model.name.rpartition(" in ")[2] for model in models if model.level >= Level.BUILDS}

    def _scenario(self, file: Rewritten, wanted: Scenario, found: Found) -> tuple[list[ModelVerdict], str | None]:
        """The models of one scenario, and why there are none or not all."""
        original = self._original(file, wanted, found)
        scenario = original.scenario or wanted
        answer = self._today(file, scenario, original)
        for other in wanted.instead if original.meta is None else ():
            if not answer.ended and answer.value["models"]:
                break
            scenario, answer = other, self._today(file, other, original)
        if answer.ended:
            return self._ended(scenario.name, original, answer)
        meta, entries = answer.value["meta"], answer.value["models"]
        self._covered.update(meta["files"])
        if self._differs(entries):
            self._trace(file, scenario, original, entries)
        reference = _release(original.meta) if original.meta else None
        verdicts = [
            judge(
                entry,
                original.meta,
                meta,
                scenario=scenario.name,
                reference=reference,
                why_not=original.why_not,
            )
            for entry in entries
        ]
        notes = self._notes(original, meta, scenario, answer)
        return [_noted(verdict, notes) for verdict in verdicts], self._shortfall(original, meta, verdicts)

    def _original(self, file: Rewritten, wanted: Scenario, found: Found) -> _Original:
        """Run the original on its own Keras, or on the next that may be it."""
        given = self._request.recordings.get((os.path.basename(file.original or file.path), wanted.call))
        if given:
            return _Original(given[1], given[0], wanted)
        if found.reference is None:
            return _Original(why_not="which Keras the original is for is not known")
        best = _Original()
        tried = []
        for engine in (found.reference.engine, *found.reference.others):
            attempt = self._on(file, wanted, engine)
            if attempt.meta and (best.meta is None or attempt.measured > best.measured):
                best = attempt
            if attempt.meta and not attempt.meta["error"]:
                break
            reason = told(attempt.meta["error"]) if attempt.meta else attempt.why_not
            tried.append(f"{_shown(engine)}: {reason}")
            if attempt.meta is None or not _of_keras(attempt.meta["error"]):
                break
        if not best.measured:
            best.why_not = "the original does not run on " + "; nor on ".join(tried) if tried else "it makes no model"
        return best

    def _on(self, file: Rewritten, wanted: Scenario, engine: str) -> _Original:
        """Run the original on one Keras, with other guesses where those that it is called with make no model."""
        attempt = _Original()
        for scenario in (wanted, *wanted.instead):
            attempt = self._recorded(file, scenario, engine)
            if attempt.measured or not attempt.meta or not attempt.meta["error"]:
                return attempt
        return attempt

    def _recorded(self, file: Rewritten, scenario: Scenario, engine: str) -> _Original:
        wanted = self._request.data_format
        attempt = self._record(file, scenario, engine, wanted)
        if wanted is None and not attempt.measured and _of_shapes(attempt.meta):
            other = self._record(file, scenario, engine, "channels_first")
            if other.measured:
                return other
        return attempt

    def _record(
        self, file: Rewritten, scenario: Scenario, engine: str, data_format: str | None, trace: bool = False
    ) -> _Original:
        folder = self._folder()
        job = self._job(file.original or file.path, scenario, self._before, data_format, trace)
        job["recording"] = str(folder / "recording.npz")
        answer = self._engines.run(engine, _RECORD, job, writable=[folder])
        if answer.ended:
            return _Original(why_not=_said(answer), engine=engine)
        self._covered.update(answer.value["files"])
        return _Original(answer.value, folder / "recording.npz", scenario, engine, data_format)

    def _today(self, file: Rewritten, scenario: Scenario, original: _Original) -> Answer:
        job = self._job(file.path, scenario, self._after, original.data_format or self._request.data_format)
        job["recording"] = str(original.path) if original.path else None
        return self._engines.run(TODAY[self._request.target], _PROVE, job)

    def _trace(self, file: Rewritten, scenario: Scenario, original: _Original, entries: list[dict[str, Any]]) -> None:
        """Find the first layer at which both sides part, by running both again."""
        if original.engine is None:  # a recording of the user's own
            return
        traced = self._record(file, scenario, original.engine, original.data_format, trace=True)
        if not traced.meta:
            return
        answer = self._today(file, scenario, traced)
        if answer.ended:
            return
        found = {entry["after"]: entry.get("parted") for entry in answer.value["models"]}
        for entry in entries:
            entry["parted"] = found.get(entry["after"])

    def _differs(self, entries: Sequence[dict[str, Any]]) -> bool:
        return any(not one["equal"] for entry in entries for one in entry.get("differences") or ())

    def _job(
        self,
        path: str,
        scenario: Scenario,
        given: dict[str, str],
        data_format: str | None,
        trace: bool = False,
    ) -> dict[str, Any]:
        return {
            "path": os.path.abspath(path),
            "texts": given,
            "call": scenario.call,
            "argv": list(scenario.argv),
            "data_format": data_format,
            "trace": trace,
            "patience": self._request.patience,
        }

    def _folder(self) -> Path:
        folder = self._engines.folder / str(next(self._numbers))
        folder.mkdir()
        return folder

    def _ended(self, name: str, original: _Original, answer: Answer) -> tuple[list[ModelVerdict], str | None]:
        """The child itself came to an end: what is known of its models is what the original has."""
        reason = _said(answer)
        known = [
            judge(
                {"before": index, "after": None}, original.meta, None, scenario=name,
                reference=_release(original.meta), why_not=None,
            )
            for index, model in enumerate(original.meta["models"] if original.meta else [])
            if model["probe"]
        ]  # fmt: skip
        return [_because(verdict, reason) for verdict in known], None if known else reason

    def _shortfall(self, original: _Original, meta: dict[str, Any], verdicts: Sequence[ModelVerdict]) -> str | None:
        """Why the scenario did not get as far as it should have, beyond what its models say."""
        error = meta["error"]
        if not error:
            return None if verdicts else "it makes no model"
        if original.meta and not original.meta["error"] and error["kind"] != "unserved":
            return f"fails, which the original does not: {told(error)}"
        return None if verdicts else told(error)

    def _notes(self, original: _Original, meta: dict[str, Any], scenario: Scenario, answer: Answer) -> list[str]:
        notes = [f"guessed: {guess}" for guess in scenario.guessed]
        notes += [*(original.meta or {}).get("notes", []), *meta["notes"]]
        if original.data_format:
            notes.append(f"images are taken as {original.data_format}: the original does not build otherwise")
        for side, error in (
            ("the original", (original.meta or {}).get("error")),
            ("the rewritten code", meta["error"]),
        ):
            if error:
                notes.append(f"{side} was run until {told(error)}")
        if meta["stopped"]:
            notes.append(f"not run to its end: {meta['stopped']}")
        notes += answer.events
        return list(dict.fromkeys(notes))


def _of_keras(error: dict[str, Any] | None) -> bool:
    """Whether code ended for a reason that another Keras may not have."""
    return bool(error) and error is not None and error["kind"] == "exception"


def _of_shapes(meta: dict[str, Any] | None) -> bool:
    """Whether code ended as it does where images are taken in another order than they come."""
    error = meta and meta["error"]
    return bool(error) and any(word in str(error["message"]) for word in ("imension", "shape", "size"))  # type: ignore[index]


def _release(meta: dict[str, Any] | None) -> str | None:
    if meta is None:
        return None
    return f"{'Keras' if meta['package'] == 'keras' else meta['package']} {meta['keras']}"


def _shown(engine: str) -> str:
    return engine.replace("keras==", "Keras ")


def _said(answer: Answer) -> str:
    assert answer.ended
    text = answer.ended.message.strip().splitlines()
    return f"{text[-1] if answer.ended.kind == 'error' else text[0]}" if text else answer.ended.kind


def _noted(verdict: ModelVerdict, notes: Sequence[str]) -> ModelVerdict:
    return replace(verdict, notes=(*verdict.notes, *notes))


def _because(verdict: ModelVerdict, reason: str) -> ModelVerdict:
    return replace(verdict, reason=reason, outcome=Outcome.FAILED)


__all__ = ["Prover", "Request", "Unavailable"]
