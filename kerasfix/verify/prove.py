"""The way of a file from its two texts to its verdict."""

from __future__ import annotations

import ast
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property
from typing import Any

from kerasfix.verify.engines import Answer, Engines
from kerasfix.verify.find import MODULE, Found, Scenario
from kerasfix.verify.jobs import Request, job, said
from kerasfix.verify.judging import judge, may_be_rounding
from kerasfix.verify.originals import Original, Originals
from kerasfix.verify.rewriting import Rewritten, classic, texts
from kerasfix.verify.telling import is_means, left_there, notes_on, shortfall
from kerasfix.verify.verdicts import FileVerdict, Level, ModelVerdict, Outcome, Shortfall

TODAY = {"keras2": "tf_keras", "keras3": "keras3"}
_PROVE = "kerasfix.verify.children:prove"
_IN_DOUBLE_PRECISION = "in single precision its numbers hang on how they are rounded: compared in double precision"
_UNUSED = Shortfall(None, "no model is built here, and none that was built elsewhere uses it")


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
        self._by_path = {os.path.abspath(file.path): file for file in files}
        self._found = found
        self._request = request
        self._originals = Originals(
            engines, texts(files, after=False), request, [*classic(files)], classic(files, syntax=False)
        )
        self._after = texts(files, after=True)
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
            if verdict.models or verdict.shortfalls or verdict.failure:
                yield verdict
            elif file.changed and os.path.abspath(file.path) not in self._covered:
                yield replace(verdict, shortfalls=(_UNUSED,))

    def _file(self, file: Rewritten) -> FileVerdict:
        started = time.monotonic()
        found = self._found.get(file.original or file.path)
        failure = file.failure
        models: list[ModelVerdict] = []
        shortfalls: list[Shortfall] = []
        if not failure and found:
            for scenario in found.scenarios:
                if scenario.reserve and set(scenario.builds) <= self._built(models):
                    continue
                if scenario.unserved:
                    shortfalls.append(Shortfall(scenario.name, scenario.unserved))
                    continue
                proven, short = self._scenario(file, scenario, found)
                models += proven
                if short:
                    shortfalls.append(short)
        return FileVerdict(
            file.path,
            file.source.as_read.text if file.source else "",
            file.after,
            file.fixed,
            len(file.findings),
            tuple(models),
            failure,
            tuple(shortfalls),
            time.monotonic() - started,
        )

    def _built(self, models: Sequence[ModelVerdict]) -> set[str]:
        """The functions that made a model so far."""
        return {model.function or MODULE for model in models if model.level >= Level.BUILDS}

    def _scenario(self, file: Rewritten, wanted: Scenario, found: Found) -> tuple[list[ModelVerdict], Shortfall | None]:
        """The models of one scenario, and why there are none or not all."""
        original, scenario, answer = self._run(file, wanted, found)
        if original.starved or (answer.ended and answer.ended.kind == "memory"):
            original, scenario, answer = self._run(file, wanted.with_less_memory(), found)
        if answer.ended:
            return self._ended(scenario.name, original, answer)
        entries, meta = self._entries(file, original, answer), answer.value["meta"]
        self._covered.update(meta["files"])
        if meta["error"]:
            meta["error"]["left"] = left_there(meta["error"], self._by_path)
        doubled = self._doubled(file, scenario, original, entries)
        if any(_differs(entry) and _key(entry) not in doubled for entry in entries):
            self._trace(file, scenario, original, entries)
        notes = notes_on(original, meta, scenario, answer.events)
        verdicts = [
            _noted(doubled.get(_key(entry)) or _judged(entry, original, meta, scenario), notes) for entry in entries
        ]
        return verdicts, shortfall(wanted.name, original, meta, verdicts)

    def _entries(self, file: Rewritten, original: Original, answer: Answer) -> list[dict[str, Any]]:
        """What was measured of each model that is to be told of."""
        meta = answer.value["meta"]
        entries: list[dict[str, Any]] = answer.value["models"]
        return [entry for entry in entries if file.original or not is_means(entry, original, meta, self._written)]

    def _doubled(
        self, file: Rewritten, scenario: Scenario, original: Original, entries: Sequence[dict[str, Any]]
    ) -> dict[Any, ModelVerdict]:
        """The verdicts on the models that are equal when both sides compute in double precision.

        An entry that would have had to be looked at so, and could not be, gets the key `single`.
        """
        doubtful = [entry for entry in entries if may_be_rounding(entry)]
        if not doubtful:
            return {}
        found = self._in_double_precision(file, scenario, original)
        for entry in doubtful:
            entry["single"] = _key(entry) not in found
        return {key: verdict for key, verdict in found.items() if verdict.level >= Level.EQUAL}

    def _in_double_precision(self, file: Rewritten, scenario: Scenario, original: Original) -> dict[Any, ModelVerdict]:
        """The verdicts on the models that can be run so on both sides."""
        scenario = scenario.with_less_memory().in_double_precision()  # which takes twice the memory
        closer, answer = self._again(file, scenario, original)
        if not answer:
            return {}
        verdicts = {
            _key(entry): _noted(_judged(entry, closer, answer.value["meta"], scenario), [_IN_DOUBLE_PRECISION])
            for entry in self._entries(file, closer, answer)
        }
        return {key: verdict for key, verdict in verdicts.items() if verdict.differences}

    def _run(self, file: Rewritten, wanted: Scenario, found: Found) -> tuple[Original, Scenario, Answer]:
        """The original of a scenario, the guess that made models of it, and what came of the rewritten code."""
        original = self._originals.run(file, wanted, found)
        self._covered.update((original.meta or {}).get("files", ()))
        scenario = original.scenario or wanted
        answer = self._today(file, scenario, original)
        for other in wanted.instead if original.meta is None else ():
            if not answer.ended and answer.value["models"]:
                break
            scenario, answer = other, self._today(file, other, original)
        return original, scenario, answer

    def _today(self, file: Rewritten, scenario: Scenario, original: Original) -> Answer:
        payload = job(file.path, scenario, self._after, self._request, original.data_format)
        payload["recording"] = str(original.path) if original.path else None
        return self._engines.run(TODAY[self._request.target], _PROVE, payload)

    def _trace(self, file: Rewritten, scenario: Scenario, original: Original, entries: list[dict[str, Any]]) -> None:
        """Find the first layer at which both sides part, by running both again."""
        _, answer = self._again(file, scenario, original, trace=True)
        if not answer:
            return
        found = {entry["after"]: entry.get("parted") for entry in answer.value["models"]}
        for entry in entries:
            entry["parted"] = found.get(entry["after"])

    def _again(
        self, file: Rewritten, scenario: Scenario, original: Original, *, trace: bool = False
    ) -> tuple[Original, Answer | None]:
        """Both sides once more; no answer where one does not come to its end, or where the original cannot be run."""
        if original.engine is None:  # a recording of the user's own
            return original, None
        found = self._originals.again(file, original, scenario, trace=trace)
        if found.meta is None:
            return found, None
        answer = self._today(file, scenario, found)
        return found, None if answer.ended else answer

    def _ended(self, name: str, original: Original, answer: Answer) -> tuple[list[ModelVerdict], Shortfall | None]:
        """The child itself came to an end: what is known of its models is what the original has."""
        assert answer.ended
        reason = said(answer.ended)
        # What took too long or too much may have been about to do all that it should.
        outcome = Outcome.UNVERIFIED if answer.ended.kind in ("timeout", "memory") else Outcome.FAILED
        entries = [
            {"before": index, "after": None}
            for index, model in enumerate(original.meta["models"] if original.meta else [])
            if model["probe"]
        ]
        known = [
            judge(entry, original.meta, None, scenario=name, reference=original.release, why_not=None)
            for entry in entries
        ]
        if known:
            return [replace(one, reason=reason, outcome=outcome) for one in known], None
        return [], Shortfall(name, reason)

    @cached_property
    def _written(self) -> frozenset[str]:
        """The names of the functions and classes that the originals define."""
        return frozenset(
            node.name
            for file in self._files
            if file.source and not file.failure
            for node in ast.walk(ast.parse(file.before))
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        )


def _judged(entry: dict[str, Any], original: Original, meta: dict[str, Any], scenario: Scenario) -> ModelVerdict:
    return judge(
        entry, original.meta, meta, scenario=scenario.name, reference=original.release, why_not=original.why_not
    )


def _key(entry: dict[str, Any]) -> tuple[int | None, int | None]:
    """What a model is known by in another run of the same code."""
    return entry["before"], entry["after"]


def _differs(entry: dict[str, Any]) -> bool:
    return any(one["kind"] == "output" and not one["equal"] for one in entry.get("differences") or ())


def _noted(verdict: ModelVerdict, notes: Sequence[str]) -> ModelVerdict:
    return replace(verdict, notes=(*verdict.notes, *notes))
