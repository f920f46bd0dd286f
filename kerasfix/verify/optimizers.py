"""The optimizers that both sides train with, by what they say of themselves.

The losses of their steps are not compared: after one step `Adam` has moved every weight by its learning rate, whatever
`beta_1` is, and before Keras 2.1.3 it read its counter of steps before or after counting, as it happened.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from kerasfix.verify.verdicts import Difference

_RELATIVE = 1e-5  # between numbers that went through single precision
_STEPS = (0, 1, 10, 1000)  # at which a learning rate is looked at
_HYPERPARAMETERS = {
    "SGD": ("momentum", "nesterov"),
    "RMSprop": ("rho",),
    "Adagrad": (),
    "Adadelta": ("rho",),
    "Adam": ("beta_1", "beta_2", "amsgrad"),
    "Adamax": ("beta_1", "beta_2"),
    "Nadam": ("beta_1", "beta_2"),
}


class _Rate(NamedTuple):
    """A learning rate that falls as `start / (1 + decay * step)`."""

    start: float
    decay: float

    def at(self, step: int) -> float:
        return self.start / (1 + self.decay * step)


def compare_optimizers(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterator[Difference]:
    """What two optimizers do otherwise; nothing where one is not known, or was made by the user.

    What is added to the roots of gradients (`epsilon`) is left out: versions add it at different places.

    Args:
        before: The `compiled` of the original's `MODEL` entry; None if nothing compiled it.
        after: That of the rewritten model.
    """
    if not before or not after:
        return
    old, new = before["optimizer"], after["optimizer"]
    if old not in _HYPERPARAMETERS or new not in _HYPERPARAMETERS:
        return
    if old != new:
        yield _differing(f"optimizer: `{old}` before, `{new}` after")
        return
    yield from _settings(old, before["optimizer_config"], after["optimizer_config"])


def _settings(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for key in _HYPERPARAMETERS[name]:
        yield from _numbers(f"`{key}`", before.get(key), after.get(key))
    yield from _rates(_rate(before), _rate(after))
    yield from _numbers("`clipvalue`", before.get("clipvalue") or 0.0, after.get("clipvalue") or 0.0)
    for what, old, new in zip(
        ("gradients together", "each gradient"), _clipnorms(before), _clipnorms(after), strict=True
    ):
        yield from _numbers(f"the norm that it clips {what} to", old, new)


def _numbers(what: str, before: object, after: object) -> Iterator[Difference]:
    if not isinstance(before, int | float) or not isinstance(after, int | float):
        return
    if not math.isclose(before, after, rel_tol=_RELATIVE, abs_tol=1e-12):
        yield _differing(f"optimizer: {what} is {before:.6g} before, {after:.6g} after")


def _rates(before: _Rate | None, after: _Rate | None) -> Iterator[Difference]:
    if before is None or after is None:
        return
    for step in _STEPS:
        old, new = before.at(step), after.at(step)
        if not math.isclose(old, new, rel_tol=_RELATIVE):
            at = f" at step {step}" if step else ""
            yield _differing(f"optimizer: its learning rate{at} is {old:.6g} before, {new:.6g} after")
            return


def _rate(config: Mapping[str, Any]) -> _Rate | None:
    """The learning rate of an optimizer; None where it follows a schedule that old optimizers cannot."""
    given = config.get("learning_rate", config.get("lr"))
    if isinstance(given, int | float):
        return _Rate(float(given), float(config.get("decay") or 0.0))
    if not isinstance(given, Mapping) or given.get("class_name") != "InverseTimeDecay":
        return None
    schedule = given["config"]
    if schedule.get("staircase"):
        return None
    return _Rate(schedule["initial_learning_rate"], schedule["decay_rate"] / schedule["decay_steps"])


def _clipnorms(config: Mapping[str, Any]) -> tuple[float, float]:
    """The norms that all gradients together and each by itself are clipped to; 0 for neither.

    Up to Keras 2.3.1, whose optimizers had no names, the former was called `clipnorm` (`keras/optimizers.py`).
    """
    clipnorm, together = float(config.get("clipnorm") or 0.0), float(config.get("global_clipnorm") or 0.0)
    return (together, clipnorm) if "name" in config or "global_clipnorm" in config else (clipnorm, 0.0)


def _differing(what: str) -> Difference:
    return Difference(what, "optimizer", math.inf, 0.0, equal=False)
