"""What becomes of each argument of a legacy call, by the template of its row."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kerasfix.catalogue.adapters import Argument, Pieces, Unrenderable
from kerasfix.catalogue.call_rows import CallRow, parameters_of
from kerasfix.checks._writing import FileWriting, TemplateWriter
from kerasfix.checks.calls._binding import Bound, CallArguments, Given
from kerasfix.edits.arguments import Rewrite
from kerasfix.edits.calls import CallText
from kerasfix.flow.values import UNKNOWN


@dataclass
class Plan:
    """The changes of one call. Which of them there are decides what proof they need that the call is a legacy one."""

    rewrites: list[Rewrite] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)
    added: list[Pieces] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)  # keywords, old to new
    dropped: list[str] = field(default_factory=list)
    moved: bool = False  # a positional argument is now another, or part of another
    converted: bool = False  # the value of an argument is another
    defaults: list[str] = field(default_factory=list)  # modern arguments that write an old default out

    @property
    def changes(self) -> bool:
        """Whether anything in the call changes."""
        return bool(self.rewrites or self.removed or self.added)


def plan_call(
    bound: Bound, arguments: CallArguments, template: ast.Call, text: CallText, writing: FileWriting, *, defaults: bool
) -> Plan:
    """The plan of a call. `defaults` says whether old defaults are written out.

    Raises:
        Unrenderable: An argument has no place in the modern call, or only the run knows what it is.
    """
    return _Planner(bound, arguments, template, text, writing, defaults).plan()


@dataclass
class _Out:
    """An argument of the modern call that the legacy call gives."""

    name: str
    value: Pieces | None
    given: list[Given]
    tuple_of: bool  # the arguments as they stand, in parentheses

    @property
    def anchor(self) -> Given:
        """The first of its arguments as written."""
        return min(self.given, key=lambda one: one.number)


@dataclass
class _Planner:
    bound: Bound
    arguments: CallArguments
    template: ast.Call
    text: CallText
    writing: FileWriting
    defaults: bool
    result: Plan = field(default_factory=Plan)

    @property
    def row(self) -> CallRow:
        return self.bound.row

    def plan(self) -> Plan:
        self.hold_places()
        writer = TemplateWriter(self.writing, self.values())
        outs: list[_Out] = []
        placed: set[str] = set()
        gone = set(self.row.drop)
        already = {one.keyword for one in self.bound.others}
        for keyword in self.template.keywords:
            if keyword.arg is None or _keeps_a_place(keyword.value):
                continue
            names = parameters_of(self.row, keyword.value)
            given = [self.bound.given[name] for name in names if name in self.bound.given]
            placed.update(names)
            if any(one.elsewhere for one in given) or (self.arguments.unseen and 0 < len(given) < len(names)):
                self.hold_apart(keyword.arg, names)
            elif given:
                if keyword.arg in already or any(out.name == keyword.arg for out in outs):
                    raise Unrenderable(f"`{keyword.arg}` is given twice")
                out = self.out(keyword.arg, keyword.value, names, given, writer)
                if out.value == ():
                    placed.difference_update(names)
                    gone.update(names)
                else:
                    outs.append(out)
            elif keyword.arg in already:
                continue
            elif self.defaults and not self.arguments.partial and (not names or keyword.arg in self.row.always):
                self.result.added.append((self.text.naming(keyword.arg), *writer.pieces(keyword.value)))
                self.result.defaults.append(keyword.arg)
        for name, one in self.bound.given.items():
            if name in placed:
                continue
            if one.elsewhere:
                continue
            if name not in gone:
                raise Unrenderable(f"`{name}` has no successor")
            self.result.removed.append(one.number)
            self.result.dropped.append(name)
        self.place(outs)
        return self.result

    def hold_apart(self, name: str, parameters: list[str]) -> None:
        """Arguments of which others are given elsewhere can only stay where they are if they are no part of one."""
        here = [one for one in parameters if one in self.bound.given and not self.bound.given[one].elsewhere]
        if here:
            raise Unrenderable(f"`{here[0]}` becomes a part of `{name}`")

    def hold_places(self) -> None:
        """Arguments that nobody sees here, of `*args` or of later calls of a `partial`, have to stay where they are."""
        if not (self.arguments.partial or self.arguments.starred):
            return
        order = list(self.template.keywords)
        for place, parameter in enumerate(self.row.signatures[0].parameters):
            if parameter.default is not None or parameter.name in self.bound.given:
                continue
            value = order[place].value if place < len(order) else None
            if not isinstance(value, ast.Name) or value.id != parameter.name:
                names = [one.arg for one in order if parameter.name in parameters_of(self.row, one.value)]
                new = names[0] if names else "another argument"
                raise Unrenderable(f"`{parameter.name}`, which is given elsewhere, is part of `{new}` today")

    def values(self) -> Mapping[str, Argument]:
        """The arguments by parameter, with the defaults of those that were not given."""
        values: dict[str, Argument] = {}
        for name, default in self.row.parameters.items():
            if name in self.bound.given:
                one = self.bound.given[name]
                slot = None if one.elsewhere else self.text.args[one.number].slot
                values[name] = Argument(one.node, one.value, slot)
            elif default is not None:
                values[name] = Argument(default, UNKNOWN, None)
        return values

    def out(self, name: str, template: ast.expr, names: list[str], given: list[Given], writer: TemplateWriter) -> _Out:
        missing = [one for one in names if one not in self.bound.given and self.row.parameters[one] is None]
        if missing:
            raise Unrenderable(f"`{missing[0]}` is not among the arguments")
        numbers = [one.number for one in given]
        in_a_row = numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        plain = isinstance(template, ast.Tuple) and all(isinstance(item, ast.Name) for item in template.elts)
        if plain and len(given) == len(names) > 1 and in_a_row and all(one.keyword is None for one in given):
            return _Out(name, None, given, True)
        value = writer.value(template)
        if value is not None and len(given) == 1 and value == (self.text.args[given[0].number].slot,):
            value = None
        return _Out(name, value, given, False)

    def place(self, outs: list[_Out]) -> None:
        """Positional arguments stay so as long as the modern function has them at the same place."""
        order = [keyword.arg for keyword in self.template.keywords]
        position = 0
        positional = not self.arguments.starred
        anchors = _anchors(outs)
        kept = {anchor.number for anchor in anchors if anchor}
        for out, anchor in sorted(zip(outs, anchors), key=lambda pair: pair[1].number if pair[1] else -1):
            if anchor is None:  # another one has taken its arguments
                value = out.value or (self.text.args[out.given[0].number].slot,)
                self.result.added.append((self.text.naming(out.name), *value))
                continue
            keyword: str | None = out.name
            if anchor.keyword is None and positional and position < len(order) and order[position] == out.name:
                keyword, position = None, position + 1
            elif anchor.keyword is None:
                positional = False
                self.result.moved = True
            elif anchor.keyword != out.name:
                self.result.renamed[anchor.keyword] = out.name
            self.converted(out)
            last = max(one.number for one in out.given) if out.tuple_of else None
            if keyword != anchor.keyword or out.value is not None or last is not None:
                self.result.rewrites.append(Rewrite(anchor.number, keyword, out.value, last))
            if not out.tuple_of:
                self.result.removed += [one.number for one in out.given if one.number not in kept]

    def converted(self, out: _Out) -> None:
        if out.tuple_of or len(out.given) > 1:
            self.result.moved = True
        elif out.value is not None:
            self.result.converted = True


def _keeps_a_place(node: ast.expr) -> bool:
    """Whether a template has a modern argument that no legacy one stands for, so that the next have their places."""
    return isinstance(node, ast.Constant) and node.value is Ellipsis


def _anchors(outs: Sequence[_Out]) -> list[Given | None]:
    """The argument in whose place each modern one is written; None where others have taken all of its own."""
    taken = {out.given[0].number for out in outs if len(out.given) == 1 or out.tuple_of}
    claimed: set[int] = set()
    anchors: list[Given | None] = []
    for out in outs:
        own = [one for one in out.given if one.number not in (claimed if len(out.given) == 1 else claimed | taken)]
        anchor = out.anchor if out.tuple_of else min(own, key=lambda one: one.number, default=None)
        if anchor is not None:
            claimed.add(anchor.number)
        anchors.append(anchor)
    return anchors
