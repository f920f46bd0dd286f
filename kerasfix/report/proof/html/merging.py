"""What the merges of a model do to its shapes and parameters, in its own numbers."""

from __future__ import annotations

from typing import Final

from kerasfix.report.proof.explained import followed, inputs_of, totals
from kerasfix.report.proof.html.markup import Markup, join, tag
from kerasfix.report.proof.html.prose import inline
from kerasfix.verify.merges import Merge, merges, shape_text
from kerasfix.verify.verdicts import Architecture

_SHOWN: Final = 3  # merges that are shown without unfolding


def render(architecture: Architecture) -> Markup | None:
    """A block for each merge; None without any."""
    blocks = [_block(merge) for merge in merges(architecture)]
    if not blocks:
        return None
    shown, rest = blocks[:_SHOWN], blocks[_SHOWN:]
    more = f"{len(rest)} more {'merge' if len(rest) == 1 else 'merges'}"
    return join(
        tag("div", *shown, class_="merges"),
        tag("details", tag("summary", more), tag("div", *rest, class_="merges")) if rest else None,
    )


def _block(merge: Merge) -> Markup:
    facts = [tag("p", inline(merge.why))]
    facts += [tag("p", inline(line)) for line in followed(merge)]
    if told := totals(merge):
        facts.append(tag("p", inline(told)))
    return tag(
        "section",
        tag("h5", tag("code", merge.written), " ", tag("span", merge.layer.name, class_="name")),
        tag(
            "ul",
            *(tag("li", tag("code", shape), tag("small", f" {name}")) for name, shape in inputs_of(merge)),
            tag("li", "→ ", tag("code", shape_text(merge.output))),
            class_="shapes",
        ),
        *facts,
        class_="merge",
    )
