"""From what the child processes measured to a verdict on each model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from kerasfix.probe.errors import brief
from kerasfix.verify.verdicts import Architecture, Difference, Layer, Level, ModelVerdict, Outcome, Shape, Tensor

_LITTLE = 100.0  # times what is allowed
_TINY = 10.0
_NAMES = {"Functional": "Model"}  # what the classes behind a model are called by those who write them


def judge(
    entry: Mapping[str, Any],
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    *,
    scenario: str,
    reference: str | None,
    why_not: str | None,
) -> ModelVerdict:
    """The verdict on one model.

    Args:
        entry: What `children.prove` gives for it; `before` and `after` are its places in the lists of models.
        before: The meta data of the recording of the original; None if it could not be run at all.
        after: That of the run of the rewritten code; None if it could not be run at all.
        scenario: How the model came to be.
        reference: The Keras that the original ran on, for people.
        why_not: Why there is nothing to compare with, where there is no recording of the model.
    """
    old = _model(before, entry.get("before"))
    new = _model(after, entry.get("after"))
    described = new or old or {}
    level, outcome, reason = _level(entry, old, new, after, why_not)
    differences = tuple(Difference(**one) for one in entry.get("differences") or ())
    return ModelVerdict(
        name=_name(described),
        function=described.get("function"),
        scenario=scenario,
        level=level,
        outcome=outcome,
        line=new["line"] if new else None,
        reason=reason,
        reference=reference if old else None,
        before=_architecture(before, old),
        after=_architecture(after, new),
        differences=differences,
        pairs=tuple((old_path, new_path) for old_path, new_path in entry.get("pairs") or ()),
        parted_at=entry.get("parted"),
        losses_before=_losses(old),
        losses_after=_losses(new),
        notes=(*_notes(old, new), *(entry.get("notes") or ())),
    )


def _model(meta: Mapping[str, Any] | None, index: int | None) -> dict[str, Any] | None:
    if meta is None or index is None:
        return None
    model: dict[str, Any] = meta["models"][index]
    return model


def _name(model: Mapping[str, Any]) -> str:
    variable, function = model.get("variable"), model.get("function")
    if function and variable and not model.get("of_module"):
        return f"{variable} in {function}"
    return variable or function or model.get("name") or "model"


def _level(
    entry: Mapping[str, Any],
    old: Mapping[str, Any] | None,
    new: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    why_not: str | None,
) -> tuple[Level, Outcome, str | None]:
    if new is None:
        return Level.PARSES, *_not_built(after)
    probe = new["probe"] or {"error": "it was not measured"}
    ran_before = bool(old and old["probe"] and not old["probe"]["error"])
    if probe["error"]:
        return Level.BUILDS, _blame(ran_before), f"it does not run: {probe['error']}"
    problem = _untrained(old, new, probe)
    if problem:
        return Level.BUILDS, *problem
    if entry.get("problem"):
        outcome = Outcome.UNVERIFIED if entry.get("original") else Outcome.FAILED
        return Level.TRAINS, outcome, entry["problem"]
    if old is None:
        return Level.TRAINS, Outcome.UNVERIFIED, why_not or "the original makes no such model"
    return _compared(entry, old)


def _blame(ran_before: bool) -> Outcome:
    """What does not run now is the rewrite's fault if the original ran."""
    return Outcome.FAILED if ran_before else Outcome.UNVERIFIED


def _not_built(after: Mapping[str, Any] | None) -> tuple[Outcome, str]:
    error, stopped = (after or {}).get("error"), (after or {}).get("stopped")
    if stopped and not error:
        return Outcome.UNVERIFIED, f"the rewritten code is not run until it makes this model: {stopped}"
    if not error:
        return Outcome.FAILED, "the rewritten code does not make this model"
    outcome = Outcome.UNVERIFIED if error["kind"] == "unserved" else Outcome.FAILED
    return outcome, f"not built: {told(error)}"


def _untrained(
    old: Mapping[str, Any] | None, new: Mapping[str, Any], probe: Mapping[str, Any]
) -> tuple[Outcome, str] | None:
    """Why a model that runs is not one that trains; None if it does."""
    before = (old or {}).get("probe") or {}
    # Where the original was never compiled, because its code failed before that, nobody saw it train.
    trained_before = bool(before.get("losses")) and (before.get("own_loss", True) or not probe.get("own_loss", True))
    own = (new.get("training") or {}).get("error")
    own_before = ((old or {}).get("training") or {}).get("error")
    if own:
        return _blame(trained_before and not own_before), f"its training fails: {own}"
    if probe.get("no_training"):
        return _blame(trained_before and not before.get("no_training")), f"its training fails: {probe['no_training']}"
    if probe.get("no_loss"):
        return Outcome.UNVERIFIED, str(probe["no_loss"])
    losses = probe.get("losses") or []
    if not all(math.isfinite(loss) for loss in losses):
        finite_before = old is not None and all(map(math.isfinite, (old["probe"] or {}).get("losses") or []))
        return (Outcome.FAILED if finite_before else Outcome.UNVERIFIED), "its loss is not finite"
    # Where the loss is not the code's own, a step that moves nothing is no fault, if it moves nothing on both sides.
    if new["trainable"] and not probe.get("moved") and probe.get("own_loss", True):
        moved_before = bool(old and (old["probe"] or {}).get("moved"))
        return (Outcome.FAILED if moved_before else Outcome.UNVERIFIED), "training does not move its weights"
    return None


