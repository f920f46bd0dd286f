"""`print x` becomes `print(x)`; `print ("x")` is both already."""

from __future__ import annotations

from typing import Any

from fissix.fixes import fix_print
from fissix.pygram import python_symbols
from fissix.pytree import Leaf, Node


class FixPrint(fix_print.FixPrint):
    """Sets no second pair of parentheses around an expression that has one."""

    def transform(self, node: Node, results: dict[str, Any]) -> Node | None:
        """The call in the place of a statement; None if it may stay."""
        if not results.get("bare") and len(node.children) == 2 and _is_call(node.children[1]):
            return None
        changed: Node | None = super().transform(node, results)
        return changed


def _is_call(printed: Leaf | Node) -> bool:
    """Whether what is printed is one value in parentheses, and no tuple."""
    if printed.type != python_symbols.atom or len(printed.children) != 3 or printed.children[0].value != "(":
        return False
    inside = printed.children[1]
    return inside.type != python_symbols.testlist_gexp or not any(str(child) == "," for child in inside.children)
