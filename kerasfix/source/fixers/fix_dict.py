"""`d.iteritems()` becomes `d.items()`, and `d.items()` becomes `list(d.items())`."""

from __future__ import annotations

from fissix.fixes import fix_dict
from fissix.pygram import python_symbols
from fissix.pytree import Node


class FixDict(fix_dict.FixDict):
    """Makes no lists for comprehensions, which have no body that could change the dictionary."""

    def in_special_context(self, node: Node, isiter: bool) -> bool:
        """Whether what a method gives is iterated over at once."""
        around = node.parent
        if around is not None and around.type == python_symbols.comp_for and around.children[3] is node:
            return True
        return bool(super().in_special_context(node, isiter))