def _compared(entry: Mapping[str, Any], old: Mapping[str, Any]) -> tuple[Level, Outcome, str | None]:
    differences = [Difference(**one) for one in entry.get("differences") or ()]
    wrong = [one for one in differences if not one.equal]
    if wrong:
        if entry.get("shaky") and all(one.kind == "weights" for one in wrong):
            told = (
                "its outputs and its loss are equal; what a step does to its weights hangs on how numbers are rounded"
            )
            return Level.TRAINS, Outcome.UNVERIFIED, f"{told} ({_said(wrong[0])})"
        if entry.get("single") and all(_is_tiny(one) for one in wrong):
            told = "its outputs and its loss are equal; what a step does to its weights differs by little"
            return Level.TRAINS, Outcome.UNVERIFIED, f"{told}, and could not be looked at closer ({_said(wrong[0])})"
        because = f"; {entry['because']}" if entry.get("because") else ""
        return Level.TRAINS, Outcome.FAILED, "; ".join(_said(one) for one in wrong[:3]) + because
    if not any(one.kind == "output" for one in differences):
        return Level.TRAINS, Outcome.UNVERIFIED, "nothing could be compared"
    if old["trainable"] and not any(one.kind == "weights" for one in differences):
        why = (old["probe"] or {}).get("no_loss") or "only one side compiles it, or trains"
        return Level.TRAINS, Outcome.UNVERIFIED, f"its outputs are equal; no step of training was compared: {why}"
    return Level.EQUAL, Outcome.PROVEN, None


def may_be_rounding(entry: Mapping[str, Any]) -> bool:
    """Whether a model differs by so little that both sides may be right in single precision."""
    wrong = [one for one in entry.get("differences") or () if not one["equal"]]
    if not wrong or any(not math.isfinite(one["largest"]) for one in wrong):
        return False
    # What a step does to weights may hang on it by any amount.
    return all(one["largest"] <= _LITTLE * one["tolerance"] for one in wrong if one["kind"] != "weights")


def _is_tiny(one: Difference) -> bool:
    return one.kind == "weights" and one.largest <= _TINY * one.tolerance


def _said(one: Difference) -> str:
    if math.isnan(one.largest):
        return f"{one.what}: not finite on one side or both"
    if math.isinf(one.largest):
        return one.what
    return f"{one.what}: {one.largest:.3g} apart, {one.tolerance:.1g} allowed"


def told(error: Mapping[str, Any]) -> str:
    """What ended a run of the user's code, with the line."""
    line = f"line {error['line']}: " if error.get("line") else ""
    left = f" ({error['left']})" if error.get("left") else ""
    if error["kind"] == "unserved":
        return f"{line}{error['message']}{left}"
    return f"{line}{error['type']}: {brief(error['message'])}{left}"


def _losses(model: Mapping[str, Any] | None) -> tuple[float, ...]:
    return tuple(((model or {}).get("probe") or {}).get("losses") or ())


def _notes(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> list[str]:
    probe = ((old or new or {}).get("probe")) or {}
    notes = []
    if probe.get("own_loss") is False:
        notes.append("its code does not compile it: trained on the mean squared error")
    return notes


def _architecture(meta: Mapping[str, Any] | None, model: Mapping[str, Any] | None) -> Architecture | None:
    if meta is None or model is None:
        return None
    name = "Keras" if meta["package"] == "keras" else meta["package"]
    return Architecture(
        keras=f"{name} {meta['keras']}",
        kind=_NAMES.get(model["class"], model["class"]),
        inputs=tuple(map(_tensor, model["inputs"])),
        outputs=tuple(map(_tensor, model["outputs"])),
        layers=tuple(map(_layer, model["layers"])),
        parameters=model["parameters"],
        trainable=model["trainable"],
    )


def _tensor(one: Mapping[str, Any]) -> Tensor:
    return Tensor(one["name"], _shape(one["shape"]), one["dtype"])


def _layer(one: Mapping[str, Any]) -> Layer:
    return Layer(
        path=one["path"],
        kind=_NAMES.get(one["class"], one["class"]),
        inbound=tuple(map(tuple, one["inbound"])),
        input_shapes=tuple(map(_shape, one["input_shapes"])),
        output_shapes=tuple(map(_shape, one["output_shapes"])),
        parameters=one["parameters"],
        created=one["created"],
        config=one["config"],
        container=one["container"],
    )


def _shape(sizes: list[int | None]) -> Shape:
    return tuple(sizes)
