"""`input(x)` becomes `eval(input(x))`."""

from __future__ import annotations

from typing import Any

from fissix.fixes import fix_input
from fissix.pytree import Node


class FixInput(fix_input.FixInput):
    """Leaves files with a `raw_input`: what that becomes would be taken for an `input` of Python 2 here and there."""

    def start_tree(self, tree: Node, filename: str) -> None:
        """Look at the file as a whole."""
        super().start_tree(tree, filename)
        self._skip = "raw_input" in str(tree)

    def transform(self, node: Node, results: dict[str, Any]) -> Node | None:
        """The call in the place of another one; None if it may stay."""
        if self._skip:
            return None
        changed: Node | None = super().transform(node, results)
        return changed
