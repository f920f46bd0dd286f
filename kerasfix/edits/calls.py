"""Takes a call apart as it is written: where each argument stands, with its parentheses and the comments around it."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
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
    slot: Slot  # the value, to be kept in a replacement: without parentheses that an argument does not need
    quote: str = ""  # what stands around the keyword, which is a key of a dictionary then

    @property
    def name_end(self) -> int:
        """Where the keyword ends."""
        return self.start + len(self.quoted(self.keyword)) if self.keyword else self.start

    def quoted(self, keyword: str) -> str:
        """A keyword as this one is written."""
        return f"{self.quote}{keyword}{self.quote}"


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
    quote: str = ""  # what keywords stand in, where the arguments are the items of a dictionary

    def naming(self, keyword: str) -> str:
        """What stands before the value of an argument that is added by keyword."""
        return f"{self.quote}{keyword}{self.quote}: " if self.quote else f"{keyword}="

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
    newline = "\r\n" if "\r\n" in code else "\n"
    tree = cst.parse_expression(code, parser_config(newline))
    assert isinstance(tree, cst.Call)
    module = cst.Module([], default_newline=newline)
    position = start + len(module.code_for_node(tree.func))
    func_end = position
    position += len(module.code_for_node(tree.whitespace_after_func)) + 1
    open_end = position
    comments = list(comments_in(module, tree.whitespace_before_args, position))
    position += len(module.code_for_node(tree.whitespace_before_args))
    arguments: list[ArgumentText] = []
    for argument in tree.args:
        bare = argument.with_changes(comma=cst.MaybeSentinel.DEFAULT, whitespace_after_arg=cst.SimpleWhitespace(""))
        length = len(module.code_for_node(bare))
        lead, trail = parentheses(module, argument.value)
        value_length = len(module.code_for_node(argument.value))
        comma_end = position + length
        after = argument.whitespace_after_arg
        comments.extend(comments_in(module, after, comma_end))
        comma_end += len(module.code_for_node(after))
        trailing = 0
        if isinstance(argument.comma, cst.Comma):
            before = argument.comma.whitespace_before
            comments.extend(comments_in(module, before, comma_end))
            comma_end += len(module.code_for_node(before)) + 1
            gap = argument.comma.whitespace_after
            comments.extend(comments_in(module, gap, comma_end))
            trailing = len(module.code_for_node(gap))
        keyword = argument.keyword.value if argument.keyword else None
        value_start = position + length - value_length
        arguments.append(
            ArgumentText(
                keyword, argument.star, position, value_start, position + length, comma_end,
                Slot(value_start + lead, position + length - trail),
            )
        )  # fmt: skip
        position = comma_end + trailing
    if position != end - 1:
        raise ValueError(f"the parts of a call do not add up to its text: {code!r}")
    return CallText(start, func_end, open_end, tuple(arguments), end - 1, end, tuple(comments))


def parentheses(module: cst.Module, value: cst.BaseExpression) -> tuple[int, int]:
    """How much text the parentheses around a value take before and after it, if it can do without them."""
    import libcst as cst

    if isinstance(value, (cst.Tuple, cst.GeneratorExp, cst.Yield, cst.NamedExpr)):
        return 0, 0
    lead = "".join(module.code_for_node(parenthesis) for parenthesis in value.lpar)
    trail = "".join(module.code_for_node(parenthesis) for parenthesis in value.rpar)
    return (0, 0) if "#" in lead + trail else (len(lead), len(trail))


@cache
def parser_config(newline: str) -> cst.PartialParserConfig:
    """How libcst is to parse an expression of a text with these line ends."""
    import libcst as cst

    return cst.PartialParserConfig(default_newline=newline)


def comments_in(module: cst.Module, whitespace: cst.CSTNode, position: int) -> Iterator[tuple[int, int]]:
    """Where the comments stand in the whitespace that begins at `position`."""
    text = module.code_for_node(whitespace)
    for line in text.splitlines(keepends=True):
        mark = line.find("#")
        if mark >= 0:
            yield position + mark, position + len(line.rstrip("\r\n"))
        position += len(line)


def only_argument(
    index: TextIndex, call: CallText, keep: ArgumentText, more: Pieces = (), *, comments: bool = True
) -> Pieces:
    """What stands between the parentheses once `keep` is the only and positional argument, then `more`.

    Its lines and every comment stay, unless `comments` is False because they have found another place; what fits on
    one line without a comment goes there.
    """
    lost = lost_comments(call, keep) if comments else []
    after = [comment for comment in lost if comment[0] >= keep.end]
    first = call.args[0] is keep
    head = Slot(call.open_end, keep.start)
    opened = first and _breaks(index, head.start, head.end)
    closed = _breaks(index, call.args[-1].comma_end, call.close)
    if not lost and (not opened or not _spans_lines(index, keep.value_start, keep.end)):
        return (keep.slot, *more)
    if not after and first:
        comma = "," if call.args[-1].comma_end > call.args[-1].end else ""
        return (head, keep.slot, *more, *((comma, Slot(call.args[-1].comma_end, call.close)) if closed else ()))
    if opened and closed:
        return (head, keep.slot, *more, ",", *_comment_lines(index, call, keep.end, after))
    return _one_below_the_other(index, call, keep, more, lost)


def lost_comments(call: CallText, keep: ArgumentText) -> list[tuple[int, int]]:
    """The comments between the arguments of a call that are not part of the argument `keep`."""
    return [comment for comment in call.comments if not _inside(comment, keep)]


def comment_for_line_end(index: TextIndex, comments: Sequence[tuple[int, int]], end: int) -> tuple[str, int] | None:
    """The only comment of a call that ends at `end`, and the end of the line where it may go instead.

    None if there are more, or if anything but closing brackets follows the call in its last line.
    """
    line, column = index.position(end)
    rest = index.line_text(line)[column:]
    if len(comments) != 1 or rest.strip(")]}, \t"):
        return None
    return index.text[comments[0][0] : comments[0][1]], end + len(rest.rstrip())


def with_comments(index: TextIndex, call: CallText, arguments: Pieces) -> Pieces:
    """What stands between the parentheses once `arguments` are in place of all arguments: they, and the comments."""
    if not call.comments:
        return arguments
    indent, step = _indents(index, call)
    comments = [piece for start, end in call.comments for piece in (step, index.text[start:end])]
    return (*comments, *((step, *arguments, ",") if arguments else ()), indent)


def _breaks(index: TextIndex, start: int, end: int) -> bool:
    return "\n" in index.text[start:end] or "\r" in index.text[start:end]


def _indents(index: TextIndex, call: CallText) -> tuple[str, str]:
    """A new line as far in as the line where a call begins, and one that is a step further in."""
    line, _ = index.position(call.start)
    whole = index.line_text(line)
    indent = index.newline_at(call.start) + whole[: len(whole) - len(whole.lstrip())]
    return indent, indent + ("\t" if indent.endswith("\t") else "    ")


def _one_below_the_other(
    index: TextIndex, call: CallText, keep: ArgumentText, more: Pieces, comments: list[tuple[int, int]]
) -> Pieces:
    indent, step = _indents(index, call)
    pieces: list[str | Slot] = []
    for start, end in comments:
        if start < keep.start:
            pieces += [step, index.text[start:end]]
    pieces += [step, keep.slot, *more, ","]
    beside = index.position(keep.end)[0]
    for start, end in comments:
        if start >= keep.end:
            pieces += ["  " if index.position(start)[0] == beside else step, index.text[start:end]]
    return (*pieces, indent)


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
