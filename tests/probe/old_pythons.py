"""What Python 2.7 and 3.4 both understand, as far as that can be told without having them."""

from __future__ import annotations

import ast
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FUTURE = {"absolute_import", "division", "print_function"}
# Of the standard library of every Python from 2.7 on.
EVERYWHERE = frozenset(
    "__future__ abc argparse ast bz2 calendar codecs collections contextlib copy csv datetime dis errno fileinput "
    "fnmatch functools getpass glob gzip hashlib imp inspect io itertools json keyword linecache locale logging math "
    "multiprocessing operator os pkgutil platform pprint pydoc random re runpy shutil signal socket string struct "
    "subprocess sys tarfile tempfile textwrap threading time timeit token tokenize traceback types unittest uuid "
    "warnings weakref xml zipfile zipimport zlib pickle importlib".split()
)
_LATER = (
    (ast.AnnAssign, "an annotation"),
    (ast.AsyncFor, "async"),
    (ast.AsyncFunctionDef, "async"),
    (ast.AsyncWith, "async"),
    (ast.Await, "await"),
    (ast.JoinedStr, "an f-string"),
    (ast.MatMult, "a matrix multiplication"),
    (ast.Match, "match"),
    (ast.NamedExpr, ":="),
    (ast.Nonlocal, "nonlocal"),
    (ast.YieldFrom, "yield from"),
)


def complaints(text: str) -> list[str]:
    """What keeps a text from running on Python 2.7 or 3.4, by line."""
    if not text.isascii() and "coding" not in "\n".join(text.splitlines()[:2]):
        return ["it is not ASCII and does not name its encoding"]
    try:
        tree = ast.parse(text, feature_version=(3, 4))  # no f-strings, underscores in numbers, ...
    except SyntaxError as error:
        return [f"line {error.lineno}: {error.msg}"]
    found = [f"line {node.lineno}: {what}" for node, what in _later(tree)]
    return found + _futures(tree) + [f"line {line}: imports {name}" for line, name in unguarded_imports(tree)]


def _futures(tree: ast.Module) -> list[str]:
    imports = (node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__")
    missing = FUTURE - {alias.name for node in imports for alias in node.names}
    return [f"no `from __future__ import {name}`" for name in sorted(missing)]


def _later(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    calls = {id(argument) for node in ast.walk(tree) if isinstance(node, ast.Call) for argument in node.args[-1:]}
    for node in ast.walk(tree):
        for kind, what in _LATER:
            if isinstance(node, kind):
                yield node if hasattr(node, "lineno") else tree.body[0], what
        if isinstance(node, ast.Starred) and id(node) not in calls:
            yield node, "a star elsewhere than before the last argument of a call"
        yield from _of_statements(node)


def _of_statements(node: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    if isinstance(node, ast.Raise) and node.cause:
        yield node, "raise ... from"
    elif isinstance(node, ast.ClassDef) and node.keywords:
        yield node, "a keyword of a class, such as a metaclass"
    elif isinstance(node, ast.Call):
        if sum(keyword.arg is None for keyword in node.keywords) > 1:
            yield node, "two mappings in a call"
        if isinstance(node.func, ast.Name) and node.func.id == "super" and not node.args:
            yield node, "super() without arguments"
    elif isinstance(node, ast.Dict) and None in node.keys:
        yield node, "a mapping in a dictionary"
    elif isinstance(node, (ast.FunctionDef, ast.Lambda)):
        yield from _of_functions(node)


def _of_functions(node: ast.FunctionDef | ast.Lambda) -> Iterator[tuple[ast.AST, str]]:
    given = node.args
    if given.kwonlyargs:
        yield node, "a parameter that is given by its name only"
    if given.posonlyargs:
        yield node, "a parameter that is given by its position only"
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    if getattr(node, "returns", None) or any(one is not None and one.annotation for one in every):
        yield node, "an annotation"
    if isinstance(node, ast.FunctionDef):
        inner = list(_own(node))
        if any(isinstance(one, (ast.Yield, ast.YieldFrom)) for one in inner):
            yield from ((one, "a generator that returns") for one in inner if isinstance(one, ast.Return) and one.value)


def _own(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """The nodes of a function, without those of the functions and classes in it."""
    queue: list[ast.AST] = list(function.body)
    while queue:
        node = queue.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Lambda)):
            queue.extend(ast.iter_child_nodes(node))


def unguarded_imports(tree: ast.Module, allowed: frozenset[str] = frozenset(["numpy"])) -> list[tuple[int, str]]:
    """What a module imports as it is imported, other than what is there on every Python, and `allowed`."""
    found: list[tuple[int, str]] = []
    queue: list[ast.AST] = list(tree.body)
    while queue:
        node = queue.pop()
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.append((node.lineno, node.module or ""))
        elif isinstance(node, (ast.If, ast.With, ast.ClassDef, ast.For)):
            queue.extend(ast.iter_child_nodes(node))
        # What a `try` or a function imports may be missing.
    return [(line, name) for line, name in found if name.partition(".")[0] not in EVERYWHERE | allowed]


@cache
def interpreter(version: str) -> str | None:
    """A Python of that version that works, if this machine has one."""
    path = shutil.which(f"python{version}")
    if path is None:
        return None
    kept = Path(path).parent.parent / "versions"  # of pyenv, whose command works for the version that is chosen only
    return next((one for one in [path, *map(str, kept.glob(f"{version}.*/bin/python"))] if _is(version, one)), None)


def _is(version: str, path: str) -> bool:
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([path, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    return done.stdout.strip() == version
