"""What a verification found: the data that its reports are made of. Nothing here needs TensorFlow or numpy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

Shape = tuple[int | None, ...]


class Level(IntEnum):
    """How far a model is proven; each level includes those before it."""

    NOTHING = 0
    PARSES = 1
    BUILDS = 2
    TRAINS = 3
    EQUAL = 4


@dataclass(frozen=True, slots=True)
class Tensor:
    """An input or an output of a model."""

    name: str
    shape: Shape
    dtype: str = "float32"


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of a model, as its Keras describes it."""

    path: str  # the names of the models that it is nested in and its own, joined by `/`
    kind: str  # the name of its class
    inbound: tuple[tuple[str, ...], ...]  # for each time that it is called: the paths of the layers it is called on
    input_shapes: tuple[Shape, ...]  # of its first call
    output_shapes: tuple[Shape, ...]
    parameters: int
    created: int  # layers are numbered in the order in which the code makes them
    config: dict[str, Any] = field(default_factory=dict)
    container: bool = False  # a model used as a layer: its own layers follow it

    @property
    def name(self) -> str:
        """Its own name."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Architecture:
    """A model on one Keras."""

    keras: str  # such as "Keras 1.2.2"
    kind: str  # the name of its class
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    layers: tuple[Layer, ...]
    parameters: int
    trainable: int


@dataclass(frozen=True, slots=True)
class Difference:
    """What was compared between both sides, and how far it is apart at most."""

    what: str  # such as "output `dense_2`", "loss", "weights after one step: `lstm_1`, array 2"
    kind: str  # "output", "loss", "weights" or "optimizer"
    largest: float  # the largest absolute difference; inf where the shapes differ, nan where one side is not finite
    tolerance: float  # what was allowed where it is largest
    equal: bool


class Outcome(IntEnum):
    """What a proof came to, for whoever reads the table from the right."""

    PROVEN = 0  # as far as it can be asked for
    UNVERIFIED = 1  # could not be run so far, for a reason that says nothing against the rewrite
    FAILED = 2  # the rewrite does not do what the original does


@dataclass(frozen=True, slots=True)
class ModelVerdict:
    """How far one model is proven, and why not further."""

    name: str  # as the user knows it: a variable, a function, a method
    scenario: str  # how it came to be: "script", "build(classes=10)"
    level: Level
    outcome: Outcome
    function: str | None = None  # of the user's code that makes it; None at the top of a file
    line: int | None = None  # in the rewritten text: where it is made
    reason: str | None = None  # why it is not proven further
    reference: str | None = None  # the Keras that the original ran on, such as "Keras 1.2.2"
    before: Architecture | None = None
    after: Architecture | None = None
    differences: tuple[Difference, ...] = ()
    parted_at: str | None = None  # the first layer at which the two sides part, with what parts
    pairs: tuple[tuple[str, str], ...] = ()  # the paths of one layer on both sides, where it is known which is which
    losses_before: tuple[float, ...] = ()  # of the steps of training that the user's own code took
    losses_after: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()  # what was stood in for, and the like

    @property
    def largest(self) -> float | None:
        """The largest difference of outputs; None where none were compared."""
        return max((one.largest for one in self.differences if one.kind == "output"), default=None)


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A way to models that did not get as far as it should have, beyond what its models say."""

    scenario: str | None  # None: of the file as a whole
    reason: str
    failed: bool = False  # the rewritten code fails where the original does not; else it says nothing against it

    def __str__(self) -> str:
        return f"{self.scenario}: {self.reason}" if self.scenario else self.reason


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """What became of one file."""

    path: str
    before: str = ""  # its text
    after: str = ""  # its rewritten text
    fixed: dict[str, int] = field(default_factory=dict)  # rule -> fixes made
    left: int = 0  # findings that are left for a person
    models: tuple[ModelVerdict, ...] = ()
    failure: str | None = None  # why nothing could be run: a syntax error, an encoding
    shortfalls: tuple[Shortfall, ...] = ()
    seconds: float = 0.0

    @property
    def refuted(self) -> bool:
        """Whether something in it does not do what it did."""
        return any(one.outcome == Outcome.FAILED for one in self.models) or bool(self.fell_short(failed=True))

    def fell_short(self, *, failed: bool) -> list[Shortfall]:
        """The shortfalls that are failures, or those that say nothing against the rewritten code."""
        return [one for one in self.shortfalls if one.failed == failed]


@dataclass(frozen=True, slots=True)
class Verification:
    """A whole run."""

    files: Sequence[FileVerdict]
    target: str  # "keras2" or "keras3"
    require: Level
    keras: str = ""  # what the rewritten code ran on, such as "Keras 3.15.1 on TensorFlow 2.21.0"
    seconds: float = 0.0

    @property
    def models(self) -> Iterator[tuple[FileVerdict, ModelVerdict]]:
        """All models with their files."""
        return ((file, model) for file in self.files for model in file.models)

    @property
    def counts(self) -> Counter[Level]:
        """How many models reached each level, and no more than that."""
        return Counter(model.level for _, model in self.models)

    @property
    def satisfied(self) -> bool:
        """Whether every model is proven at the level that is asked for, and no file failed or fell short."""
        if any(file.failure or file.shortfalls for file in self.files):
            return False
        return all(model.level >= self.require and model.outcome != Outcome.FAILED for _, model in self.models)
