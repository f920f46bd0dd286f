"""Running originals on the Keras that they were written for, or on the next that may be it."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kerasfix.verify.engines import Engines
from kerasfix.verify.find import Found, Scenario
from kerasfix.verify.jobs import Request, job, said
from kerasfix.verify.judging import told
from kerasfix.verify.rewriting import Rewritten

_RECORD = "kerasfix.verify.children:record"
# Later Keras 2 wraps operations outside of layers in layers of its own: what no Keras of its time ran may run there.
_LAST_RESORT = "tf_keras"
_OF_SHAPES = ("imension", "shape", "size")
_OF_FRACTIONS = (
    "'float' object cannot be interpreted as an integer",
    "DataType float32 not in list of allowed values: int32",
    "indices must be integers",
    "type 'float'",
    "of type float32 that does not match expected type of int32",
)


@dataclass(slots=True)
class Original:
    """What running the original of a scenario came to."""

    meta: dict[str, Any] | None = None  # of the recording; None if there is none
    path: Path | None = None  # of the recording
    scenario: Scenario | None = None  # the one of several that made models
    engine: str | None = None  # None: a recording of the user's own
    data_format: str | None = None  # of images, where it had to be set
    classic: bool = False  # `/` had to round down for integers, as in Python 2
    why_not: str | None = None  # why no model was measured
    starved: bool = False  # it was ended for the memory that it took

    @property
    def measured(self) -> int:
        """How many of its models were measured."""
        models = self.meta["models"] if self.meta else []
        return sum(1 for model in models if model["probe"] and not model["probe"]["error"])

    @property
    def unmeasured(self) -> str | None:
        """Why none of the models that it made could be measured; None if one was, or if it made none."""
        errors = [model["probe"]["error"] for model in (self.meta["models"] if self.meta else []) if model["probe"]]
        return f"its models do not run there: {errors[0]}" if errors and all(errors) else None

    @property
    def error(self) -> dict[str, Any] | None:
        """What ended its code; None if it came to its end."""
        return self.meta["error"] if self.meta else None

    @property
    def release(self) -> str | None:
        """The Keras that it ran on, for people."""
        if self.meta is None:
            return None
        return f"{'Keras' if self.meta['package'] == 'keras' else self.meta['package']} {self.meta['keras']}"

    @property
    def ended_by_keras(self) -> bool:
        """Whether its code ended for a reason that another Keras may not have."""
        return self.error is not None and self.error["kind"] == "exception"

    @property
    def ended_by_fractions(self) -> bool:
        """Whether its code ended as it does where an integer was divided in Python 2, and a fraction is no use."""
        return self.error is not None and any(word in str(self.error["message"]) for word in _OF_FRACTIONS)

    @property
    def ended_by_shapes(self) -> bool:
        """Whether its code ended as it does where images are taken in another order than they come."""
        return self.error is not None and any(word in str(self.error["message"]) for word in _OF_SHAPES)


class Originals:
    """Runs originals on the engines of one run.

    Args:
        engines: Where code is run.
        texts: The texts that are not those on disk, by absolute path.
        request: What is to be proven.
        classic: The paths of those of the texts in which `/` rounds down for integers, as it did in Python 2.
        maybe: The texts of all files that may be meant so, by absolute path.
    """

    def __init__(
        self,
        engines: Engines,
        texts: dict[str, str],
        request: Request,
        classic: Sequence[str] = (),
        maybe: Mapping[str, str] | None = None,
    ) -> None:
        self._engines = engines
        self._texts = texts
        self._request = request
        self._classic = list(classic)
        self._maybe = maybe or {}
        self._numbers = itertools.count()

    def run(self, file: Rewritten, wanted: Scenario, found: Found) -> Original:
        """Run the original of a scenario, on the Keras that its file was written for if that can be."""
        given = self._request.recordings.get((os.path.abspath(file.original or file.path), wanted.call))
        if given:
            return Original(given[1], given[0], wanted)
        if found.reference is None:
            return Original(why_not="which Keras the original is for is not known")
        best = Original()
        tried = []
        for engine in _engines(found):
            attempt = self._on(file, wanted, engine, found.data_format)
            if attempt.meta and (best.meta is None or attempt.measured > best.measured):
                best = attempt
            if attempt.meta and not attempt.error and not attempt.unmeasured:
                break
            best.starved |= attempt.starved
            reason = told(attempt.error) if attempt.error else attempt.unmeasured or attempt.why_not
            tried.append(f"{engine.replace('keras==', 'Keras ')}: {reason}")
            if not attempt.ended_by_keras and not attempt.unmeasured:
                break
        if not best.measured:
            best.why_not = "the original does not run on " + "; nor on ".join(tried) if tried else "it makes no model"
        return best

    def again(self, file: Rewritten, original: Original, scenario: Scenario, *, trace: bool = False) -> Original:
        """Run an original once more, where it ran before; with `trace` what each layer gives is recorded, too."""
        assert original.engine
        return self._record(file, scenario, original.engine, original.data_format, original.classic, trace=trace)

    def _on(self, file: Rewritten, wanted: Scenario, engine: str, likely: str | None) -> Original:
        """Run the original on one Keras, with other guesses where those that it is called with make no model."""
        attempt = Original()
        for scenario in (wanted, *wanted.instead):
            attempt = self._in_either_order(file, scenario, engine, likely)
            if attempt.ended_by_fractions and self._maybe:
                other = self._in_either_order(file, scenario, engine, likely, classic=True)
                attempt = other if other.measured > attempt.measured else attempt
            if attempt.measured or not attempt.error:
                return attempt
        return attempt

    def _in_either_order(
        self, file: Rewritten, scenario: Scenario, engine: str, likely: str | None, *, classic: bool = False
    ) -> Original:
        """Where the code leaves the order of images to the configuration of its Keras, its shapes tell which it was.

        `likely` is the order that they look like.
        """
        wanted = self._request.data_format
        attempt = self._record(file, scenario, engine, wanted or likely, classic)
        if wanted is None and attempt.ended_by_shapes:
            other = self._record(file, scenario, engine, None if likely else "channels_first", classic)
            if other.measured > attempt.measured or (other.measured and not other.error):
                return other
        return attempt

    def _record(
        self,
        file: Rewritten,
        scenario: Scenario,
        engine: str,
        data_format: str | None,
        classic: bool,
        *,
        trace: bool = False,
    ) -> Original:
        folder = self._engines.folder / str(next(self._numbers))
        folder.mkdir()
        path = folder / "recording.npz"
        texts = {**self._maybe, **self._texts} if classic else self._texts
        payload = job(file.original or file.path, scenario, texts, self._request, data_format)
        payload |= {"recording": str(path), "trace": trace, "classic": [*self._maybe] if classic else self._classic}
        answer = self._engines.run(engine, _RECORD, payload, writable=[folder])
        if answer.ended:
            starved = answer.ended.kind == "memory"
            return Original(why_not=said(answer.ended), engine=engine, starved=starved)
        return Original(answer.value, path, scenario, engine, data_format, classic)


def _engines(found: Found) -> Iterator[str]:
    assert found.reference
    engines = [found.reference.engine, *found.reference.others]
    yield from engines
    if engines[0].startswith("keras==2") and _LAST_RESORT not in engines:
        yield _LAST_RESORT
