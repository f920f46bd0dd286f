"""What is to be said of a scenario beside its models: why there are no more of them, and what their proof rests on."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from kerasfix.findings import Applicability
from kerasfix.verify.find import Scenario
from kerasfix.verify.judging import told
from kerasfix.verify.originals import Original
from kerasfix.verify.rewriting import Rewritten
from kerasfix.verify.verdicts import Level, ModelVerdict, Shortfall


def shortfall(
    name: str, original: Original, meta: Mapping[str, Any], verdicts: Sequence[ModelVerdict]
) -> Shortfall | None:
    """Why a scenario did not get as far as it should have, beyond what its models say.

    Args:
        name: Of the scenario.
        original: How its original ran.
        meta: What is to be said of the run of the rewritten code.
        verdicts: On its models.
    """
    error = meta["error"]
    if any(verdict.level <= Level.PARSES for verdict in verdicts):
        return None  # that model says it
    if error and error["kind"] != "unserved" and original.meta and not original.error:
        # Where the original was stopped before its end, it may have failed there, too.
        failed = not original.meta["stopped"]
        return Shortfall(name, f"fails, which the original does not: {told(error)}", failed)
    if verdicts:
        return None
    if error:
        return Shortfall(name, told(error))
    by_then = f" by the time it is stopped: {meta['stopped']}" if meta["stopped"] else ""
    return Shortfall(name, f"it makes no model{by_then}")


def left_there(error: Mapping[str, Any], files: Mapping[str, Rewritten]) -> str | None:
    """What is left to do where the rewritten code fails, which may be why it does.

    Args:
        error: What ended it.
        files: Those of the run, by their absolute paths.
    """
    for path, line in reversed(error["places"]):
        finding = files[path].left_at(line) if path in files else None
        if finding:
            by_hand = finding.applicability is Applicability.MANUAL
            there = path == error["places"][0][0] and line == error["line"]
            where = "there" if there else f"in {os.path.basename(path)}, line {line}"
            return f"`{finding.rule}` is left {where}{' for a person' if by_hand else ', which --unsafe fixes'}"
    return None


def is_means(entry: Mapping[str, Any], original: Original, meta: Mapping[str, Any], written: Collection[str]) -> bool:
    """Whether a model is made by a function that `fix` has added, such as one that stands for `K.function`.

    Args:
        entry: What was measured of the model.
        original: How the original ran.
        meta: What is to be said of the run of the rewritten code.
        written: The names of the functions and classes that the originals define.
    """
    if entry["after"] is None or entry["before"] is not None or not original.measured:
        return False
    maker = (meta["models"][entry["after"]]["function"] or "").partition(".")[0]
    return maker != "" and maker not in written


def notes_on(original: Original, meta: Mapping[str, Any], scenario: Scenario, events: Sequence[str]) -> list[str]:
    """What the proof of a scenario rests on.

    Args:
        original: How the original ran.
        meta: What is to be said of the run of the rewritten code.
        scenario: The scenario.
        events: What was contained.
    """
    notes = [f"guessed: {guess}" for guess in scenario.guessed]
    notes += [*(original.meta or {}).get("notes", []), *meta["notes"]]
    if original.data_format:
        notes.append(f"images are taken as {original.data_format}: the original does not build otherwise")
    if original.classic:
        notes.append("`/` of integers is that of Python 2 in the original, which does not run otherwise")
    for side, error in (("the original", original.error), ("the rewritten code", meta["error"])):
        if error:
            notes.append(f"{side} was run until {told(error)}")
    if scenario.frugal:
        notes.append("measured with the smallest batches: it takes too much memory otherwise")
    if meta["stopped"]:
        notes.append(f"not run to its end: {meta['stopped']}")
    return list(dict.fromkeys((*notes, *events)))
