"""`import layers` becomes `from . import layers` in a package that has a `layers`.

Python 2 looked beside the file first. So does Python 3 for what is run as a script, which can import nothing relative.
"""

from __future__ import annotations

import os
import re
from typing import Any

from fissix.fixes import fix_import
from fissix.pygram import python_symbols
from fissix.pytree import Node

_IS_RUN = re.compile(r"\A#!|\b__name__\s*==\s*['\"]__main__['\"]|\bsys\.argv\b|\bArgumentParser\(")


class FixImport(fix_import.FixImport):
    """Leaves the imports of scripts and notebooks, and those that end in nothing that stands beside the file."""

    skip: bool

    def start_tree(self, tree: Node, filename: str) -> None:
        """Look at the file as a whole."""
        super().start_tree(tree, filename)
        self.skip = self.skip or filename.endswith(".ipynb") or _IS_RUN.search(str(tree)) is not None

    def transform(self, node: Node, results: dict[str, Any]) -> Node | None:
        """The import in the place of another one; None if it may stay, or has been changed in place."""
        if node.type == python_symbols.import_from and not self.probably_a_local_import(str(results["imp"]).strip()):
            return None
        changed: Node | None = super().transform(node, results)
        return changed

    def probably_a_local_import(self, imp_name: str) -> bool:
        """Whether a module is one of those beside the file."""
        folder = os.path.dirname(self.filename)
        return _is_package(folder) and _leads_somewhere(folder, imp_name.split("."))


def _leads_somewhere(folder: str, parts: list[str]) -> bool:
    path = os.path.join(folder, parts[0])
    if len(parts) == 1:
        return bool(parts[0]) and (os.path.isfile(f"{path}.py") or _is_package(path))
    return _is_package(path) and _leads_somewhere(path, parts[1:])


def _is_package(folder: str) -> bool:
    return os.path.isfile(os.path.join(folder, "__init__.py"))
