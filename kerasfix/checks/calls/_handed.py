"""What takes the place of a function of Keras that is handed on, where nobody sees what it is called with."""

from __future__ import annotations

import ast

from kerasfix.catalogue.call_rows import CallRow
from kerasfix.checks import Context


def successor(context: Context, name: str) -> CallRow | None:
    """The row that has a definition with the parameters that the function had, in Keras 1 if that had it."""
    rows = [row for row in context.rows.get(name, ()) if context.settings.target in row.targets]
    rows = [row for row in rows if row.era == "keras1"] or rows
    return rows[0] if rows and all(_is_same(row, context.settings.target) for row in rows) else None


def _is_same(row: CallRow, target: str) -> bool:
    """Whether a definition takes the arguments under the names that they had, in their order."""
    template = row.templates.get(target)
    if template is None or not ast.unparse(template.func).startswith("snippet."):
        return False
    names = [one.name for one in row.signatures[0].parameters]
    by_name = all(ast.unparse(keyword.value) == keyword.arg for keyword in template.keywords)
    return by_name and [keyword.arg for keyword in template.keywords] == names
