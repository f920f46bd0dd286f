"""Positions in a text: lines as Python counts them, offsets in characters."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from functools import cached_property

Located = ast.expr | ast.stmt | ast.keyword | ast.alias | ast.ExceptHandler | ast.arg  # nodes with positions

# Only these end a line for the Python tokenizer; `str.splitlines` also breaks at form feeds and U+2028.
_LINE_END = re.compile(r"\r\n|\r|\n")


class TextIndex:
    """Converts between character offsets and (line, column) of one text; lines count from 1, columns from 0."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._ascii = text.isascii()

    @cached_property
    def starts(self) -> list[int]:
        """The offsets at which the lines start."""
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    def offset(self, line: int, utf8_column: int) -> int:
        """The character offset of an `ast` position, whose columns count UTF-8 bytes."""
        start = self.starts[line - 1]
        if self._ascii:
            return start + utf8_column
        end = self.starts[line] if line < len(self.starts) else len(self.text)
        line_bytes = self.text[start:end].encode("utf-8", "surrogatepass")
        return start + len(line_bytes[:utf8_column].decode("utf-8", "ignore"))

    def position(self, offset: int) -> tuple[int, int]:
        """The line and the column, both in characters, of a character offset."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1]

    def line_text(self, line: int) -> str:
        """The text of a line without its line end."""
        end = self.starts[line] if line < len(self.starts) else len(self.text)
        return self.text[self.starts[line - 1] : end].rstrip("\r\n")

    def newline_at(self, offset: int) -> str:
        """The line end in use around an offset, so that added lines look like their neighbours."""
        for match in (_LINE_END.search(self.text, offset), _LINE_END.search(self.text)):
            if match:
                return match.group()
        return "\n"

    def span(self, node: Located) -> tuple[int, int]:
        """The character offsets at which a node starts and ends."""
        assert node.end_lineno is not None and node.end_col_offset is not None
        return self.offset(node.lineno, node.col_offset), self.offset(node.end_lineno, node.end_col_offset)

    def source(self, node: Located) -> str:
        """The text of a node, byte for byte."""
        start, end = self.span(node)
        return self.text[start:end]
