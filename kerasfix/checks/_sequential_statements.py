"""Takes whole statements away."""

from __future__ import annotations

import ast

from kerasfix.findings import Edit
from kerasfix.source.index import TextIndex


def removal(index: TextIndex, statement: ast.stmt, suite: list[ast.stmt]) -> Edit:
    """Remove a statement with its line; a comment behind it stays, on a line of its own."""
    start, end = index.span(statement)
    line, _ = index.position(start)
    last, _ = index.position(end)
    line_start = index.starts[line - 1]
    line_end = index.starts[last - 1] + len(index.line_text(last))
    before, after = index.text[line_start:start], index.text[end:line_end]
    bare = after.strip().removeprefix(";").strip()
    if not before.strip() and not bare:
        return Edit(line_start, index.starts[last] if last < len(index.starts) else len(index.text))
    if not before.strip() and bare.startswith("#"):
        return Edit(start, line_end - len(after) + after.index("#"))
    if bare and not bare.startswith("#"):
        # `model = Sequential(); model.add(...)`
        stop = end + after.index(";") + 1
        while stop < line_end and index.text[stop] in " \t":
            stop += 1
        return Edit(start, stop)
    return Edit(line_start + before.rindex(";"), end) if ";" in before else Edit(start, end, ("pass",))
