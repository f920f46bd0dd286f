"""The graph of a model's layers, with those of nested models in the place of the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from kerasfix.report.proof.html.matching import Matched
from kerasfix.verify.verdicts import Architecture, Layer

_SMALL: Final = 30  # nodes up to which a drawing shows every layer
_RUN: Final = 2  # layers in a row that are drawn as one in a larger drawing


@dataclass(frozen=True)
class Node:
    """What is drawn as one: a layer with its counterpart, or a run of them that are the same on both sides."""

    members: tuple[Matched, ...]

    def side(self, after: bool) -> list[Layer]:
        """Its layers on one side."""
        layers = ((one.after if after else one.before) for one in self.members)
        return [layer for layer in layers if layer is not None]


@dataclass(frozen=True)
class Graph:
    """Both sides in one: what is laid out together stays beside each other."""

    nodes: tuple[Node, ...]
    before: frozenset[tuple[int, int]]  # edges, as places of nodes
    after: frozenset[tuple[int, int]]

    @property
    def edges(self) -> dict[tuple[int, int], int]:
        """The edges of both sides, with 1 for one before, 2 for one after and 3 for one on both."""
        return {edge: (edge in self.before) + 2 * (edge in self.after) for edge in sorted(self.before | self.after)}

    @property
    def masks(self) -> list[int]:
        """The same for the nodes."""
        return [bool(node.side(False)) + 2 * bool(node.side(True)) for node in self.nodes]


def graph_of(matches: Iterable[Matched], before: Architecture | None, after: Architecture | None) -> Graph:
    """The graph of every layer; a nested model whose layers are known is not a node, they are."""
    nodes = [match for match in matches if not _opened(match, before, after)]
    old = {match.before.path: at for at, match in enumerate(nodes) if match.before}
    new = {match.after.path: at for at, match in enumerate(nodes) if match.after}
    return Graph(
        tuple(Node((match,)) for match in nodes),
        frozenset(_places(before, old)),
        frozenset(_places(after, new)),
    )


def _places(architecture: Architecture | None, places: dict[str, int]) -> Iterator[tuple[int, int]]:
    for one, other in edges_of(architecture) if architecture else ():
        if one in places and other in places and places[one] != places[other]:
            yield places[one], places[other]


def _opened(match: Matched, before: Architecture | None, after: Architecture | None) -> bool:
    sides = ((match.before, before), (match.after, after))
    return all(layer is None or (layer.container and _has_inside(layer, side)) for layer, side in sides)


def _has_inside(layer: Layer, architecture: Architecture | None) -> bool:
    return architecture is not None and any(one.path.startswith(f"{layer.path}/") for one in architecture.layers)


def edges_of(architecture: Architecture) -> list[tuple[str, str]]:
    """From which layer to which, by their paths; what goes into a nested model goes into those it begins with."""
    inside: dict[str, list[Layer]] = {}
    for layer in architecture.layers:
        inside.setdefault(layer.path.rpartition("/")[0], []).append(layer)
    kinds = {layer.path: layer.kind for layer in architecture.layers} | {"": architecture.kind}
    calls = {
        layer.path: list(dict.fromkeys(path for call in layer.inbound for path in call))
        for layer in architecture.layers
    }
    for model, layers in inside.items():
        own = {layer.path for layer in layers}
        linked = any(path in own for layer in layers for path in calls[layer.path])
        if not linked and kinds.get(model) == "Sequential":
            for one, other in pairwise(layers):
                calls[other.path] = [one.path]

    def ends(path: str, first: bool) -> list[str]:
        """The layers that a path stands for: itself, or those with which a model begins or ends."""
        layers = inside.get(path)
        if not layers:
            return [path]
        own = {layer.path for layer in layers}
        used = {source for layer in layers for source in calls[layer.path] if source in own}
        chosen = [
            layer.path
            for layer in layers
            if (not own.intersection(calls[layer.path]) if first else layer.path not in used)
        ]
        return [end for one in chosen for end in ends(one, first)]

    return [
        (start, end)
        for path, sources in calls.items()
        for source in sources
        if source in calls
        for start in ends(source, False)
        for end in ends(path, True)
    ]


def shortened(graph: Graph, keep: Iterable[str] = ()) -> Graph:
    """The same with runs of layers drawn as one, where it is large.

    What is not the same on both sides, what merges, begins or ends, and the layers whose names are in `keep` stay.
    """
    if len(graph.nodes) <= _SMALL:
        return graph
    names = set(keep)
    edges = list(graph.edges)
    following = _neighbours(edges, len(graph.nodes))
    leading = _neighbours([(end, start) for start, end in edges], len(graph.nodes))
    plain = [
        len(following[at]) == 1 and len(leading[at]) == 1 and _is_plain(node, names)
        for at, node in enumerate(graph.nodes)
    ]
    groups: list[list[int]] = []
    for at in range(len(graph.nodes)):
        if not plain[at]:
            groups.append([at])
            continue
        if plain[leading[at][0]]:
            continue  # not the first of its run
        run = [at]
        while plain[following[run[-1]][0]]:
            run.append(following[run[-1]][0])
        groups += [run] if len(run) >= _RUN else [[one] for one in run]
    place = {at: number for number, group in enumerate(groups) for at in group}

    def moved(edges: Iterable[tuple[int, int]]) -> frozenset[tuple[int, int]]:
        ends = ((place[start], place[end]) for start, end in edges if start in place and end in place)
        return frozenset((start, end) for start, end in ends if start != end)

    nodes = tuple(Node(tuple(one for at in group for one in graph.nodes[at].members)) for group in groups)
    return Graph(nodes, moved(graph.before), moved(graph.after))


def _neighbours(edges: Iterable[tuple[int, int]], count: int) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in range(count)]
    for start, end in edges:
        found[start].append(end)
    return found


def _is_plain(node: Node, names: set[str]) -> bool:
    (match,) = node.members
    if match.alone or match.differs or match.merges or match.layer.container or match.layer.kind == "InputLayer":
        return False
    return not names.intersection(layer.name for layer in (match.before, match.after) if layer)
