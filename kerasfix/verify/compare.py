"""Numbers of both sides against each other.

Both compute in single precision, in another order of the operations. What is allowed grows with the largest number of
an array, not with each number: sums of large numbers that cancel keep the rounding of the large ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np

from kerasfix.verify.verdicts import Difference

OUTPUT = (1e-4, 1e-5)  # relative to the largest number, and absolute
LOSS = (1e-4, 1e-5)
# The change of a weight by one step: relative to the largest change of its array, and to the weights themselves, whose
# last bits limit how finely a change can show.
STEP = (1e-3, 2e-6)
_PIECE = 1 << 20  # numbers


def compare_outputs(
    names: Sequence[str], before: Sequence[np.ndarray], after: Sequence[np.ndarray]
) -> list[Difference]:
    """The outputs of a model, one array each, as both sides have them."""
    if len(before) != len(after):
        text = f"number of outputs: {len(before)} before, {len(after)} after"
        return [Difference(text, "output", float("inf"), 0.0, equal=False)]
    return [
        _difference(f"output `{name}`", "output", old, new, OUTPUT)
        for name, old, new in zip(names, before, after, strict=True)
    ]


def compare_losses(before: float, after: float) -> Difference:
    """The loss for the same weights, inputs and targets, regularizers included."""
    return _difference("loss", "loss", np.array(before), np.array(after), LOSS)


def compare_steps(
    start: Mapping[str, Sequence[np.ndarray]],
    before: Mapping[str, Sequence[np.ndarray]],
    after: Mapping[str, Sequence[np.ndarray]],
    left_out: Collection[tuple[str, int]] = (),
) -> list[Difference]:
    """What one step of training did to the weights; one entry for each layer.

    Args:
        start: The weights before the step, by the path of the layer in the rewritten model.
        before: Those after the step of the original, carried over.
        after: Those after the step of the rewritten model.
        left_out: Paths and numbers of the arrays that are not compared.
    """
    return [
        _step(path, start[path], before[path], after[path], {number for where, number in left_out if where == path})
        for path in start
        if path in before and path in after
    ]


def _step(
    path: str,
    start: Sequence[np.ndarray],
    before: Sequence[np.ndarray],
    after: Sequence[np.ndarray],
    left_out: Collection[int],
) -> Difference:
    worst: Difference | None = None
    for number, (origin, old, new) in enumerate(zip(start, before, after)):
        if number in left_out:
            continue
        what = f"weights after one step: `{path}`, array {number}"
        found = _array_step(what, *map(np.asarray, (origin, old, new)))
        if worst is None or (worst.equal, -worst.largest) > (found.equal, -found.largest):
            worst = found
    return worst or Difference(f"weights after one step: `{path}`", "weights", 0.0, 0.0, equal=True)


def _array_step(what: str, start: np.ndarray, before: np.ndarray, after: np.ndarray) -> Difference:
    if not start.shape == before.shape == after.shape:
        return Difference(what, "weights", float("inf"), 0.0, equal=False)
    if not before.size:
        return Difference(what, "weights", 0.0, 0.0, equal=True)
    if not (np.isfinite(before).all() and np.isfinite(after).all()):  # nothing is proven by such numbers
        return Difference(what, "weights", float("nan"), 0.0, equal=False)
    relative, absolute = STEP
    allowed = relative * apart(before, start) + absolute * max(1.0, _size(start))
    largest = apart(before, after)
    return Difference(what, "weights", largest, allowed, equal=largest <= allowed)


def _difference(
    what: str, kind: str, before: np.ndarray, after: np.ndarray, tolerance: tuple[float, float]
) -> Difference:
    before, after = np.asarray(before), np.asarray(after)
    if before.shape != after.shape:
        shapes = f"{what}: shape {_shown(before.shape)} before, {_shown(after.shape)} after"
        return Difference(shapes, kind, float("inf"), 0.0, equal=False)
    if not before.size:
        return Difference(what, kind, 0.0, 0.0, equal=True)
    if not (np.isfinite(before).all() and np.isfinite(after).all()):  # nothing is proven by such numbers
        return Difference(what, kind, float("nan"), 0.0, equal=False)
    relative, absolute = tolerance
    allowed = relative * _size(before) + absolute
    largest = apart(before, after)
    return Difference(what, kind, largest, allowed, equal=largest <= allowed)


def apart(before: np.ndarray, after: np.ndarray) -> float:
    """The largest difference of two arrays of one shape, in double precision."""
    return max(float(np.abs(one - other).max()) for one, other in zip(_pieces(before), _pieces(after)))


def _size(array: np.ndarray) -> float:
    """The largest absolute number of an array."""
    return max(float(np.abs(one).max()) for one in _pieces(array))


def _pieces(array: np.ndarray) -> Iterator[np.ndarray]:
    """An array in double precision, by parts: a kernel can be as large as the memory that is left."""
    flat = array.reshape(-1)
    return (flat[start : start + _PIECE].astype("float64") for start in range(0, flat.size, _PIECE))


def _shown(shape: tuple[int, ...]) -> str:
    return "(" + ", ".join(map(str, shape)) + ")"
