"""Calls of Keras as they were written for an older version: one check for all rules whose rows say what they become."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kerasfix.catalogue.adapters import Unrenderable
from kerasfix.catalogue.call_rows import CallRow
from kerasfix.catalogue.conditions import holds
from kerasfix.catalogue.rows import Binding
from kerasfix.catalogue.tables import dotted
from kerasfix.checks import Context, rows_of
from kerasfix.checks._arguments import CallFacts
from kerasfix.checks._era import Era
from kerasfix.checks._scopes import Definition, definitions
from kerasfix.checks._writing import FileWriting
from kerasfix.checks.calls._binding import Bound, CallArguments, arguments_of, bind
from kerasfix.checks.calls._called import Called, called_name
from kerasfix.checks.calls._plan import Plan, plan_call
from kerasfix.edits.arguments import rewrite_arguments
from kerasfix.edits.calls import call_text
from kerasfix.findings import Edit, Finding, Slot
from kerasfix.flow.facts import CallSeen
from kerasfix.names.namer import root_name
from kerasfix.settings import Settings

_CONFIDENT = "the code was written for {era}"


def rules(settings: Settings) -> frozenset[str]:
    """The rules that rows are for."""
    return frozenset(row.rule for rows in rows_of(settings).values() for row in rows)


def check(context: Context) -> Iterator[Finding]:
    """Every call for which a row says that something in it changes."""
    for node, looks in context.facts.calls.items():
        if id(node) in context.taken or any(look.guarded for look in looks):
            continue
        called = called_name(node, looks, context.rows)
        if called is not None and (finding := _Call(context, node, looks, called).finding()) is not None:
            yield finding


@dataclass
class _Call:
    context: Context
    node: ast.Call
    looks: Sequence[CallSeen]
    called: Called

    def finding(self) -> Finding | None:
        """What the first row of each era that is for the call has to say."""
        arguments = arguments_of(self.node, self.looks, self.called.skip, partial=self.called.partial)
        facts = CallFacts(self.context.facts, {self.node: self.looks})
        done: set[str] = set()
        waiting: Finding | None = None
        for row in self.rows():
            bound = bind(row, arguments) if row.era not in done else None
            if bound is None:
                continue
            facts.assumed.clear()
            binding = Binding({name: one.node for name, one in bound.given.items()}, _defaults(row))
            if row.when is not None and holds(row.when, binding, facts) is not True:
                continue
            if row.unless is not None and holds(row.unless, binding, facts) is True:
                continue
            finding = self.by(row, bound, arguments, facts.assumed)
            # In a file with code of both, what is right for Keras 2 is asked first: its answer needs no assumption.
            unsure = row.era == "keras1" and self.context.era is Era.MIXED
            settled = not unsure or (finding is not None and not self.rests_on_era(finding))
            if settled and (finding is not None or self.era_fits(row) is not None):
                return finding or waiting
            waiting = waiting or finding
            done.add(row.era)
        return waiting

    def rests_on_era(self, finding: Finding) -> bool:
        """Whether a fix assumes that the file is Keras 1 code."""
        assumes = finding.fix.assumes if finding.fix is not None else None
        return _CONFIDENT.format(era="Keras 1") in (assumes or "")

    def rows(self) -> Iterator[CallRow]:
        """The rows that may be for the call, by the target, the package and the era of the file."""
        old = self.root == "keras" or not self.called.name.startswith("keras.")
        for row in self.context.rows[self.called.name]:
            if self.context.settings.target not in row.targets or row.package not in (None, self.root):
                continue
            if row.era == "keras2" or (old and (self.context.era is not Era.LATER or self.gone(row))):
                yield row

    @property
    def root(self) -> str:
        return self.called.root or self.context.facts.root

    @property
    def function(self) -> ast.expr:
        """The expression that stands for the function, in `partial(Dense, ...)`, too."""
        return self.node.args[0] if self.called.partial else self.node.func

    def gone(self, row: CallRow) -> bool:
        """Whether nothing of today has the name of the function."""
        if not row.templates:
            return row.when is None
        return not row.alias and self.renames(row)

    def renames(self, row: CallRow) -> bool:
        """Whether the modern function has another name than what is called."""
        template = row.templates.get(self.context.settings.target)
        return template is not None and dotted(template.func) != self.called.name

    def by(self, row: CallRow, bound: Bound, arguments: CallArguments, assumed: Mapping[str, str]) -> Finding | None:
        """The finding that a row makes of a call, if there is anything to change in it.

        `assumed` is what the row's condition takes from the calls of a function that were seen.
        """
        template = row.templates.get(self.context.settings.target)
        by_name = row.proof == "names"
        proven = row.proof == "when" or (by_name and (bool(bound.old_names) or self.gone(row)))
        if template is None:
            return self.manual(row, row.advice or "") if self.proves(row, proven) else None
        text = call_text(self.context.facts.index, self.node)
        writing = FileWriting(self.context, self.node.func, self.root)
        era = self.era_fits(row)
        try:
            plan = plan_call(bound, arguments, template, text, writing, defaults=proven or era is not None)
            function = self.function_edits(template, writing)
        except Unrenderable as error:
            known = proven or era == ""
            return self.manual(row, row.advice or f"Write the call by hand: {error}") if known else None
        # The old name of a function whose arguments moved (`Convolution2D(64, 3, 3)`) says enough.
        proven = proven or (by_name and plan.moved and self.renames(row) and self.called.name == row.function)
        if not proven:
            if era is None or not (plan.changes or (function and not row.alias)):
                return None
            if era:
                writing.assume(era)
        if not self.called.certain and (not (bound.old_names or self.gone(row)) or self.is_of_others()):
            return None
        if not self.called.certain and row.common and isinstance(self.node.func, ast.Attribute):
            writing.assume(f"`{ast.unparse(self.node.func.value)}` is a model of Keras")
        if not (plan.changes or function):
            return None
        for name, value in assumed.items():
            writing.assume(f"`{name}` is only {value}, as in the calls that were seen")
        if row.warn:
            writing.assume(row.warn)
        edits = [*function, *rewrite_arguments(self.context.facts.index, text, plan.rewrites, plan.removed, plan.added)]
        return self.fixed(row, plan, edits, writing)

    def proves(self, row: CallRow, proven: bool) -> bool:
        return proven or row.when is not None or not row.templates

    def era_fits(self, row: CallRow) -> str | None:
        """What has to be assumed so that the file is one that the row is for: nothing (""), or None if it is not."""
        era = self.context.era
        if row.era == "keras1":
            return {Era.KERAS1: "", Era.MIXED: _CONFIDENT.format(era="Keras 1")}.get(era)
        return "" if era in (Era.KERAS1, Era.KERAS2, Era.MIXED) else None

    def is_of_others(self) -> bool:
        """Whether an object of which nothing is known may be one of another library or of the project.

        A class of the project may have a method of that name; or the object was made by what another library gave.
        """
        name = self.node.func.attr if isinstance(self.node.func, ast.Attribute) else ""
        owner = self.node.func.value if isinstance(self.node.func, ast.Attribute) else None
        if isinstance(owner, ast.Name) and self.is_foreign(owner):
            return True
        return self.context.facts.has_function(name)

    def is_foreign(self, owner: ast.Name) -> bool:
        """Whether a name is bound to what a class of another library makes."""
        found = definitions(owner.id, owner, self.context.facts.parents)
        return any(
            isinstance(one.value, ast.Call) and any(map(self.is_import, self.of_root(one.value.func))) for one in found
        )

    def of_root(self, func: ast.expr) -> list[Definition]:
        root = root_name(func)
        return definitions(root.id, root, self.context.facts.parents) if root is not None else []

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
        """The new name of the function."""
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

    def fixed(self, row: CallRow, plan: Plan, edits: list[Edit], writing: FileWriting) -> Finding:
        start, end = self.context.facts.index.span(self.node)
        root = root_name(self.function)
        releases = {root.id} if root is not None and not self.called.method else ()
        fix = writing.fix(edits, _title(plan), releases=releases)
        return Finding(row.rule, start, end, self.message(row, plan), fix)

    def manual(self, row: CallRow, advice: str) -> Finding | None:
        if not self.called.certain and self.is_of_others():
            return None
        start, end = self.context.facts.index.span(self.node)
        return Finding(row.rule, start, end, self.message(row, Plan()), help=advice)

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


def _title(plan: Plan) -> str:
    if plan.renamed or plan.moved or plan.dropped or plan.converted:
        return "Write the arguments as they are called now"
    return "Write out the old default" if plan.defaults else "Call it by its new name"


def _defaults(row: CallRow) -> dict[str, ast.expr]:
    """The defaults by parameter; what has none and is not given, as in `partial(Dense, bias=False)`, is not known."""
    return {name: default or ast.Name(name) for name, default in row.parameters.items()}
