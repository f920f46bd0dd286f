"""The top of the page: what it is, what came out, and a table of files and models that leads to the rest."""

from __future__ import annotations

from typing import Final

from kerasfix.report import paths
from kerasfix.report.proof import words
from kerasfix.report.proof.html import charts
from kerasfix.report.proof.html.markup import Markup, join, tag
from kerasfix.report.proof.html.prose import inline
from kerasfix.verify.verdicts import FileVerdict, Level, ModelVerdict, Outcome, Verification

_WHAT: Final = (
    "kerasfix rewrote code that was written for an old Keras. For each model in it, this page shows whether the new "
    "code still computes what the old code did: both were run, on the same weights and the same inputs, and their "
    "numbers compared."
)


def render(verification: Verification, *parts: Markup) -> Markup:
    """The summary and the table of contents, before the `parts` about each file."""
    good = verification.satisfied
    return join(
        tag(
            "header",
            tag("p", "kerasfix verify", class_="eyebrow"),
            tag("h1", "Does the rewritten code compute the same?"),
            tag("p", _WHAT, class_="lead"),
            tag(
                "p",
                tag("strong", "✓ " if good else "✕ ", inline(words.verdict(verification))),
                class_="verdict good" if good else "verdict bad",
            ),
            tag("p", words.summary(verification), class_="counts"),
            charts.levels(verification),
            _legend(verification),
            _facts(verification),
        ),
        tag("main", tag("h2", "Files and models", id="models"), _table(verification), *parts),
    )


def badge(model: ModelVerdict) -> Markup:
    """The level of a model: in a word, in squares, and in a colour."""
    level = words.LEVELS[model.level]
    failed = tag("span", "✕ failed", class_="badge fill-failed") if model.outcome == Outcome.FAILED else None
    return join(tag("span", charts.pips(model.level), f" {level}", class_=f"badge fill-{level}"), " ", failed)


def anchor(file: int, model: int | None = None) -> str:
    """The id of the part of the page about a file or one of its models, by their places."""
    return f"file-{file + 1}" if model is None else f"file-{file + 1}-model-{model + 1}"


def _legend(verification: Verification) -> Markup:
    counts = words.tally(verification)
    rows = []
    for level in reversed(Level):
        word = words.LEVELS[level]
        if counts[word] or level != Level.NOTHING:
            badge = tag("span", charts.pips(level), f" {word}", class_=f"badge fill-{word}")
            rows.append((badge, counts[word], words.MEANINGS[level]))
    if counts["failed"]:
        rows.append((tag("span", "✕ failed", class_="badge fill-failed"), counts["failed"], words.FAILED))
    terms = (
        tag("div", tag("dt", badge), tag("dd", tag("strong", str(count)), f" {meaning}"))
        for badge, count, meaning in rows
    )
    return tag("dl", *terms, class_="meanings")


def _facts(verification: Verification) -> Markup:
    references = ", ".join(words.references(verification)) or "none could be run"
    facts = (
        ("The new code ran on", verification.keras or "not known"),
        ("The old code ran on", references),
        (
            "Rewritten for",
            {"keras2": "Keras 2 and later", "keras3": "Keras 3"}.get(verification.target, verification.target),
        ),
        ("Asked for", words.LEVELS[verification.require]),
        ("Took", words.duration(verification.seconds)),
    )
    return tag("dl", *(tag("div", tag("dt", term), tag("dd", value)) for term, value in facts), class_="facts")


def _table(verification: Verification) -> Markup:
    heads = ("Model", "Made by", "Level", "Parameters", "Largest difference", "Old Keras")
    files = words.ordered(verification)
    bodies = [tag("tbody", *_rows(number, file)) for number, file in enumerate(files)]
    if not bodies:
        return tag("p", "No file was looked at.")
    return tag(
        "table",
        tag("caption", "How far each model is proven, by file", class_="unseen"),
        tag("thead", tag("tr", *(tag("th", head, scope="col") for head in heads))),
        *bodies,
        class_="models",
    )


def _rows(number: int, file: FileVerdict) -> list[Markup]:
    link = tag("a", paths.shown(file.path), href=f"#{anchor(number)}")
    rows = [tag("tr", tag("th", link, scope="rowgroup", colspan=6), class_="file")]
    rows += [_row(number, place, model) for place, model in enumerate(file.models)]
    if file.failure:
        rows.append(_wide("✕ could not be handled: ", file.failure))
    rows += [_wide("✕ failed: " if one.failed else "◌ unverified: ", str(one)) for one in file.shortfalls]
    if len(rows) == 1:
        rows.append(_wide("", "no model was found"))
    return rows


def _wide(label: str, reason: str) -> Markup:
    return tag("tr", tag("td", tag("strong", label) if label else None, inline(reason), colspan=6), class_="reason")


def _row(number: int, place: int, model: ModelVerdict) -> Markup:
    largest, parameters = words.largest(model), words.parameters(model)
    cells = (
        ("Made by", tag("code", model.scenario)),
        ("Level", badge(model)),
        ("Parameters", "–" if parameters is None else f"{parameters:,}"),
        ("Largest difference", "–" if largest is None else words.number(largest)),
        ("Old Keras", model.reference or "–"),
    )
    return tag(
        "tr",
        tag("th", tag("a", model.name, href=f"#{anchor(number, place)}"), scope="row"),
        *(
            tag(
                "td",
                tag("span", value),
                data_label=label,
                class_="figure" if label in ("Parameters", "Largest difference") else None,
            )
            for label, value in cells
        ),
    )
