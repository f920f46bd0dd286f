"""Takes a call apart as it is written: where each argument stands, with its parentheses and the comments around it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kerasfix.findings import Slot
from kerasfix.source.index import TextIndex

if TYPE_CHECKING:
    import libcst as cst


Pieces = tuple[str | Slot, ...]


@dataclass(frozen=True, slots=True)
class ArgumentText:
    """Where an argument stands: all of it (`mode='sum'`), its value alone, and where its comma ends."""

    keyword: str | None
    star: str
    start: int
    value_start: int
    end: int
    comma_end: int

    @property
    def slot(self) -> Slot:
        """The value, to be kept in a replacement."""
        return Slot(self.value_start, self.end)


@dataclass(frozen=True, slots=True)
class CallText:
    """Where the parts of a call stand; offsets are those of the whole text."""

    start: int
    func_end: int
    open_end: int  # just after the parenthesis
    args: tuple[ArgumentText, ...]
    close: int  # just before the parenthesis
    end: int
    comments: tuple[tuple[int, int], ...]  # between the arguments, not inside them

    def find(self, keyword: str, position: int) -> ArgumentText | None:
        """An argument by keyword, else by position."""
        for argument in self.args:
            if argument.keyword == keyword:
                return argument
        if 0 <= position < len(self.args):
            argument = self.args[position]
            if argument.keyword is None and not any(other.star for other in self.args[: position + 1]):
                return argument
        return None


def call_text(index: TextIndex, node: ast.Call) -> CallText:
    """The parts of a call, found by libcst on the text of the call alone."""
    import libcst as cst

    start, end = index.span(node)
    code = index.text[start:end]
    tree = cst.parse_expression(code, _config(code))
    assert isinstance(tree, cst.Call)
    module = cst.Module([], default_newline=_newline(code))
    position = start + len(module.code_for_node(tree.func))
    func_end = position
    position += len(module.code_for_node(tree.whitespace_after_func)) + 1
    open_end = position
    comments = list(_comments(module, tree.whitespace_before_args, position))
    position += len(module.code_for_node(tree.whitespace_before_args))
    arguments: list[ArgumentText] = []
    for argument in tree.args:
        bare = argument.with_changes(comma=cst.MaybeSentinel.DEFAULT, whitespace_after_arg=cst.SimpleWhitespace(""))
        length = len(module.code_for_node(bare))
        value_length = len(module.code_for_node(argument.value))
        comma_end = position + length
        after = argument.whitespace_after_arg
        comments.extend(_comments(module, after, comma_end))
        comma_end += len(module.code_for_node(after))
        trailing = 0
        if isinstance(argument.comma, cst.Comma):
            before = argument.comma.whitespace_before
            comments.extend(_comments(module, before, comma_end))
            comma_end += len(module.code_for_node(before)) + 1
            gap = argument.comma.whitespace_after
            comments.extend(_comments(module, gap, comma_end))
            trailing = len(module.code_for_node(gap))
        keyword = argument.keyword.value if argument.keyword else None
        value_start = position + length - value_length
        arguments.append(ArgumentText(keyword, argument.star, position, value_start, position + length, comma_end))
        position = comma_end + trailing
    if position != end - 1:
        raise ValueError(f"the parts of a call do not add up to its text: {code!r}")
    return CallText(start, func_end, open_end, tuple(arguments), end - 1, end, tuple(comments))


def _newline(code: str) -> str:
    return "\r\n" if "\r\n" in code else "\n"


def _config(code: str) -> cst.PartialParserConfig:
    import libcst as cst

    return cst.PartialParserConfig(default_newline=_newline(code))


def _comments(module: cst.Module, whitespace: cst.CSTNode, position: int) -> Iterator[tuple[int, int]]:
    """Where the comments stand in the whitespace that begins at `position`."""
    text = module.code_for_node(whitespace)
    for line in text.splitlines(keepends=True):
        mark = line.find("#")
        if mark >= 0:
            yield position + mark, position + len(line.rstrip("\r\n"))
        position += len(line)


def only_argument(index: TextIndex, call: CallText, keep: ArgumentText, more: Pieces = ()) -> Pieces:
    """What stands between the parentheses once `keep` is the only and positional argument, then `more`.

    Its lines and every comment stay; what fits on one line without a comment goes there.
    """
    lost = [comment for comment in call.comments if not _inside(comment, keep)]
    if not lost and not _spans_lines(index, keep.value_start, keep.end):
        return (keep.slot, *more)
    if call.args[0] is not keep:
        comments = _comment_lines(index, call, call.open_end, lost) if lost else []
        return (*comments, keep.slot, *more)
    head: Pieces = (Slot(call.open_end, keep.start),) if call.open_end < keep.start else ()
    tail = [comment for comment in lost if comment[0] >= keep.end]
    if tail:
        return (*head, keep.slot, *more, ",", *_comment_lines(index, call, keep.end, tail))
    last = call.args[-1]
    gap = index.text[last.comma_end : call.close]
    if "\n" not in gap and "\r" not in gap:
        return (*head, keep.slot, *more)
    comma = "," if last.comma_end > last.end else ""
    return (*head, keep.slot, *more, comma, Slot(last.comma_end, call.close))


def _inside(comment: tuple[int, int], argument: ArgumentText) -> bool:
    return argument.start <= comment[0] and comment[1] <= argument.end


def _spans_lines(index: TextIndex, start: int, end: int) -> bool:
    return index.position(start)[0] != index.position(end)[0]


def _comment_lines(index: TextIndex, call: CallText, start: int, comments: list[tuple[int, int]]) -> list[str | Slot]:
    """Comments one below the other, the first where its line is kept, then the indentation of what follows."""
    newline = index.newline_at(call.start)
    parts: list[str | Slot] = []
    for number, (begin, end) in enumerate(comments):
        line, _ = index.position(begin)
        same_line = line == index.position(start)[0] and number == 0
        text = index.text[index.starts[line - 1] : begin]
        indent = text[: len(text) - len(text.lstrip())]
        parts.append("  " if same_line else newline + indent if not parts else indent)
        parts.append(index.text[begin:end])
        parts.append(newline)
    closing, _ = index.position(call.close)
    text = index.text[index.starts[closing - 1] : call.close]
    parts.append(text[: len(text) - len(text.lstrip())])
    return parts
