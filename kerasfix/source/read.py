"""Files as text, with all that is needed to write them back byte for byte."""

# This runs for every file of a tree, where a Path object costs more than what is done with it.

from __future__ import annotations

import codecs
import errno
import os
import re
import stat
from dataclasses import dataclass

from kerasfix.findings import Failure

_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|\Z)")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_WIDE_BOMS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One Python text and the way back to its bytes."""

    path: str
    text: str  # line ends as they are in the file, without the BOM
    encoding: str = "utf-8"
    bom: bool = False
    original: SourceFile | None = None  # as it was read, where that is Python 2 and the text is what it became

    @property
    def as_read(self) -> SourceFile:
        """The file with the text that it holds."""
        return self.original or self

    def encode(self, text: str) -> bytes:
        """The bytes of `text` in this file's encoding. Raises UnicodeError for what the encoding cannot hold."""
        data = text.encode(self.encoding)
        return codecs.BOM_UTF8 + data if self.bom else data

    @property
    def whole(self) -> bool:
        """Whether all of the file's code is in the text."""
        return True

    def parts(self) -> dict[str, str]:
        """The texts that a person sees in the file, by what stands for each of them behind the path."""
        return {"": self.text}

    def locked(self) -> list[tuple[int, int]]:
        """The spans of the text that no edit may touch, and about which nothing is to be said."""
        return []


def read_source(path: str, *, python2: bool = False) -> SourceFile | Failure:
    """The file at `path` as text, or why it cannot be had."""
    data = read_bytes(path)
    return data if isinstance(data, Failure) else decode(path, data, python2=python2)


def read_bytes(path: str) -> bytes | Failure:
    """The bytes of a regular file, or why they cannot be had; never blocks on a FIFO or a device."""
    try:
        kind = _kind(os.stat(path).st_mode)
        if kind:
            return Failure(f"is {kind}, not a file")
        with open(path, "rb", buffering=0) as file:
            return file.readall()
    except OSError as error:
        return Failure(f"cannot be read: {describe(error)}")
    except MemoryError:
        return Failure("cannot be read: it does not fit into memory")


def binary(data: bytes) -> Failure | None:
    """The failure of a file with NUL bytes, which no Python source has."""
    at = data.find(b"\0")
    if at < 0:
        return None
    for bom, name in _WIDE_BOMS.items():
        if data.startswith(bom):
            return Failure(f"is {name} text, which Python cannot run; save it as UTF-8")
    return Failure(f"is not Python source: a NUL byte at offset {at}")


def decode(path: str, data: bytes, *, python2: bool = False) -> SourceFile | Failure:
    """The text of `data` in the encoding that it declares (PEP 263), or why there is none.

    With `python2`, what is Python 2 is brought to Python 3.
    """
    failure = binary(data)
    if failure:
        return failure
    bom = data.startswith(codecs.BOM_UTF8)
    notebook = is_notebook(path)
    encoding = "utf-8" if notebook else _encoding(data)
    if isinstance(encoding, Failure):
        return encoding
    body = data[len(codecs.BOM_UTF8) :] if bom else data
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        return _undecodable(body, encoding, error, "" if notebook else " or declare its encoding in the first line")
    except (LookupError, ValueError) as error:
        # Codecs like `hex` and `undefined` have names, but do not make text of bytes.
        return Failure(f"declares the encoding `{encoding}`, which is not one for text: {error}")
    if notebook:
        from kerasfix.source.notebook import open_notebook

        return open_notebook(path, text, bom, python2=python2)
    source = SourceFile(path, text, encoding, bom)
    if not python2:
        return source
    from kerasfix.source.python2 import brought_over

    return brought_over(source)


def is_notebook(path: str) -> bool:
    """Whether a path is that of a notebook, and not of a Python file."""
    return path.endswith(".ipynb")


def describe(error: OSError) -> str:
    """What went wrong with a file, in the words of the operating system and without its number."""
    if error.errno == errno.ELOOP:
        return "its symbolic links form a loop"
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:]


def _kind(mode: int) -> str | None:
    if stat.S_ISREG(mode):
        return None
    if stat.S_ISDIR(mode):
        return "a directory"
    if stat.S_ISFIFO(mode):
        return "a FIFO"
    if stat.S_ISSOCK(mode):
        return "a socket"
    return "a device"


def _encoding(data: bytes) -> str | Failure:
    first = _LINE.match(data)
    second = _LINE.match(data, first.end()) if first else None
    lines = [match.group() for match in (first, second) if match]
    if not any(b"coding" in line for line in lines):
        return "utf-8"
    # Costs several milliseconds, and hardly a file declares an encoding.
    from tokenize import detect_encoding

    # A line at a time as Python counts them: `detect_encoding` would take all of a file with CR line ends for one.
    remaining = iter([*(_LINE_END.sub(b"\n", line) for line in lines), b""])
    try:
        encoding, _ = detect_encoding(lambda: next(remaining, b""))
    except SyntaxError as error:
        message = str(error)
        if message.startswith("unknown encoding"):
            line = next(number for number, text in enumerate(lines, 1) if b"coding" in text)
            return Failure(f"declares an encoding that Python does not know: {message.partition(': ')[2]}", line)
        if message.startswith("encoding problem"):
            return Failure("begins with the BOM of UTF-8, but declares another encoding", 1)
        return "utf-8"  # a byte that is not UTF-8 before any declaration: decoding tells where
    return "utf-8" if encoding == "utf-8-sig" else encoding


def _undecodable(data: bytes, encoding: str, error: UnicodeDecodeError, other_way: str) -> Failure:
    before = data[: error.start]
    ends = list(_LINE_END.finditer(before))
    column = len(before[ends[-1].end() if ends else 0 :].decode(encoding, "replace")) + 1
    advice = f"; save it as UTF-8{other_way}" if encoding == "utf-8" else ""
    byte = f"0x{data[error.start]:02x}" if error.start < len(data) else "at its end"
    return Failure(f"is not valid {encoding}: byte {byte}{advice}", len(ends) + 1, column)
