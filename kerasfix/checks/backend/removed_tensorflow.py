"""Functions of TensorFlow 0.x and 1.x, and arguments of theirs, that TensorFlow 2 no longer has under that name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache

from kerasfix.catalogue import load_catalogue
from kerasfix.catalogue.rows import Row, parse_rows
from kerasfix.checks import Context
from kerasfix.checks._arguments import CallFacts
from kerasfix.checks.backend._calls import Speller, external_name
from kerasfix.checks.backend._removed_write import Written, choose, write
from kerasfix.checks.backend._versions import asks_for_a_version
from kerasfix.checks.backend.tensorflow_op import is_offence as is_on_keras_tensor
from kerasfix.findings import Applicability, Edit, Finding, Fix
from kerasfix.flow.facts import CallSeen

RULE = "removed-tensorflow-function"
RULES = frozenset({RULE})
# What says that a file has to do with Keras; a loss may stand in one that imports nothing of it.
_KERAS = re.compile(r"\b(?:keras|y_true)\b")


@cache
def removed_rows() -> dict[str, tuple[Row, ...]]:
    """What calls of TensorFlow 0.x and 1.x become, by their names of then."""
    return parse_rows(load_catalogue().rules[RULE].rows)


def check(context: Context) -> Iterator[Finding]:
    """Every call that is certain to be of such a function, or to have such an argument."""
    for node, looks in context.facts.calls.items():
        name = _function(node, looks)
        if name is None or not _is_of_keras(context, looks) or is_on_keras_tensor(context, looks):
            continue
        finding = _finding(context, node, looks, name)
        if finding is not None and not asks_for_a_version(context.facts, node):
            yield finding


def _function(node: ast.Call, looks: Sequence[CallSeen]) -> str | None:
    """The name of a function that rows know, if all looks saw it and the call says it."""
    name = external_name(looks)
    return name if name in removed_rows() and isinstance(node.func, (ast.Name, ast.Attribute)) else None


def _is_of_keras(context: Context, looks: Sequence[CallSeen]) -> bool:
    """Whether the file has to do with Keras: what is nothing but a graph of TensorFlow 1 needs more than new names."""
    return bool(_KERAS.search(context.facts.index.text)) or any(look.role.inner for look in looks)


def _finding(context: Context, node: ast.Call, looks: Sequence[CallSeen], name: str) -> Finding | None:
    """What is wrong with a call, or None where today's TensorFlow takes it as it is."""
    rows: Sequence[Row] = removed_rows()[name]
    refused = next((word for row in rows for word in refused_keywords(row, node)), None)
    gone = is_gone(name)
    if not gone:
        rows = [row for row in rows if _is_older_form(row, node)]
        if not rows:
            return None
    written = _write(context, node, rows, CallFacts(context.facts, {node: looks}))
    if written is None and not gone and refused is None:
        return None
    index = context.facts.index
    start, end = index.span(node)
    source = " ".join(index.source(node.func).split())
    if gone:
        message = f"`{source}` is gone from TensorFlow 2"
    elif refused is not None:
        message = f"`{source}` has no argument `{refused}` in TensorFlow 2"
    else:
        message = f"`{source}` takes its arguments in another order since TensorFlow 1.0"
    if written is None:
        return Finding(RULE, start, end, message, help=_advice(rows))
    fix = Fix(
        edits=tuple(written.edits),
        applicability=Applicability.SAFE,
        title=written.title,
        imports=tuple(dict.fromkeys(written.imports)),
        releases=frozenset({node.func.id} if isinstance(node.func, ast.Name) and gone else ()),
        keeps=frozenset(written.kept),
    )
    return Finding(RULE, start, end, message, fix)


def is_gone(name: str) -> bool:
    """Whether TensorFlow 2 has no function of that name: else rows are about its arguments."""
    return all(ast.unparse(row.templates["keras2"].func) != name for row in removed_rows()[name] if row.templates)


def refused_keywords(row: Row, node: ast.Call) -> list[str]:
    """The keywords of a call that its row knows and the modern call does not have."""
    template = row.templates.get("keras2")
    if template is None:
        return []
    known = {*row.aliases, *(one.name for signature in row.signatures for one in signature.parameters)}
    today = {part.id for part in template.args if isinstance(part, ast.Name)}
    today |= {keyword.arg for keyword in template.keywords if keyword.arg}
    return [word.arg for word in node.keywords if word.arg and word.arg in known - today]


def _is_older_form(row: Row, node: ast.Call) -> bool:
    """Whether a row of a function that is still there may be for a call: for its keywords, or for their order."""
    return bool(node.args) if row.when is not None else bool(refused_keywords(row, node))


def _write(context: Context, node: ast.Call, rows: Sequence[Row], facts: CallFacts) -> Written | None:
    for row in rows:
        template = row.templates.get("keras2")
        if template is not None and row.when is None and _takes_the_same(row, template, node):
            return _in_place(context, node, row, template)
    chosen = choose(context, node, rows, facts)
    if chosen is None:
        return None
    written = write(context, node, context.facts.root, chosen)
    if written is not None:
        written.title = _title(node, chosen.row, chosen.row.templates["keras2"])
    return written


def _takes_the_same(row: Row, template: ast.Call, node: ast.Call) -> bool:
    """Whether the modern call takes all arguments of a call in the same order, some by other names perhaps."""
    parameters = [one.name for one in row.signatures[0].parameters]
    placed = [part.id if isinstance(part, ast.Name) else "" for part in template.args]
    by_name = {word.arg for word in template.keywords if isinstance(word.value, ast.Name) and word.value.id == word.arg}
    if placed != parameters[: len(placed)] or not {*parameters} <= {*placed, *by_name, *row.drop}:
        return False
    if any(isinstance(argument, ast.Starred) for argument in node.args):
        return len(placed) == len(parameters)
    given = [row.aliases.get(word.arg, word.arg) for word in node.keywords if word.arg]
    taken = {*parameters[: len(node.args)], *row.drop}
    return len(node.args) <= len(placed) and len(given) == len({*given} - taken) and {*given} <= {*parameters}


def _in_place(context: Context, node: ast.Call, row: Row, template: ast.Call) -> Written:
    """The edits of the names alone, so that the rest stays as it is written."""
    index, speller = context.facts.index, Speller(context, node.func, context.facts.root)
    name = ast.unparse(template.func)
    edits = []
    if name != row.function:
        edits.append(Edit(*index.span(node.func), (speller(name),)))
    for word in node.keywords:
        if word.arg and word.arg in row.aliases:
            start = index.offset(word.lineno, word.col_offset)
            edits.append(Edit(start, start + len(word.arg), (row.aliases[word.arg],)))
    return Written(edits, _title(node, row, template), None, speller.imports, kept=speller.kept)


def _title(node: ast.Call, row: Row, template: ast.Call) -> str:
    name = ast.unparse(template.func)
    if name != row.function:
        return f"Replace with `{name.replace('tensorflow', 'tf', 1)}`"
    words = [row.aliases[word.arg] for word in node.keywords if word.arg and word.arg in row.aliases]
    return f"Write {' and '.join(f'`{word}=`' for word in words)}" if words else "Write the arguments as they are today"


def _advice(rows: Sequence[Row]) -> str:
    found = next((row.advice for row in rows if row.advice), None)
    if found is None:
        calls = [row.templates["keras2"] for row in rows if row.templates]
        found = f"today it is `{ast.unparse(calls[0]).replace('tensorflow.', 'tf.')}`"
    return found[0].upper() + found[1:]
