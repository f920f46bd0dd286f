"""Check and fix files that belong together: from their texts to findings and new texts."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from kerasfix import suppressions
from kerasfix.catalogue.own import mapped_functions
from kerasfix.checks import run_checks
from kerasfix.checks.python import python2
from kerasfix.deep import on_deep_stack
from kerasfix.edits.apply import apply_edits, choose
from kerasfix.edits.imports import import_edits
from kerasfix.edits.locked import respect
from kerasfix.edits.snippets import snippet_edits
from kerasfix.findings import Applicability, Edit, Failure, Finding, Fix
from kerasfix.flow.facts import ModuleFacts
from kerasfix.flow.project import Project, parse
from kerasfix.names.namer import Namer
from kerasfix.settings import Settings
from kerasfix.source.index import TextIndex
from kerasfix.source.read import SourceFile

_MAX_PASSES = 12


@dataclass(slots=True)
class Outcome:
    """A file after `fix`: its new text, what is left in it, and how many fixes of each rule were made."""

    text: str
    findings: list[Finding] = field(default_factory=list)
    applied: dict[str, int] = field(default_factory=dict)
    failure: Failure | None = None
    found: list[Finding] | None = None  # in the text as it was


def check(group: Sequence[SourceFile], settings: Settings) -> dict[str, list[Finding] | Failure]:
    """The findings of each file, or why there are none, by path."""
    return on_deep_stack(lambda: _check(group, settings))


def fix(group: Sequence[SourceFile], settings: Settings) -> dict[str, Outcome]:
    """Make all fixes that the settings allow, in passes, until a pass changes nothing."""
    return on_deep_stack(lambda: _fix(group, settings))


def previews(source: SourceFile, findings: Sequence[Finding], settings: Settings) -> list[str | None]:
    """For each finding, the whole text with its fix alone made, or None if it has none."""
    tree = parse(source)
    if isinstance(tree, Failure):
        return [None] * len(findings)
    facts = ModuleFacts(source.path, tree, TextIndex(source.text))
    return [_made(facts, [finding.fix], settings) if finding.fix is not None else None for finding in findings]


def _check(group: Sequence[SourceFile], settings: Settings) -> dict[str, list[Finding] | Failure]:
    project = Project(group, python2=settings.python2)
    results: dict[str, list[Finding] | Failure] = dict(project.failures)
    locked = {source.path: source.locked() for source in group}
    for path, facts in project.interpret(mapped_functions(settings.extend_rules)).items():
        results[path] = _findings(facts, settings, locked[path])
    return results


def _findings(facts: ModuleFacts, settings: Settings, locked: list[tuple[int, int]]) -> list[Finding]:
    found = run_checks(facts, settings)
    found = suppressions.apply(facts.index.text, facts.index, found, settings.rules)
    return respect(facts.index.text, locked, found)


def _fix(group: Sequence[SourceFile], settings: Settings) -> dict[str, Outcome]:
    outcomes = {source.path: Outcome(source.text) for source in group}
    applied: dict[str, Counter[str]] = {source.path: Counter() for source in group}
    current = list(group)
    eras: dict[str, str | None] = {}
    for _ in range(_MAX_PASSES):
        project = Project(current, python2=settings.python2)
        locked = {source.path: source.locked() for source in current}
        changed = False
        for path, failure in project.failures.items():
            outcomes[path].failure = failure
        interpreted = project.interpret(mapped_functions(settings.extend_rules))
        for path, facts in interpreted.items():
            facts.era = eras.get(path)
        for path, facts in interpreted.items():
            outcome = outcomes[path]
            found = _findings(facts, settings, locked[path])
            # What was Python 2 has been brought over before all of this.
            outcome.findings = [finding for finding in found if finding.rule != python2.SYNTAX]
            if outcome.found is None:
                outcome.found = found
                applied[path].update(finding.rule for finding in found if finding.rule == python2.SYNTAX)
            fixes = _allowed(outcome.findings, settings)
            # Several findings share a fix where it has to be made as a whole.
            text = _made(
                facts, list({id(finding.fix): finding.fix for finding in fixes if finding.fix}.values()), settings
            )
            if text == outcome.text:
                continue
            outcome.text, changed = text, True
            applied[path].update(finding.rule for finding in fixes)
        if not changed:
            break
        # What a file was written for shows in the text as it was.
        eras = eras or {path: facts.era for path, facts in interpreted.items()}
        current = [replace(source, text=outcomes[source.path].text) for source in current]
    for path, outcome in outcomes.items():
        outcome.applied = dict(applied[path])
    return outcomes


def _allowed(findings: list[Finding], settings: Settings) -> list[Finding]:
    wanted = (Applicability.SAFE, Applicability.UNSAFE) if settings.unsafe else (Applicability.SAFE,)
    candidates = [finding for finding in findings if finding.fix is not None and finding.applicability in wanted]
    chosen = {id(fix) for fix in choose([finding.fix for finding in candidates if finding.fix is not None])}
    return [finding for finding in candidates if id(finding.fix) in chosen]


def _made(facts: ModuleFacts, fixes: list[Fix], settings: Settings) -> str:
    if not fixes:
        return facts.index.text
    edits = [edit for fix in fixes for edit in fix.edits]
    needs = [need for fix in fixes for need in fix.imports]
    released = frozenset(name for fix in fixes for name in fix.releases)
    released -= {name for fix in fixes for name in fix.keeps}
    released -= _written(edits, released)
    released = frozenset(name for name in released if not facts.is_used_elsewhere(name))
    definitions: list[Edit] = []
    snippets = [name for fix in fixes for name in fix.snippets]
    if snippets:
        before = min(edit.start for fix in fixes if fix.snippets for edit in fix.edits)
        namer = Namer(facts.index, facts.tree, facts.scopes)
        definitions, wanted = snippet_edits(
            facts.index, facts.tree, namer, snippets, settings.target, facts.root, before
        )
        needs += wanted
        released -= {name for edit in definitions for piece in edit.new for name in _read(str(piece))}
    edits += import_edits(
        facts.index, facts.scopes, needs, released, edits,
        foreign=facts.foreign_reads, project=facts.imported_apis, defined=snippets,
    )  # fmt: skip
    # Last of all that is put behind the last import.
    return apply_edits(facts.index, [*edits, *(_above_removed(facts.index, one, edits) for one in definitions)])


def _above_removed(index: TextIndex, insertion: Edit, edits: Sequence[Edit]) -> Edit:
    """The insertion at the end of the line above, where the line at whose end it stands is taken away."""
    around = (edit for edit in edits if edit.start < insertion.start < edit.end and not edit.new)
    removed = next(around, None)
    if removed is None:
        return insertion
    above = index.text[: removed.start].rstrip("\r\n")
    if not above:
        text = "".join(piece for piece in insertion.new if isinstance(piece, str)).strip("\r\n")
        below = index.text[removed.end :]
        blank = below[: len(below) - len(below.lstrip("\r\n"))].count("\n")
        newline = index.newline_at(removed.start)
        return Edit(removed.start, removed.start, (text + newline * max(1, 3 - blank),))
    return _above_removed(index, replace(insertion, start=len(above), end=len(above)), edits)


def _written(edits: Sequence[Edit], names: frozenset[str]) -> frozenset[str]:
    """Which of some names the new texts read: the `K` of `K.floatx()`, which another fix may not know to be needed."""
    if not names:
        return names
    pattern = re.compile(rf"(?<![\w.'\"])({'|'.join(names)})\.\w")
    texts = (piece for edit in edits for piece in edit.new if isinstance(piece, str))
    return frozenset(match[1] for text in texts for match in pattern.finditer(text))


def _read(definitions: str) -> set[str]:
    """The names that definitions read, so that the imports of these have to stay."""
    return {node.id for node in ast.walk(ast.parse(definitions)) if isinstance(node, ast.Name)}
