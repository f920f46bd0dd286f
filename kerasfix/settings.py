"""What the analysis has to know about a run; small, so that it can be sent to worker processes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """The part of the configuration that decides what is found and how it is fixed."""

    target: str  # "keras2" or "keras3"
    rules: frozenset[str]  # names of the rules to look for
    layer_style: str = "layer"  # "layer": `Concatenate()([a, b])`; "function": `concatenate([a, b])`
    unsafe: bool = False  # make the fixes that rest on an assumption, too
    extend_rules: tuple[str, ...] = ()  # rule files and folders of the user's own
    python2: bool = False  # bring files of Python 2 to Python 3 first
    written_for: str | None = None  # "keras1" or "keras2", of files that do not show it themselves
