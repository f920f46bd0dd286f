"""How the models of files can be brought to life, and which Keras the files were written for; nothing is executed."""

from __future__ import annotations

from collections.abc import Sequence

from kerasfix.deep import on_deep_stack
from kerasfix.project.config import Config
from kerasfix.settings import Settings
from kerasfix.source.read import SourceFile
from kerasfix.verify.find.data_format import data_format_of
from kerasfix.verify.find.graph import graph_of
from kerasfix.verify.find.reference import reference_of
from kerasfix.verify.find.scenario import MODULE, Found, Reference, Scenario
from kerasfix.verify.find.scenarios import Finder
from kerasfix.verify.find.watching import watch

__all__ = ["MODULE", "Found", "Reference", "Scenario", "find"]


def find(group: Sequence[SourceFile], config: Config) -> dict[str, Found]:
    """The scenarios of files that belong together, by path."""
    return on_deep_stack(lambda: _find(group, config))


def _find(group: Sequence[SourceFile], config: Config) -> dict[str, Found]:
    watched = watch(group)
    found = {path: Found(path, failure=failure) for path, failure in watched.project.failures.items()}
    graph = graph_of(watched)
    finder = Finder(graph, config)
    settings = Settings(
        config.target, frozenset(), extend_rules=tuple(map(str, config.extend_rules)), written_for=config.written_for
    )
    for path, facts in watched.facts.items():
        scenarios = finder.scenarios(facts)
        data_format = config.verify.data_format or data_format_of(graph, facts)
        nothing = None if scenarios else finder.why_nothing(facts)
        found[path] = Found(
            path, scenarios, reference_of(facts, graph, config, settings), nothing, data_format=data_format
        )
    return found
