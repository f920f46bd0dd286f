"""Calls of Keras as they were written for an older version: one check for all rules whose rows say what they become."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kerasfix.catalogue.adapters import Unrenderable
from kerasfix.catalogue.call_rows import CallRow
from kerasfix.catalogue.tables import dotted
from kerasfix.checks import Context, rows_with
from kerasfix.checks._scopes import Definition, definitions
from kerasfix.checks._writing import FileWriting
from kerasfix.checks.calls._binding import Bound, CallArguments, arguments_of
from kerasfix.checks.calls._called import called_name, each_called
from kerasfix.checks.calls._plan import Plan
from kerasfix.checks.calls._spreads import is_for_others
from kerasfix.checks.calls._use import LegacyUse, agreed
from kerasfix.edits.calls import CallText, call_text
from kerasfix.findings import Edit, Finding, Slot
from kerasfix.flow.facts import CallSeen
from kerasfix.names.namer import root_name
from kerasfix.settings import Settings

# Methods that no other library has.
_KERAS_ALONE = ("fit_generator", "evaluate_generator", "predict_generator")


def rules(settings: Settings) -> frozenset[str]:
    """The rules that rows are for."""
    return _rules(settings.extend_rules)


@lru_cache(maxsize=8)
def _rules(extend: tuple[str, ...]) -> frozenset[str]:
    return frozenset(row.rule for rows in rows_with(extend).values() for row in rows)


def check(context: Context) -> Iterator[Finding]:
    """Every call for which a row says that something in it changes."""
    for node, looks in context.facts.calls.items():
        if id(node) in context.taken or any(look.guarded for look in looks) or is_for_others(context.facts, node):
            continue
        called = called_name(node, looks, context.rows)
        several = each_called(node, looks, context.rows) if called is None else [(called, looks)]
        uses = [_LegacyCall(context, node, one, same) for one, same in several]
        if (finding := agreed(uses)) is not None:
            yield finding


@dataclass
class _LegacyCall(LegacyUse):
    node: ast.Call
    looks: Sequence[CallSeen]

    def arguments(self) -> CallArguments:
        return arguments_of(self.node, self.looks, self.called.skip, partial=self.called.partial)

    def text(self) -> CallText:
        return call_text(self.context.facts.index, self.node)

    @property
    def function(self) -> ast.expr:
        """The expression that stands for the function, in `partial(Dense, ...)`, too."""
        return self.node.args[0] if self.called.partial else self.node.func

    def is_meant(self, row: CallRow, bound: Bound, writing: FileWriting) -> bool:
        if self.called.certain:
            return True
        if not (bound.old_names or self.gone(row)) or self.is_of_others():
            return False
        if isinstance(self.node.func, ast.Attribute) and (row.common or self.is_foreign(self.node.func.value)):
            writing.assume(f"`{ast.unparse(self.node.func.value)}` is a model of Keras")
        return True

    def is_of_others(self) -> bool:
        """Whether an object of which nothing is known may be one of another library or of the project.

        A class of the project may have a method of that name; or the object was made by what another library gave.
        """
        func = self.node.func
        if not isinstance(func, ast.Attribute):
            return False
        if func.attr not in _KERAS_ALONE and self.is_foreign(func.value):
            return True
        return self.context.facts.has_function(func.attr)

    def is_foreign(self, owner: ast.expr) -> bool:
        """Whether it is a name that is bound to what a class of another library makes."""
        found = definitions(owner.id, owner, self.context.facts) if isinstance(owner, ast.Name) else []
        return any(
            isinstance(one.value, ast.Call) and any(map(self.is_import, self.of_root(one.value.func))) for one in found
        )

    def of_root(self, func: ast.expr) -> list[Definition]:
        root = root_name(func)
        return definitions(root.id, root, self.context.facts) if root is not None else []

    def is_import(self, definition: Definition) -> bool:
        """Whether a name comes from a module that is neither Keras nor of the project."""
        node = self.context.facts.parents.get(definition.node)
        if isinstance(node, ast.ImportFrom):
            path = node.module or ""
        elif isinstance(node, ast.Import) and node.names:
            path = node.names[0].name
        else:
            return False
        own = {facts.path.rpartition("/")[2].removesuffix(".py") for facts in self.context.facts.together}
        local = isinstance(node, ast.ImportFrom) and bool(node.level)
        return not local and "keras" not in path and own.isdisjoint(path.split("."))

    def function_edits(self, template: ast.Call, writing: FileWriting) -> list[Edit]:
        new = dotted(template.func)
        func = self.function
        index = self.context.facts.index
        if self.called.method:
            short = new.rpartition(".")[2]
            if not isinstance(func, ast.Attribute) or func.attr in (short, "__init__"):
                return []
            end, last = index.span(func)[1], index.span(self.node)[1]
            return [Edit(end - len(func.attr), last, (short, Slot(end, last)))]
        own = new.startswith("snippet.")
        if not own and new.rpartition(".")[2] == self.called.name.rpartition(".")[2]:
            # The path to it is the matter of the rule for imports.
            return []
        if self.called.partial:
            writing.func = func
        if not isinstance(func, (ast.Name, ast.Attribute)) or self.context.namer.path(func) is None:
            if isinstance(func, ast.Name) and self.context.namer.is_unbound(func):
                raise Unrenderable("its name comes from a star import, which has to be mended first")
            # A variable: what it holds is another's matter.
            return []
        name = writing.snippet(new[8:]) if own else writing.spell(new)
        if name == index.source(func) and not own:  # the import of what a definition takes the place of has to go
            return []
        start, end = index.span(func)
        if self.called.partial:
            return [Edit(start, end, (name,))]
        # With the rest of the call in it, so that lines below the first argument stay there.
        last = index.span(self.node)[1]
        return [Edit(start, last, (name, Slot(end, last)))]

    def manual(self, row: CallRow, advice: str) -> Finding | None:
        return None if not self.called.certain and self.is_of_others() else super().manual(row, advice)

    def message(self, row: CallRow, plan: Plan) -> str:
        source = " ".join(self.context.facts.index.source(self.function).split())
        version = "Keras 1" if row.era == "keras1" else "Keras 2"
        changes = [f"`{old}` is `{new}` now" for old, new in plan.renamed.items()]
        changes += [f"`{name}` is gone" for name in plan.dropped]
        if not changes and plan.moved:
            changes = ["its arguments have other places now"]
        if not changes and plan.defaults:
            names = " and ".join(f"`{name}`" for name in plan.defaults)
            changes = [f"{names} had another default then"]
        head = f"`{source if len(source) <= 50 else row.function.rpartition('.')[2]}(...)` is a call of {version}"
        return f"{head}: {', '.join(changes)}" if changes else head
