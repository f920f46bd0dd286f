"""Writes what takes the place of a call of a removed backend function, as its row says."""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kerasfix.catalogue.adapters import Unrenderable
from kerasfix.catalogue.conditions import Facts, applies
from kerasfix.catalogue.rows import Binding, Pieces, Row
from kerasfix.checks import Context
from kerasfix.checks._arguments import is_channels_last
from kerasfix.checks.backend._calls import Speller, slots_of, with_comments
from kerasfix.edits.align import aligned
from kerasfix.edits.calls import call_text
from kerasfix.findings import Edit, ImportNeed

_BACKEND = "keras.backend."
# What costs nothing and does nothing when it is written twice.
_SIMPLE = (ast.Name, ast.Constant)


@dataclass(slots=True)
class Written:
    """The edits of a fix and what it needs."""

    edits: Sequence[Edit]
    title: str
    assumes: str | None = None
    imports: list[ImportNeed] = field(default_factory=list)
    snippets: list[str] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Choice:
    """A row for a call, with the template of the target."""

    row: Row
    binding: Binding
    template: ast.expr


def template_of(row: Row, target: str) -> ast.Call | None:
    """What to write inside of layers for a target."""
    if target == "keras3":
        return row.inner
    return row.templates.get("keras2") if row.templates.get("keras2") and not _is_layer(row) else None


def choose(context: Context, node: ast.Call, rows: Sequence[Row], facts: Facts) -> Choice | None:
    """The first row for a call that has something to write."""
    for row in rows:
        template = template_of(row, context.settings.target)
        binding = row.bind(node) if template is not None else None
        if template is None or binding is None or not applies(row, binding, facts):
            continue
        if not _repeats(template, binding):
            return Choice(row, binding, _in_new_names(template, node))
    return None


def write(
    context: Context, node: ast.Call, root: str, choice: Choice, instead: Mapping[str, Pieces] | None = None
) -> Written | None:
    """The edits of a call, or None where its arguments have no place in the template."""
    index = context.facts.index
    row, speller = choice.row, Speller(context, node.func, root)
    last = is_channels_last(context.facts)
    try:
        pieces = row.render(choice.template, choice.binding, index, speller, channels_last=last, instead=instead)
        if pieces is None:
            return None
        edits = aligned(index, node, pieces)
        if edits is None:
            speller = Speller(context, node.func, root)
            slots = slots_of(node, call_text(index, node))
            pieces = row.render(
                choice.template, choice.binding, index, speller, channels_last=last, instead=instead, slots=slots
            )
            assert pieces is not None
            edits = [Edit(*index.span(node), with_comments(index, node, pieces))]
    except Unrenderable:
        return None
    title = f"Replace with `{_title(choice.template)}`"
    return Written(edits, title, row.warn, speller.imports, speller.snippets, speller.kept)


class _Bare(ast.NodeTransformer):
    """`ordering(data_format)` as `data_format`."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Take an adapter away."""
        self.generic_visit(node)
        return node.args[0] if isinstance(node.func, ast.Name) and node.func.id == "ordering" else node


def _in_new_names(template: ast.Call, node: ast.Call) -> ast.Call:
    """The template for a call whose data format has today's names, as Keras 2 has: then it may be any expression."""
    if not any(keyword.arg == "data_format" for keyword in node.keywords):
        return template
    bare = _Bare().visit(copy.deepcopy(template))
    assert isinstance(bare, ast.Call)
    return bare


def _is_layer(row: Row) -> bool:
    template = row.templates.get("keras2")
    return template is None or isinstance(template.func, ast.Call)


def _repeats(template: ast.expr, binding: Binding) -> bool:
    """Whether an argument would be computed twice."""
    names = Counter(part.id for part in ast.walk(template) if isinstance(part, ast.Name))
    return any(
        names[name] > 1
        and not all(isinstance(part, (*_SIMPLE, ast.Attribute, ast.expr_context)) for part in ast.walk(one))
        for name, one in binding.given.items()
    )


def _title(template: ast.expr) -> str:
    text = ast.unparse(template.func if isinstance(template, ast.Call) else template)
    for prefix in ("snippet.",):
        text = text.removeprefix(prefix)
    return text
