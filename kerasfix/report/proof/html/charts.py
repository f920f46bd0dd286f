"""Small charts: how many models reached each level, losses step by step, a difference against what is allowed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

from kerasfix.report.proof import words
from kerasfix.report.proof.html.markup import Markup, join, tag
from kerasfix.verify.verdicts import Difference, Level, Verification

_WIDTH: Final = 460
_HEIGHT: Final = 230
_LEFT: Final = 64
_RIGHT: Final = 16
_TOP: Final = 26
_BOTTOM: Final = 44
_DECADES: Final = 8  # below what is allowed, which a bar shows
_BAR: Final = 120
_HUGE: Final = 1e100


def levels(verification: Verification) -> Markup | None:
    """A bar with a part for each level that models reached and no more, and for those that failed; None without any."""
    counts = words.tally(verification)
    total = sum(counts.values())
    if not total:
        return None
    parts: list[Markup] = []
    start = 0.0
    told = []
    for word, count in counts.items():
        if not count:
            continue
        share = 100 * count / total
        told.append(f"{count} {word}")
        parts.append(tag("rect", x=f"{start:.3f}%", y=0, width=f"{share:.3f}%", height=30, class_=f"fill-{word}"))
        if share > 4:
            parts.append(tag("text", str(count), x=f"{start + share / 2:.3f}%", y=20))
        start += share
    return tag(
        "svg",
        tag("title", "How far the models are proven", id="levels-title"),
        tag("desc", f"Of {words.count(total, 'model')}: {', '.join(told)}.", id="levels-desc"),
        *parts,
        class_="levels",
        role="img",
        width="100%",
        height=30,
        aria_labelledby="levels-title levels-desc",
    )


def losses(before: Sequence[float], after: Sequence[float], place: str) -> Markup | None:
    """Both curves of losses; None without a number that can be drawn."""
    finite = [value for value in (*before, *after) if drawable(value)]
    if not finite:
        return None
    ticks = _ticks(min(finite), max(finite))
    steps = max(len(before), len(after))
    scale = _Scale(steps, ticks[0], ticks[-1])
    return tag(
        "svg",
        tag("title", "The loss of each training step, before and after the rewrite", id=f"{place}-title"),
        tag("desc", f"{_told('Before', before)} {_told('After', after)}", id=f"{place}-desc"),
        *(_grid(scale, tick) for tick in ticks),
        *(_step(scale, step) for step in range(0, steps, max(1, -(-steps // 10)))),
        tag("text", "training step", x=(_LEFT + _WIDTH - _RIGHT) / 2, y=_HEIGHT - 6, class_="axis middle"),
        tag("text", "loss", x=_LEFT - 8, y=_TOP - 14, class_="axis end"),
        _curve(scale, before, "before"),
        _curve(scale, after, "after"),
        viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
        width=_WIDTH,
        height=_HEIGHT,
        class_="losses",
        role="img",
        aria_labelledby=f"{place}-title {place}-desc",
    )


def drawable(loss: float) -> bool:
    """Whether a loss has a place in a chart."""
    return abs(loss) < _HUGE  # false for nan, too


class _Scale:
    def __init__(self, steps: int, low: float, high: float) -> None:
        self.steps = max(2, steps)
        self.low = low
        self.high = high if high > low else low + 1

    def x(self, step: int) -> float:
        return round(_LEFT + 12 + (_WIDTH - _LEFT - _RIGHT - 24) * step / (self.steps - 1), 2)

    def y(self, loss: float) -> float:
        share = (loss - self.low) / (self.high - self.low)
        return round(_HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * share, 2)


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers from below the lowest to above the highest value."""
    span = high - low or abs(high) or 1.0
    step = 10.0 ** math.floor(math.log10(span / 3))
    step = next(step * factor for factor in (1, 2, 5, 10) if span / (step * factor) <= 5)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [number * step for number in range(first, max(last, first + 1) + 1)]


def _grid(scale: _Scale, tick: float) -> Markup:
    y = scale.y(tick)
    span = scale.high - scale.low
    digits = min(12, max(0, 1 - math.floor(math.log10(span)))) if span > 0 else 2
    label = f"{tick:.2e}" if abs(tick) >= 1e6 or digits > 6 else f"{tick:.{digits}f}"
    return join(
        tag("line", x1=_LEFT, x2=_WIDTH - _RIGHT, y1=y, y2=y, class_="grid"),
        tag("text", label, x=_LEFT - 8, y=y + 4, class_="axis end"),
    )


def _step(scale: _Scale, step: int) -> Markup:
    return tag("text", str(step + 1), x=scale.x(step), y=_HEIGHT - _BOTTOM + 18, class_="axis middle")


def _curve(scale: _Scale, values: Sequence[float], side: str) -> Markup:
    """A line with a mark on each step: rings before, dots after, so that both are seen where they are equal."""
    points = [(scale.x(step), scale.y(value)) for step, value in enumerate(values) if drawable(value)]
    radius = 6 if side == "before" else 3
    return tag(
        "g",
        tag("polyline", points=" ".join(f"{x},{y}" for x, y in points)),
        *(tag("circle", cx=x, cy=y, r=radius) for x, y in points),
        class_=side,
    )


def _told(side: str, values: Sequence[float]) -> str:
    if not values:
        return f"{side}: not known."
    return f"{side}: {', '.join(f'{value:.4g}' for value in values)}."


def against(difference: Difference) -> Markup:
    """How large a difference is against what is allowed, in powers of ten: the line is what is allowed."""
    limit = _BAR * 0.75
    ratio = _ratio(difference)
    decades = math.log10(ratio) if 0 < ratio < math.inf else (-_DECADES if ratio == 0 else _DECADES)
    length = max(0.0, min(_BAR - 2, limit + limit * decades / _DECADES))
    return tag(
        "svg",
        tag("rect", x=0, y=5, width=f"{length:.1f}", height=6, class_="within" if difference.equal else "beyond"),
        tag("line", x1=limit, x2=limit, y1=0, y2=16),
        class_="against",
        width=_BAR,
        height=16,
        aria_hidden="true",
    )


def share(difference: Difference) -> str:
    """The same in words: `1/84 of what is allowed`."""
    ratio = _ratio(difference)
    if not math.isfinite(difference.largest):
        return words.apart(difference)
    if ratio == 0:
        return "no difference"
    if not difference.equal and ratio <= 1:
        return "beyond what is allowed"
    if not difference.equal:
        return f"{_rounded(ratio) if ratio >= 10 else f'{ratio:.1f}'} times what is allowed"
    return f"1/{_rounded(1 / ratio)} of what is allowed" if ratio < 0.67 else "within what is allowed"


def _rounded(number: float) -> str:
    """Two digits say how large it is; more would only look exact."""
    return f"{float(f'{number:.2g}'):,.0f}"


def _ratio(difference: Difference) -> float:
    if not math.isfinite(difference.largest):
        return math.inf
    if difference.tolerance > 0 and math.isfinite(difference.tolerance):
        return abs(difference.largest) / difference.tolerance
    return 0.0 if not difference.largest else math.inf


def pips(level: Level) -> Markup:
    """Four squares, of which as many are full as levels are reached."""
    return tag("svg", *_squares(level), width=46, height=10, aria_hidden="true", class_="pips")


def _squares(level: Level) -> Iterable[Markup]:
    for number in range(1, len(Level)):
        full = "full" if number <= level else "open"
        yield tag("rect", x=12 * number - 11, y=1, width=8, height=8, rx=1.5, class_=full)
