"""Python 2 as Python 3. Needs fissix, which is imported only where a text does not parse."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from io import StringIO
from typing import TYPE_CHECKING

from kerasfix.findings import Failure
from kerasfix.source.read import SourceFile
from kerasfix.source.syntax import parse_text

if TYPE_CHECKING:
    from fissix.refactor import RefactoringTool

# Of those of fissix, all but
# - `apply` and `buffer`, names that people give to functions of their own, and `idioms`, `set_literal` and `ws_comma`,
#   which are matters of taste;
# - `sorted`, which takes `np.sort(a, order=b)` for a method of lists and makes `np.sort(, order=b, ...)` of it;
# - `future`: what stands there is no error, and tells what `/` meant.
_FIXERS = (
    *("asserts", "basestring", "except", "exec", "execfile", "exitfunc", "filter", "funcattrs", "getcwdu"),
    *("has_key", "imports2", "intern", "isinstance", "itertools", "itertools_imports", "long"),
    *("map", "metaclass", "methodattrs", "ne", "next", "nonzero", "numliterals", "operator", "paren", "raise"),
    *("raw_input", "reduce", "reload", "renames", "repr", "standarderror", "sys_exc", "throw"),
    *("tuple_params", "types", "urllib", "xrange", "xreadlines", "zip"),
)
_OWN_FIXERS = ("dict", "import", "imports", "input", "print", "unicode")
_FUTURE = re.compile(r"^\s*from __future__ import[ \t]*(\([^)]*|[^\n#]*)", re.MULTILINE)
_TAB = 8  # columns between two stops, as Python 2 counts them
_INDENT = re.compile(r"[ \t]+")
# What Python says of Python 2, where fissix is not there to tell.
_SAYINGS = (
    "Missing parentheses in call to",
    "multiple exception types must",
    "leading zeros in",
    "inconsistent use of tabs",
    "Lambda expression parameters cannot be parenthesized",
)


def is_there() -> bool:
    """Whether Python 2 can be brought to Python 3 here."""
    return find_spec("fissix") is not None


def brought_over(source: SourceFile) -> SourceFile:
    """A file of Python 2 with its text in Python 3; any other as it is."""
    if not isinstance(parse_text(source.text), Failure):
        return source
    text = python3(source.text, source.path)
    return source if text is None else replace(source, text=text, original=source)


def explained(failure: Failure, text: str) -> Failure:
    """Why a text cannot be parsed, with a word about Python 2 if that is what it is."""
    if not failure.message.startswith("syntax error") or not _is_python2(failure, text):
        return failure
    return replace(failure, message=f"{failure.message} (this is Python 2; --python2 brings it to Python 3 first)")


def _is_python2(failure: Failure, text: str) -> bool:
    if is_there():
        return python3(text) is not None
    return any(saying in failure.message for saying in _SAYINGS)


def divides_integers(text: str) -> bool:
    """Whether `/` rounded down for integers in a text that was Python 2."""
    return not _asks_for("division", text)


def has_print_function(text: str) -> bool:
    """Whether a text of Python 2 asks for `print` as a function."""
    return _asks_for("print_function", text)


def _asks_for(feature: str, text: str) -> bool:
    return any(re.search(rf"\b{feature}\b", names) for names in _FUTURE.findall(text))


def python3(text: str, path: str = "", *, print_function: bool = False) -> str | None:
    """A text in Python 3; None if it is no Python 2.

    Args:
        text: Code that may parse as Python 3, too.
        path: Where the file is, which decides what imports mean.
        print_function: `print` is known to be a function.
    """
    for way in [True] if print_function or has_print_function(text) else [False, True]:
        made = _refactored(text, path, print_function=way)
        if made is None:
            continue
        tree = parse_text(made)
        if isinstance(tree, Failure) and "tabs" in tree.message:
            made = _without_tabs(made)
            tree = parse_text(made)
        if isinstance(tree, ast.Module):
            return made
    return None


def _refactored(text: str, path: str, *, print_function: bool) -> str | None:
    # What it says of a text that it cannot parse are errors of several kinds, some of them of its own making.
    try:
        tree = _tool(print_function).refactor_string(f"{text}\n", path)
    except Exception:
        return None
    return str(tree)[:-1]


@cache
def _tool(print_function: bool) -> RefactoringTool:
    from fissix.refactor import RefactoringTool

    names = [f"fissix.fixes.fix_{name}" for name in _FIXERS]
    names += [f"kerasfix.source.fixers.fix_{name}" for name in _OWN_FIXERS]
    return RefactoringTool(names, {"print_function": print_function})


def _without_tabs(text: str) -> str:
    """A text that is indented with spaces alone, as deep as it was in Python 2."""
    in_strings = set(_rows_in_strings(text))
    lines = re.split(r"(?<=\n)", text)
    return "".join(
        line
        if row in in_strings
        else _INDENT.sub(lambda indent: indent.group().expandtabs(_TAB), line, count=1)
        if line[:1] in " \t"
        else line
        for row, line in enumerate(lines, 1)
    )


def _rows_in_strings(text: str) -> Iterator[int]:
    """The lines that begin in a string."""
    from fissix.pgen2 import token, tokenize

    for kind, _, (first, _), (last, _), _ in tokenize.generate_tokens(StringIO(text).readline):
        if kind == token.STRING:
            yield from range(first + 1, last + 1)
