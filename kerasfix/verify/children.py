"""What runs in the child processes: the original is recorded, the rewritten code is measured against that recording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from kerasfix.probe import recording, running, tracing
from kerasfix.probe.errors import said
from kerasfix.probe.feeding import Feed
from kerasfix.verify import compare
from kerasfix.verify.against import Arrays, Given, first_look, look_again
from kerasfix.verify.averages import NOTE, counted_otherwise
from kerasfix.verify.carry import Pairing, carry_model, pair_models
from kerasfix.verify.cut import NOTE as CUT
from kerasfix.verify.cut import cut
from kerasfix.verify.keras_faults import bias_along_columns
from kerasfix.verify.optimizers import compare_optimizers
from kerasfix.verify.parting import first_parting


def record(job: dict[str, Any]) -> dict[str, Any]:
    """Run the original and write its recording to `job["recording"]`; its meta data."""
    meta: dict[str, Any]
    meta, arrays = running.record(job)
    recording.save(job["recording"], meta, arrays)
    return meta


def prove(job: dict[str, Any]) -> dict[str, Any]:
    """Run the rewritten code, and measure its models against the recording of the original.

    Returns:
        `meta`, what is to be said of the run, and `models`, one entry for each model on either side: `before` and
        `after` are their places in the lists of models, or None where there is no partner.
    """
    run = running.Run(job)
    run.perform()
    models = run.described()
    before, arrays, whole = _recorded(job)
    matter = [index for index, model in enumerate(models) if model.matters]
    known = [index for index, model in enumerate(before) if model.get("probe")]
    pairs, alone = _paired(before, models, known, matter)
    found: dict[int, dict[str, Any]] = {}
    for old, new in pairs:
        its_arrays = _below(arrays, f"{old}/")
        found[new] = {"before": old, **_against(models[new], before[old], its_arrays)}
    for count, index in enumerate(matter):
        if index in found:
            continue
        # A rewrite may make models of its own, such as for `K.function`: means, and nothing that the original has.
        if whole and known and models[index].seen.compiled is None:
            continue
        found[index] = {"before": None}
        if count < running.MOST_MODELS:
            models[index].meta["probe"], _ = running.measured_alone(models[index], run.seed + index)
    entries = [{"after": index, **found[index]} for index in sorted(found)]
    entries += [{"after": None, "before": index} for index in alone]
    return {"meta": run.meta(models), "models": entries}


def _paired(
    before: Sequence[Any], models: Sequence[Any], known: list[int], matter: list[int]
) -> tuple[list[tuple[int, int]], list[int]]:
    """The places of models that are one and the same, and those of originals that have no partner.

    What is a model for itself in an original that failed soon after may be part of another in the rewritten code.
    """
    pairs: list[tuple[int, int]] = []
    parts = [index for index in range(len(models)) if index not in matter]
    for candidates in (matter, parts):
        pairing = pair_models([before[index] for index in known], [models[index].meta for index in candidates])
        pairs += [(known[pair.before], candidates[pair.after]) for pair in pairing.pairs]
        known = [known[index] for index in pairing.only_before]
    return pairs, known


def _recorded(job: Mapping[str, Any]) -> tuple[list[Any], dict[str, np.ndarray], bool]:
    """The models of the original, their arrays, and whether its code was run to its end."""
    if not job.get("recording"):
        return [], {}, False
    meta, arrays = recording.load(job["recording"])
    version = meta["keras"] if meta["package"] == "keras" else "2.15"
    for model in meta["models"]:
        model["keras"] = version
        model["backend"] = meta["backend"]
    return meta["models"], arrays, not meta["error"]


def _below(arrays: Mapping[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    return {key[len(prefix) :]: array for key, array in arrays.items() if key.startswith(prefix)}


def _numbered(arrays: Mapping[str, np.ndarray], kind: str) -> list[np.ndarray]:
    found = _below(arrays, f"{kind}/")
    return [found[key] for key in sorted(found, key=int)]


def _against(model: running.Described, before: dict[str, Any], arrays: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Measure a model with the weights, the inputs and the targets of its original, and compare."""
    probe = before["probe"]
    if probe["error"]:
        model.meta["probe"], _ = running.measured_alone(model, 1)
        return {"problem": f"the original could not be measured: {probe['error']}", "original": True}
    theano = before["backend"] == "theano"
    weights = _carried(before, _below(arrays, "weights/"), model.meta, theano, None)
    if isinstance(weights, str):
        model.meta["probe"], _ = running.measured_alone(model, 1)
        return {"problem": weights}
    state, pairing = weights
    part = cut(model, before, pairing)
    if part:
        told = _against(part, before, arrays)
        model.meta["probe"] = part.meta["probe"]
        return told | {"notes": [*told.get("notes", ()), CUT]}
    feed = Feed(_numbered(arrays, "inputs"), _numbered(arrays, "targets") or None, probe["batch"], probe["seen"])
    try:
        found = model.measure(feed, state)
    except Exception as error:
        model.meta["probe"] = {"error": said(error), "loss": None, "losses": []}
        return {"problem": f"with the inputs of the original: {said(error)}"}
    model.meta["probe"] = running.told(found, feed)
    stepped = _carried(before, _below(arrays, "stepped/"), model.meta, theano, pairing)
    left_out = tuple(counted_otherwise(before["keras"], model.meta))
    original = Given(
        _numbered(arrays, "outputs"), before, state, None if isinstance(stepped, str) else stepped[0], left_out
    )
    look = first_look(model, original, found)
    if not look.equal:
        look = look_again(model, feed, original, look)
    differences = [*look.differences, *compare_optimizers(before["compiled"], model.meta["compiled"])]
    entry: dict[str, Any] = {"differences": [asdict(one) for one in differences], "pairs": _paths(pairing)}
    entry["shaky"] = look.shaky
    entry["notes"] = list(look.notes)
    if left_out:
        entry["notes"].append(NOTE.format(before["keras"]))
    if probe["loss"] is not None and found.loss is not None and before["keras"].startswith("1."):
        penalty = model.penalty_of_parts(state)
        if penalty and compare.compare_losses(probe["loss"], found.loss + penalty).equal:
            entry["because"] = "Keras 1 counts the regularizers of a model that is used as a layer twice"
    if not look.equal and model.run.dialect.major >= 3:
        because = bias_along_columns(model.meta)
        entry |= {"because": because} if because else {}
    traced = _traced(arrays)
    if traced and not look.equal_outputs:
        partners = {pair.before: pair.after for pair in pairing.pairs}
        entry["parted"] = first_parting(traced, tracing.trace(model.run.dialect, model, feed, state), partners)
    return entry


def _traced(arrays: Mapping[str, np.ndarray]) -> list[tuple[str, np.ndarray]]:
    """What the layers of the original gave, where it was asked for."""
    found = _below(arrays, "trace/")
    return [(key.partition("/")[2], found[key]) for key in sorted(found)]


def _carried(
    before: dict[str, Any],
    arrays: Mapping[str, np.ndarray],
    after: dict[str, Any],
    theano: bool,
    pairing: Pairing | None,
) -> tuple[Arrays, Pairing] | str:
    """Weights of the original in the layout of the rewritten model, or what keeps them from getting over."""
    carried = carry_model(before, arrays, after, before["keras"], from_theano=theano, pairing=pairing)  # type: ignore[arg-type]
    if carried.problems:
        return "; ".join(problem.text for problem in carried.problems[:3])
    return {path: list(values) for path, values in carried.weights.items()}, carried.pairing


def _paths(pairing: Pairing) -> list[list[str]]:
    return [[pair.before, pair.after] for pair in pairing.pairs]
