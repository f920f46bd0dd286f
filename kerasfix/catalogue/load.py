"""Reads the rule files: those that ship with kerasfix, and a user's own.

A run over clean files needs no more of a rule than its name, its family and its words, so only these are parsed at
once: they stand at the head of the file, before `docs` and the tables. The rest is parsed when something asks for it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal, cast

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Target = Literal["keras2", "keras3"]

TARGETS: Final[tuple[Target, ...]] = ("keras2", "keras3")
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_BODY = re.compile(r"^(?:docs\b|\[)", re.MULTILINE)
_HEAD_KEYS = ("family", "summary", "words", "target")
_MOVES = ("module", "name")
_KEYS = (*_HEAD_KEYS, "docs", "example", "report", "noop", "api", *_MOVES)
_EXAMPLE_KEYS = ("title", "target", "unsafe", "before", "after", "after_keras2", "after_keras3")
_CASE_KEYS = ("title", "target", "code")


class CatalogueError(Exception):
    """A rule file that cannot be used, or a rule name that does not exist; the message is for the user."""


@dataclass(frozen=True, slots=True)
class Example:
    """Code that a rule objects to, and what the fix makes of it."""

    title: str
    targets: tuple[Target, ...]
    unsafe: bool  # the fix is only made with `--unsafe`
    before: str
    afters: Mapping[Target, str]  # one text a target

    def after(self, target: Target) -> str:
        """What `before` becomes for a target, which must be one of `targets`."""
        return self.afters[target]


@dataclass(frozen=True, slots=True)
class Case:
    """Code that the rule reports without a fix, or that looks like the offence and has to stay as it is."""

    title: str
    code: str
    targets: tuple[Target, ...] = TARGETS


@dataclass(frozen=True, slots=True)
class _Body:
    docs: str
    examples: tuple[Example, ...]
    reports: tuple[Case, ...]
    noops: tuple[Case, ...]
    rows: tuple[Mapping[str, object], ...]
    moves: Mapping[str, tuple[Mapping[str, object], ...]]


@dataclass(frozen=True)
class Rule:
    """One rule; its docs, examples and rows are parsed when they are first asked for."""

    name: str  # the stem of its file
    family: str
    summary: str  # one line of markdown
    words: tuple[str, ...]  # a file without any of them cannot have a finding of this rule
    path: Path
    text: str
    target: Target | None = None  # the only one for which there are findings

    @property
    def docs(self) -> str:
        """The explanation, in markdown."""
        return self._body.docs

    @property
    def examples(self) -> tuple[Example, ...]:
        """What the rule changes."""
        return self._body.examples

    @property
    def reports(self) -> tuple[Case, ...]:
        """What the rule reports and leaves to a person."""
        return self._body.reports

    @property
    def noops(self) -> tuple[Case, ...]:
        """What the rule has nothing to say about."""
        return self._body.noops

    @property
    def rows(self) -> tuple[Mapping[str, object], ...]:
        """The `[[api]]` tables as they stand in the file."""
        return self._body.rows

    @property
    def moves(self) -> Mapping[str, tuple[Mapping[str, object], ...]]:
        """The `[[module]]` and `[[name]]` tables as they stand in the file, by their kind."""
        return self._body.moves

    @cached_property
    def _body(self) -> _Body:
        return _parse_body(self.path, self.text)


@dataclass(frozen=True)
class Catalogue:
    """All the rules of a run, by name."""

    rules: dict[str, Rule]

    @cached_property
    def families(self) -> dict[str, tuple[str, ...]]:
        """The names of the rules of each family, sorted."""
        families: dict[str, list[str]] = {}
        for name, rule in sorted(self.rules.items()):
            families.setdefault(rule.family, []).append(name)
        return {family: tuple(names) for family, names in sorted(families.items())}

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word that some rule reacts to."""
        return frozenset(word for rule in self.rules.values() for word in rule.words)

    def words_of(self, names: Iterable[str], target: str) -> frozenset[str]:
        """The words to which some of the rules react when they are run for a target."""
        rules = [self.rules[name] for name in names]
        return frozenset(word for rule in rules if rule.target in (None, target) for word in rule.words)

    def resolve(self, names: Iterable[str]) -> frozenset[str]:
        """The rules that `names` stand for, each the name of a rule or of a family.

        Raises CatalogueError, with the nearest name, for one that is neither.
        """
        found: set[str] = set()
        for name in names:
            if name in self.rules:
                found.add(name)
            elif name in self.families:
                found.update(self.families[name])
            else:
                raise CatalogueError(self._unknown(name))
        return frozenset(found)

    def page(self, name: str) -> str:
        """The explanation of a rule as a markdown page.

        Raises CatalogueError, with the nearest name, where there is no such rule.
        """
        if name not in self.rules:
            raise CatalogueError(self._unknown(name))
        from kerasfix.catalogue.page import render

        return render(self.rules[name])

    def _unknown(self, name: str) -> str:
        from kerasfix.project.config import did_you_mean

        return f"there is no rule or family {name}{did_you_mean(name, [*self.rules, *self.families])}"


