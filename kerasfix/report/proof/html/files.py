"""A file: what was changed in it and by which rules, then its models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kerasfix.catalogue import Catalogue
from kerasfix.report import paths
from kerasfix.report.proof import words
from kerasfix.report.proof.html import difference, models
from kerasfix.report.proof.html.markup import Markup, join, tag
from kerasfix.report.proof.html.prose import blocks, inline
from kerasfix.report.proof.html.summary import anchor
from kerasfix.verify.verdicts import FileVerdict, Level

_MANY: Final = 400  # changed lines from which a difference is folded


def render(number: int, file: FileVerdict, require: Level, catalogue: Catalogue) -> Markup:
    """The part of the page about the file in the place `number`."""
    return tag(
        "section",
        tag("h2", tag("span", "File ", class_="eyebrow"), paths.shown(file.path), id=anchor(number)),
        _failure(file),
        tag("h3", "What changed in the code"),
        _rules(file, catalogue),
        _difference(file),
        *(models.render(number, place, model, require) for place, model in enumerate(file.models)),
        *_shortfalls(file),
        class_="file",
    )


def _failure(file: FileVerdict) -> Markup | None:
    if not file.failure:
        return None
    return tag("p", tag("strong", "✕ Nothing could be run: "), inline(file.failure), class_="reason bad")


def _shortfalls(file: FileVerdict) -> Iterator[Markup]:
    for failed, heading, told in (
        (True, "Fails", "The rewritten code fails here, and the original does not."),
        (False, "Not verified", "These ways to a model were tried. That they fail says nothing against the new code."),
    ):
        if shortfalls := file.fell_short(failed=failed):
            yield tag("h3", heading)
            yield tag("p", told)
            yield tag("ul", *(tag("li", inline(str(one))) for one in shortfalls))


def _rules(file: FileVerdict, catalogue: Catalogue) -> Markup:
    fixes = sum(file.fixed.values())
    left = f" {words.count(file.left, 'finding is', 'findings are')} left for a person." if file.left else ""
    if not fixes:
        return tag("p", f"Nothing was rewritten.{left}")
    by = f"{words.count(fixes, 'fix', 'fixes')} by {words.count(len(file.fixed), 'rule')}."
    rules = sorted(file.fixed.items(), key=lambda pair: (-pair[1], pair[0]))
    return join(
        tag("p", f"{by}{left}"),
        tag("div", *(_rule(name, count, catalogue) for name, count in rules if count), class_="rules"),
    )


def _rule(name: str, count: int, catalogue: Catalogue) -> Markup:
    head = [tag("code", name), tag("span", f" ×{count:,} ", class_="times")]
    rule = catalogue.rules.get(name)
    if rule is None:
        return tag("p", *head)
    return tag(
        "details",
        tag("summary", *head, inline(rule.summary)),
        tag("div", blocks(rule.docs, "h4"), class_="prose"),
    )


def _difference(file: FileVerdict) -> Markup | None:
    if file.before == file.after:
        return None
    rows = difference.rows(file.before, file.after)
    changed = sum(1 for row in rows if row.kind != "same")
    shown = difference.render(rows)
    if changed < _MANY:
        return shown
    return tag("details", tag("summary", words.count(changed, "changed line")), shown)
