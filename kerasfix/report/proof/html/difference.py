"""A text before and after, side by side: what is equal is folded, in changed lines the changed words are marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Final

from kerasfix.report.hunks import hunks, lines
from kerasfix.report.proof import words
from kerasfix.report.proof.html.markup import Markup, join, tag
from kerasfix.source.index import TextIndex

_CONTEXT: Final = 3  # unchanged lines that are shown around a change
_WORTH: Final = 4  # unchanged lines that are worth a fold
_PAIRED: Final = 40  # lines of one change up to which the most similar ones are laid beside each other
_ALIKE: Final = 0.4  # of two lines that are shown as one that changed
_LONG: Final = 400  # characters of a line up to which its words are compared
_WORD: Final = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Row:
    """A line on each side, with its number; None on the side where there is none."""

    old: tuple[int, str] | None
    new: tuple[int, str] | None

    @property
    def kind(self) -> str:
        """ "same", "changed", "removed" or "added"."""
        if self.old is None or self.new is None:
            return "removed" if self.new is None else "added"
        return "same" if self.old[1] == self.new[1] else "changed"


def render(all_rows: list[Row]) -> Markup:
    """The tables of two texts, with a fold for each stretch that is equal."""
    parts = []
    for number, (folded, part) in enumerate(_stretches(all_rows)):
        table = _table(part, visible=not number)
        if folded:
            table = tag("details", tag("summary", words.count(len(part), "unchanged line")), table)
        parts.append(table)
    return tag("div", *parts, class_="diff")


def rows(before: str, after: str) -> list[Row]:
    """Both texts line by line, the lines that are equal or alike beside each other."""
    old, new = lines(before), lines(after)
    found: list[Row] = []
    at_old = at_new = 0

    def equal_until(end: int) -> None:
        nonlocal at_old, at_new
        while at_old < end:
            found.append(Row((at_old + 1, old[at_old]), (at_new + 1, new[at_new])))
            at_old, at_new = at_old + 1, at_new + 1

    for hunk in hunks(TextIndex(before), after):
        equal_until(hunk.line - 1)
        for one, other in _paired(hunk.old_lines, hunk.new_lines):
            found.append(
                Row(
                    None if one is None else (at_old + 1, old[at_old]),
                    None if other is None else (at_new + 1, new[at_new]),
                )
            )
            at_old, at_new = at_old + (one is not None), at_new + (other is not None)
    equal_until(len(old))
    return found


def _paired(old: Sequence[str], new: Sequence[str]) -> list[tuple[str | None, str | None]]:
    """The lines of a change in their order, beside each other so that they are as alike as can be."""
    if max(len(old), len(new)) > _PAIRED:
        both = min(len(old), len(new))
        pairs: list[tuple[str | None, str | None]] = list(zip(old, new))
        return [*pairs, *((line, None) for line in old[both:]), *((None, line) for line in new[both:])]
    alike = [[_likeness(one, other) for other in new] for one in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for at in range(len(old) - 1, -1, -1):
        for to in range(len(new) - 1, -1, -1):
            together = alike[at][to] + best[at + 1][to + 1] if alike[at][to] >= _ALIKE else 0.0
            best[at][to] = max(together, best[at + 1][to], best[at][to + 1])
    return list(_read_off(old, new, alike, best))


def _read_off(
    old: Sequence[str], new: Sequence[str], alike: list[list[float]], best: list[list[float]]
) -> Iterator[tuple[str | None, str | None]]:
    at = to = 0
    while at < len(old) or to < len(new):
        pair = at < len(old) and to < len(new) and alike[at][to] >= _ALIKE
        if pair and best[at][to] == alike[at][to] + best[at + 1][to + 1]:
            yield old[at], new[to]
            at, to = at + 1, to + 1
            continue
        if at < len(old) and (to == len(new) or best[at][to] == best[at + 1][to]):
            yield old[at], None
            at += 1
        else:
            yield None, new[to]
            to += 1


def _likeness(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if len(one) + len(other) > 2 * _LONG:
        return 0.5
    return SequenceMatcher(None, _WORD.findall(one.strip()), _WORD.findall(other.strip()), autojunk=False).ratio()


def _stretches(all_rows: list[Row]) -> Iterator[tuple[bool, list[Row]]]:
    """The rows in parts, each with whether it is to be folded."""
    shown = [False] * len(all_rows)
    for at, row in enumerate(all_rows):
        if row.kind != "same":
            for near in range(max(0, at - _CONTEXT), min(len(all_rows), at + _CONTEXT + 1)):
                shown[near] = True
    groups = [(key, [at for at, _ in group]) for key, group in groupby(enumerate(shown), key=lambda pair: pair[1])]
    part: list[Row] = []
    for is_shown, places in groups:
        stretch = [all_rows[at] for at in places]
        if is_shown or len(stretch) < _WORTH:
            part += stretch
            continue
        if part:
            yield False, part
        yield True, stretch
        part = []
    if part:
        yield False, part


def _table(part: list[Row], visible: bool) -> Markup:
    hidden = None if visible else "unseen"
    head = tag("tr", tag("th", "Before", scope="col", colspan=2), tag("th", "After", scope="col", colspan=2))
    return tag(
        "table",
        tag("caption", _caption(part), class_="unseen"),
        tag("colgroup", *(tag("col", class_=kind) for _ in range(2) for kind in ("number", None))),
        tag("thead", head, class_=hidden),
        tag("tbody", *map(_row, part)),
    )


def _caption(part: list[Row]) -> str:
    numbers = [(row.old or row.new or (0, ""))[0] for row in part]
    return f"Lines {numbers[0]} to {numbers[-1]}"


def _row(row: Row) -> Markup:
    old, new = _marked(row)
    return tag(
        "tr",
        tag("td", str(row.old[0]) if row.old else "", class_="number"),
        tag("td", old, class_="old"),
        tag("td", str(row.new[0]) if row.new else "", class_="number"),
        tag("td", new, class_="new"),
        class_=row.kind,
    )


def _marked(row: Row) -> tuple[Markup, Markup]:
    """The texts of both sides with the words that changed as `del` and `ins`."""
    old, new = (side[1] if side else "" for side in (row.old, row.new))
    if row.kind != "changed" or len(old) + len(new) > 2 * _LONG:
        return join(old), join(new)
    before, after = _WORD.findall(old), _WORD.findall(new)
    olds, news = [], []
    for kind, start, end, first, last in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        left, right = "".join(before[start:end]), "".join(after[first:last])
        olds.append(left if kind == "equal" or not left else tag("del", left))
        news.append(right if kind == "equal" or not right else tag("ins", right))
    return join(*olds), join(*news)
