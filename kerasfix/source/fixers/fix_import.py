"""`import layers` becomes `from . import layers` in a package that has a `layers`.

Python 2 looked beside the file first. So does Python 3 for what is run as a script, which can import nothing relative.
"""

from __future__ import annotations

import re

from fissix.fixes import fix_import
from fissix.pytree import Node

_IS_RUN = re.compile(r"\b__name__\s*==\s*['\"]__main__['\"]")


class FixImport(fix_import.FixImport):
    """Leaves the imports of scripts and notebooks."""

    skip: bool

    def start_tree(self, tree: Node, filename: str) -> None:
        """Look at the file as a whole."""
        super().start_tree(tree, filename)
        self.skip = self.skip or filename.endswith(".ipynb") or _IS_RUN.search(str(tree)) is not None
