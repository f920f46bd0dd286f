"""A dictionary whose items are the arguments of a call, held against the rows as if it were the call."""

from __future__ import annotations

import ast
from collections.abc import Collection
from dataclasses import dataclass

from kerasfix.catalogue.adapters import Unrenderable
from kerasfix.catalogue.call_rows import CallRow
from kerasfix.catalogue.tables import dotted
from kerasfix.checks._writing import FileWriting
from kerasfix.checks.calls._binding import Bound, CallArguments, Given
from kerasfix.checks.calls._plan import Plan
from kerasfix.checks.calls._spreads import Display, Spread
from kerasfix.checks.calls._use import LegacyUse
from kerasfix.edits.calls import CallText, call_text
from kerasfix.edits.displays import display_text
from kerasfix.findings import Edit, Finding
from kerasfix.flow.values import UNKNOWN, union


@dataclass
class DictionaryUse(LegacyUse):
    """A dictionary that a call of `called` gets, or a call whose keywords become one: `own` are not among them."""

    node: Display
    spread: Spread
    own: Collection[str] = ()

    def finding(self) -> Finding | None:
        """Nothing for a dictionary that says nothing: it is where others begin."""
        return super().finding() if self.spread.cls is not None or self.items() else None

    def arguments(self) -> CallArguments:
        here = self.items()
        keys = {one.keyword for one in here}
        beside = [one for one in self.spread.named if one.keyword not in keys]
        for name in dict.fromkeys(str(key) for entries in self.spread.entries for key, _ in entries):
            if name not in keys and name not in self.own and all(one.keyword != name for one in beside):
                beside.append(Given(ast.Name(name), UNKNOWN, name, -1))
        rest = (Given(self.spread.expression, UNKNOWN, None, -1),)
        unseen = not self.spread.is_known or self.is_open
        return CallArguments(self.spread.positional, (*here, *beside), False, rest, unseen=unseen)

    def items(self) -> list[Given]:
        """The items that are written here."""
        values = [dict(entries) for entries in self.spread.entries]
        found: list[Given] = []
        for number, one in enumerate(self.text().args):
            if one.keyword is None or one.keyword in self.own:
                continue
            value = union([entries.get(one.keyword, UNKNOWN) for entries in values])
            found.append(Given(self.nodes()[number], value, one.keyword, number))
        return found

    def nodes(self) -> list[ast.expr]:
        """The values as they are written, one after the other."""
        if isinstance(self.node, ast.Dict):
            return self.node.values
        written = [*self.node.args, *(keyword.value for keyword in self.node.keywords)]
        return sorted(written, key=lambda one: (one.lineno, one.col_offset))

    @property
    def is_open(self) -> bool:
        """Whether items come from elsewhere: `{**others, 'a': 1}`."""
        return any(one.keyword is None for one in self.text().args)

    def text(self) -> CallText:
        index = self.context.facts.index
        return display_text(index, self.node) if isinstance(self.node, ast.Dict) else call_text(index, self.node)

    @property
    def function(self) -> ast.expr | None:
        return self.spread.cls

    def function_edits(self, template: ast.Call, writing: FileWriting) -> list[Edit]:
        """The new name of the class that is handed over; what a call names itself is for the call."""
        new = dotted(template.func)
        own = new.startswith("snippet.")
        if not self.spread.handed or (not own and new.rpartition(".")[2] == self.called.name.rpartition(".")[2]):
            return []
        cls = self.spread.cls
        if cls is None or self.context.namer.path(cls) is None:
            if own:
                raise Unrenderable(f"`{self.called.name.rpartition('.')[2]}` is gone")
            return []
        name = writing.snippet(new[8:]) if own else writing.spell(new)
        index = self.context.facts.index
        # The import of what a definition takes the place of has to go.
        return [Edit(*index.span(cls), (name,))] if own or name != index.source(cls) else []

    def writes_defaults(self, *, proven: bool) -> bool:
        """Only where nothing but the dictionary can have them."""
        return self.spread.handed and super().writes_defaults(proven=proven)

    def is_meant(self, row: CallRow, bound: Bound, writing: FileWriting) -> bool:
        if self.spread.assumes is None:
            return True
        writing.assume(self.spread.assumes)
        return bool(bound.old_names)

    def message(self, row: CallRow, plan: Plan) -> str:
        head = f"An argument of Keras 1 reaches `{row.function.rpartition('.')[2]}(...)` from here"
        changes = [f"`{old}` is `{new}` now" for old, new in plan.renamed.items()]
        changes += [f"`{name}` is gone" for name in plan.dropped]
        return f"{head}: {', '.join(changes)}" if changes else head

    def manual(self, row: CallRow, advice: str) -> Finding | None:
        # The call waits: once it is one of today, nothing would tell that it gets old arguments.
        self.context.taken.add(id(self.spread.call))
        return super().manual(row, advice)
