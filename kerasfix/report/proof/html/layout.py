"""Where the nodes of a layered drawing go: ranks from top to bottom, few crossings, straight long edges.

The usual steps (Sugiyama, Tagawa and Toda 1981): break cycles, rank by the longest path, put stops on edges over
several ranks, order each rank by where its neighbours are, and give places so that nodes stand below each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_SWEEPS: Final = 8
_STOPS: Final = 20_000  # on long edges; a drawing with more of them has none
_GAP: Final = 24.0  # between nodes of a rank
_STOP_WIDTH: Final = 10.0


@dataclass(frozen=True)
class Layout:
    """Places of nodes and ways of edges: `x` is the middle, `rank` counts from the top."""

    x: tuple[float, ...]
    rank: tuple[int, ...]
    ways: dict[tuple[int, int], tuple[tuple[float, int], ...]]  # of each edge: (x, rank) from its start to its end
    width: float
    ranks: int


def layered(masks: Sequence[int], edges: Mapping[tuple[int, int], int], width: float) -> Layout:
    """Lays out nodes that are each `width` wide; the edges are pairs of their places.

    Each has a bit for every picture that it is in: what is never in the same one may stand at the same place.
    """
    if not masks:
        return Layout((), (), {}, 0.0, 0)
    count = len(masks)
    downward = _acyclic(count, list(edges))
    ranks = _ranks(count, downward)
    nodes, links, chains = _with_stops(count, downward, ranks)
    bits = [*masks, *(0 for _ in nodes[count:])]
    for (start, end), chain in chains.items():
        for stop in chain[1:-1]:
            bits[stop] |= edges.get((start, end), 0) | edges.get((end, start), 0)
    rows: list[list[int]] = [[] for _ in range(max(nodes) + 1)]
    for node in _depth_first(len(nodes), links, nodes):
        rows[nodes[node]].append(node)
    above, below = _neighbours(links, len(nodes))
    _order(rows, above, below)
    widths = [width] * count + [_STOP_WIDTH] * (len(nodes) - count)
    x = _places([(row, _offsets(row, widths, bits)) for row in rows], above, below)
    left = min(place - wide / 2 for place, wide in zip(x, widths))
    x = [place - left for place in x]
    right = max(place + wide / 2 for place, wide in zip(x, widths))
    ways = {edge: tuple((x[node], nodes[node]) for node in chain) for edge, chain in chains.items()}
    turned = [(start, end) for start, end in edges if (start, end) not in ways and (end, start) in ways]
    ways |= {(start, end): tuple(reversed(ways[end, start])) for start, end in turned}
    return Layout(tuple(x[:count]), tuple(nodes[:count]), ways, right, len(rows))


def _neighbours(links: Sequence[tuple[int, int]], count: int) -> tuple[list[list[int]], list[list[int]]]:
    above: list[list[int]] = [[] for _ in range(count)]
    below: list[list[int]] = [[] for _ in range(count)]
    for start, end in links:
        below[start].append(end)
        above[end].append(start)
    return above, below


def _acyclic(count: int, edges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The edges with those turned around that close a cycle."""
    _, below = _neighbours(edges, count)
    state = [0] * count  # 1: on the way, 2: done
    back: set[tuple[int, int]] = set()
    for root in range(count):
        stack = [(root, iter(below[root]))] if not state[root] else []
        if stack:
            state[root] = 1
        while stack:
            node, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                state[node] = 2
                stack.pop()
            elif state[following] == 1:
                back.add((node, following))
            elif not state[following]:
                state[following] = 1
                stack.append((following, iter(below[following])))
    turned = {((end, start) if (start, end) in back else (start, end)) for start, end in edges if start != end}
    return sorted(turned)


