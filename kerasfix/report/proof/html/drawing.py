"""The two architectures beside each other, each as an SVG: matching layers stand at the same place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from kerasfix.report.proof import words
from kerasfix.report.proof.full import columns
from kerasfix.report.proof.html.graph import Graph, Node, graph_of, shortened
from kerasfix.report.proof.html.layout import Layout, layered
from kerasfix.report.proof.html.markup import Markup, join, tag, text
from kerasfix.report.proof.html.matching import Matched
from kerasfix.verify.merges import is_merge, written
from kerasfix.verify.verdicts import Architecture, Layer, ModelVerdict

_WIDTH: Final = 212  # of a node
_HEIGHT: Final = 56
_RANK: Final = 92  # from one rank to the next
_MARGIN: Final = 12
_SIGNS: Final = 29  # characters that fit into a node
_MARKS: Final = {"differs": "≠", "alone": "+", "rewritten": "◆", "merge": "◇", "parted": "≠"}
LEGEND: Final = {
    "rewritten": "a merge that is written in another way",
    "merge": "a merge that stays as it is",
    "alone": "only on this side",
    "differs": "another shape, number of parameters or kind",
    "parted": "here the numbers differ first",
}


def render(model: ModelVerdict, matches: Sequence[Matched], place: str) -> Markup | None:
    """Both drawings, each in a box that scrolls; `place` begins the ids in it. None where there is nothing to draw."""
    graph = graph_of(matches, model.before, model.after)
    if not graph.nodes:
        return None
    parted = _named(model.parted_at)
    short = shortened(graph, parted)
    parts = [_pair(short, model, parted, place), _legend(short, parted)]
    if len(short.nodes) < len(graph.nodes):
        every = f"All {len(graph.nodes):,} layers, drawn one by one"
        parts.append(tag("details", tag("summary", every), _pair(graph, model, parted, f"{place}-all")))
    return join(*parts)


def _named(parted_at: str | None) -> set[str]:
    """The names of layers in a text."""
    return {name.rpartition("/")[2] for name in re.findall(r"`([^`]+)`", parted_at or "")}


def _pair(graph: Graph, model: ModelVerdict, parted: set[str], place: str) -> Markup:
    layout = layered(graph.masks, graph.edges, _WIDTH)
    sides = ((False, "Before", model.before), (True, "After", model.after))
    figures = (
        tag(
            "figure",
            tag("figcaption", tag("strong", title), f" {architecture.keras}"),
            _side(graph, layout, architecture, after, parted, f"{place}-{title.lower()}"),
            class_="scroll",
            tabindex="0",
            role="group",
            aria_label=f"Architecture of {model.name}, {title.lower()}",
        )
        for after, title, architecture in sides
        if architecture
    )
    return tag("div", *figures, class_="drawings")


def _side(
    graph: Graph, layout: Layout, architecture: Architecture, after: bool, parted: set[str], place: str
) -> Markup:
    width = round(layout.width + 2 * _MARGIN)
    height = layout.ranks * _RANK - (_RANK - _HEIGHT) + 2 * _MARGIN
    edges = graph.after if after else graph.before
    shown = [
        (layers, node, _MARGIN + layout.x[at], _MARGIN + layout.rank[at] * _RANK)
        for at, node in enumerate(graph.nodes)
        if (layers := node.side(after))
    ]
    return tag(
        "svg",
        tag("title", f"The layers of this {architecture.kind} on {architecture.keras}", id=f"{place}-title"),
        tag("desc", _description(architecture), id=f"{place}-desc"),
        tag("g", *(_edge(layout.ways[edge]) for edge in sorted(edges) if edge in layout.ways), class_="edges"),
        *(_node(layers, node, x, y, architecture, parted) for layers, node, x, y in shown),
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="img",
        aria_labelledby=f"{place}-title {place}-desc",
    )


def _description(architecture: Architecture) -> str:
    kinds = Counter(layer.kind for layer in architecture.layers)
    listed = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common(8))
    more = "" if len(kinds) <= 8 else " and others"
    return f"{words.count(len(architecture.layers), 'layer')}: {listed}{more}. The table of layers has all of them."


def _edge(way: Sequence[tuple[float, int]]) -> Markup:
    """A curve from the bottom of a node through the gaps between ranks to the top of another."""
    points = [(_MARGIN + x, _MARGIN + rank * _RANK) for x, rank in way]
    (x, y), *rest = points
    upward = rest[0][1] < y if rest else False
    parts = [f"M{x:.1f} {y + (0 if upward else _HEIGHT):.1f}"]
    y += 0 if upward else _HEIGHT
    for at, (to, top) in enumerate(rest):
        end = top + _HEIGHT if upward else top
        half = (end - y) / 2
        parts.append(f"C{x:.1f} {y + half:.1f} {to:.1f} {end - half:.1f} {to:.1f} {end:.1f}")
        x, y = to, end
        if at < len(rest) - 1:
            y = top if upward else top + _HEIGHT
            parts.append(f"L{x:.1f} {y:.1f}")
    return tag("path", d="".join(parts))


def _node(layers: list[Layer], node: Node, x: float, y: float, architecture: Architecture, parted: set[str]) -> Markup:
    mark = _mark(node, parted)
    lines = _lines(layers)
    left = x - _WIDTH / 2
    children = [
        tag("title", _told(layers, mark)),
        tag("rect", x=f"{left:.1f}", y=f"{y:.1f}", width=_WIDTH, height=_HEIGHT, rx=6),
    ]
    if len(layers) > 1:  # a pile
        children.insert(1, tag("rect", x=f"{left + 4:.1f}", y=f"{y + 4:.1f}", width=_WIDTH, height=_HEIGHT, rx=6))
    for number, (line, kind) in enumerate(zip(lines, ("kind", "name", "shape"))):
        children.append(_line(_cut(line), x, y + 18 + 15 * number, kind))
    if mark:
        children.append(_line(_MARKS[mark], left + _WIDTH - 13, y + 16, "mark"))
    return tag("g", *children, class_=" ".join(filter(None, ("node", mark, "pile" if len(layers) > 1 else None))))


def _line(value: str, x: float, y: float, kind: str) -> Markup:
    return tag("text", value, x=f"{x:.1f}", y=f"{y:.1f}", class_=kind)


def _mark(node: Node, parted: set[str]) -> str | None:
    """What there is to say of a node, the most telling first."""
    (match, *more) = node.members
    if more:
        return None  # all the same on both sides
    layers = [layer for layer in (match.before, match.after) if layer]
    if parted.intersection(layer.name for layer in layers):
        return "parted"
    if match.differs:
        return "differs"
    if match.merges:
        return "rewritten" if match.rewritten_merge else "merge"
    return "alone" if match.astray else None


def _lines(layers: list[Layer]) -> tuple[str, str, str]:
    parameters = sum(layer.parameters for layer in layers)
    shapes = layers[-1].output_shapes
    shape = words.shape(shapes[0]) if len(shapes) == 1 else f"{len(shapes)} outputs"
    below = f"{shape} · {parameters:,}" if parameters else shape
    if len(layers) > 1:
        return f"{len(layers)} layers", _kinds(layers), below
    (layer,) = layers
    calls = f" ×{len(layer.inbound)}" if len(layer.inbound) > 1 else ""
    kind = written(layer) if is_merge(layer) else layer.kind
    return f"{kind}{calls}", layer.path if columns(layer.path) <= _SIGNS else layer.name, below


def _kinds(layers: list[Layer]) -> str:
    counts = Counter(layer.kind for layer in layers)
    return ", ".join(kind if count == 1 else f"{kind} ×{count}" for kind, count in counts.items())


def _told(layers: list[Layer], mark: str | None) -> str:
    """What a pointer that rests on a node is told."""
    lines = [
        f"{layer.path}: {written(layer) if is_merge(layer) else layer.kind}, "
        f"{', '.join(map(words.shape, layer.output_shapes))}, {words.count(layer.parameters, 'parameter')}"
        for layer in layers
    ]
    return "\n".join([*lines, *([LEGEND[mark]] if mark else [])])


def _cut(line: str) -> str:
    if columns(line) <= _SIGNS:
        return line
    head = len(line)
    while columns(line[:head]) > _SIGNS - 1:
        head -= 1
    return f"{line[:head]}…"


def _legend(graph: Graph, parted: set[str]) -> Markup | None:
    marks = {_mark(node, parted) for node in graph.nodes}
    found = [
        tag("li", tag("span", _MARKS[mark], class_=mark), text(f" {LEGEND[mark]}")) for mark in LEGEND if mark in marks
    ]
    if any(len(node.members) > 1 for node in graph.nodes):
        found.append(tag("li", tag("span", "❐"), " several layers in a row, the same on both sides"))
    return tag("ul", *found, class_="legend") if found else None
