"""Files of Python 2, which `--python2` has brought to Python 3 before all else: that it did, and what it cannot do."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from kerasfix.checks import Context
from kerasfix.findings import Applicability, Edit, Finding, Fix
from kerasfix.flow.facts import ModuleFacts
from kerasfix.source.index import TextIndex
from kerasfix.source.python2 import divides_integers
from kerasfix.source.read import is_notebook

SYNTAX = "python2-syntax"
DIVISION = "python2-division"
RULES = frozenset({SYNTAX, DIVISION})

_DONE = Fix((), Applicability.SAFE, "Bring it to Python 3")  # which the text has behind it already
_MOST_LINES = 8  # that a message lists
_WHAT = "`/` rounded down where both sides are integers, and gives fractions now"
_HELP = "Write `//` where both sides are integers"
_Division = ast.BinOp | ast.AugAssign
_ROUND_DOWN = frozenset({"int", "floor"})


def check(context: Context) -> Iterator[Finding]:
    """That a file was Python 2, and where it divides what may be integers."""
    facts = context.facts
    if facts.python2 is None:
        return
    start, end = _first_change(facts.python2, facts.index.text)
    yield Finding(SYNTAX, start, end, "This file is Python 2", _DONE)
    if not divides_integers(facts.index.text):
        return
    unknown = []
    for node in _divisions(facts):
        fix = _fix(node, facts.index) if _has_to_be_integer(node, facts) else None
        if fix is None:
            unknown.append(node)
        else:
            yield Finding(DIVISION, *facts.index.span(node), f"{_WHAT}, which do not go here", fix)
    if unknown:
        yield Finding(DIVISION, *facts.index.span(unknown[0]), f"{_WHAT}{_places(facts, unknown)}", help=_HELP)


def _first_change(old: str, new: str) -> tuple[int, int]:
    """The line of the new text that is the first to differ."""
    start = 0
    for before, after in zip(old.splitlines(keepends=True), new.splitlines(keepends=True)):
        if before != after:
            return start, start + len(after.rstrip("\r\n"))
        start += len(after)
    return start, start


def _places(facts: ModuleFacts, divisions: Sequence[_Division]) -> str:
    lines = list(dict.fromkeys(node.lineno for node in divisions))
    if len(lines) == 1:
        return ""
    if is_notebook(facts.path):  # the lines of which count from the head of each cell
        return f": {len(lines)} lines"
    shown = ", ".join(map(str, lines[:_MOST_LINES]))
    more = f" and {len(lines) - _MOST_LINES} more" if len(lines) > _MOST_LINES else ""
    return f": lines {shown}{more}"


def _divisions(facts: ModuleFacts) -> Iterator[_Division]:
    """Where `/` may have two integers beside it."""
    found = [node for node in facts.nodes(ast.BinOp, ast.AugAssign) if isinstance(node.op, ast.Div)]
    for node in sorted(found, key=lambda node: (node.lineno, node.col_offset)):
        sides = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.target, node.value)
        if not any(map(_is_fraction, sides)) and not _is_rounded_down(node, facts):
            yield node


def _is_fraction(node: ast.expr) -> bool:
    """Whether an expression is certain to be no integer."""
    if isinstance(node, ast.BinOp):
        return not isinstance(node.op, ast.FloorDiv) and (_is_fraction(node.left) or _is_fraction(node.right))
    if isinstance(node, ast.UnaryOp):
        return _is_fraction(node.operand)
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "float"
    return isinstance(node, ast.Constant) and isinstance(node.value, float)


def _has_to_be_integer(node: ast.AST, facts: ModuleFacts) -> bool:
    """Whether a quotient is a number of rounds, an index or a bound: no fraction went there in Python 2, either."""
    inside, around = node, facts.parents.get(node)
    while isinstance(around, ast.BinOp):
        inside, around = around, facts.parents.get(around)
    if isinstance(around, ast.Call):
        return isinstance(around.func, ast.Name) and around.func.id == "range" and inside in around.args
    if isinstance(around, ast.Tuple):  # `x[:, n / 2]`
        inside, around = around, facts.parents.get(around)
    return isinstance(around, ast.Slice) or (isinstance(around, ast.Subscript) and around.slice is inside)


def _fix(node: _Division, index: TextIndex) -> Fix | None:
    if not isinstance(node, ast.BinOp):
        return None
    start, end = index.span(node.left)[1], index.span(node.right)[0]
    before, slash, after = index.text[start:end].partition("/")
    if "#" in before or "/" in after:
        return None
    at = start + len(before)
    return Fix((Edit(at, at + len(slash), ("//",)),), Applicability.SAFE, "Write `//`")


def _is_rounded_down(node: ast.AST, facts: ModuleFacts) -> bool:
    """Whether the quotient becomes what it was at once."""
    call = facts.parents.get(node)
    if not isinstance(call, ast.Call) or node not in call.args:
        return False
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", None)
    return name in _ROUND_DOWN
