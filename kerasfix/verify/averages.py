"""Moving averages that a step of training changes in another way than today's Keras does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kerasfix.verify.engines.legacy import parse_version

NOTE = (
    "what a step does to the moving averages of `BatchNormalization` is not compared: Keras {} counted them otherwise"
)
# Averages that begin with the first value that comes in (`zero_debias` in `K.moving_average_update` with TensorFlow).
_BEGIN_ANEW = ((2, 1, 3), (2, 3))
_UNBIASED = (2, 1, 4)  # from here on, the Keras 2 that are left take the variance of a sample


def counted_otherwise(version: str, after: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """The path of the layer and the number of each array that cannot be compared after a step.

    Args:
        version: Of the Keras of the original; "2.15" for tf_keras.
        after: The `MODEL` entry of the rewritten model.
    """
    number = parse_version(version)
    anew = _BEGIN_ANEW[0] <= number < _BEGIN_ANEW[1]
    for layer in after["layers"]:
        for position, weight in enumerate(layer["weights"]):
            name = weight["name"].rpartition("/")[2].partition(":")[0]
            if (name == "moving_mean" and anew) or (name == "moving_variance" and (anew or number >= _UNBIASED)):
                yield layer["path"], position
