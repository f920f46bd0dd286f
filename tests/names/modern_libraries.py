"""Reads the public names off the installed libraries and writes them into kerasfix/names/modern.py.

python tests/names/modern_libraries.py
"""

from __future__ import annotations

import importlib
import pkgutil
import textwrap
import types
from itertools import combinations
from pathlib import Path

FILE = Path(__file__).resolve().parents[2] / "kerasfix" / "names" / "modern.py"
_MARK = "# -- what follows is written by tests/names/modern_libraries.py\n"
# The package of each library whose modules are `keras`, `keras.layers`, ... of the table.
PACKAGES = {"tf_keras": "tf_keras", "keras": "keras", "tensorflow.keras": "keras._tf_keras.keras"}
# New in Keras 3, or no part of what older code can have asked for.
_LEFT_OUT = ("dtensor", "protobuf", "ops", "quantizers", "distillation", "distribution", "tree", "visualization", "src")
_LEFT_OUT_BELOW = ("api", "src", "bounding_boxes", "numpy", "nn", "linalg")


def read() -> dict[str, dict[str, set[str]]]:
    """The public names of each module of each library, by the module's name under `keras`."""
    return {library: _names(package) for library, package in PACKAGES.items()}


def _names(package: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    waiting = [("keras", importlib.import_module(package))]
    while waiting:
        name, module = waiting.pop()
        public = {key: value for key, value in vars(module).items() if not key.startswith("_")}
        for _, key, _ in pkgutil.iter_modules(getattr(module, "__path__", ())):
            if key not in public and not key.startswith("_") and key not in ("src", "api"):
                public[key] = importlib.import_module(f"{module.__name__}.{key}")
        modules = {key: value for key, value in public.items() if isinstance(value, types.ModuleType)}
        found[name] = public.keys() - modules.keys() - {"version"}
        for key, value in modules.items():
            inner = f"{name}.{key}"
            if inner not in found and not _is_left_out(inner):
                waiting.append((inner, value))
    return found


def _is_left_out(name: str) -> bool:
    parts = name.split(".")
    return parts[1] in _LEFT_OUT or parts[-1] in _LEFT_OUT_BELOW


def written(libraries: dict[str, dict[str, set[str]]]) -> str:
    """The tables as Python: what all libraries have in common, then what only some of them have."""
    modules = sorted(set().union(*libraries.values()))
    parts = []
    groups = {"_COMMON": set(libraries), **{f"_IN_{_title(one)}": one for one in _mixtures(libraries)}}
    for title, members in groups.items():
        rows = []
        for module in modules:
            names = set().union(*(table.get(module, set()) for table in libraries.values()))
            own = {name for name in names if _having(libraries, module, name) == members}
            there = {lib for lib, table in libraries.items() if module in table} == members
            if own or (there and not names):
                rows.append(f'    "{module}": {_quoted(own, 100 - len(module))},')
        if rows:
            parts.append(f"{title}: dict[str, str] = {{\n" + "\n".join(rows) + "\n}\n")
    return "\n".join(parts)


def _mixtures(libraries: dict[str, dict[str, set[str]]]) -> list[frozenset[str]]:
    names = sorted(libraries)
    return [frozenset(found) for size in range(1, len(names)) for found in combinations(names, size)]


def _having(libraries: dict[str, dict[str, set[str]]], module: str, name: str) -> set[str]:
    return {library for library, table in libraries.items() if name in table.get(module, ())}


def _title(members: frozenset[str]) -> str:
    return "_AND_".join(sorted(member.upper().replace(".", "_") for member in members))


def _quoted(names: set[str], room: int) -> str:
    text = " ".join(sorted(names))
    if len(text) < room:
        return f'"{text}"'
    lines = textwrap.wrap(text, 112)
    return '"""\n        ' + "\n        ".join(lines) + '\n    """'


def main() -> None:
    """Write the tables."""
    head, _, _ = FILE.read_text(encoding="utf-8").partition(_MARK)
    FILE.write_text(f"{head}{_MARK}{written(read())}", encoding="utf-8")


if __name__ == "__main__":
    main()
