"""BatchNormalization: gamma, beta, mean and variance in every Keras, but for the meaning of the last."""

from __future__ import annotations

from kerasfix.verify.carry.descriptions import Layer
from kerasfix.verify.carry.origin import Arrays, Origin


def batch_normalization(before: Layer, after: Layer, arrays: Arrays, origin: Origin) -> Arrays:
    """Keras 1.0.0 to 1.0.6 kept the standard deviation, and divided by it with `epsilon` added to it.

    The variance with which today's formula, `sqrt(variance + epsilon)`, divides by the same. (Source:
    `keras/layers/normalization.py` of 1.0.0, 1.0.5 and 1.0.7.)
    """
    if not origin.keeps_deviation or len(arrays) != 4:
        return arrays
    old = float((before.get("config") or {}).get("epsilon", 1e-6))
    new = float((after.get("config") or {}).get("epsilon", 1e-3))
    return [*arrays[:3], (arrays[3] + old) ** 2 - new]
