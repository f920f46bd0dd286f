"""What the flow analysis knows of the arguments of a call, in the form in which rows ask for it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from kerasfix.catalogue.conditions import UNKNOWN, SourceFacts
from kerasfix.catalogue.rows import Binding, Row
from kerasfix.flow.facts import CallSeen, ModuleFacts
from kerasfix.flow.values import (
    Const,
    Function,
    Items,
    ListRef,
    Tensor,
    Value,
    constants,
    join_shapes,
    options,
    union,
)

_MASKS = re.compile(r"\bMasking\s*\(|\bmask_zero\s*=\s*True")
_ORDERINGS = re.compile(r"image_dim_ordering|image_data_format|channels_first")
_HARMLESS = re.compile(r"set_image_(?:dim_ordering|data_format)\(\s*['\"](?:tf|channels_last)['\"]\s*\)")


def argument_node(call: ast.Call, position: int, *names: str) -> ast.expr | None:
    """An argument of a call as it is written, by one of its names or by position; -1 where it has no position."""
    for keyword in call.keywords:
        if keyword.arg in names:
            return keyword.value
    if any(isinstance(one, ast.Starred) for one in call.args):
        return None
    return call.args[position] if 0 <= position < len(call.args) else None


def may_mask(facts: ModuleFacts) -> bool:
    """Whether the file makes masks, which layers hand on and backend functions drop."""
    return bool(_MASKS.search(facts.index.text))


def is_channels_last(facts: ModuleFacts) -> bool:
    """Whether nothing in the file sets or asks for another data format than today's default."""
    return not _ORDERINGS.search(_HARMLESS.sub("", facts.index.text))


