"""Shapes and parameters before and after, layer by layer, with what differs marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kerasfix.report.proof import words
from kerasfix.report.proof.html.markup import Markup, join, tag
from kerasfix.report.proof.html.matching import Matched
from kerasfix.verify.merges import is_merge, written
from kerasfix.verify.verdicts import Architecture, Layer, ModelVerdict

_SHOWN: Final = 40  # layers that are shown without unfolding


def render(model: ModelVerdict, matches: Sequence[Matched]) -> Markup:
    """The table; folded where it is long."""
    known = {title: side for title, side in (("Before", model.before), ("After", model.after)) if side}
    differing = sum(1 for match in matches if match.differs or match.astray)
    if len(known) == 1:
        equal = f"on {next(iter(known.values())).keras} only"
    else:
        equal = f"{words.count(differing, 'layer')} differing" if differing else "the same on both sides"
    caption = f"{words.count(len(matches), 'layer')}, {equal}"
    sides = list(known)
    table = tag(
        "div",
        tag(
            "table",
            tag("caption", caption),
            tag("thead", *_heads(sides)),
            tag("tbody", *(_row(match, sides) for match in matches)),
            tag("tfoot", *_totals(list(known.values()))),
            class_="layers",
        ),
        class_="scroll",
        tabindex="0",
        role="group",
        aria_label=f"Layers of {model.name}",
    )
    return table if len(matches) <= _SHOWN else tag("details", tag("summary", f"Table of {caption}"), table)


def _heads(sides: Sequence[str]) -> list[Markup]:
    columns = ("Layer", "Output shape", "Parameters")
    return [
        tag("tr", tag("td"), *(tag("th", side, scope="colgroup", colspan=3) for side in sides)),
        tag("tr", tag("td"), *(tag("th", column, scope="col") for _ in sides for column in columns)),
    ]


def _row(match: Matched, sides: Sequence[str]) -> Markup:
    sign, told = "", ""
    if match.differs:
        sign, told = "≠", "differs"
    elif match.astray:
        sign, told = ("−", "only before") if match.after is None else ("+", "only after")
    elif match.rewritten_merge:
        sign, told = "◆", "a merge that is written in another way"
    kind = {"≠": "differs", "−": "alone", "+": "alone", "◆": "rewritten"}.get(sign)
    pairs = {"Before": (match.before, match.after), "After": (match.after, match.before)}
    return tag(
        "tr",
        tag("td", tag("span", sign, title=told, role="img", aria_label=told) if sign else None, class_="sign"),
        *(_side(*pairs[side]) for side in sides),
        class_=kind,
    )


def _side(layer: Layer | None, other: Layer | None) -> list[Markup]:
    if layer is None:
        return [tag("td", "–", class_="first"), tag("td"), tag("td")]
    kind = written(layer) if is_merge(layer) else layer.kind
    shapes = ", ".join(map(words.shape, layer.output_shapes))
    reshaped = other is not None and layer.output_shapes != other.output_shapes
    resized = other is not None and layer.parameters != other.parameters
    depth = "· " * min(layer.path.count("/"), 6)
    return [
        tag("td", depth, tag("span", kind, class_="kind"), " ", tag("span", layer.name, class_="name"), class_="first"),
        tag("td", _strong(shapes, reshaped)),
        tag("td", _strong(f"{layer.parameters:,}", resized), class_="figure"),
    ]


def _strong(text: str, differs: bool) -> Markup:
    return tag("strong", text) if differs else join(text)


def _totals(known: Sequence[Architecture]) -> list[Markup]:
    rows = []
    for label, values in (
        ("All parameters", [side.parameters for side in known]),
        ("Trainable", [side.trainable for side in known]),
    ):
        differs = len(set(values)) > 1
        cells = (
            (
                tag("th", label, colspan=2, scope="row", class_="first"),
                tag("td", _strong(f"{value:,}", differs), class_="figure"),
            )
            for value in values
        )
        rows.append(tag("tr", tag("td", "≠" if differs else None, class_="sign"), *cells))
    return rows
