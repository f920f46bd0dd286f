"""Arguments of a function of Keras, wherever they are written, and what the rows of the function make of them."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kerasfix.catalogue.adapters import Unrenderable
from kerasfix.catalogue.call_rows import CallRow, parameters_of
from kerasfix.catalogue.conditions import SourceFacts, holds
from kerasfix.catalogue.tables import dotted
from kerasfix.checks import Context
from kerasfix.checks._arguments import CallFacts
from kerasfix.checks._era import Era
from kerasfix.checks._writing import FileWriting
from kerasfix.checks.calls._binding import Bound, CallArguments, bind, is_for
from kerasfix.checks.calls._called import Called
from kerasfix.checks.calls._plan import Plan, plan_call
from kerasfix.edits.arguments import rewrite_arguments
from kerasfix.edits.calls import CallText
from kerasfix.findings import Applicability, Edit, Finding
from kerasfix.names.namer import root_name
from kerasfix.source.index import TextIndex

_CONFIDENT = "the code was written for {era}"


@dataclass
class LegacyUse(ABC):
    """A call of a function that has rows, or a dictionary whose items such a call gets."""

    context: Context
    node: ast.expr  # what is written here
    called: Called
    with_defaults: bool = field(default=True, kw_only=True)

    @abstractmethod
    def arguments(self) -> CallArguments:
        """The arguments, as far as they can be seen."""

    @abstractmethod
    def text(self) -> CallText:
        """Where the arguments stand."""

    @property
    @abstractmethod
    def function(self) -> ast.expr | None:
        """The expression that stands for the function, if it may be another one."""

    @abstractmethod
    def function_edits(self, template: ast.Call, writing: FileWriting) -> list[Edit]:
        """The new name of the function."""

    @abstractmethod
    def message(self, row: CallRow, plan: Plan) -> str:
        """What a finding says."""

    def is_meant(self, row: CallRow, bound: Bound, writing: FileWriting) -> bool:
        """Whether it is the function of the row; notes what has to be assumed for that."""
        return True

    def writes_defaults(self, *, proven: bool) -> bool:
        """Whether old defaults are written out here. `proven` says whether the arguments are those of the era."""
        return proven and self.with_defaults

    def lets_go_of_defaults(self) -> bool:
        """Do without old defaults from now on, as others get the same arguments; False if none were written."""
        before = self.finding()
        self.with_defaults = False
        after = self.finding()
        return (before and before.fix) != (after and after.fix)

    @property
    def short(self) -> str:
        """The function's own name."""
        return self.called.name.rpartition(".")[2]

    def finding(self) -> Finding | None:
        """What the first row of each era that is for the arguments has to say."""
        arguments = self.arguments()
        facts = CallFacts(self.context.facts, {})
        for one in (*arguments.positional, *arguments.named):
            facts.know(one.node, one.value)
        if (mixed := self.of_no_version(arguments, facts)) is not None:
            return mixed
        done: set[str] = set()
        waiting: Finding | None = None
        for row in self.rows():
            bound = bind(row, arguments) if row.era not in done else None
            if bound is None:
                continue
            facts.assumed.clear()
            if not is_for(bound, facts):
                continue
            told = row.proof == "when" or (row.tells is not None and holds(row.tells, bound.binding, facts) is True)
            finding = self.by(row, bound, arguments, facts.assumed, told=told)
            # In a file with code of both, what is right for Keras 2 is asked first: its answer needs no assumption.
            unsure = row.era == "keras1" and self.context.era is Era.MIXED
            settled = not unsure or (finding is not None and not self.rests_on_era(finding))
            if settled and (finding is not None or self.era_fits(row) is not None):
                return finding or waiting
            waiting = waiting or finding
            done.add(row.era)
        return waiting

    def of_no_version(self, arguments: CallArguments, facts: SourceFacts) -> Finding | None:
        """What there is to say of arguments that no version of Keras takes together, those of Keras 1 among them."""
        target = self.context.settings.target
        rows = [row for row in self.rows() if target in row.templates]
        today = {keyword.arg for row in rows for keyword in row.templates[target].keywords}
        today |= {name for row in rows if row.era == "keras2" for name in row.parameters}
        given = [one.keyword for one in arguments.named if one.keyword is not None and one.keyword not in today]
        # `tf_keras` takes some old arguments beside its own, as Keras 2 did.
        eras = ("",) if target == "keras2" else ("", _CONFIDENT.format(era="Keras 1"))
        first = [row for row in rows if row.era == "keras1" and self.era_fits(row) in eras]
        old = [one for one in rows if one.era == "keras1" and one.parameters.keys() & given]
        if not old or not self.called.certain:
            return None
        if any(_takes(one, arguments, facts) for one in self.rows() if one.era == "keras1"):
            return None
        for one in old:
            if (between := self.between(one, arguments, facts)) is not None:
                return between
        row = next((one for one in old if one in first), None)
        if row is None:
            return None
        known = {name for one in rows for name in (*one.parameters, *one.aliases)}
        new = {name: _new_name([(one, one.templates[target]) for one in first], name) for name in given}
        says = [f"`{name}` is `{new[name]}`" for name in given if new[name] is not None]
        says += [f"`{name}` is no argument of `{self.short}`" for name in given if name not in known]
        advice = "Write the arguments as Keras has them today"
        return self.manual(row, f"{advice}: {', '.join(says)}" if says else advice)

    def between(self, row: CallRow, arguments: CallArguments, facts: SourceFacts) -> Finding | None:
        """A call whose arguments by position are those of today: `Conv2D(32, (3, 3), border_mode='same')`.

        Keras 2 ran it, so that its defaults are those that hold.
        """
        order = [keyword.arg for keyword in row.templates[self.context.settings.target].keywords]
        names = order[: len(arguments.positional)]
        if arguments.starred or len(names) < len(arguments.positional) or not row.new_names.issuperset(names):
            return None
        placed = tuple(replace(one, keyword=name) for one, name in zip(arguments.positional, names))
        named = replace(arguments, positional=(), named=(*placed, *arguments.named))
        bound = bind(row, named)
        if bound is None or not is_for(bound, facts):
            return None
        self.with_defaults = False
        return self.by(row, bound, named, {}, told=False)

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
        """The package that the function is of."""
        return self.called.root or self.context.facts.root

    def gone(self, row: CallRow) -> bool:
        """Whether nothing of today has the name of the function."""
        if not row.templates:
            return row.when is None
        return not row.alias and self.renames(row)

    def renames(self, row: CallRow) -> bool:
        """Whether the modern function has another name than what is called."""
        template = row.templates.get(self.context.settings.target)
        return template is not None and dotted(template.func) != self.called.name

    def by(
        self, row: CallRow, bound: Bound, arguments: CallArguments, assumed: Mapping[str, str], *, told: bool
    ) -> Finding | None:
        """The finding that a row makes of the arguments, if there is anything to change in it.

        `assumed` is what the row's conditions take from the calls of a function that were seen; `told` says whether
        the conditions prove that the call is one of the era.
        """
        template = row.templates.get(self.context.settings.target)
        by_name = row.proof == "names"
        proven = told or (by_name and (bool(bound.old_names) or self.gone(row)))
        if template is None:
            return self.manual(row, row.advice or "") if self.proves(row, proven) else None
        text = self.text()
        writing = FileWriting(self.context, self.function, self.root)
        era = self.era_fits(row)
        try:
            defaults = self.writes_defaults(proven=proven or era is not None)
            plan = plan_call(bound, arguments, template, text, writing, defaults=defaults)
            function = self.function_edits(template, writing)
        except Unrenderable as error:
            known = proven or era == ""
            return self.manual(row, row.advice or f"Write the call by hand: {error}") if known else None
        proven = proven or writing.told
        # The old name of a function whose arguments moved (`Convolution2D(64, 3, 3)`) says enough.
        proven = proven or (by_name and plan.moved and self.renames(row) and self.called.name == row.function)
        if not proven:
            # A name that Keras has still, but for another function, is one that the file gets a definition for.
            other = not row.alias or dotted(template.func).startswith("snippet.")
            if era is None or not (plan.changes or (function and other)):
                return None
            if era:
                writing.assume(era)
        if not self.is_meant(row, bound, writing) or not (plan.changes or function):
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

    def fixed(self, row: CallRow, plan: Plan, edits: list[Edit], writing: FileWriting) -> Finding:
        start, end = self.context.facts.index.span(self.node)
        root = root_name(self.function) if self.function is not None else None
        releases = {root.id} if root is not None and not self.called.method else ()
        fix = writing.fix(edits, title_of(plan), releases=releases)
        return Finding(row.rule, start, end, self.message(row, plan), fix)

    def manual(self, row: CallRow, advice: str) -> Finding | None:
        """A finding without a fix."""
        start, end = self.context.facts.index.span(self.node)
        return Finding(row.rule, start, end, self.message(row, Plan()), help=advice)