def load_catalogue(extend: Iterable[str | Path] = ()) -> Catalogue:
    """The rules that ship with kerasfix and those of `extend`, which holds rule files and folders of them.

    Raises CatalogueError for a file that cannot be read or is not a rule, and for a name that is taken.
    """
    rules = {path.stem: _parse_head(path) for path in sorted(shipped_rules().glob("*.toml"))}
    families = {rule.family for rule in rules.values()}
    for path in _own_files(map(Path, extend)):
        rule = _parse_head(path)
        if rule.name in rules:
            raise CatalogueError(f"{path}: there is a rule `{rule.name}` already, in {rules[rule.name].path}")
        if rule.name in families or rule.family in rules or rule.name == rule.family:
            taken = rule.name if rule.name in families else rule.family
            raise CatalogueError(f"{path}: `{taken}` cannot be both a rule and a family")
        # A mistake in a user's own file has to show before the run; the shipped ones are held by tests.
        if not rule.rows:
            raise _wrong(path, "api", "at least one [[api]] table, without which the rule can find nothing")
        rules[rule.name] = rule
        families.add(rule.family)
    return Catalogue(rules)


def shipped_rules() -> Path:
    """The folder of the shipped rules: inside an installed package, beside the package in a checkout."""
    package = Path(__file__).parents[1]
    inside = package / "rules"
    return inside if inside.is_dir() else package.parent / "rules"


def _own_files(extend: Iterable[Path]) -> list[Path]:
    files: list[Path] = []
    for path in extend:
        if not path.is_dir():
            files.append(path)
            continue
        inside = sorted(path.glob("*.toml"))
        if not inside:
            raise CatalogueError(f"{path}: no rule files (*.toml) in this folder")
        files.extend(inside)
    return list(dict.fromkeys(files))


def _parse_head(path: Path) -> Rule:
    if path.suffix != ".toml":
        raise CatalogueError(f"{path}: a rule file is named RULE.toml")
    if not _NAME.fullmatch(path.stem):
        raise CatalogueError(f"{path}: a rule is named in lower case with hyphens, as in `merge-function`")
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise CatalogueError(f"{path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise CatalogueError(f"{path}: not UTF-8") from error
    body = _BODY.search(text)
    head = _toml(path, text[: body.start()] if body else text)
    if not body:
        raise _wrong(path, "docs", "the explanation, after the other keys")
    _known(path, "", head, _KEYS)
    family = _string(path, "family", head)
    if not _NAME.fullmatch(family):
        raise _wrong(path, "family", "a name in lower case with hyphens")
    summary = _string(path, "summary", head)
    if "\n" in summary:
        raise _wrong(path, "summary", "one line")
    words = head.get("words")
    if not isinstance(words, list) or not words or not all(isinstance(word, str) and word.strip() for word in words):
        raise _wrong(path, "words", "a list of words, before `docs`")
    target = head.get("target")
    if target is not None and target not in TARGETS:
        raise _wrong(path, "target", f"one of {', '.join(TARGETS)}")
    return Rule(path.stem, family, summary, tuple(words), path, text, target)


def _parse_body(path: Path, text: str) -> _Body:
    table = _toml(path, text)
    _known(path, "", table, _KEYS)
    return _Body(
        docs=_string(path, "docs", table).strip(),
        examples=tuple(_example(path, key, item) for key, item in _tables(path, "example", table)),
        reports=tuple(_case(path, key, item) for key, item in _tables(path, "report", table)),
        noops=tuple(_case(path, key, item) for key, item in _tables(path, "noop", table)),
        rows=tuple(item for _, item in _tables(path, "api", table)),
        moves={kind: tuple(item for _, item in _tables(path, kind, table)) for kind in _MOVES},
    )


def _example(path: Path, key: str, table: dict[str, Any]) -> Example:
    _known(path, key, table, _EXAMPLE_KEYS)
    targets = _targets(path, key, table)
    unsafe = table.get("unsafe", False)
    if not isinstance(unsafe, bool):
        raise _wrong(path, f"{key}.unsafe", "true or false")
    keys = {one: f"after_{one}" if f"after_{one}" in table else "after" for one in targets}
    for name in ("after", "after_keras2", "after_keras3"):
        if name in table and name not in keys.values():
            raise _wrong(path, f"{key}.{name}", "nothing, as no target of the example comes to it")
    return Example(
        title=_string(path, f"{key}.title", table),
        targets=targets,
        unsafe=unsafe,
        before=_string(path, f"{key}.before", table),
        afters={one: _string(path, f"{key}.{name}", table) for one, name in keys.items()},
    )


def _case(path: Path, key: str, table: dict[str, Any]) -> Case:
    _known(path, key, table, _CASE_KEYS)
    title, code = _string(path, f"{key}.title", table), _string(path, f"{key}.code", table)
    return Case(title, code, _targets(path, key, table))


def _targets(path: Path, key: str, table: dict[str, Any]) -> tuple[Target, ...]:
    target = table.get("target", "both")
    if target not in (*TARGETS, "both"):
        raise _wrong(path, f"{key}.target", '"keras2", "keras3" or "both"')
    return TARGETS if target == "both" else (cast(Target, target),)


def _toml(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{path}: not TOML: {error}") from error


def _known(path: Path, where: str, table: dict[str, Any], keys: Sequence[str]) -> None:
    for key in table:
        if key not in keys:
            full = f"{where}.{key}" if where else key
            raise CatalogueError(f"{path}: unknown key `{full}`; expected one of {', '.join(keys)}")


def _tables(path: Path, key: str, table: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    items = table.get(key, [])
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise _wrong(path, key, f"tables, each under [[{key}]]")
    return [(f"{key}[{number}]", item) for number, item in enumerate(items)]


def _string(path: Path, key: str, table: dict[str, Any]) -> str:
    value = table.get(key.rpartition(".")[2])
    if not isinstance(value, str) or not value.strip():
        raise _wrong(path, key, "a text, before `docs`" if key in _HEAD_KEYS else "a text")
    return value


def _wrong(path: Path, key: str, expected: str) -> CatalogueError:
    return CatalogueError(f"{path}: `{key}`: expected {expected}")
