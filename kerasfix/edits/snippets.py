"""Definitions that fixed code needs and that Keras has no more: written into the file once, after its imports.

A snippet is a Python file of `rules/snippets/`, or of `keras2/` or `keras3/` in there where the targets need different
ones. It begins with its imports, each `from keras.x import Y` or `from keras import x`, and goes on with what it
defines: a class or function of the file's own name, and what that needs.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from kerasfix.catalogue.load import shipped_rules
from kerasfix.findings import Edit, ImportNeed
from kerasfix.names.canonical import canonical, keras_root
from kerasfix.names.namer import Namer
from kerasfix.names.scopes import Scopes
from kerasfix.source.index import TextIndex


@lru_cache(maxsize=64)
def snippet_source(name: str, target: str) -> str:
    """The text of a snippet for "keras2" or "keras3"."""
    folder = shipped_rules() / "snippets"
    path = next((path for path in _places(folder, name, target) if path.is_file()), None)
    if path is None:
        raise FileNotFoundError(f"there is no snippet {name} for {target} in {folder}")
    return path.read_text(encoding="utf-8")


def _places(folder: Path, name: str, target: str) -> Sequence[Path]:
    return folder / target / f"{name}.py", folder / f"{name}.py"


def snippet_name(tree: ast.Module, scopes: Scopes, name: str, target: str) -> str | None:
    """The name of a definition in a file that has it or may get it; None where it means something else there."""
    defined = _definition(tree, name)
    if defined is not None:
        ours = _definition(ast.parse(snippet_source(name, target)), name)
        return name if ours is not None and _shape(ours) == _shape(defined) else None
    if name in scopes.module.assigned:
        return None
    imports = (node for node in ast.walk(tree) if isinstance(node, (ast.Import, ast.ImportFrom)))
    for node in imports:
        for alias in node.names:
            path = f"{node.module}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name
            if (alias.asname or alias.name) == name and not _is_of_keras(node, path):
                return None
    return name


def _is_of_keras(node: ast.Import | ast.ImportFrom, path: str) -> bool:
    """Whether an import brings what Keras once had under the name, which goes with the fix."""
    return isinstance(node, ast.ImportFrom) and not node.level and canonical(path) is not None


def _definition(tree: ast.Module, name: str) -> ast.ClassDef | ast.FunctionDef | None:
    found = (node for node in tree.body if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and node.name == name)
    return next(found, None)


def _shape(node: ast.ClassDef | ast.FunctionDef) -> list[str]:
    """What is the same whatever the names of imported objects are."""
    return [type(part).__name__ for part in ast.walk(node) if not isinstance(part, (ast.Name, ast.Attribute, ast.Load))]


def snippet_edits(
    index: TextIndex, tree: ast.Module, namer: Namer, names: Iterable[str], target: str, root: str, before: int
) -> tuple[list[Edit], list[ImportNeed]]:
    """The edit that puts definitions into a file, above the offset `before`, and the imports that they need.

    Those that the file has already are left out. `root` is the package that the file takes Keras from.
    """
    missing = [name for name in dict.fromkeys(names) if _definition(tree, name) is None]
    if not missing:
        return [], []
    needs: list[ImportNeed] = []
    texts = [_written(snippet_source(name, target), namer, root, needs) for name in missing]
    place = _place(index, tree, before)
    newline = index.newline_at(0)
    body = f"{newline * 3}".join(text.strip().replace("\n", newline) for text in texts)
    rest = index.text[place:]
    blank = len(rest) - len(rest.lstrip("\r\n"))
    lines = rest[:blank].count("\n")
    head = newline * 3 if place else ""
    tail = newline * max(0, 3 - lines) if rest.strip() else newline
    # An import further down would come after the definition.
    needs = [replace(need, beside=-1) if need.beside > place else need for need in needs]
    return [Edit(place, place, (f"{head}{body}{tail}",))], needs


def _place(index: TextIndex, tree: ast.Module, before: int) -> int:
    """The end of the last import at the top of the module that stands above an offset, without its line end."""
    place = 0
    for node in tree.body:
        start, end = index.span(node)
        if start >= before or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            break
        if isinstance(node, (ast.Import, ast.ImportFrom)) or (isinstance(node, (ast.Try, ast.If)) and _imports(node)):
            place = end
        if not place and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            place = end
    if not place:
        return 0
    line, column = index.position(place)
    return place - column + len(index.line_text(line).rstrip())


def _imports(node: ast.stmt) -> bool:
    return any(isinstance(part, (ast.Import, ast.ImportFrom)) for part in ast.walk(node))


def _written(source: str, namer: Namer, root: str, needs: list[ImportNeed]) -> str:
    """The definitions of a snippet, with the names of Keras as the file spells them."""
    tree = ast.parse(source)
    spelled: dict[str, str] = {}
    lines = source.splitlines(keepends=True)
    head = tree.body[0]
    first = head.end_lineno or 0 if isinstance(head, ast.Expr) else 0
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            first = node.end_lineno or 0
            for alias in node.names:
                spelled[alias.asname or alias.name] = _spelled(f"{node.module}.{alias.name}", namer, root, needs)
        elif isinstance(node, ast.Import):
            first = node.end_lineno or 0
            needs.extend(ImportNeed(alias.name, "", alias.asname) for alias in node.names)
    text = "".join(lines[first:])
    names = "|".join(name for name, new in spelled.items() if name != new)
    return re.sub(rf"(?<![\w.'\"])({names})\b(?!\s*=[^=])", lambda match: spelled[match[1]], text) if names else text


def _spelled(path: str, namer: Namer, root: str, needs: list[ImportNeed]) -> str:
    if keras_root(path) is None:
        module, _, name = path.rpartition(".")
        needs.append(ImportNeed(module, name))
        return name
    if path in ("keras.ops", "keras.backend", "keras.random"):
        alias = "K" if path == "keras.backend" else path.rpartition(".")[2]
        text, more = namer.module(path, root, alias)
    else:
        text, more = namer.name(path, None, root)
    needs.extend(more)
    return text
