"""Which Keras a file was written for, as the name of one that it can be run on."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence

from kerasfix.checks import rows_of
from kerasfix.checks._era import Era, declared, era_of, own_era
from kerasfix.flow.facts import ModuleFacts
from kerasfix.flow.values import Api, options
from kerasfix.names.canonical import keras_root
from kerasfix.project.config import Config
from kerasfix.settings import Settings
from kerasfix.verify.engines.legacy import parse_version
from kerasfix.verify.find.graph import Graph, dotted_imports
from kerasfix.verify.find.scenario import Reference
from kerasfix.verify.find.versions import VERSIONS, lacking

# In the order in which they are taken where a file's names say nothing, and before all others. Up to 2.1.6 Keras 2 ran
# `merge`; 2.3 has another default for the recurrent activation of LSTM and GRU.
_ORDERS = {
    Era.KERAS1: ("1.2.2", "1.0.8", "2.1.6", "2.0.9"),
    Era.MIXED: ("2.1.6", "2.0.9", "1.2.2", "2.2.4", "2.3.1"),
    Era.EARLIER: ("2.1.6", "1.2.2", "2.2.4", "2.0.9"),
    Era.KERAS2: ("2.2.4", "2.3.1", "2.1.6", "2.0.9"),
    Era.LATER: ("2.2.4", "2.3.1", "2.1.6", "2.0.9"),
    Era.UNKNOWN: ("2.1.6", "2.2.4", "1.2.2", "2.3.1"),
}
_MERGE = "keras.layers.merge"
_WITH_MERGE = ("1.0.8", "1.2.2", "2.0.9", "2.1.6")
_COMPANIONS = ("keras_applications", "keras_preprocessing")  # which Keras has had beside it since 2.2
_MAX_OTHERS = 2
# Keras 2 had them until 2.2.4, but who wrote for it said `image_data_format`.
_OF_KERAS1 = ("keras.backend.image_dim_ordering", "keras.backend.set_image_dim_ordering")


def reference_of(facts: ModuleFacts, graph: Graph, config: Config, settings: Settings) -> Reference:
    """The Keras to run a file on: what the project says, else what the file and those that it imports show."""
    if config.verify.reference is not None:
        return Reference(config.verify.reference, "as [tool.kerasfix.verify] says")
    files = graph.imported(facts)
    root = next((root for one in files for root in _roots(one)), "keras")
    if root != "keras":
        return Reference("tf_keras", f"it takes Keras from `{root}`")
    names = {name for one in files for name in _names(one)}
    era = _era(facts, files, settings, names)
    order = _ORDERS[era]
    missing = {version: sorted(name for name in names if _lacks(version, name)) for version in VERSIONS}
    later = (version for version in reversed(VERSIONS) if version not in order)
    ranked = sorted((*order, *later), key=lambda version: len(missing[version]))
    others = tuple(f"keras=={version}" for version in ranked[1 : 1 + _MAX_OTHERS])
    return Reference(f"keras=={ranked[0]}", _why(era, ranked[0], order[0], missing), others)


def _era(facts: ModuleFacts, files: Sequence[ModuleFacts], settings: Settings, names: Collection[str]) -> Era:
    """What a file shows it is written for; where that is nothing, old names that Keras 2 still had tell."""
    rows = rows_of(settings)
    era = declared(era_of(facts, rows), settings.written_for)
    shown = {own_era(one, rows) for one in (facts, *files)}
    undecided = era is Era.UNKNOWN or shown <= {Era.EARLIER, Era.UNKNOWN}
    return Era.KERAS1 if undecided and any(name in names for name in _OF_KERAS1) else era


def _why(era: Era, chosen: str, usual: str, missing: Mapping[str, Sequence[str]]) -> str:
    why = "it does not show what it is written for" if era is Era.UNKNOWN else f"it is written for {era.value}"
    lost = [name for name in missing[usual] if name not in missing[chosen]]
    return why if chosen == usual or not lost else f"{why}, and `{lost[0]}` is in Keras {chosen} and not in {usual}"


def _lacks(version: str, name: str) -> bool:
    if name in _COMPANIONS:
        return parse_version(version) < (2, 2)
    if name == f"{_MERGE}()":  # in all versions there is something of that name, but not all can call it
        return version not in _WITH_MERGE
    return lacking(version, name)


def _roots(facts: ModuleFacts) -> Iterator[str]:
    for path in dotted_imports(facts):
        root = keras_root(path)
        if root is not None:
            yield "tensorflow.keras" if root.startswith("tensorflow.") else root


def _names(facts: ModuleFacts) -> Iterator[str]:
    """The names of Keras that a file cannot run without, and the packages beside it."""
    for node in facts.nodes(ast.Import, ast.ImportFrom):
        if not _is_tried(facts, node):
            for path in dotted_imports(facts, node):
                if keras_root(path) == "keras":
                    yield path
                elif path.partition(".")[0] in _COMPANIONS:
                    yield path.partition(".")[0]
    for looks in facts.calls.values():
        for look in looks:
            for callee in options(look.callee):
                if isinstance(callee, Api) and callee.root == "keras" and not look.guarded:
                    yield f"{_MERGE}()" if callee.name == _MERGE else callee.name


def _is_tried(facts: ModuleFacts, node: ast.AST) -> bool:
    """Whether the code has something else to do where an import fails."""
    parent = facts.parents.get(node)
    while parent is not None:
        if isinstance(parent, (ast.Try, ast.FunctionDef)):
            return True
        parent = facts.parents.get(parent)
    return False
