"""`get_file(..., untar=True)`, which gives another folder on Keras 3: what was beside it is in it now."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kerasfix.checks import Context
from kerasfix.findings import Applicability, Edit, Finding, Fix, ImportNeed, Slot
from kerasfix.flow.values import Api

RULE = "unpacked-archive"
RULES = frozenset({RULE})


def check(context: Context) -> Iterator[Finding]:
    """Every call that downloads an archive and unpacks it."""
    if context.settings.target != "keras3":
        return
    for node, looks in context.facts.calls.items():
        named = all(isinstance(look.callee, Api) and look.callee.name.endswith(".get_file") for look in looks)
        unpacking = next((one for one in node.keywords if one.arg == "untar"), None)
        if not named or any(look.guarded for look in looks) or unpacking is None:
            continue
        if isinstance(unpacking.value, ast.Constant) and unpacking.value.value is True:
            yield _finding(context, node, unpacking)


def _finding(context: Context, node: ast.Call, unpacking: ast.keyword) -> Finding:
    index = context.facts.index
    start, end = index.span(node)
    message = "Keras 3 unpacks an archive into a folder of its own, and gives that; what was beside it is in it now"
    name = next((one.value for one in node.keywords if one.arg == "fname"), node.args[0] if node.args else None)
    spelled = _os(context)
    if spelled is None or not isinstance(name, (ast.Constant, ast.Name)):
        return Finding(RULE, start, end, message, help="Look for the files in the folder that `get_file` gives")
    keyword = index.span(unpacking)[0]
    fix = Fix(
        edits=(
            Edit(start, end, (f"{spelled}.path.join(", Slot(start, end), f", {index.source(name)})")),
            Edit(keyword, keyword + len("untar"), ("extract",)),
        ),
        applicability=Applicability.SAFE,
        title="Name the place in the folder",
        imports=() if "os" in context.facts.scopes.module.bound else (ImportNeed("os"),),
    )
    return Finding(RULE, start, end, message, fix)


def _os(context: Context) -> str | None:
    """The module `os` as the file names it; None if the name means something else."""
    if "os" not in context.facts.scopes.module.bound:
        return "os"
    imports = [node for node in context.facts.tree.body if isinstance(node, ast.Import)]
    return "os" if any(one.name == "os" and not one.asname for node in imports for one in node.names) else None
