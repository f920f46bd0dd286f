"""`unicode` becomes `str` and `ur''` becomes `r''`; `u''` is Python 3, too."""

from __future__ import annotations

from typing import Any

from fissix.fixes import fix_unicode
from fissix.pgen2 import token
from fissix.pytree import Leaf


class FixUnicode(fix_unicode.FixUnicode):
    """Leaves the `u` before a string."""

    def transform(self, node: Leaf, results: dict[str, Any]) -> Leaf | None:
        """The leaf in the place of another one; None if it may stay."""
        if node.type == token.STRING and node.value[:1] in "uU" and node.value[1:2] not in "rR":
            return None
        changed: Leaf | None = super().transform(node, results)
        return changed
