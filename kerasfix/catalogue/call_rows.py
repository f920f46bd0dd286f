"""Rows for calls that are edited in place: what the arguments of a legacy call are called and worth today.

A row is an `[[api]]` table of a rule file that no hand-written check claims:

    legacy    a signature, as in "keras.layers.Dropout(p, **kwargs)", or several where the versions of Keras differ;
              `**kwargs` stands for the parameters of the row of `keras.layers.Layer` (for layers)
    also      other names of the function, for which only other evidence says that the call is a legacy one
    aliases   older names of parameters: {dim = "axis"}
    when      a condition on the arguments (see `conditions`); the row is for calls for which it is known to hold
    unless    a condition that must not be known to hold
    becomes   the modern call for both targets, a template over the parameters ...
    keras2    ... or for that target alone
    keras3    ... likewise
    always    modern arguments that are written out even where the call did not give them, as the default is another
    drop      legacy parameters that may be given but have no effect, so that nothing takes their place
    shared    legacy parameters that are no proof of old code, for a later version of Keras takes them as well
    warn      what the fix assumes, as a clause; it makes the fix an unsafe one
    advice    what to write by hand for the targets that have no modern call, or for calls that cannot be rewritten
    era       "keras1" (the default) or "keras2": which Keras the signature is one of
    target    the only target that the row is for; else a row of Keras 1 is for both, and one of Keras 2 for the targets
              of its templates ("keras3" if it only has advice)
    proof     "names" (the default) where the old name or the old keywords prove that a call is one of the era, "when"
              where the condition does, "none" where a later Keras took them, too, so that something else has to
    tells     a condition on the arguments that proves by itself that a call is one of the era, as where an argument by
              position is nothing that the modern function takes there
    common    true where the methods of other libraries have such arguments, too: where nothing is known of the object,
              the fix is an unsafe one
    package   "keras" where the row is not about `tf.keras`, which had other defaults
    alias     true where the old name of the function still works, so that it alone is no reason to report a call

Templates are Python expressions. The arguments of the outer call are all given by keyword, in the order of the modern
signature. A parameter's name stands for the argument of the call. A constant (`reset_after=False`) is a default that
changed; `...` keeps the place of an argument that is new. `keras.x.Y` is written as the file names it, `snippet.x` is a
definition that the file gets, and other functions are adapters (see `adapters`). What is for an argument whose name
ends in `initializer`, `regularizer` or `constraint` goes through the adapter of that name. `**_` says that what follows
cannot be given by position, as the modern function has other arguments there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Literal

from kerasfix.catalogue.load import TARGETS, Rule, load_catalogue
from kerasfix.catalogue.tables import (
    Parameter,
    RowError,
    Signature,
    expression,
    parse_call,
    parse_signature,
    string,
    strings,
)

Era = Literal["keras1", "keras2"]
Proof = Literal["names", "when", "none"]

_KEYS = frozenset(
    [
        "legacy",
        "also",
        "aliases",
        "when",
        "unless",
        "becomes",
        "keras2",
        "keras3",
        "always",
        "drop",
        "shared",
        "warn",
        "advice",
        "era",
        "proof",
        "tells",
        "common",
        "package",
        "alias",
        "target",
    ]
)
_LAYER = "keras.layers.Layer"
# What is given by name, or as an object. Some of the names are others today, whatever argument they are given for.
_NAMED_OBJECTS = ("initializer", "regularizer", "constraint")


@dataclass(frozen=True)
class CallRow:
    """One `[[api]]` table."""

    rule: str
    function: str  # canonical: "keras.layers.Dense", "keras.models.Model.fit"
    signatures: tuple[Signature, ...]
    also: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    when: ast.expr | None = None
    unless: ast.expr | None = None
    templates: Mapping[str, ast.Call] = field(default_factory=dict)  # by target
    always: frozenset[str] = frozenset()
    drop: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()
    warn: str | None = None
    advice: str | None = None
    era: Era = "keras1"
    proof: Proof = "names"
    tells: ast.expr | None = None
    common: bool = False
    package: str | None = None
    alias: bool = False
    targets: frozenset[str] = frozenset(TARGETS)
    parts: dict[ast.expr, list[str]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def names(self) -> tuple[str, ...]:
        """All names of the function."""
        return (self.function, *self.also)

    @cached_property
    def parameters(self) -> dict[str, ast.expr | None]:
        """The parameters of all versions with their defaults."""
        return {one.name: one.default for signature in self.signatures for one in signature.parameters}

    @cached_property
    def new_names(self) -> frozenset[str | None]:
        """The keywords of modern calls that no legacy call can have."""
        modern = {keyword.arg for template in self.templates.values() for keyword in template.keywords}
        return frozenset(modern - self.parameters.keys() - self.aliases.keys())

    @cached_property
    def modern_names(self) -> frozenset[str | None]:
        """The keywords that are no proof of a legacy call, as a modern version of the function takes them, too."""
        keywords = [keyword for template in self.templates.values() for keyword in template.keywords]
        return self.shared | {keyword.arg for keyword in keywords if not _is_left_alone(keyword.value)}


CallRows = Mapping[str, tuple[CallRow, ...]]


@lru_cache(maxsize=8)
def call_rows(claimed: frozenset[str]) -> CallRows:
    """The rows of all rules but those that hand-written checks have `claimed`, by the names of their functions.

    Raises RowError for a table that is not a row.
    """
    rules = [rule for name, rule in load_catalogue().rules.items() if name not in claimed]
    found = [row for rule in rules if "[[api]]" in rule.text for row in _rows_of(rule)]
    bases = {(row.era, target): (row, row.templates.get(target)) for row in found if row.function == _LAYER
             for target in ("keras2", "keras3")}  # fmt: skip
    rows: dict[str, tuple[CallRow, ...]] = {}
    for row in (_with_base(row, bases) for row in found):
        for name in row.names:
            rows[name] = tuple(sorted((*rows.get(name, ()), row), key=lambda one: one.era))  # Keras 1 first
    return rows


def _rows_of(rule: Rule) -> Iterable[CallRow]:
    for number, table in enumerate(rule.rows):
        try:
            yield parse_call_row(rule.name, table)
        except (RowError, SyntaxError) as error:
            raise RowError(f"{rule.path}: api[{number}]: {error}") from error


def parse_call_row(rule: str, table: Mapping[str, object]) -> CallRow:
    """One table as a row of `rule`.

    Raises:
        RowError: The table is not a row.
        SyntaxError: One of its texts is not Python.
    """
    if unknown := set(table) - _KEYS:
        raise RowError(f"unknown key `{min(unknown)}`; expected one of {', '.join(sorted(_KEYS))}")
    signatures = tuple(parse_signature(text, rest=True) for text in strings(table, "legacy"))
    if len({signature.function for signature in signatures}) != 1:
        raise RowError("`legacy`: expected signatures of one function")
    aliases = table.get("aliases", {})
    if not isinstance(aliases, dict):
        raise RowError("`aliases`: expected a table of names")
    era = string(table, "era") or "keras1"
    if era != "keras1" and era != "keras2":
        raise RowError('`era`: expected "keras1" or "keras2"')
    row = CallRow(
        rule=rule,
        function=signatures[0].function,
        signatures=tuple(_renamed(signature, aliases) for signature in signatures),
        also=tuple(strings(table, "also")),
        aliases=aliases,
        when=expression(table, "when"),
        unless=expression(table, "unless"),
        templates=_templates(table),
        always=frozenset(strings(table, "always")),
        drop=frozenset(aliases.get(name, name) for name in strings(table, "drop")),
        shared=frozenset(strings(table, "shared")),
        warn=string(table, "warn"),
        advice=string(table, "advice"),
        era="keras1" if era == "keras1" else "keras2",
        proof=_proof(table),
        tells=expression(table, "tells"),
        common=table.get("common") is True,
        package=string(table, "package"),
        alias=table.get("alias") is True,
    )
    row = replace(row, targets=_targets(row, string(table, "target")))
    if not row.templates and not row.advice:
        raise RowError("expected a modern call or `advice`")
    _hold(row)
    return row


def _proof(table: Mapping[str, object]) -> Proof:
    value = string(table, "proof") or "names"
    if value == "when" and "when" in table:
        return "when"
    if value == "none":
        return "none"
    if value == "names":
        return "names"
    raise RowError('`proof`: expected "names", "none", or "when" beside a condition')


def _targets(row: CallRow, only: str | None) -> frozenset[str]:
    if only is not None:
        if only not in TARGETS:
            raise RowError('`target`: expected "keras2" or "keras3"')
        return frozenset({only})
    if row.advice and row.era == "keras1":
        return frozenset(TARGETS)
    return frozenset(row.templates or {"keras3"})


def _templates(table: Mapping[str, object]) -> dict[str, ast.Call]:
    both = string(table, "becomes")
    templates = {target: parse_call(text) for target in ("keras2", "keras3") if (text := string(table, target) or both)}
    for template in templates.values():
        if template.args:
            raise RowError(f"expected arguments by keyword in `{ast.unparse(template)}`")
        template.keywords = [_named_object(one) for one in template.keywords]
    return templates


def _named_object(keyword: ast.keyword) -> ast.keyword:
    """The argument of a template, through the adapter for what it is if that may be given by an old name."""
    kind = (keyword.arg or "").rpartition("_")[2]
    if kind not in _NAMED_OBJECTS or not isinstance(keyword.value, ast.Name):
        return keyword
    return ast.keyword(keyword.arg, ast.Call(ast.Name(kind, ast.Load()), [keyword.value], []))


def _hold(row: CallRow) -> None:
    """Every parameter has a place in every template, and every name of a template is a parameter."""
    for template in row.templates.values():
        for name in row.parameters:
            if name not in row.drop and not any(name in parameters_of(row, one.value) for one in template.keywords):
                raise RowError(f"`{name}` of `{row.function}` has no place in `{ast.unparse(template)}`")
        missing = row.always - {keyword.arg for keyword in template.keywords}
        if missing and len(row.templates) == 1:
            raise RowError(f"`always`: `{min(missing)}` is not in `{ast.unparse(template)}`")


def parameters_of(row: CallRow, node: ast.expr) -> list[str]:
    """The parameters of the legacy function that a part of a template is made of."""
    if node not in row.parts:
        names = [part.id for part in ast.walk(node) if isinstance(part, ast.Name)]
        row.parts[node] = [name for name in names if name in row.parameters]
    return row.parts[node]


def _is_left_alone(node: ast.expr) -> bool:
    """Whether a template has a legacy argument under its old name, which another rule sees to."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "left_alone"


