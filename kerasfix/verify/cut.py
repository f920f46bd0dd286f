"""A rewritten model from where its original begins.

Keras 1 made a model of any tensor (`VGG16(input_tensor=K.concatenate(...))`) and fed it there. Today a model begins at
inputs, and what was computed before is a part of it: the two compute the same from that tensor on.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from kerasfix.probe import graphs, running
from kerasfix.verify.carry import Pairing

NOTE = "the original begins at a tensor that is computed: compared from there on"


def cut(model: running.Described, before: Mapping[str, Any], pairing: Pairing) -> running.Described | None:
    """The part of a model that its original is; None where it is all of it, or that cannot be told.

    Args:
        model: The rewritten model.
        before: The `MODEL` entry of its original.
        pairing: Which layers are partners.
    """
    if not _begin_elsewhere(before, model.meta):
        return None
    partners = {pair.before: pair.after for pair in pairing.pairs}
    tensors = [_fed(model, partners, before, one["name"]) for one in before["inputs"]]
    if not tensors or any(tensor is None for tensor in tensors):
        return None
    seen = copy.copy(model.seen)
    try:
        seen.model = model.run.dialect.Model(tensors, graphs.outputs_of_model(model.seen.model))
    except ValueError:  # the outputs hang on other inputs, too
        return None
    part = running.Described(model.run, seen, model.meta["variable"])
    return None if _begin_elsewhere(before, part.meta) else part


def _fed(model: running.Described, partners: Mapping[str, str], before: Mapping[str, Any], name: str) -> Any:
    """What goes into the partner of the layer that takes an input of the original and nothing else."""
    first = next((layer["path"] for layer in before["layers"] if layer["inbound"][:1] == [[name]]), None)
    path = partners.get(first or "")
    for call in graphs.calls_of(model.seen.model):
        if call.layer.name == path and len(call.inputs) == 1:
            return call.inputs[0]
    return None


def _begin_elsewhere(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether the inputs of two models have other sizes, as far as both are known."""
    old, new = ([one["shape"] for one in model["inputs"]] for model in (before, after))
    return len(old) != len(new) or any(map(_differ, old, new))


def _differ(old: list[int | None], new: list[int | None]) -> bool:
    return len(old) != len(new) or any(a and b and a != b for a, b in zip(old, new, strict=True))
