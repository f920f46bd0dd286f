"""The words and numbers in which every report of a verification says the same."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final

from kerasfix.verify.verdicts import Difference, FileVerdict, Level, ModelVerdict, Outcome, Shape, Verification

LEVELS: Final = {
    Level.NOTHING: "nothing",
    Level.PARSES: "parses",
    Level.BUILDS: "builds",
    Level.TRAINS: "trains",
    Level.EQUAL: "equal",
}
MEANINGS: Final = {
    Level.NOTHING: "the rewritten text could not be read",
    Level.PARSES: "the rewritten text is valid Python, and nothing is left that can be fixed",
    Level.BUILDS: "the model is constructed",
    Level.TRAINS: "it compiles as it is written and takes training steps; the loss is finite and the weights move",
    Level.EQUAL: "on the same weights and inputs it gives the numbers of the original on its own Keras",
}

FAILED: Final = "the rewritten code does not do what the original does, as far as it got"


def ordered(verification: Verification) -> list[FileVerdict]:
    """The files by path, whichever was done first."""
    return sorted(verification.files, key=lambda file: file.path)


def number(value: float) -> str:
    """A difference or a loss with three significant digits: `1.19e-07`, `0.693`, `inf`."""
    if value == 0 or not math.isfinite(value):
        return "0" if value == 0 else str(value)
    return f"{value:.2e}" if abs(value) < 1e-3 or abs(value) >= 1e5 else f"{value:.3g}"


def largest(model: ModelVerdict) -> float | None:
    """The largest difference of outputs, and nan if any of them is; None where none were compared."""
    found = [one.largest for one in model.differences if one.kind == "output"]
    return next((one for one in found if math.isnan(one)), max(found, default=None))


def parameters(model: ModelVerdict) -> int | None:
    """How many parameters the model has after the rewrite, or before it where it was not built again."""
    architecture = model.after or model.before
    return None if architecture is None else architecture.parameters


def shape(sizes: Shape) -> str:
    """A shape as Keras prints it, without the quotes of a Python tuple of one: `(None, 64)`."""
    return str(tuple(sizes))


def count(amount: int, one: str, more: str | None = None) -> str:
    """`1 model`, `2 models`, `1,200 models`."""
    return f"{amount:,} {one if amount == 1 else more or one + 's'}"


def complaint(model: ModelVerdict, require: Level) -> str | None:
    """What keeps a model from being satisfactory: "failed", "unverified" or None, as `satisfied` has it."""
    if model.outcome == Outcome.FAILED:
        return "failed"
    return "unverified" if model.level < require else None


def wanting(model: ModelVerdict, require: Level) -> bool:
    """Whether there is something to say why a model is not proven further."""
    return model.outcome != Outcome.PROVEN or model.level < require


def out_of_tolerance(model: ModelVerdict) -> list[Difference]:
    """The differences that are too large."""
    return [one for one in model.differences if not one.equal]


def apart(difference: Difference) -> str:
    """How far two sides are apart, in words that go on after what was compared."""
    if difference.largest == math.inf:
        return "not the same" if difference.kind == "optimizer" else "the shapes differ"
    if not math.isfinite(difference.largest):
        return "one side is not finite"
    return f"differs by {number(difference.largest)}, allowed is {number(difference.tolerance)}"


def notes_of(file: FileVerdict) -> list[str]:
    """The notes of all models of a file, each once."""
    return list(dict.fromkeys(note for model in file.models for note in model.notes))


def references(verification: Verification) -> list[str]:
    """The Kerases that originals ran on."""
    return sorted({model.reference for _, model in verification.models if model.reference})


def duration(seconds: float) -> str:
    """`0.4 s`, `41 s`, `3 min 20 s`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def summary(verification: Verification) -> str:
    """The outcome in one line: `12 of 14 models equal, 1 trains, 1 failed; on Keras 3.15.1 on TensorFlow 2.21.0`."""
    parts = ", ".join(_counted(verification))
    where = f"; on {verification.keras}" if verification.keras else ""
    return f"{parts}{where}."


def tally(verification: Verification) -> dict[str, int]:
    """How many models came to what, by its word: each failed one is "failed" and counts for no level."""
    models = [model for _, model in verification.models]
    sound = [model.level for model in models if model.outcome != Outcome.FAILED]
    found = {LEVELS[level]: sound.count(level) for level in reversed(Level)}
    return found | {"failed": len(models) - len(sound)}


def verdict(verification: Verification) -> str:
    """Whether that is what was asked for, in a sentence."""
    asked = f"`{LEVELS[verification.require]}`"
    if verification.satisfied:
        models = sum(1 for _ in verification.models)
        return f"Every model is proven as asked for ({asked})." if models else "No model was found."
    below = sum(1 for _, model in verification.models if complaint(model, verification.require))
    missing = [
        *([f"{count(below, 'model')}"] if below else []),
        *_beside_models(verification.files),
    ]
    return f"Not proven as asked for ({asked}): {', '.join(missing)}."


def _counted(verification: Verification) -> Iterator[str]:
    found = tally(verification)
    models = sum(found.values())
    yield f"{found['equal']} of {count(models, 'model')} equal" if models else "no models"
    for word in ("trains", "builds"):
        if found[word]:
            yield f"{found[word]} {word if found[word] == 1 else word[:-1]}"
    if unbuilt := found["parses"] + found["nothing"]:
        yield f"{unbuilt} unverified"
    if found["failed"]:
        yield f"{found['failed']} failed"
    yield from _beside_models(verification.files)


def _beside_models(files: Sequence[FileVerdict]) -> Iterator[str]:
    if failed := sum(len(file.fell_short(failed=True)) for file in files):
        yield f"{count(failed, 'scenario')} failed"
    if unverified := sum(len(file.fell_short(failed=False)) for file in files):
        yield f"{count(unverified, 'scenario')} not verified"
    if broken := sum(1 for file in files if file.failure):
        yield f"{count(broken, 'file')} could not be handled"