def _takes(row: CallRow, arguments: CallArguments, facts: SourceFacts) -> bool:
    """Whether a row is for some arguments."""
    bound = bind(row, arguments)
    return bound is not None and is_for(bound, facts)


def _new_name(rows: Sequence[tuple[CallRow, ast.Call]], name: str) -> str | None:
    """What a legacy parameter is called now, if it is one argument by itself."""
    ways = ((row, keyword) for row, template in rows for keyword in template.keywords)
    return next((keyword.arg for row, keyword in ways if set(parameters_of(row, keyword.value)) == {name}), None)


def agreed(uses: Sequence[LegacyUse], *, strangers: bool = False) -> Finding | None:
    """What all the functions that get the same arguments make of them.

    `strangers` says whether something that is not of Keras gets them, too.
    """
    found = [use.finding() for use in uses]
    changed = next((one for one in found if one is not None), None)
    if changed is None:
        return None
    index = uses[0].context.facts.index
    if not strangers and len({_written(index, one) for one in found}) == 1:
        # What several functions get may be what is left of a file whose other calls are of today by now.
        unsure = len(uses) > 1 and uses[0].context.era is Era.MIXED
        return _assuming(changed, "the arguments are those of one Keras") if unsure else changed
    lacking = [] if strangers else sorted({use.short for use in uses if use.lets_go_of_defaults()})
    if lacking:
        found = [use.finding() for use in uses]
        common = next((one for one in found if one is not None), None)
        agree = len({_written(index, one) for one in found}) == 1
        if agree and common is not None:
            return _assuming(common, f"{_listed(lacking)} may have the defaults of today")
        if agree:
            advice = f"Give {_listed(lacking)} calls of their own: each needs other arguments to be as it was"
            return replace(changed, fix=None, help=changed.help or advice)
    names = _listed(sorted({use.short for use in uses}))
    advice = f"Give {names} arguments of their own: what else gets these knows them by other names"
    return replace(changed, fix=None, help=changed.help or advice)


def _assuming(finding: Finding, clause: str) -> Finding:
    """The finding with a fix that assumes one thing more."""
    if finding.fix is None:
        return finding
    assumes = " and ".join(filter(None, [finding.fix.assumes, clause]))
    return replace(finding, fix=replace(finding.fix, applicability=Applicability.UNSAFE, assumes=assumes))


def _listed(names: Sequence[str]) -> str:
    return " and ".join(f"`{name}`" for name in names)


def _written(index: TextIndex, finding: Finding | None) -> tuple[tuple[int, int, str], ...] | None:
    """What a fix writes, and where."""
    if finding is None or finding.fix is None:
        return None
    texts = [(edit, "".join(p if isinstance(p, str) else index.text[p.start : p.end] for p in edit.new))
             for edit in finding.fix.edits]  # fmt: skip
    return tuple((one.start, one.end, text) for one, text in texts if text != index.text[one.start : one.end])


def title_of(plan: Plan) -> str:
    """What the fix of a plan does."""
    if plan.renamed or plan.moved or plan.dropped or plan.converted:
        return "Write the arguments as they are called now"
    return "Write out the old default" if plan.defaults else "Call it by its new name"