def _ranks(count: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    above, below = _neighbours(edges, count)
    ranks = [0] * count
    waiting = [len(nodes) for nodes in above]
    ready = [node for node in range(count) if not waiting[node]]
    for node in ready:  # grows on the way
        for following in below[node]:
            ranks[following] = max(ranks[following], ranks[node] + 1)
            waiting[following] -= 1
            if not waiting[following]:
                ready.append(following)
    for node in range(count):
        if not above[node] and below[node]:  # an input stands above what it goes into
            ranks[node] = min(ranks[following] for following in below[node]) - 1
    return ranks


def _with_stops(
    count: int, edges: Sequence[tuple[int, int]], ranks: list[int]
) -> tuple[list[int], list[tuple[int, int]], dict[tuple[int, int], list[int]]]:
    """The ranks of nodes and stops, the links from rank to rank, and the chain of each edge.

    Edges from one node share their stops, so that a layer that is used all over has one line going down.
    """
    nodes = list(ranks)
    links: dict[tuple[int, int], None] = {}
    chains: dict[tuple[int, int], list[int]] = {}
    stops: dict[tuple[int, int], int] = {}
    many = sum(max(0, ranks[end] - ranks[start] - 1) for start, end in edges) > _STOPS
    for start, end in edges:
        chain = [start]
        for rank in range(ranks[start] + 1, ranks[end] if not many else 0):
            if (start, rank) not in stops:
                stops[start, rank] = len(nodes)
                nodes.append(rank)
            chain.append(stops[start, rank])
        chain.append(end)
        chains[start, end] = chain
        links.update(dict.fromkeys(pairwise(chain)))
    return nodes, list(links), chains


def _depth_first(count: int, links: Sequence[tuple[int, int]], ranks: Sequence[int]) -> list[int]:
    above, below = _neighbours(links, count)
    seen = [False] * count
    order: list[int] = []
    for root in (node for node in range(count) if not above[node]):
        stack = [root]
        while stack:
            node = stack.pop()
            if seen[node]:
                continue
            seen[node] = True
            order.append(node)
            stack.extend(reversed(below[node]))
    return order


def _order(rows: list[list[int]], above: list[list[int]], below: list[list[int]]) -> None:
    """Orders each rank by the middle of its neighbours, down and up in turn, and keeps what crosses least."""
    best = [list(row) for row in rows]
    fewest = _crossings(rows, below)
    place = [0.0] * len(above)
    for row in rows:
        _number(row, place)
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        for row in rows[1:] if down else reversed(rows[:-1]):
            near = above if down else below
            keys = {node: sum(place[one] for one in near[node]) / len(near[node]) for node in row if near[node]}
            row.sort(key=lambda node: keys.get(node, place[node]))
            _number(row, place)
        crossings = _crossings(rows, below)
        if crossings < fewest:
            best, fewest = [list(row) for row in rows], crossings
    for row, kept in zip(rows, best):
        row[:] = kept


def _number(row: list[int], place: list[float]) -> None:
    for at, node in enumerate(row):
        place[node] = float(at)


def _crossings(rows: list[list[int]], below: list[list[int]]) -> int:
    total = 0
    for row, following in pairwise(rows):
        place = {node: at for at, node in enumerate(following)}
        ends = [
            place[end] for node in row for end in sorted(below[node], key=lambda one: place.get(one, 0)) if end in place
        ]
        total += _inversions(ends)
    return total


def _inversions(values: list[int]) -> int:
    if len(values) < 2:
        return 0
    middle = len(values) // 2
    left, right = values[:middle], values[middle:]
    total = _inversions(left) + _inversions(right)
    left.sort()
    right.sort()
    at = 0
    for value in right:
        while at < len(left) and left[at] <= value:
            at += 1
        total += len(left) - at
    return total


def _offsets(row: list[int], widths: list[float], bits: list[int]) -> list[float]:
    """How far each node of a rank is from its first at least."""
    offsets: list[float] = []
    ends: dict[int, float] = {}  # of the last node in each picture: its right side
    for node in row:
        half = widths[node] / 2
        free = max((end + _GAP + half for bit, end in ends.items() if bit & bits[node]), default=0.0)
        offsets.append(max([free, *offsets[-1:]]))
        for bit in (1, 2):
            if bit & bits[node]:
                ends[bit] = offsets[-1] + half
    return offsets


def _places(rows: list[tuple[list[int], list[float]]], above: list[list[int]], below: list[list[int]]) -> list[float]:
    x = [0.0] * len(above)
    for row, offsets in rows:
        for node, offset in zip(row, offsets):
            x[node] = offset
    for sweep in range(2 * _SWEEPS):
        down = sweep % 2 == 0
        near = above if down else below
        for row, offsets in rows if down else reversed(rows):
            wanted = [_middle([x[one] for one in near[node]]) if near[node] else x[node] for node in row]
            for node, place in zip(row, _apart(wanted, offsets)):
                x[node] = place
    return x


def _middle(values: list[float]) -> float:
    values = sorted(values)
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def _apart(wanted: list[float], offsets: list[float]) -> list[float]:
    """The places nearest to those that are wanted, in their order and far enough apart (pool adjacent violators)."""
    pools: list[tuple[float, int]] = []  # mean, size
    for place, offset in zip(wanted, offsets):
        mean, size = place - offset, 1
        while pools and pools[-1][0] > mean:
            before, count = pools.pop()
            mean, size = (before * count + mean * size) / (count + size), count + size
        pools.append((mean, size))
    settled = [mean for mean, size in pools for _ in range(size)]
    return [place + offset for place, offset in zip(settled, offsets)]
