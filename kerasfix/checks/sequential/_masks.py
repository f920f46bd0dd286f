"""Keras 1 hands no mask from a branch on to the `Merge` of a `Sequential`; today's layers do."""

from __future__ import annotations

from kerasfix.checks.sequential._chain import Chain
from kerasfix.flow.facts import ModuleFacts
from kerasfix.flow.values import UNKNOWN, Function, Layer, Value, constants, options

_ENDS = frozenset({"Flatten", "Lambda", "RepeatVector", "GlobalMaxPooling1D", "Reshape", "Permute"})
_PASSES = frozenset({"Activation", "Dropout", "Dense", "LeakyReLU", "PReLU", "ELU", "GaussianNoise"})


def drops_masks(facts: ModuleFacts, chain: Chain) -> bool:
    """Whether a mask that reached the Merge could make a difference, so that it has to be dropped in so many words."""
    mode = chain.seen[0].argument(1, "mode")
    modes = constants(mode) if mode is not None else ["sum"]
    if modes is not None and set(modes) <= {"dot", "cos"}:
        return False
    if modes is not None and {"mul", "max"} & set(modes):
        return True  # Keras 3 heeds masks in these very layers
    if mode is not None and all(isinstance(option, Function) for option in options(mode)):
        return False
    for step in chain.steps:
        names = {_name(option) for option in options(facts.value_of_call(step.layer))}
        if names <= _ENDS and not step.nested:
            return False
        if not names <= (_ENDS | _PASSES):
            return True
    return True


def _name(layer: Value) -> str:
    if layer is UNKNOWN or not isinstance(layer, Layer) or not isinstance(layer.cls, str):
        return ""
    return layer.cls.rpartition(".")[2]
