"""Binds the arguments of a call, as it is written and as the analysis saw it, to the parameters of a row."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kerasfix.catalogue.call_rows import CallRow, parameters_of
from kerasfix.catalogue.conditions import SourceFacts, holds
from kerasfix.catalogue.rows import Binding
from kerasfix.catalogue.tables import Signature
from kerasfix.flow.facts import CallSeen
from kerasfix.flow.values import UNKNOWN, Value, union


@dataclass(frozen=True, slots=True)
class Given:
    """An argument of a call, the `number`-th as it is written; -1 if it is written elsewhere, in a dictionary."""

    node: ast.expr
    value: Value
    keyword: str | None
    number: int

    @property
    def elsewhere(self) -> bool:
        """Whether the text at hand does not have it."""
        return self.number < 0


@dataclass(frozen=True, slots=True)
class CallArguments:
    """The arguments of a call that a row is about: those after `self` in `Dense.__init__(self, ...)`."""

    positional: tuple[Given, ...]
    named: tuple[Given, ...]
    starred: bool  # there is a `*args` of unknown length
    spread: tuple[Given, ...]  # `**kwargs`
    partial: bool = False  # more arguments are given later: `functools.partial(Dense, init='uniform')`
    unseen: bool = False  # there may be others of which nothing is known


@dataclass(frozen=True, slots=True)
class Bound:
    """The arguments by legacy parameter."""

    row: CallRow
    given: Mapping[str, Given]
    others: tuple[Given, ...]  # keywords that the signature takes as `**kwargs`

    @property
    def placed(self) -> frozenset[str]:
        """The parameters whose arguments are given by position."""
        return frozenset(name for name, one in self.given.items() if one.keyword is None)

    @property
    def binding(self) -> Binding:
        """What conditions are asked of; what has no default and is not given, as in `partial`, is not known."""
        defaults = {name: default or ast.Name(name) for name, default in self.row.parameters.items()}
        return Binding({name: one.node for name, one in self.given.items()}, defaults, self.placed)

    @property
    def is_moved(self) -> bool:
        """Whether an argument that is given by position is another one, or part of one, in the modern call."""
        legacy = [one.name for one in self.row.signatures[0].parameters if one.name in self.placed]
        return any(
            place >= len(template.keywords) or parameters_of(self.row, template.keywords[place].value) != [name]
            for template in self.row.templates.values()
            for place, name in enumerate(legacy)
        )

    @property
    def old_names(self) -> frozenset[str]:
        """The keywords that prove the call a legacy one: no modern version of the function takes them.

        A row that only has advice does not say what the modern function takes.
        """
        if not self.row.templates:
            return frozenset()
        modern = self.row.modern_names
        return frozenset(one.keyword for one in self.given.values() if one.keyword and one.keyword not in modern)


def arguments_of(call: ast.Call, looks: Sequence[CallSeen], skip: int = 0, *, partial: bool = False) -> CallArguments:
    """The arguments of a call. `skip` says how many of the positional ones are not the function's own."""
    order = sorted([*call.args, *(keyword.value for keyword in call.keywords)], key=_place)
    numbers = {node: number for number, node in enumerate(order)}
    starred = any(isinstance(argument, ast.Starred) for argument in call.args)
    positional = tuple(
        Given(node, union([look.args[position] for look in looks if position < len(look.args)]), None, numbers[node])
        for position, node in enumerate(call.args)
        if position >= skip and not starred
    )
    named = tuple(
        Given(keyword.value, _value(looks, keyword.arg), keyword.arg, numbers[keyword.value])
        for keyword in call.keywords
        if keyword.arg is not None
    )
    spread = tuple(
        Given(keyword.value, UNKNOWN, None, numbers[keyword.value]) for keyword in call.keywords if keyword.arg is None
    )
    if spread:
        named += _spread_in(call, looks)
    return CallArguments(positional, named, starred, spread, partial)


def _spread_in(call: ast.Call, looks: Sequence[CallSeen]) -> tuple[Given, ...]:
    """The arguments that dictionaries bring to a call by `**`, at every look at it."""
    written = {keyword.arg for keyword in call.keywords}
    names = [[name for name, _ in look.keywords if name is not None and name not in written] for look in looks]
    always = [name for name in dict.fromkeys(names[0]) if all(name in others for others in names)] if names else []
    return tuple(Given(ast.Name(name), _value(looks, name), name, -1) for name in always)


def _place(node: ast.expr) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _value(looks: Sequence[CallSeen], name: str) -> Value:
    return union([value for look in looks for keyword, value in look.keywords if keyword == name])


def bind(row: CallRow, arguments: CallArguments) -> Bound | None:
    """The arguments by parameter, by the first version of the signature that takes them; None if there is none."""
    for signature in row.signatures:
        if (bound := _bind(row, signature, arguments)) is not None:
            return bound
    return None


def is_for(bound: Bound, facts: SourceFacts) -> bool:
    """Whether the conditions of the row allow it for the arguments."""
    row = bound.row
    if row.when is not None and holds(row.when, bound.binding, facts) is not True:
        return False
    return row.unless is None or holds(row.unless, bound.binding, facts) is not True


def _bind(row: CallRow, signature: Signature, arguments: CallArguments) -> Bound | None:
    names = {parameter.name for parameter in signature.parameters}
    positions = [parameter.name for parameter in signature.parameters if not parameter.by_keyword]
    if len(arguments.positional) > len(positions):
        return None
    given = dict(zip(positions, arguments.positional))
    others: list[Given] = []
    newer: list[Given] = []  # Keras 2 took both old and new keywords in one call
    for one in arguments.named:
        name = row.aliases.get(one.keyword or "", one.keyword or "")
        if name in given:
            return None
        if name in names:
            given[name] = one
        elif signature.rest or one.elsewhere:
            others.append(one)
        elif one.keyword in row.new_names:
            newer.append(one)
        else:
            return None
    loose = arguments.starred or arguments.spread or arguments.partial
    known = given.keys() | _fed(row, newer)
    if not loose and any(one.default is None and one.name not in known for one in signature.parameters):
        return None
    bound = Bound(row, given, (*others, *newer))
    return None if newer and not bound.old_names else bound


def _fed(row: CallRow, newer: Sequence[Given]) -> set[str]:
    """The legacy parameters that modern keywords stand for: `kernel_size` for `nb_row` and `nb_col`."""
    names = {one.keyword for one in newer}
    keywords = [keyword for template in row.templates.values() for keyword in template.keywords]
    return {name for keyword in keywords if keyword.arg in names for name in parameters_of(row, keyword.value)}
