"""Rows of the catalogue: what a legacy call looks like, and the modern calls that take its place.

A row is an `[[api]]` table of a rule file:

    legacy    a signature, as in "keras.backend.expand_dims(x, axis=-1)", or several where the versions of Keras differ
    aliases   older names of parameters: {dim = "axis"}
    when      a condition on the arguments (see `conditions`); the row is for calls for which it is known to hold
    unless    a condition that must not be known to hold
    layer     the modern call, a template over the parameters: a layer that is called, for both targets ...
    keras2    ... or what to write for that target alone; a `keras.backend` function has to go into a `Lambda`
    keras3    ... likewise
    becomes   the modern call for both targets, where it is neither a layer nor a function of Keras
    ops       what to write inside of layers, losses and the like on Keras 3, where `layer` and `keras3` have a layer
    shape     the output shape of that `Lambda` (see `lambdas`)
    always    arguments of the modern calls (positional ones by the legacy parameter) that are written out even where
              the legacy call did not give them, because the default is another one
    drop      legacy parameters that may be given but have no effect, so that nothing takes their place
    warn      what the modern call assumes, as a clause; it makes the fix an unsafe one
    advice    what to write by hand for the targets that have no modern call
    leave     why the function is not a matter for the rule at all; `legacy` then lists bare names

Templates are Python expressions. A parameter's name stands for the argument of the call, which keeps its source text.
An argument that the call did not give, or gave as the default, is left out. Attributes and methods of parameters
(`x.assign(value)`), and `len`, `tuple` and `isinstance`, are what they are in Python. Some names are functions of the
template:

    tail(shape)           a tuple without its first element, which is the batch axis
    listed(tensors)       a list, also where the call has a tuple: layers of Keras 2 take nothing else
    ordering(format)      a data format, from any of its names: 'th' and 'channels_first', 'tf' and 'channels_last'
    explicit('value')     a value that is written only where the program changes Keras' global data format
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from kerasfix.catalogue.tables import (
    Parameter,
    RowError,
    Signature,
    dotted,
    expression,
    literal,
    parse_call,
    parse_signature,
    string,
    strings,
)
from kerasfix.findings import Slot
from kerasfix.source.index import TextIndex

Pieces = tuple[str | Slot, ...]
Spell = Callable[[str], str]  # how the file at hand writes "keras.layers.Concatenate"

_KEYS = frozenset(
    (
        "legacy", "aliases", "when", "unless", "layer", "keras2", "keras3", "becomes", "ops", "shape", "always", "drop",
        "warn", "advice", "leave",
    )
)  # fmt: skip
_BUILTINS = frozenset({"len", "tuple", "isinstance"})
_ORDERINGS = {"th": "channels_first", "tf": "channels_last", "default": None}
# What needs no parentheses as an operand.
_ATOMS = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.List, ast.Tuple, ast.Dict, ast.Set, ast.ListComp)


class _Unrenderable(Exception):
    """The arguments of a call do not let a template be written."""


@dataclass(frozen=True, slots=True)
class Binding:
    """The arguments of a legacy call by the names of their parameters."""

    given: Mapping[str, ast.expr]
    defaults: Mapping[str, ast.expr]  # of all parameters that have one
    placed: frozenset[str] = frozenset()  # the parameters whose arguments are given by position


@dataclass(frozen=True, slots=True)
class Row:
    """One `[[api]]` table."""

    function: str
    signatures: tuple[Signature, ...]
    aliases: Mapping[str, str] = field(default_factory=dict)
    when: ast.expr | None = None
    unless: ast.expr | None = None
    templates: Mapping[str, ast.Call] = field(default_factory=dict)  # by "layer", "keras2", "keras3", "ops"
    shape: ast.expr | None = None
    always: frozenset[str] = frozenset()
    drop: frozenset[str] = frozenset()
    warn: str | None = None
    advice: str | None = None
    leave: str | None = None

    def template(self, target: str) -> ast.Call | None:
        """The modern call for "keras2" or "keras3"."""
        return self.templates.get(target) or self.templates.get("layer")

    @property
    def inner(self) -> ast.Call | None:
        """The modern call inside of layers, losses and the like on Keras 3."""
        outer = self.templates.get("keras3")
        return self.templates.get("ops") or (None if outer is None or isinstance(outer.func, ast.Call) else outer)

    def bind(self, call: ast.Call) -> Binding | None:
        """Bind the arguments of a call, or None where that cannot be done for certain.

        Every version of the function that takes the call has to read it alike: what is `image_shape` to one version
        and `dilation_rate` to the next is neither.
        """
        bound = [given for signature in self.signatures if (given := _bind(signature, self.aliases, call)) is not None]
        if not bound or any(given != bound[0] for given in bound):
            return None
        defaults = {
            parameter.name: parameter.default
            for signature in self.signatures
            for parameter in signature.parameters
            if parameter.default is not None
        }
        names = (parameter.name for parameter in self.signatures[0].parameters)
        return Binding(bound[0], defaults, frozenset(name for name, _ in zip(names, call.args)))

    def render(
        self,
        template: ast.expr,
        binding: Binding,
        index: TextIndex,
        spell: Spell,
        *,
        channels_last: bool = True,
        instead: Mapping[str, Pieces] | None = None,
        slots: Mapping[ast.expr, Slot] | None = None,
        whole: ast.expr | None = None,
    ) -> Pieces | None:
        """Write a template with the arguments of a call.

        Args:
            template: One of the row's templates.
            binding: The arguments.
            index: Positions in the text that the call stands in.
            spell: How that file writes a name of Keras.
            channels_last: Whether Keras' global data format is certain to be that.
            instead: What to write in the place of some parameters' arguments.
            slots: Where arguments stand with their parentheses, as far as that is known.
            whole: The template that `template` is a part of, which has a place for the other arguments.

        Returns:
            The pieces of the modern call, or None where the arguments do not allow it: one of them has no place in
            the template, or is only known at run time where its value is needed.
        """
        used = {node.id for node in ast.walk(whole or template) if isinstance(node, ast.Name)}
        if not used.issuperset(name for name in binding.given if name not in self.drop):
            return None
        renderer = _Renderer(self, binding, index, spell, channels_last, instead or {}, slots or {})
        try:
            return joined(renderer.expression(template))
        except _Unrenderable:
            return None


def parse_rows(tables: Iterable[Mapping[str, object]]) -> dict[str, tuple[Row, ...]]:
    """The rows of a rule by the legacy function, in the order in which they are to be tried.

    Raises:
        RowError: A table is not a row.
    """
    rows: dict[str, tuple[Row, ...]] = {}
    for number, table in enumerate(tables):
        try:
            for row in _rows(table):
                rows[row.function] = (*rows.get(row.function, ()), row)
        except (RowError, SyntaxError) as error:
            raise RowError(f"api[{number}]: {error}") from error
    return rows


def _rows(table: Mapping[str, object]) -> Iterable[Row]:
    if unknown := set(table) - _KEYS:
        raise RowError(f"unknown key `{min(unknown)}`; expected one of {', '.join(sorted(_KEYS))}")
    legacy = strings(table, "legacy")
    if not legacy:
        raise RowError("`legacy`: expected a signature")
    leave = string(table, "leave")
    if leave is not None:
        return [Row(dotted(ast.parse(name, mode="eval").body), (), leave=leave) for name in legacy]
    signatures = tuple(parse_signature(text) for text in legacy)
    if len({signature.function for signature in signatures}) > 1:
        raise RowError("`legacy`: expected signatures of one function")
    aliases = table.get("aliases", {})
    if not isinstance(aliases, dict):
        raise RowError("`aliases`: expected a table of names")
    templates = {key: parse_call(text) for key in ("layer", "keras2", "keras3", "ops") if (text := string(table, key))}
    if becomes := string(table, "becomes"):
        templates.update(dict.fromkeys(("keras2", "keras3"), parse_call(becomes)))
    advice = string(table, "advice")
    if not templates and not advice:
        raise RowError("expected a modern call, or `advice`, or `leave`")
    return [
        Row(
            function=signatures[0].function,
            signatures=tuple(_renamed(signature, aliases) for signature in signatures),
            aliases=aliases,
            when=expression(table, "when"),
            unless=expression(table, "unless"),
            templates=templates,
            shape=expression(table, "shape"),
            always=frozenset(strings(table, "always")),
            drop=frozenset(aliases.get(name, name) for name in strings(table, "drop")),
            warn=string(table, "warn"),
            advice=advice,
        )
    ]


def _renamed(signature: Signature, aliases: Mapping[str, str]) -> Signature:
    parameters = (Parameter(aliases.get(one.name, one.name), one.default) for one in signature.parameters)
    return Signature(signature.function, tuple(parameters))


def _bind(signature: Signature, aliases: Mapping[str, str], call: ast.Call) -> dict[str, ast.expr] | None:
    names = [parameter.name for parameter in signature.parameters]
    if len(call.args) > len(names) or any(isinstance(argument, ast.Starred) for argument in call.args):
        return None
    given = dict(zip(names, call.args))
    for keyword in call.keywords:
        name = aliases.get(keyword.arg, keyword.arg) if keyword.arg else None
        if name not in names or name in given:
            return None
        given[name] = keyword.value
    if any(parameter.default is None and parameter.name not in given for parameter in signature.parameters):
        return None
    return given


def joined(pieces: Iterable[str | Slot]) -> Pieces:
    """The pieces with neighbouring texts made one."""
    joined: list[str | Slot] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        else:
            joined.append(piece)
    return tuple(joined)


@dataclass(frozen=True, slots=True)
class _Renderer:
    row: Row
    binding: Binding
    index: TextIndex
    spell: Spell
    channels_last: bool
    instead: Mapping[str, Pieces]
    slots: Mapping[ast.expr, Slot]

    def expression(self, node: ast.expr) -> list[str | Slot]:
        if isinstance(node, ast.Name):
            return self.parameter(node.id)
        if isinstance(node, ast.Call):
            return self.call(node)
        if isinstance(node, ast.Tuple):
            items = [self.expression(item) for item in node.elts]
            return ["(", *_separated(items), ",)" if len(items) == 1 else ")"]
        if isinstance(node, ast.List):
            return ["[", *_separated([self.expression(item) for item in node.elts]), "]"]
        if isinstance(node, ast.Attribute):
            return self.attribute(node)
        if isinstance(node, (ast.BinOp, ast.UnaryOp)):
            return self.operation(node)
        if isinstance(node, ast.Constant):
            return [ast.unparse(node)]
        raise RowError(f"`{ast.unparse(node)}` cannot stand in a template")

    def attribute(self, node: ast.Attribute) -> list[str | Slot]:
        """A name of Keras, or an attribute of an argument."""
        root, _, rest = dotted(node).partition(".")
        if self.is_parameter(root):
            return [*self.parameter(root, operand=True), f".{rest}"]
        return [self.spell(dotted(node))]

    def operation(self, node: ast.expr) -> list[str | Slot]:
        """An operation on parameters and numbers, as Python itself writes it."""
        names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        pieces: list[str | Slot] = []
        for part in re.split(r"\b(\w+)\b", ast.unparse(node)):
            pieces += self.parameter(part, operand=True) if part in names else [part]
        return pieces

    def parameter(self, name: str, operand: bool = False) -> list[str | Slot]:
        if name in self.instead:
            return list(self.instead[name])
        if name not in self.binding.given:
            if name not in self.binding.defaults:
                raise RowError(f"`{name}` is not a parameter of {self.row.function}")
            return [ast.unparse(self.binding.defaults[name])]
        return self.argument(self.binding.given[name], operand)

    def argument(self, node: ast.expr, operand: bool = False) -> list[str | Slot]:
        bounds = Slot(*self.index.span(node))
        slot = self.slots.get(node, bounds)
        if slot != bounds:
            return [slot]
        # The place of a node excludes the parentheses around it, which these cannot do without.
        bare = isinstance(node, (ast.NamedExpr, ast.Yield, ast.YieldFrom))
        if bare or (operand and not isinstance(node, _ATOMS) and not _is_number(node)):
            return ["(", slot, ")"]
        return [slot]

    def call(self, node: ast.Call) -> list[str | Slot]:
        if isinstance(node.func, ast.Name) and node.func.id not in _BUILTINS:
            return self.adapted(node.func.id, node.args[0])
        function = [node.func.id] if isinstance(node.func, ast.Name) else self.expression(node.func)
        positional = list(node.args)
        while positional and self.omitted(ast.unparse(positional[-1]), positional[-1]):
            positional.pop()
        arguments = [self.expression(argument) for argument in positional]
        for keyword in node.keywords:
            assert keyword.arg is not None
            if not self.omitted(keyword.arg, keyword.value):
                arguments.append([f"{keyword.arg}=", *self.expression(keyword.value)])
        return [*function, "(", *_separated(arguments), ")"]

    def omitted(self, name: str, value: ast.expr) -> bool:
        """Whether an argument of the modern call says no more than its default."""
        if name in self.row.always:
            return False
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "explicit":
            return self.channels_last
        names = [part.id for part in ast.walk(value) if isinstance(part, ast.Name) and self.is_parameter(part.id)]
        return bool(names) and all(self.is_default(one) for one in names)

    def is_parameter(self, name: str) -> bool:
        return name in self.binding.given or name in self.binding.defaults

    def is_default(self, name: str) -> bool:
        if name in self.instead:
            return False
        if name not in self.binding.given:
            return True
        if name not in self.binding.defaults:
            return False
        known, value = literal(self.binding.given[name])
        default = literal(self.binding.defaults[name])[1]
        return known and _plain(value) == _plain(default) and isinstance(value, bool) == isinstance(default, bool)

    def adapted(self, adapter: str, argument: ast.expr) -> list[str | Slot]:
        if adapter == "explicit":
            return self.expression(argument)
        if not isinstance(argument, ast.Name):
            raise RowError(f"{adapter}() takes a parameter")
        node = self.binding.given.get(argument.id) or self.binding.defaults[argument.id]
        if adapter == "tail":
            return self.tail(node)
        if adapter == "listed":
            return self.listed(node)
        if adapter == "ordering":
            if argument.id in self.instead:  # as in a function that is handed on: only its callers know
                raise _Unrenderable
            return self.ordering(node)
        raise RowError(f"there is no {adapter}()")

    def ordering(self, node: ast.expr) -> list[str | Slot]:
        known, value = literal(node)
        if known and (value is None or isinstance(value, str)):
            return [repr(_ORDERINGS.get(value, value) if value else None)]
        if _is_data_format(node):
            return self.argument(node)
        # Where the ordering is also that of a kernel, the value alone says too little.
        if known or self.row.unless is not None or not isinstance(node, (ast.Name, ast.Attribute)):
            raise _Unrenderable
        formats = ", ".join(f"{old!r}: {new!r}" for old, new in _ORDERINGS.items() if new is not None)
        return [f"{{{formats}}}.get(", *self.argument(node), ", ", *self.argument(node), ")"]

    def listed(self, node: ast.expr) -> list[str | Slot]:
        if not isinstance(node, ast.Tuple) or len(node.elts) < 2:
            return self.argument(node)
        start, end = self.index.span(node)
        return ["[", Slot(start + 1, end - 1), "]"]

    def tail(self, node: ast.expr) -> list[str | Slot]:
        if not isinstance(node, (ast.Tuple, ast.List)):
            return [*self.argument(node, operand=True), "[1:]"]
        if not node.elts or isinstance(node.elts[0], ast.Starred):
            raise _Unrenderable
        rest = [self.argument(element) for element in node.elts[1:]]
        return ["(", *_separated(rest), ",)" if len(rest) == 1 else ")"]


def _is_data_format(node: ast.expr) -> bool:
    """Whether an expression has today's name for an ordering: `self.data_format`, `K.image_data_format()`."""
    named = node.func if isinstance(node, ast.Call) else node
    name = named.attr if isinstance(named, ast.Attribute) else named.id if isinstance(named, ast.Name) else ""
    return name == ("image_data_format" if isinstance(node, ast.Call) else "data_format")


def _separated(items: list[list[str | Slot]]) -> list[str | Slot]:
    separated: list[str | Slot] = []
    for item in items:
        separated += [", ", *item] if separated else item
    return separated


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not isinstance(node.value, (str, bytes))


def _plain(value: object) -> object:
    """A literal in a form in which lists equal tuples."""
    return tuple(_plain(item) for item in value) if isinstance(value, (list, tuple)) else value
