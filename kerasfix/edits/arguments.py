"""Edits that change some arguments of a call and leave the rest of it as it is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kerasfix.edits.calls import CallText, Pieces
from kerasfix.findings import Edit, Slot
from kerasfix.source.index import TextIndex

_LINE_LIMIT = 100


@dataclass(frozen=True, slots=True)
class Rewrite:
    """What becomes of one argument, the `number`-th of the call as it is written.

    `keyword` is its new name, None for a positional one; `value` its new value, None where that stays. Arguments up to
    `last` go into it: `f(64, 3, 3)` becomes `f(64, (3, 3))`.
    """

    number: int
    keyword: str | None
    value: Pieces | None = None
    last: int | None = None


def rewrite_arguments(
    index: TextIndex, call: CallText, rewrites: Iterable[Rewrite], removed: Iterable[int], added: Sequence[Pieces]
) -> list[Edit]:
    """The edits of the arguments of a call: rewritten, `removed` (by number), and `added` (`name=value`) ones."""
    edits: list[Edit] = []
    gone = set(removed)
    for rewrite in rewrites:
        edits.extend(_rewritten(call, rewrite))
    edits.extend(_removals(index, call, gone))
    if added:
        _append(edits, _addition(index, call, gone, added))
    return [edit for edit in edits if edit.start != edit.end or edit.new]


def _append(edits: list[Edit], addition: Edit) -> None:
    """Add an insertion; one at the end of a rewritten argument is part of that edit, so that it is not made twice."""
    for number, edit in enumerate(edits):
        if edit.start < edit.end == addition.start and edit.new:
            edits[number] = Edit(edit.start, edit.end, (*edit.new, *addition.new))
            return
    edits.append(addition)


def _rewritten(call: CallText, rewrite: Rewrite) -> Iterator[Edit]:
    argument = call.args[rewrite.number]
    if rewrite.last is not None:
        name = f"{rewrite.keyword}=" if rewrite.keyword else ""
        whole = Slot(argument.start, call.args[rewrite.last].end)
        yield Edit(whole.start, whole.end, (f"{name}(", whole, ")"))
        return
    if rewrite.keyword != argument.keyword:
        # With the spaces around the equals sign, if people have written any.
        new = argument.quoted(rewrite.keyword or "") if argument.keyword else f"{rewrite.keyword}="
        yield Edit(argument.start, argument.name_end, (new,))
    if rewrite.value is not None:
        yield Edit(argument.value_start, argument.end, rewrite.value)


def _removals(index: TextIndex, call: CallText, gone: set[int]) -> Iterator[Edit]:
    """Each run of removed arguments goes with one comma; comments stay."""
    number = 0
    while number < len(call.args):
        if number not in gone:
            number += 1
            continue
        first = number
        while number in gone:
            number += 1
        yield from _removal(index, call, first, number)


def _removal(index: TextIndex, call: CallText, first: int, stop: int) -> Iterator[Edit]:
    args = call.args
    following = args[stop].start if stop < len(args) else None
    if following is not None and first and not _on_one_line(index, args[stop - 1].end, following):
        # The line goes on with what stands before, and the next one stays as it is.
        following = None if _on_one_line(index, args[first - 1].end, args[first].start) else following
    start = args[first].start if following is not None or first == 0 else args[first - 1].end
    end = following if following is not None else args[stop - 1].comma_end if first == 0 else args[stop - 1].end
    if any(start <= comment[0] and comment[1] <= end for comment in call.comments):
        yield from (Edit(one.start, one.comma_end) for one in args[first:stop])
        return
    yield Edit(start, end)


def _on_one_line(index: TextIndex, start: int, end: int) -> bool:
    return index.position(start)[0] == index.position(end)[0]


def _addition(index: TextIndex, call: CallText, gone: set[int], added: Sequence[Pieces]) -> Edit:
    kept = [one for number, one in enumerate(call.args) if number not in gone]
    if not kept:
        inside = [piece for number, one in enumerate(added) for piece in ((", ",) if number else ()) + one]
        return Edit(call.open_end, call.open_end, tuple(inside))
    before = next((one for one in kept if one.star == "**"), None)
    if before is not None:
        return Edit(before.start, before.start, tuple(piece for one in added for piece in (*one, ", ")))
    last = kept[-1]
    return Edit(last.end, last.end, tuple(piece for one in added for piece in (_separator(index, call, one), *one)))


def _separator(index: TextIndex, call: CallText, addition: Pieces) -> str:
    """A comma, and a new line below the first argument where the line would get too long."""
    line, _ = index.position(call.close)
    length = sum(len(piece) if isinstance(piece, str) else piece.end - piece.start for piece in addition)
    first, column = index.position(call.args[0].start)
    if len(index.line_text(line)) + length + 2 <= _LINE_LIMIT and len(index.line_text(line)) <= _LINE_LIMIT:
        return ", "
    lead = index.line_text(first)[:column]
    indent = "".join("\t" if character == "\t" else " " for character in lead)
    return f",{index.newline_at(call.start)}{indent}"
