"""What IPython takes and Python does not, in the code of a notebook's cell: masked by Python of as many lines."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from kerasfix.findings import Failure
from kerasfix.source.syntax import parse_text

# Below these is Python that runs as the rest of the notebook does.
_PYTHON_CELLS = frozenset({"capture", "heat", "memit", "prun", "pyinstrument", "snakeviz", "time", "timeit", "wandb"})
# Below these is no Python, or some that shares no name with the notebook.
_OTHER_CELLS = frozenset(
    {
        *("!", "R", "SVG", "bash", "bigquery", "cmd", "css", "file", "HTML", "html", "javascript", "js", "latex"),
        *("markdown", "perl", "pypy", "python", "python2", "python3", "ruby", "script", "sh", "sql", "svg"),
        *("sx", "system", "writefile"),
    }
)
_CELL_MAGIC = re.compile(r"\s*%%(\w+|!)")

_REST = r"(?:[^\r\n\\]|\\(?:\r\n|\r|\n)|\\)*"  # of a line, and of those that a backslash joins to it
_MAGICS = (
    re.compile(rf"[ \t]*(?P<body>%(?:time|timeit)[ \t]+(?P<code>[^\s-]{_REST}))"),
    re.compile(rf"[ \t]*(?P<body>%(?:time|timeit|prun|memit|mprun|lprun)\b(?P<names>{_REST}))"),
    re.compile(rf"[ \t]*(?P<body>[%!]{_REST})"),
    re.compile(r"[ \t]*(?P<body>[?,;/][^\r\n]*)"),
    re.compile(
        r"(?P<body>(?:cat|cd|conda|cp|less|ls|mkdir|mv|pip|rm|rmdir)[ \t]+[^\s=(.,:\[][^\r\n]*)"
    ),  # without the %
    re.compile(rf"[ \t]*(?P<body>(?P<targets>[^=!%#\r\n()]+?)[ \t]*=[ \t]*[!%]{_REST})"),
    re.compile(r"[ \t]*(?P<body>[^\s#'\"?][^#'\"?\r\n]*\?\??[ \t]*)(?=[\r\n]|\Z)"),
)
_IN_SHELL = re.compile(r"\$\{?(\w+)|\{([^{}\r\n]*)\}")  # what a line for the shell takes from Python

_STRING = "|".join(
    rf"(?s:{quote * 3}(?:\\.|[^\\])*?(?:{quote * 3}|\Z))|{quote}(?:\\.|[^\\{quote}\r\n])*{quote}"
    for quote in ('"', "'")
)
_COMMENT = r"\#[^\r\n]*"
_PIECE = re.compile(rf"{_STRING}|{_COMMENT}|(?P<open>[(\[{{])|(?P<close>[)\]}}])|\\(?:\r\n|\r|\n)|(?P<end>\r\n|\r|\n)")
_NO_CODE = re.compile(f"{_STRING}|{_COMMENT}")
_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
_NAME = re.compile(r"(?<![\w.])[^\W\d]\w*")
_BINDING = re.compile(
    r"""^[ \t]*(?:
        (?:async[ \t]+)?(?:def|class)[ \t]+(?P<definition>\w+)
      | (?:from[ \t]+[\w.]+[ \t]+)?import[ \t]*(?:\((?P<listed>[^)]*)|(?P<imported>.*))
      | (?:async[ \t]+)?(?:for[ \t]+(?P<loop>.+?)[ \t]in\b|with\b.*[ \t]as[ \t]+(?P<context>.+):)
      | (?P<targets>[\w,*()\[\]\t ]+?)[ \t]*(?:[-+*/%&|^@]|//|\*\*|<<|>>)?=(?!=)
    )""",
    re.VERBOSE | re.MULTILINE,
)
_UNPRINTABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Masked:
    """The code of a cell as Python."""

    text: str
    masks: tuple[tuple[str, str], ...] = ()  # what stands in the text, and what it stands for
    failure: Failure | None = None  # why all of it is masked, where that is the fault of the code
    unparsed: str = ""  # what the failure is about: the code, with IPython's syntax masked
    indented: bool = False  # the first line is, as IPython allows


def mask(code: str, tag: str, python3: Callable[[str], str | None] = lambda text: None) -> Masked:
    """The code of a cell with all that is no Python masked, in lines that each hold a `tag`, a comment.

    What a mask stands for may read and set names: so does the mask, to values of which nothing can be known.
    `python3` gives what the Python in it is to become, None where it stays.
    """
    if isinstance(parse_text(code), ast.Module):
        return Masked(python3(code) or code)
    magic = _CELL_MAGIC.match(code)
    if magic and magic[1] not in _PYTHON_CELLS:
        return _whole(code, tag, has_names=magic[1] not in _OTHER_CELLS)
    text, masks = _without_magics(code, tag)
    indented = text.lstrip("\r\n")[:1] in (" ", "\t")
    head = "if True:\n" if indented else ""
    made = python3(head + text)
    if made is not None and all(stand_in in made for stand_in, _ in masks):
        text = made.removeprefix(head)
    tree = parse_text(head + text)
    if isinstance(tree, ast.Module):
        return Masked(text, masks, indented=indented)
    line = tree.line - 1 if tree.line and indented else tree.line
    failure = Failure(tree.message, line, tree.column)
    return replace(_whole(code, tag, has_names=True), failure=failure, unparsed=head + text)


def _whole(code: str, tag: str, *, has_names: bool) -> Masked:
    reads, sets = (_names(code), _set_names(code)) if has_names else ([], [])
    text = _mask(code, _statement(reads, sets), f"{tag}.0@", comment=True)
    return Masked(text, ((text, code),))


def _without_magics(code: str, tag: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    parts: list[str] = []
    masks: list[tuple[str, str]] = []
    at = 0
    while at < len(code):
        found = next((match for pattern in _MAGICS if (match := pattern.match(code, at))), None)
        if found is None:
            end = _logical_end(code, at)
            parts.append(code[at:end])
            at = end
            continue
        start, end = found.span("body")
        masks.append((_mask(found["body"], _stand_in(found), f"{tag}.{len(masks)}@"), found["body"]))
        parts += [code[at:start], masks[-1][0]]
        at = end
        if at < len(code):  # the line end
            at = _logical_end(code, at)
            parts.append(code[end:at])
    return "".join(parts), tuple(masks)


def _logical_end(code: str, at: int) -> int:
    """Where the logical line ends that starts at an offset."""
    depth = 0
    for piece in _PIECE.finditer(code, at):
        if piece["open"]:
            depth += 1
        elif piece["close"]:
            depth = max(0, depth - 1)
        elif piece["end"] and not depth:
            return piece.end()
    return len(code)


def _stand_in(magic: re.Match[str]) -> str:
    """The statement for a line of IPython."""
    groups = magic.groupdict()
    code = groups.get("code") or groups.get("names") or ""
    if groups.get("code") and _is_simple(code):
        return code.strip()
    if code:
        return _statement(_names(code), _set_names(code.strip()))
    inserted = " ".join(filter(None, (name for pair in _IN_SHELL.findall(magic["body"]) for name in pair)))
    return _statement(_names(inserted), _names(groups.get("targets") or ""))


def _is_simple(code: str) -> bool:
    """Whether some code is one statement on one line, and no import, which a fix would want to change."""
    tree = parse_text(code)
    if isinstance(tree, Failure) or len(tree.body) != 1 or re.search(r"[\r\n#]", code):
        return False
    return isinstance(tree.body[0], (ast.Assign, ast.Expr))


def _statement(reads: Iterable[str], sets: Iterable[str]) -> str:
    reads, sets = list(dict.fromkeys(reads)), list(dict.fromkeys(sets))
    if not reads and not sets:
        return "pass"
    return "".join(f"{name} = " for name in sets) + f"get_ipython({', '.join(reads)})"


def _mask(original: str, statement: str, tag: str, *, comment: bool = False) -> str:
    """As many lines as there were; with `comment`, what they said stands behind the tag."""
    lines: list[str] = []
    for text, end in _LINE.findall(original):
        said = f" {_UNPRINTABLE.sub('?', text)}" if comment else ""
        lines.append(f"{tag if lines else f'{statement}  {tag}'}{said}{end}")
        if not end:
            break
    return "".join(lines)


def _names(code: str) -> list[str]:
    """The names in some code that may be no Python."""
    return [name for name in _NAME.findall(_NO_CODE.sub(" ", code)) if not keyword.iskeyword(name)]


def _set_names(code: str) -> list[str]:
    """Those of the names that the code may set."""
    return [name for found in _BINDING.finditer(_NO_CODE.sub(" ", code)) for name in _bound(found)]


def _bound(found: re.Match[str]) -> Iterator[str]:
    for text in found.groups():
        yield from _names(text or "")