@dataclass
class FlowFacts(SourceFacts):
    """The facts about the arguments of some calls of a file, joined over all looks at each."""

    facts: ModuleFacts
    calls: Mapping[ast.Call, Sequence[CallSeen]]
    ops: dict[ast.Call, tuple[Row, Binding]] = field(default_factory=dict)  # what may go into a `Lambda` with others
    # Whether functions of the project are only called with as many axes as in the calls that were seen.
    trusting: bool = False
    _values: dict[ast.expr, Value] = field(default_factory=dict)
    _unsure: dict[ast.AST, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for call, looks in self.calls.items():
            self._note_arguments(call, looks)

    def _note_arguments(self, call: ast.Call, looks: Sequence[CallSeen]) -> None:
        for position, node in enumerate(call.args):
            if isinstance(node, ast.Starred):
                break
            self._note(node, (look.args[position] for look in looks if position < len(look.args)))
        for keyword in call.keywords:
            given = (value for look in looks for name, value in look.keywords if name == keyword.arg)
            self._note(keyword.value, given)

    def _note(self, node: ast.expr, values: Iterable[Value]) -> None:
        value = union(values)
        self._values[node] = value
        items = value.items if isinstance(value, Items) else None
        if isinstance(node, (ast.Tuple, ast.List)) and items is not None and len(items) == len(node.elts):
            for element, item in zip(node.elts, items):
                self._note(element, (item,))

    def know(self, node: ast.expr, value: Value) -> None:
        """Note the value of an argument that is not written in one of the calls."""
        self._note(node, (value,))

    def known(self, node: ast.expr) -> Value | None:
        """What an argument, or an element of a list that is one, was seen to be."""
        return self._values.get(node)

    def shape(self, node: ast.expr) -> tuple[int | None, ...] | None:
        """The shape of a tensor, unless it depends on what a function of the project is called with."""
        value = self._values.get(node)
        found = [option.shape for option in options(value) if isinstance(option, Tensor)] if value else []
        if not found or value is None or len(found) != len(options(value)):
            return None
        if not self.trusting and self._depends_on_callers(node):
            return None
        shape = found[0]
        for other in found[1:]:
            shape = join_shapes(shape, other)
        return shape

    def length(self, node: ast.expr) -> int | None:
        """The number of elements of a list."""
        value = self._values.get(node)
        if isinstance(value, Items) and value.items is not None:
            return len(value.items)
        return super().length(node)

    def symbolic(self, node: ast.expr) -> bool | None:
        """Whether it is a Keras tensor, or a list of nothing but them."""
        value = self._values.get(node)
        return None if value is None else are_symbolic(value)

    def masked(self, node: ast.expr) -> bool | None:
        """No mask comes where none is made."""
        return None if may_mask(self.facts) else False

    def op(self, node: ast.expr) -> tuple[Row, Binding] | None:
        """The row of a backend call that is an offence by itself and would go into a `Lambda`."""
        return self.ops.get(node) if isinstance(node, ast.Call) else None

    def _depends_on_callers(self, node: ast.expr) -> bool:
        """Whether an expression is made of parameters of the functions around it."""
        names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        around: ast.AST | None = self.facts.parents.get(node)
        while around is not None:
            if isinstance(around, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                if around not in self._unsure:
                    self._unsure[around] = _computed_from_parameters(around)
                if names & self._unsure[around]:
                    return True
            around = self.facts.parents.get(around)
        return False


@dataclass
class CallFacts(FlowFacts):
    """Facts in which what the analysis knows of a name counts as much as a literal does.

    `assumed` holds what was taken from the calls of a function that were seen, where there may be others.
    """

    assumed: dict[str, str] = field(default_factory=dict)

    def value(self, node: ast.expr) -> object:
        """The value of an expression, where all that it was seen to be is one constant."""
        value = super().value(node)
        known = self._values.get(node)
        if value is not UNKNOWN or known is None:
            return value
        found = constants(known)
        if found is None or len(found) != 1:
            return UNKNOWN
        if self._depends_on_callers(node):
            self.assumed[ast.unparse(node)] = repr(found[0])
        return found[0]

    def kind(self, node: ast.expr) -> str | None:
        """What sort of value it is: "number", "flag", "sequence", "text", "none" or "function"."""
        if isinstance(node, (ast.Tuple, ast.List)):
            return "sequence"
        if isinstance(node, ast.Constant):
            return _kind(node.value)
        if isinstance(node, ast.Lambda):
            return "function"
        known = self._values.get(node)
        kinds = {_kind_of(option) for option in options(known)} if known is not None else {None}
        return kinds.pop() if len(kinds) == 1 else None


def _kind_of(value: Value) -> str | None:
    if isinstance(value, Const):
        return _kind(value.value)
    if isinstance(value, (Items, ListRef)):
        return "sequence"
    return "function" if isinstance(value, Function) else None


def _kind(value: object) -> str | None:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, (int, float)):
        return "number"
    return "text" if isinstance(value, str) else None


def are_symbolic(value: Value) -> bool:
    """Whether a value is a Keras tensor, or a list of nothing but them, whichever path was taken."""
    return all(
        option.symbolic
        if isinstance(option, Tensor)
        else isinstance(option, Items) and all(map(are_symbolic, _elements(option))) and bool(_elements(option))
        for option in options(value)
    )


def any_tensor(value: Value, *, symbolic: bool) -> bool:
    """Whether a value is, or holds, a tensor that is one of Keras' own, or one that is not."""
    for option in options(value):
        if isinstance(option, Tensor) and option.symbolic is symbolic:
            return True
        if isinstance(option, Items) and any(any_tensor(item, symbolic=symbolic) for item in _elements(option)):
            return True
    return False


def _elements(items: Items) -> tuple[Value, ...]:
    return items.items if items.items is not None else (items.element,)


def _computed_from_parameters(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
    spec = function.args
    names = {argument.arg for argument in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)}
    names |= {argument.arg for argument in (spec.vararg, spec.kwarg) if argument}
    if isinstance(function, ast.Lambda):
        return names
    bindings = [(targets, value) for node in ast.walk(function) for targets, value in _binding(node)]
    before = -1
    while len(names) != before:
        before = len(names)
        for targets, value in bindings:
            if names & _names(value):
                names |= _names(targets)
    return names


def _binding(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    if isinstance(node, ast.Assign):
        yield from ((target, node.value) for target in node.targets)
    elif isinstance(node, (ast.AugAssign, ast.For, ast.NamedExpr, ast.AnnAssign)):
        value = node.iter if isinstance(node, ast.For) else node.value
        if value is not None:
            yield node.target, value
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        yield from ((node.func.value, argument) for argument in node.args)  # `xs.append(x)`


def _names(node: ast.AST) -> set[str]:
    """The names in an expression; what `Input` gives depends on no tensor that a caller has."""
    if isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute)):
        called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
        if called == "Input":
            return set()
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
