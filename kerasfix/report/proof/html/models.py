"""A model: how far it is proven, the numbers that say so, and what it looks like on both sides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kerasfix.report.proof import words
from kerasfix.report.proof.html import charts, drawing, layers, merging
from kerasfix.report.proof.html.markup import Markup, join, tag
from kerasfix.report.proof.html.matching import matched
from kerasfix.report.proof.html.prose import inline
from kerasfix.report.proof.html.summary import anchor, badge
from kerasfix.verify.verdicts import Difference, Level, ModelVerdict, Outcome, Tensor

_SHOWN: Final = 12  # numbers that are shown without unfolding


def render(file: int, number: int, model: ModelVerdict, require: Level) -> Markup:
    """The part of the page about the model in the place `number` of the file in the place `file`."""
    place = anchor(file, number)
    line = f", line {model.line}" if model.line else ""
    return tag(
        "section",
        tag("h3", tag("span", "Model ", class_="eyebrow"), tag("span", model.name), " ", badge(model), id=place),
        tag("p", "Made by ", tag("code", model.scenario), f"{line}.{_reference(model)}", class_="made"),
        *_why(model, require),
        *_part("Compared numbers", _numbers(model)),
        *_architecture(model, place),
        *_part("Training", _training(model, place)),
        class_="model",
    )


def _reference(model: ModelVerdict) -> str:
    return f" The old code ran on {model.reference}." if model.reference else " The old code was not run."


def _why(model: ModelVerdict, require: Level) -> Iterator[Markup]:
    if model.reason and words.wanting(model, require):
        failed = model.outcome == Outcome.FAILED
        told = "✕ Failed: " if failed else "◌ Not proven further: "
        yield tag("p", tag("strong", told), inline(model.reason), class_="reason bad" if failed else "reason")
    if model.parted_at:
        yield tag("p", tag("strong", "The numbers differ first at "), inline(model.parted_at), class_="reason bad")
    if model.notes:
        yield tag("ul", *(tag("li", tag("strong", "Note: "), inline(note)) for note in model.notes), class_="notes")


def _part(title: str, content: Markup | None) -> Iterator[Markup]:
    if content:
        yield tag("h4", title)
        yield content


def _architecture(model: ModelVerdict, place: str) -> Iterator[Markup]:
    matches = matched(model)
    yield from _part("Architecture", drawing.render(model, matches, place))
    architecture = model.after or model.before
    if architecture is None:
        return
    yield from _part("What the merges do", merging.render(architecture))
    yield tag("h4", "Shapes and parameters")
    yield _ends(model)
    yield layers.render(model, matches)


def _ends(model: ModelVerdict) -> Markup:
    """Inputs and outputs, in a sentence for each side or one for both."""
    told = [
        (side.keras, f"{_tensors('input', side.inputs)}, {_tensors('output', side.outputs)}.")
        for side in (model.before, model.after)
        if side
    ]
    if len({text for _, text in told}) == 1:
        return tag("p", inline(f"It has {told[0][1]}"))
    return join(*(tag("p", inline(f"On {keras} it has {text}")) for keras, text in told))


def _tensors(kind: str, tensors: Sequence[Tensor]) -> str:
    listed = ", ".join(f"`{one.name}` {words.shape(one.shape)} {one.dtype}" for one in tensors)
    return f"{words.count(len(tensors), kind)}: {listed}" if tensors else f"no {kind}s that are known"


def _numbers(model: ModelVerdict) -> Markup | None:
    """The outputs, the loss and what is out of tolerance; the rest is folded where it is long."""
    if not model.differences:
        return None
    first = [one for one in model.differences if one.kind in ("output", "loss") or not one.equal]
    rest = [one for one in model.differences if one not in first]
    if len(model.differences) <= _SHOWN:
        return _table(model.differences, "Largest differences, each against what is allowed")
    parts = [_table(first, "Largest differences, each against what is allowed")] if first else []
    if rest:
        largest = max(rest, key=lambda one: one.largest)
        told = f"{len(rest)} more that agree; the largest difference among them is {words.number(largest.largest)}"
        parts.append(tag("details", tag("summary", told), _table(rest, "More differences, all within what is allowed")))
    return join(*parts)


def _table(differences: Sequence[Difference], caption: str) -> Markup:
    heads = ("Compared", "Largest difference", "Allowed", "")
    return tag(
        "div",
        tag(
            "table",
            tag("caption", caption),
            tag("thead", tag("tr", *(tag("th", head, scope="col") if head else tag("td") for head in heads))),
            tag("tbody", *map(_row, differences)),
            class_="numbers",
        ),
        class_="scroll",
        tabindex="0",
        role="group",
        aria_label=caption,
    )


def _row(one: Difference) -> Markup:
    return tag(
        "tr",
        tag("th", inline(one.what), scope="row"),
        tag("td", words.number(one.largest), class_="figure"),
        tag("td", words.number(one.tolerance), class_="figure"),
        tag("td", charts.against(one), " ", "✓ " if one.equal else "✕ ", charts.share(one), class_="share"),
        class_=None if one.equal else "differs",
    )


def _training(model: ModelVerdict, place: str) -> Markup | None:
    chart = charts.losses(model.losses_before, model.losses_after, f"{place}-losses")
    if chart is None:
        return None
    sides = (
        ("before", "before", model.before, model.losses_before),
        ("after", "after", model.after, model.losses_after),
    )
    keys = [
        tag("li", tag("span", class_=f"key {kind}"), f" {label}", f", on {side.keras}" if side else "")
        for kind, label, side, losses in sides
        if losses
    ]
    unknown = [
        f"{label}: some losses are not finite, and not drawn"
        for _, label, _, losses in sides
        if not all(map(charts.drawable, losses))
    ]
    return tag(
        "figure",
        chart,
        tag("ul", *keys, *(tag("li", text) for text in unknown), class_="legend"),
        tag("figcaption", "Loss of the first training steps, as the code itself takes them"),
        class_="training",
    )
