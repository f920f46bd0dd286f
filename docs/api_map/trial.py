"""Lets kerasfix work on snippets, and holds what it writes against the installed libraries."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docs.api_map.harness import Engine, keras3_engine, legacy_engine, tf_keras_engine
from docs.api_map.snippets import Snippet
from kerasfix import analysis
from kerasfix.catalogue import load_catalogue
from kerasfix.findings import Finding
from kerasfix.settings import Settings
from kerasfix.source.read import SourceFile, decode

_PROBE = Path(__file__).with_name("probe.py").read_text(encoding="utf-8")
_TIMEOUT = 900.0
_ENGINES = {"keras2": tf_keras_engine, "keras3": keras3_engine}
# A text of a snippet that is broken for one of its own sides says nothing of the case.
_ELSEWHERE = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a case."""

    rules: tuple[str, ...]  # that found something in it
    left: tuple[str, ...]  # rules that leave it to a person, there or on the import that it needs
    before: str  # the line as it was
    after: str | None  # the line as it is, or None where it is no longer one line
    error: str | None  # why it does not run on the library
    means: Mapping[str, str] | None  # the arguments that it comes to, or the configuration of what it builds
    kind: str | None = None  # of an imported name: "module", "callable", "value"

    @property
    def changed(self) -> bool:
        """Whether anything was written anew."""
        return self.after != self.before


@dataclass(frozen=True, slots=True)
class _Fixed:
    text: str
    rules: Mapping[str, frozenset[str]]  # by marker; "" for what lies between
    left: Mapping[str, frozenset[str]]


def run_before(version: str, snippets: Mapping[str, Snippet]) -> dict[str, dict[str, dict[str, Any]]]:
    """What the legacy Keras itself makes of the snippets: a case that it refuses says nothing of a later one."""
    return _probe(legacy_engine(version), {name: snippet.code for name, snippet in snippets.items()})


def run_after(target: str, snippets: Mapping[str, Snippet]) -> dict[str, dict[str, Outcome]]:
    """What kerasfix and the installed library make of the snippets, by the name of each and the marker of the case.

    Args:
        target: "keras2" or "keras3".
        snippets: By any name.
    """
    settings = Settings(target, frozenset(load_catalogue().rules), unsafe=True)
    fixed = {name: _fix(name, snippet.code, settings) for name, snippet in snippets.items()}
    probed = _probe(_ENGINES[target](), {name: one.text for name, one in fixed.items()})
    return {
        name: {
            case.marker: _outcome(case.marker, snippet.code, fixed[name], probed[name].get(case.marker))
            for case in snippet.cases
        }
        for name, snippet in snippets.items()
    }


def _probe(engine: Engine, texts: dict[str, str]) -> dict[str, dict[str, dict[str, Any]]]:
    code = f"{_PROBE}\n\nresults = run(texts)\n"
    found: dict[str, dict[str, dict[str, Any]]] = engine.run(code, {"texts": texts}, timeout=_TIMEOUT)["results"]
    return found


def _fix(name: str, code: str, settings: Settings) -> _Fixed:
    source = decode(f"{name}.py", code.encode())
    assert isinstance(source, SourceFile), source
    outcome = analysis.fix([source], settings)[source.path]
    assert outcome.failure is None and outcome.found is not None, (outcome.failure, code)
    rules = {key: set(names) for key, names in _by_case(code, outcome.found).items()}
    left = _by_case(outcome.text, outcome.findings)
    for marker, names in left.items():
        rules.setdefault(marker, set()).update(names)
    # A rule may come to a line by way of another: what was applied anywhere in a file of one definition counts.
    rules.setdefault("", set()).update(outcome.applied)
    return _Fixed(outcome.text, {key: frozenset(names) for key, names in rules.items()}, left)


def _by_case(text: str, findings: Iterable[Finding]) -> dict[str, frozenset[str]]:
    """The rules of the findings in each case."""
    spans = _spans(text)
    found: dict[str, set[str]] = {}
    for finding in findings:
        line = text.count("\n", 0, finding.start) + 1
        marker = next((marker for marker, (first, last) in spans.items() if first <= line <= last), "")
        found.setdefault(marker, set()).add(finding.rule)
    return {marker: frozenset(names) for marker, names in found.items()}


def _spans(text: str) -> dict[str, tuple[int, int]]:
    """The lines of each case: the function around it, where there is one."""
    spans = {}
    for node in ast.parse(text).body:
        inside = [node] if isinstance(node, (ast.Assign, ast.ClassDef)) else list(ast.walk(node))
        for part in inside:
            name = part.name if isinstance(part, ast.ClassDef) else _target(part)
            if name and name.startswith("case_"):
                spans[name] = (node.lineno, node.end_lineno or node.lineno)
    return spans


def _target(node: ast.AST) -> str | None:
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return None


def _lines(text: str, marker: str) -> str | None:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Assign) and _target(node) == marker:
            return ast.unparse(node.value)
        if isinstance(node, ast.ClassDef) and node.name == marker:
            return ast.unparse(node)
    return None


def _outcome(marker: str, code: str, fixed: _Fixed, probed: Mapping[str, Any] | None) -> Outcome:
    probed = probed or {"error": "the line is gone"}
    left = fixed.left.get(marker, frozenset())
    rules = fixed.rules.get(marker, frozenset())
    around = fixed.left.get(_ELSEWHERE, frozenset())
    if probed["error"]:
        # What it needs was reported where it is imported or made.
        left, rules = left | around, rules | around
    if not rules and _lines(code, marker) != _lines(fixed.text, marker):
        rules = fixed.rules[_ELSEWHERE]
    return Outcome(
        rules=tuple(sorted(rules)),
        left=tuple(sorted(left)),
        before=_lines(code, marker) or "",
        after=_lines(fixed.text, marker),
        error=probed["error"],
        means=probed.get("means"),
        kind=probed.get("kind"),
    )
