"""What became of each item: unchanged, dealt with by a rule, left to a person by a rule, or unaccounted for."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from docs.api_map.definitions import Api, Definition
from docs.api_map.read_legacy import read_legacy
from docs.api_map.snippets import Case, Snippet, examples, module_snippets, path_snippet, use_snippet
from docs.api_map.trial import Outcome, run_after

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

# Of which a configuration says nothing.
_NOT_SHOWN = ("name",)
# The versions that are mapped, and to what.
JOURNEYS = (("1.2.2", "keras2"), ("1.2.2", "keras3"), ("2.3.1", "keras3"))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one way to use an item."""

    case: Case
    outcome: Outcome
    status: str  # "unchanged", "rule", "advice" or "missing"
    reason: str = ""  # of what is missing

    @property
    def label(self) -> str:
        """The way in words."""
        case = self.case
        if case.way == "text":
            return f"{case.subject}={case.text!r}"
        if case.way in ("default", "given"):
            return f"{case.subject} ({case.way})"
        return case.subject or case.way


@dataclass(slots=True)
class Item:
    """A definition or a module, on the way to one target."""

    name: str
    definition: Definition | None  # None for a module
    uses: list[Verdict] = field(default_factory=list)
    paths: list[Verdict] = field(default_factory=list)
    like: str | None = None  # the method of a base class that it only overrides
    not_api: str | None = None  # the reason

    @property
    def missing(self) -> list[Verdict]:
        """What is neither unchanged nor dealt with by a rule."""
        return [verdict for verdict in (*self.paths, *self.uses) if verdict.status == "missing"]

    @property
    def main(self) -> Verdict | None:
        """The call without more than it needs; of what is not called, the first of its paths."""
        bare = next((verdict for verdict in self.uses if verdict.case.way in ("bare", "override")), None)
        return bare or next(iter(self.paths), None)

    @property
    def status(self) -> str:
        """What becomes of the main use; where that is unchanged, what becomes of the others."""
        if self.main is not None and self.main.status != "unchanged":
            return self.main.status
        found = {verdict.status for verdict in (*self.uses, *self.paths)}
        return next((status for status in ("missing", "rule", "advice") if status in found), "unchanged")


@cache
def classify(version: str, target: str) -> tuple[Item, ...]:
    """All items of a legacy Keras, and what became of them.

    Args:
        version: Of the legacy Keras.
        target: "keras2" or "keras3".
    """
    api = read_legacy(version)
    items = {one.name: _item(one, api) for one in api.definitions.values()}
    modules = {name: Item(name, None) for name in api.modules}
    snippets = dict(_snippets(api, items, modules))
    outcomes = run_after(target, snippets)
    for key, snippet in snippets.items():
        what, _, rest = key.partition(" ")
        if what == "use":
            items[rest].uses = [_accepted(rest, verdict, version, target) for verdict in judge(snippet, outcomes[key])]
        elif what == "path":
            item = items[rest.partition(" ")[0]]
            item.paths += [_reported_where_used(verdict, item) for verdict in judge(snippet, outcomes[key])]
        else:
            modules[rest.partition(" ")[0]].paths += judge(snippet, outcomes[key])
    return (*modules.values(), *items.values())


def _accepted(name: str, verdict: Verdict, version: str, target: str) -> Verdict:
    """The verdict, changed to what a person has found who looked at the difference."""
    for table in _tables("accepted"):
        if verdict.status == "missing" and _is_about(table, name, verdict, f"{version} {target}"):
            return Verdict(verdict.case, verdict.outcome, str(table.get("status", "unchanged")), str(table["reason"]))
    return verdict


def _is_about(table: Mapping[str, object], name: str, verdict: Verdict, journey: str) -> bool:
    names, subjects = table["of"], table["uses"]
    assert isinstance(names, list) and isinstance(subjects, list)
    return (
        any(fnmatchcase(name, str(pattern)) for pattern in names)
        and verdict.label in subjects
        and journey.startswith(str(table.get("version", "")))
        and journey.endswith(str(table.get("target", "")))
    )


def _reported_where_used(verdict: Verdict, item: Item) -> Verdict:
    """An import that is left alone, as every use of the name is reported or rewritten."""
    bare = next((use for use in item.uses if use.case.way == "bare"), None)
    if verdict.status != "missing" or bare is None or bare.status not in ("rule", "advice"):
        return verdict
    outcome = replace(verdict.outcome, rules=bare.outcome.rules, left=bare.outcome.left)
    return Verdict(verdict.case, outcome, bare.status)


def _item(one: Definition, api: Api) -> Item:
    return Item(one.name, one, like=_base_method(one, api), not_api=not_api(one.name, api.version))


