"""The hand-written checks, a folder for each family: every module is one,
found by its `check` function and its `RULES`. Modules with an underscore hold what several of them share.

Where the rules depend on the settings, `rules(settings)` stands in for `RULES`.

A check reads the facts of one file and yields findings. Adding one means adding a file here and one in `rules/`.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from types import ModuleType

from kerasfix.catalogue.call_rows import CallRows, call_rows
from kerasfix.catalogue.own import own_call_rows
from kerasfix.checks._era import Era, declared, era_of, is_before_keras3
from kerasfix.findings import Finding
from kerasfix.flow.facts import ModuleFacts
from kerasfix.names.namer import Namer
from kerasfix.settings import Settings


@dataclass(slots=True)
class Context:
    """What a check needs besides the facts."""

    settings: Settings
    facts: ModuleFacts
    # Calls that a check has already rewritten as part of something larger (a `Merge` inside `model.add`).
    taken: set[int] = field(default_factory=set)
    _namer: Namer | None = None
    _era: Era | None = None

    @property
    def namer(self) -> Namer:
        """Names for Keras objects in this file; made when first asked for."""
        if self._namer is None:
            self._namer = Namer(self.facts.index, self.facts.tree, self.facts.scopes)
        return self._namer

    @property
    def rows(self) -> CallRows:
        """What calls of older versions become, by the names of the functions."""
        return rows_of(self.settings)

    @property
    def era(self) -> Era:
        """Which Keras the file was written for."""
        if self._era is None:
            self._era = era_of(self.facts, self.rows)
            unknown = self._era is Era.UNKNOWN
            if unknown and self.settings.target == "keras3" and is_before_keras3(self.facts):
                self._era = Era.KERAS2
                self.facts.era = self._era.value  # the proof goes with what is fixed
            self._era = declared(self._era, self.settings.written_for)
        return self._era


def rows_of(settings: Settings) -> CallRows:
    """The rows of all rules that no hand-written check has for itself, and of the user's own."""
    return rows_with(settings.extend_rules)


@lru_cache(maxsize=8)
def rows_with(extend: tuple[str, ...]) -> CallRows:
    """The rows of a run with the rule files `extend` of the user's own."""
    return {**call_rows(_claimed()), **own_call_rows(extend)}


@cache
def _claimed() -> frozenset[str]:
    return frozenset().union(*(getattr(module, "RULES", frozenset()) for module in all_checks()))


@cache
def all_checks() -> tuple[ModuleType, ...]:
    """The modules of this package that are checks, by their `PRIORITY` (0 if they have none), then by name."""
    found = (module.name for module in pkgutil.walk_packages(__path__, f"{__name__}.") if not module.ispkg)
    modules = [importlib.import_module(name) for name in sorted(found) if not name.rpartition(".")[2].startswith("_")]
    return tuple(sorted(modules, key=lambda module: getattr(module, "PRIORITY", 0)))


def run_checks(facts: ModuleFacts, settings: Settings) -> list[Finding]:
    """All findings of the selected rules in one file, by their place."""
    context = Context(settings, facts)
    findings: list[Finding] = []
    for module in all_checks():
        if settings.rules & (module.rules(settings) if hasattr(module, "rules") else module.RULES):
            found: Iterator[Finding] = module.check(context)
            findings.extend(finding for finding in found if finding.rule in settings.rules)
    return sorted(findings, key=lambda finding: (finding.start, finding.end, finding.rule))
