"""Where weights come from, which says how they are laid out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Arrays = list[np.ndarray]


class CarryError(Exception):
    """Weights do not fit the layer that takes the place of theirs; the text says why."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The Keras that weights were trained on."""

    version: str  # of Keras, such as "1.2.2"
    theano: bool = False  # whether on Theano, whose convolutions turn the kernel by half a turn

    @property
    def is_first(self) -> bool:
        """Whether it was Keras 1, the last one with layouts of its own."""
        return self.version.split(".")[0] in ("0", "1")

    @property
    def keeps_deviation(self) -> bool:
        """Whether `running_std` was a standard deviation: from 1.0.7 on it has been a variance, under the same name."""
        return self.version.startswith("0.") or self.version in {"1.0", *(f"1.0.{patch}" for patch in range(7))}