def _snippets(api: Api, items: Mapping[str, Item], modules: Iterable[str]) -> Iterator[tuple[str, Snippet]]:
    """The snippets, under "use NAME", "path NAME PATH" and "module NAME NUMBER"."""
    for item in items.values():
        if item.like or item.not_api or item.definition is None:
            continue
        snippet = use_snippet(item.definition, api)
        if snippet is None:
            item.uses = [_untried(item.definition)]
        else:
            yield f"use {item.name}", snippet
        for path in item.definition.paths:
            yield f"path {item.name} {path}", path_snippet(path)
    for module in modules:
        for number, snippet in enumerate(module_snippets(module)):
            yield f"module {module} {number}", snippet


def _untried(one: Definition) -> Verdict:
    outcome = Outcome((), (), "", None, None, None)
    return Verdict(Case("", "bare"), outcome, "missing", f"examples.toml does not say how to make a {one.owner}")


def judge(snippet: Snippet, outcomes: Mapping[str, Outcome]) -> list[Verdict]:
    """A verdict on each case of a snippet."""
    bare = next((outcomes[case.marker] for case in snippet.cases if case.way == "bare"), None)
    by_keyword = next((outcomes[case.marker] for case in snippet.cases if case.way == "keywords"), None)
    return [_judge(case, outcomes[case.marker], bare, by_keyword) for case in snippet.cases]


def _judge(case: Case, outcome: Outcome, bare: Outcome | None, by_keyword: Outcome | None) -> Verdict:
    if outcome.left:
        return Verdict(case, outcome, "advice")
    if outcome.error:
        return Verdict(case, outcome, "missing", outcome.error)
    if case.way == "path" and outcome.kind == "module":
        return Verdict(case, outcome, "missing", "a module has the name now")
    if bare is not None and (reason := _changed_meaning(case, outcome, bare, by_keyword)):
        return Verdict(case, outcome, "missing", reason)
    return Verdict(case, outcome, "rule" if outcome.rules or outcome.changed else "unchanged")


def _changed_meaning(case: Case, outcome: Outcome, bare: Outcome, by_keyword: Outcome | None) -> str | None:
    """Why a call that runs does not mean what it meant."""
    if outcome.means is None:
        return None
    if case.way == "default" and bare.means is not None and not bare.left:
        different = _differences(bare.means, outcome.means)
        return f"the default is another one: {different}" if different else None
    if case.way == "given" and not outcome.rules and outcome.means == bare.means and case.subject not in _NOT_SHOWN:
        return "it is taken and has no effect"
    if case.way == "positional" and by_keyword is not None and by_keyword.means and not by_keyword.left:
        different = _differences(by_keyword.means, outcome.means)
        return f"by position it is another argument: {different}" if different else None
    return None


def _differences(one: Mapping[str, str], other: Mapping[str, str]) -> str:
    if one["."] != other["."]:
        return ""
    keys = [key for key in {**one, **other} if not _alike(key, one.get(key, "None"), other.get(key, "None"))]
    return ", ".join(f"{key}={one.get(key)} / {other.get(key)}" for key in keys)


def _alike(key: str, one: str, other: str) -> bool:
    """Whether two values mean the same, however they are written."""
    return one == other or any(
        one in table["values"] and other in table["values"]
        for table in examples()["alike"]
        if not table["of"] or key in table["of"]
    )


def _base_method(one: Definition, api: Api) -> str | None:
    """The method of a base class of which this is only the override of a class in Keras."""
    if not one.owner:
        return None
    method = one.name.rpartition(".")[2]
    for owner in _ancestors(one.owner, api):
        base = api.definitions.get(f"{owner}.{method}")
        if base is None:
            continue
        if method in examples()["overrides"].get(owner, ()) or (
            (base.parameters, base.any_keyword, base.kind) == (one.parameters, one.any_keyword, one.kind)
        ):
            return base.name
    return None


def _ancestors(owner: str, api: Api) -> Iterator[str]:
    bases = api.definitions[owner].bases if owner in api.definitions else ()
    for base in bases:
        yield base
        yield from _ancestors(base, api)


@cache
def _tables(kind: str) -> list[dict[str, object]]:
    tables = tomllib.loads((Path(__file__).parent / "by_hand.toml").read_text(encoding="utf-8"))
    found: list[dict[str, object]] = tables[kind]
    return found


def not_api(name: str, version: str) -> str | None:
    """Why a name that looks public is none, or None where it is."""
    for table in _tables("not-api"):
        names = table["names"]
        assert isinstance(names, list)
        if table["version"] == version and any(fnmatchcase(name, str(pattern)) for pattern in names):
            return str(table["reason"])
    return None
