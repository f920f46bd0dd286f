"""Notebooks: their code cells as one Python text, and changed cells back into the file, in which nothing else changes.

In the text, a comment that no cell holds stands above each cell, and IPython's own syntax is masked by Python of as
many lines. Whoever changes the text leaves these alone: `locked` says where they are.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import lru_cache, partial
from typing import Any

from kerasfix.findings import Failure
from kerasfix.source import spans
from kerasfix.source.index import TextIndex
from kerasfix.source.magics import Masked, mask
from kerasfix.source.python2 import explained, has_print_function, python3
from kerasfix.source.read import SourceFile

_TAG = "#@cell"
_RAW_LINE = re.compile(r"(?s:(?:[^\\]|\\[^n])*?(?:\\n|\Z))")  # of a JSON string
_PYTHON = ("python", "ipython", "python2", "python3")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a cell's code: an element of its list, or a line of its string."""

    text: str
    start: int  # in the JSON text
    end: int


@dataclass(frozen=True, slots=True)
class _Cell:
    """A code cell: where its code stands, and as what."""

    number: int  # among all cells, from 1
    code: str
    start: int  # of the value in the JSON text
    end: int
    pieces: tuple[_Piece, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """A cell that could not be parsed."""

    cell: int
    code: str
    unparsed: str  # the code, with IPython's syntax masked
    failure: Failure  # with the line in the cell


@dataclass(frozen=True, slots=True)
class NotebookSource(SourceFile):
    """A notebook as one Python text. Raises ValueError for a text in which its cells are not to be found."""

    json: str = field(kw_only=True)  # the text of the file
    tag: str = field(kw_only=True)  # in each line that belongs to no cell, or masks what one says
    masks: tuple[tuple[str, str], ...] = field(kw_only=True)
    unread: tuple[Unread, ...] = field(kw_only=True)  # these are masked as a whole

    def __post_init__(self) -> None:
        self.split(self.text)

    def encode(self, text: str) -> bytes:
        """The bytes of the notebook with the code of `text` in its cells."""
        data = self._with_code(list(self.split(text).values())).encode("utf-8")
        return codecs.BOM_UTF8 + data if self.bom else data

    @property
    def whole(self) -> bool:
        """Whether all cells could be parsed."""
        return not self.unread

    def parts(self) -> dict[str, str]:
        """The code of each cell, by what stands for it behind the path."""
        return {f":cell {number}": f"{code}\n" for number, code in self.split(self.text).items()}

    def locked(self) -> list[tuple[int, int]]:
        """The spans of the lines that have to stay as they are."""
        return [match.span() for match in re.finditer(rf"^.*{self.tag}.*(?:\n|\Z)", self.text, re.MULTILINE)]

    def split(self, text: str) -> dict[int, str]:
        """The code of each cell of a text. Raises ValueError if that cannot be told."""
        before, *rest = re.split(rf"^{self._head}\n", text, flags=re.MULTILINE)
        numbers, parts = list(map(int, rest[::2])), rest[1::2]
        whole = all(part.endswith("\n") for part in parts if part)
        if before or not whole or numbers != [cell.number for cell in _cells(self.json)]:
            raise ValueError("a change reaches across the cells of the notebook")
        codes = {number: self.unmasked(part[:-1]) for number, part in zip(numbers, parts)}
        if any(self.tag in code for code in codes.values()):
            raise ValueError("a change reaches into IPython's own syntax")
        return codes

    def by_cell(self, text: str) -> list[str]:
        """The parts of a part of the text between the heads of cells, with their masks."""
        return re.split(rf"^{self._head}\n", text, flags=re.MULTILINE)[::2]

    def is_head(self, line: str) -> bool:
        """Whether a line of the text stands above a cell, and belongs to none."""
        return re.fullmatch(self._head, line) is not None

    @property
    def _head(self) -> str:
        return rf"(?:if True:  )?{self.tag} (\d+)"

    def unmasked(self, text: str) -> str:
        """The text with what is masked in it."""
        if self.tag in text:
            for stand_in, original in self.masks:
                text = text.replace(stand_in, original)
        return text

    def file_lines(self) -> dict[int, list[int]]:
        """For each cell, the line in the file of each line of its code, as the notebook is with this text."""
        changed = self._with_code(list(self.split(self.text).values()))
        index = TextIndex(changed)
        return {cell.number: list(_lines(cell, index)) for cell in _cells(changed)}

    def failures(self, wanted: Callable[[str], object] = bool) -> list[Failure]:
        """Why cells could not be parsed, of those whose code is `wanted`."""
        return [self._failure(one) for one in self.unread if wanted(one.code)]

    def _failure(self, unread: Unread) -> Failure:
        line = unread.failure.line or 1
        lines = self.file_lines()[unread.cell]
        message = f"cell {unread.cell}, line {line}: {explained(unread.failure, unread.unparsed).message}"
        return Failure(message, lines[min(line, len(lines)) - 1])

    def _with_code(self, codes: list[str]) -> str:
        parts: list[str] = []
        at = 0
        for cell, code in zip(_cells(self.json), codes, strict=True):
            if code != cell.code:
                parts += [self.json[at : cell.start], _written(self.json, cell, code)]
                at = cell.end
        return "".join([*parts, self.json[at:]])


def open_notebook(path: str, text: str, bom: bool, *, python2: bool = False) -> NotebookSource | Failure:
    """The notebook with this text, or why it is none or holds nothing that could be read."""
    try:
        cells = _cells(text)
    except json.JSONDecodeError as error:
        return Failure(f"is not a notebook: {_lower(error.msg)}", error.lineno, error.colno)
    except (ValueError, RecursionError) as error:
        return Failure(f"is not a notebook: {_lower(str(error))}", 1)
    tag = _TAG
    while any(tag in cell.code for cell in cells):
        tag += "@"
    masked = [mask(cell.code, f"{tag} {cell.number}") for cell in cells]
    source = NotebookSource(path, bom=bom, json=text, tag=tag, **_joined(cells, masked, tag))
    if python2 and source.unread:
        source = _brought_over(source, cells)
    nothing = source.unread and len(source.unread) == sum(bool(cell.code.strip()) for cell in cells)
    return source.failures()[0] if nothing else source


def _joined(cells: Sequence[_Cell], masked: Sequence[Masked], tag: str) -> dict[str, Any]:
    """What the code of the cells makes of a notebook."""
    pairs = list(zip(cells, masked, strict=True))
    return {
        "text": "".join(f"{_head(one)}{tag} {cell.number}\n{one.text}\n" for cell, one in pairs),
        "masks": tuple(pair for one in masked for pair in one.masks),
        "unread": tuple(
            Unread(cell.number, cell.code, one.unparsed, one.failure) for cell, one in pairs if one.failure
        ),
    }


def _brought_over(source: NotebookSource, cells: Sequence[_Cell]) -> NotebookSource:
    """The notebook in Python 3, if there is a cell in it that is Python 2; else as it is."""
    print_function = any(has_print_function(cell.code) for cell in cells)
    convert = partial(python3, path=source.path, print_function=print_function)
    masked = [mask(cell.code, f"{source.tag} {cell.number}", convert) for cell in cells]
    try:
        changed = replace(source, original=source, **_joined(cells, masked, source.tag))
    except ValueError:  # something of what belongs to no cell is lost
        return source
    return changed if len(changed.unread) < len(source.unread) else source


def _head(cell: Masked) -> str:
    return "if True:  " if cell.indented else ""


# A run comes back to the same few notebooks again and again.
@lru_cache(maxsize=8)
def _cells(text: str) -> tuple[_Cell, ...]:
    """The code cells. Raises JSONDecodeError for what is no JSON, else ValueError for what is no notebook."""
    top = spans.document(text)
    if not isinstance(top.value, dict):
        raise ValueError("it is no JSON object")
    if "cells" not in top.value and "worksheets" not in top.value:
        raise ValueError("it has no cells")
    if not _is_python(top.value.get("metadata")):
        return ()
    found = []
    for number, cell in enumerate(_all_cells(text, top), 1):
        if not isinstance(cell.value, dict) or cell.value.get("cell_type") != "code":
            continue
        content = spans.members(text, cell.start)
        code = content.get("source", content.get("input"))  # nbformat 4, nbformat 3
        if code is not None and cell.value.get("language", "python") in _PYTHON:
            found.append(_cell(text, number, code))
    return tuple(found)


def _all_cells(text: str, top: spans.Value) -> Iterator[spans.Value]:
    members = spans.members(text, top.start)
    holders = [members]
    if "cells" not in members:
        sheets = _array(text, members["worksheets"], "worksheets")
        holders = [spans.members(text, sheet.start) for sheet in sheets if isinstance(sheet.value, dict)]
    for holder in holders:
        if "cells" in holder:
            yield from _array(text, holder["cells"], "cells")


def _array(text: str, value: spans.Value, name: str) -> list[spans.Value]:
    if not isinstance(value.value, list):
        raise ValueError(f"`{name}` is no list")
    return spans.elements(text, value.start)


def _is_python(metadata: object) -> bool:
    """Whether the code of a notebook is Python; without a word about it, it is."""
    about = metadata if isinstance(metadata, dict) else {}
    for key, name in (("language_info", "name"), ("kernelspec", "language")):
        info = about.get(key)
        if isinstance(info, dict) and isinstance(info.get(name), str):
            return info[name].lower() in _PYTHON
    return True


def _cell(text: str, number: int, code: spans.Value) -> _Cell:
    if isinstance(code.value, str):
        pieces = tuple(_raw_lines(text, code))
    elif isinstance(code.value, list) and all(isinstance(line, str) for line in code.value):
        pieces = tuple(_Piece(line.value, line.start, line.end) for line in spans.elements(text, code.start))
    else:
        raise ValueError(f"the source of cell {number} is no text")
    return _Cell(number, "".join(piece.text for piece in pieces), code.start, code.end, pieces)


def _raw_lines(text: str, code: spans.Value) -> Iterator[_Piece]:
    at = code.start + 1
    while at < code.end - 1:
        match = _RAW_LINE.match(text, at, code.end - 1)
        end = match.end() if match else code.end - 1
        yield _Piece(json.loads(f'"{text[at:end]}"'), at, end)
        at = end


def _lines(cell: _Cell, index: TextIndex) -> Iterator[int]:
    """The line in the file of each line of a cell's code."""
    line = index.position(cell.start)[0]
    for piece in cell.pieces:
        line = index.position(piece.start)[0]
        yield from [line] * (len(TextIndex(piece.text).starts) - 1)
    yield line  # of the last line, which may be empty


def _written(text: str, cell: _Cell, code: str) -> str:
    """New code as the value of a cell, its unchanged lines as they were written."""
    literals = _literals(text, cell, code)
    if text[cell.start] == '"':
        return '"' + "".join(literal for _, literal in literals) + '"'
    if not literals:
        return "[]"
    gaps = [cell.start + 1, *(piece.end for piece in cell.pieces)]  # before each element there was something
    before = [text[gap : piece.start] for gap, piece in zip(gaps, cell.pieces)]
    between = before[1] if len(before) > 1 else "," + (before[0] if before else " ")
    parts = ["[", before[0] if before else ""]
    for place, (number, literal) in enumerate(literals):
        if place:
            parts.append(before[number] if number else between)
        parts.append(literal)
    return "".join([*parts, text[gaps[-1] : cell.end]])


def _literals(text: str, cell: _Cell, code: str) -> list[tuple[int | None, str]]:
    """The parts of new code as they are to be written; those that were there with their number."""
    old = [piece.text for piece in cell.pieces]
    new = re.findall(r"[^\n]*\n|[^\n]+", code)
    found: list[tuple[int | None, str]] = []
    for kind, old_start, old_end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            kept = enumerate(cell.pieces[old_start:old_end], old_start)
            found += [(number, text[piece.start : piece.end]) for number, piece in kept]
            continue
        for line in new[new_start:new_end]:
            literal = json.dumps(line, ensure_ascii=text.isascii())
            found.append((None, literal if text[cell.start] == "[" else literal[1:-1]))
    return found


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
