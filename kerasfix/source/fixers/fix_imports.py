"""`import cPickle as pickle` becomes `import pickle`."""

from __future__ import annotations

from typing import Any

from fissix.fixer_util import Name
from fissix.fixes import fix_imports
from fissix.pygram import python_symbols
from fissix.pytree import Node


class FixImports(fix_imports.FixImports):
    """Gives no module the name that it has."""

    def transform(self, node: Node, results: dict[str, Any]) -> None:
        """Rename a module where it is imported, or where it is used."""
        module = results.get("module_name")
        named = module.parent if module is not None else None
        super().transform(node, results)
        if named is None or named.type != python_symbols.dotted_as_name:
            return
        name, _, given = map(str, named.children)
        if name.strip() == given.strip():
            named.replace(Name(given.strip(), prefix=named.prefix))