def _renamed(signature: Signature, aliases: Mapping[str, str]) -> Signature:
    parameters = tuple(Parameter(aliases.get(one.name, one.name), one.default) for one in signature.parameters)
    return replace(signature, parameters=parameters)


def _with_base(row: CallRow, bases: Mapping[tuple[Era, str], tuple[CallRow, ast.Call | None]]) -> CallRow:
    """The row with what `**kwargs` stands for written out."""
    if row.function == _LAYER or not row.function.startswith("keras.layers."):
        return row
    signatures = row.signatures
    templates = dict(row.templates)
    drop = row.drop
    for target, template in row.templates.items():
        base, more = bases.get((row.era, target), (None, None))
        if base is None or more is None or not any(one.arg is None for one in template.keywords):
            continue
        named = [one for one in template.keywords if one.arg is not None]
        added = [one for one in more.keywords if one.arg is not None and _adds(row, named, base, one)]
        templates[target] = ast.Call(template.func, [], [*named, *added])
        signatures = tuple(_extended(signature, base.signatures[0]) for signature in row.signatures)
        drop |= base.drop
    return replace(row, signatures=signatures, templates=templates, drop=drop)


def _adds(row: CallRow, named: Sequence[ast.keyword], base: CallRow, keyword: ast.keyword) -> bool:
    """Whether an argument of the base class comes on top, as `input_shape` does beside `input_dim`."""
    if not row.drop.isdisjoint(parameters_of(base, keyword.value)):
        return False
    if all(one.arg != keyword.arg for one in named):
        return True
    return row.parameters.keys().isdisjoint(parameters_of(base, keyword.value))


def _extended(signature: Signature, base: Signature) -> Signature:
    """A signature with the parameters of the base class; they can only be given by keyword."""
    if not signature.rest:
        return signature
    known = {one.name for one in signature.parameters}
    more = tuple(replace(one, by_keyword=True) for one in base.parameters if one.name not in known)
    return replace(signature, parameters=(*signature.parameters, *more), rest=False)
