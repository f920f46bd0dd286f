"""What a model gives against what its original gave, and second looks at what differs.

A difference that today's Keras makes however the code is rewritten is no fault of the rewrite; that it is one of these
is measured, not assumed.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from kerasfix.probe import measuring, running
from kerasfix.probe.feeding import Feed
from kerasfix.verify import compare, crossentropies
from kerasfix.verify.verdicts import Difference

Arrays = dict[str, list[np.ndarray]]
_AS_GRAPH = "an operation gives something else outside of a graph: compared as `fit` and `predict` compute it"
_ROUNDING = 2e-7  # relative: the last bit of a number in single precision, or two
_MARGIN = 10.0


class Given(NamedTuple):
    """What the original gave, its weights in the layout of today."""

    outputs: list[np.ndarray]
    meta: Mapping[str, Any]  # its `MODEL` entry
    state: Arrays
    stepped: Arrays | None
    left_out: tuple[tuple[str, int], ...]  # of a step: paths of layers and numbers of arrays


@dataclass(frozen=True, slots=True)
class Look:
    """A comparison.

    Attributes:
        differences: What was compared.
        found: What the rewritten model gave.
        shaky: Whether what differs is a step of training that does so by as much when the weights are but rounded.
        notes: What the comparison rests on.
    """

    differences: list[Difference]
    found: measuring.Measured
    shaky: bool = False
    notes: tuple[str, ...] = ()

    @property
    def equal(self) -> bool:
        """Whether all that was compared is equal."""
        return all(one.equal for one in self.differences)

    @property
    def equal_outputs(self) -> bool:
        """Whether all outputs are."""
        return all(one.equal for one in self.differences if one.kind == "output")


def first_look(model: running.Described, original: Given, found: measuring.Measured) -> Look:
    """Compare what was measured as it is."""
    probe = original.meta["probe"]
    names = [one["name"] for one in model.meta["outputs"]] or [str(number) for number in range(len(original.outputs))]
    differences = compare.compare_outputs(names, original.outputs, found.outputs)
    # A loss of ours is not compared with one of the code's.
    same_loss = probe["own_loss"] == found.own_loss
    if probe["loss"] is not None and found.loss is not None and same_loss:
        differences.append(compare.compare_losses(probe["loss"], found.loss))
        if original.stepped is not None and found.stepped:
            differences += compare.compare_steps(original.state, original.stepped, found.stepped, original.left_out)
    return Look(differences, found)


def look_again(model: running.Described, feed: Feed, original: Given, first: Look) -> Look:
    """Compare once more what differed, in the ways in which a right rewrite may differ.

    Args:
        model: The rewritten model.
        feed: What it is fed.
        original: What its original gave.
        first: The first look, which is given back where the model cannot be measured again.
    """
    look = first
    with contextlib.suppress(Exception):
        look = first_look(model, original, model.measure(feed, original.state, as_graph=True))
        if look.equal:
            return replace(look, notes=(_AS_GRAPH,))
    with contextlib.suppress(Exception):
        stopped = _with_old_crossentropy(model, feed, original, look)
        if stopped:
            return stopped
    with contextlib.suppress(Exception):
        return replace(look, shaky=_is_of_rounding(model, feed, original.state, look))
    return look


def _with_old_crossentropy(model: running.Described, feed: Feed, original: Given, look: Look) -> Look | None:
    """Compared by the crossentropy of the original's Keras, if that is all that differs; else None."""
    version, compiled = original.meta["keras"], model.seen.compiled
    if not look.equal_outputs or compiled is None:
        return None
    loss = crossentropies.stopping(compiled.get("loss"), version)
    if loss is None:
        return None
    again = first_look(model, original, model.measure(feed, original.state, as_graph=True, loss=loss))
    return replace(again, notes=(crossentropies.NOTE.format(version, version),)) if again.equal else None


def _is_of_rounding(model: running.Described, feed: Feed, state: Arrays, look: Look) -> bool:
    """Whether only steps differ, and no more than they do where all weights are moved by as much as their rounding.

    A deep model whose last maps are small may move its first kernel by a hundredth more or less for that.
    """
    wrong = [one for one in look.differences if not one.equal]
    if not wrong or not look.found.stepped or any(one.kind != "weights" for one in wrong):
        return False
    noise = _noise(look.found.stepped, model.measure(feed, _rounded(state), as_graph=True).stepped or {})
    return all(one.largest <= _MARGIN * noise.get(one.what.split("`")[1], 0.0) for one in wrong)


def _rounded(state: Arrays) -> Arrays:
    """Weights moved up or down by their rounding."""
    random = np.random.RandomState(1)
    return {path: [_moved(one, random) for one in arrays] for path, arrays in state.items()}


def _moved(array: np.ndarray, random: np.random.RandomState) -> np.ndarray:
    if array.dtype.kind != "f":
        return array
    return (array * (1 + _ROUNDING * random.choice([-1, 1], array.shape))).astype(array.dtype)


def _noise(stepped: Mapping[str, Sequence[np.ndarray]], other: Mapping[str, Sequence[np.ndarray]]) -> dict[str, float]:
    """The largest difference in each layer."""
    return {
        path: max((compare.apart(one, two) for one, two in zip(arrays, other[path]) if one.size), default=0.0)
        for path, arrays in stepped.items()
        if path in other
    }
