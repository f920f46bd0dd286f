"""What the tests and the Keras processes say to each other: see `engines`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass
class Case:
    """Code to run, with the variables that it finds."""

    code: str
    inputs: dict[str, Any]
    timeout: float


@dataclass
class ModelCase:
    """Code that builds a model, and what to do with the model."""

    code: str
    model: str  # the variable that holds it
    variables: dict[str, Any]
    inputs: list[np.ndarray]
    weights: list[np.ndarray] | None
    targets: list[np.ndarray] | None
    loss: str
    steps: int
    learning_rate: float
    timeout: float


@dataclass
class ModelRun:
    """What a model gave."""

    outputs: list[np.ndarray]
    weights: list[np.ndarray]  # those that gave the outputs
    input_shapes: list[tuple[int | None, ...]]
    output_shapes: list[tuple[int | None, ...]]  # as Keras inferred them
    losses: list[float] = field(default_factory=list)  # one for every training step
    trained_weights: list[np.ndarray] = field(default_factory=list)


@dataclass
class Reply:
    """The result of a case, or the traceback of what went wrong."""

    value: Any = None
    error: str | None = None
