"""How the models of a file can be brought to life, as data."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kerasfix.findings import Failure

MODULE = "<module>"  # stands for the code of a module among the names of functions


@dataclass(frozen=True, slots=True)
class Scenario:
    """One way to run a file so that models come of it."""

    path: str
    call: str | None  # an expression to evaluate in the module's namespace; None: the file is run as a script
    why: str  # where this comes from, such as "called as in train.py, line 12"
    argv: tuple[str, ...] = ()  # behind the script on its command line
    builds: tuple[str, ...] = ()  # the qualified names of the functions that make its models, MODULE among them
    line: int | None = None  # of the function that is called
    unserved: str | None = None  # why it cannot be run as it is; `call` then shows what is missing as `...`
    guessed: tuple[str, ...] = ()  # arguments that are no more than guesses: "nb_classes=10"
    instead: tuple[Scenario, ...] = ()  # other guesses, to be tried in this order where `call` makes no model
    reserve: bool = False  # of use only where no earlier scenario of the file got to all that it `builds`
    frugal: bool = False  # with the smallest batches
    doubled: bool = False  # in double precision

    def with_less_memory(self) -> Scenario:
        """The same with the smallest batches."""
        return replace(self, frugal=True, instead=tuple(other.with_less_memory() for other in self.instead))

    def in_double_precision(self) -> Scenario:
        """The same in double precision, where the code leaves it to its Keras."""
        return replace(self, doubled=True)

    @property
    def name(self) -> str:
        """What reports call it."""
        return "script" if self.call is None else self.call


@dataclass(frozen=True, slots=True)
class Reference:
    """The Keras to run an original on."""

    engine: str  # "keras==1.2.2", "tf_keras"
    why: str
    others: tuple[str, ...] = ()  # to be tried in this order where the original does not run on it


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in one file."""

    path: str
    scenarios: tuple[Scenario, ...] = ()  # in the order in which they are to be run
    reference: Reference | None = None  # None where the file could not be read
    nothing: str | None = None  # why there is no scenario
    failure: Failure | None = None  # why the file could not be read
    data_format: str | None = None  # what Keras has to be configured to on both sides; None: as the code sets it
