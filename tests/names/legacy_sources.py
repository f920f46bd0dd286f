"""Reads off the sources of older versions of Keras what each of their modules binds; nothing of them is run."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

from reference.engines import legacy_folder

VERSIONS = ("1.0.8", "1.2.2", "2.0.9", "2.1.6", "2.2.4", "2.3.1")


@cache
def all_modules() -> dict[str, frozenset[str]]:
    """The public names that any version binds in a module, by the dotted name of the module."""
    found: dict[str, frozenset[str]] = {}
    for version in VERSIONS:
        for module, names in modules(version).items():
            found[module] = found.get(module, frozenset()) | names
    return found


@cache
def modules(version: str) -> dict[str, frozenset[str]]:
    """The public names of Keras' own that each module of a version binds, those it imports included."""
    folder = legacy_folder(version)
    paths = {_dotted(path.relative_to(folder)): path for path in (folder / "keras").rglob("*.py")}
    reader = _Reader(paths)
    return {module: frozenset(name for name in reader.names(module) if not name.startswith("_")) for module in paths}


def _dotted(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


class _Reader:
    def __init__(self, paths: dict[str, Path]) -> None:
        self.paths = paths
        self.known: dict[str, set[str]] = {}

    def names(self, module: str) -> set[str]:
        if module not in self.known:
            found = self.known[module] = set()
            self._read(module, ast.parse(self.paths[module].read_text(encoding="utf-8")).body, found)
        return self.known[module]

    def _read(self, module: str, body: list[ast.stmt], found: set[str]) -> None:
        for node in body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                found.add(node.name)
            elif isinstance(node, ast.Assign):
                names = (part for target in node.targets for part in ast.walk(target) if isinstance(part, ast.Name))
                found.update(name.id for name in names if isinstance(name.ctx, ast.Store))
            elif isinstance(node, ast.ImportFrom):
                self._import(module, node, found)
            elif isinstance(node, (ast.If, ast.Try)):
                for block in (node.body, node.orelse, *(handler.body for handler in getattr(node, "handlers", ()))):
                    self._read(module, block, found)

    def _import(self, module: str, node: ast.ImportFrom, found: set[str]) -> None:
        base = node.module or ""
        if node.level:
            is_package = self.paths[module].name == "__init__.py"
            parts = module.split(".")[: None if is_package else -1]
            parts = parts[: len(parts) - node.level + 1]
            base = ".".join([*parts, *filter(None, [node.module])])
        if base not in self.paths:
            return
        for alias in node.names:
            if alias.name == "*":
                found.update(name for name in self.names(base) if not name.startswith("_"))
            elif f"{base}.{alias.name}" not in self.paths or alias.name in self.names(base):
                found.add(alias.asname or alias.name)
