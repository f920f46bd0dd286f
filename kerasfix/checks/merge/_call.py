"""A call of Keras 1's `merge` or `Merge`, taken apart, and what may take its place."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from kerasfix.checks import Context
from kerasfix.edits.calls import ArgumentText, CallText, Pieces
from kerasfix.findings import Applicability, ImportNeed, Slot
from kerasfix.flow.facts import CallSeen
from kerasfix.flow.values import UNKNOWN, Value, union

# The positional arguments of both; `merge` calls the first `inputs`, `Merge` calls it `layers`.
PARAMETERS = ("inputs", "mode", "concat_axis", "dot_axes", "output_shape", "output_mask", "arguments")
LAYERS = {"sum": "Add", "mul": "Multiply", "concat": "Concatenate", "ave": "Average", "max": "Maximum"}
MODES = frozenset({*LAYERS, "dot", "cos"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why there is no fix, and what to write by hand."""

    message: str
    help: str


@dataclass(frozen=True, slots=True)
class Replacement:
    """`before` + `(inputs)` + `after` computes what the legacy call computed.

    In the function style, `arguments` follow the inputs in their parentheses.
    """

    before: Pieces
    title: str
    imports: tuple[ImportNeed, ...] = ()
    after: str = ""
    arguments: Pieces = ()
    assumes: tuple[str, ...] = ()

    @property
    def applicability(self) -> Applicability:
        """Safe if nothing is assumed."""
        return Applicability.UNSAFE if self.assumes else Applicability.SAFE


@dataclass(frozen=True, slots=True)
class Merging:
    """A legacy call that says how to merge: `merge(inputs, ...)`, `Merge(...)`, `Merge(layers, ...)`."""

    context: Context
    node: ast.Call
    text: CallText
    seen: Sequence[CallSeen]
    root: str  # the package that the file takes Keras from
    inputs: Sequence[Value]  # what is merged, one value for each look at the call
    inputs_source: str = ""  # how the code writes what is merged

    @property
    def inner(self) -> bool:
        """Whether it is called inside a layer, where Keras 1 does not check and complete its arguments."""
        return any(look.role.inner for look in self.seen)

    @property
    def inputs_named(self) -> str:
        """What is merged, for a sentence."""
        text = " ".join(self.inputs_source.split())
        return f"`{text if len(text) <= 60 else text[:57] + '...'}`" if text else "its list"

    def source(self, name: str) -> str:
        """An argument as it is written."""
        node = self.expression(name)
        return self.context.facts.index.source(node) if node is not None else ""

    def argument(self, name: str) -> ArgumentText | None:
        """An argument as it is written, or None if the call leaves it out."""
        return self.text.find(name, PARAMETERS.index(name) if name in PARAMETERS else -1)

    def expression(self, name: str) -> ast.expr | None:
        """The tree of an argument's value."""
        for keyword in self.node.keywords:
            if keyword.arg == name:
                return keyword.value
        position = PARAMETERS.index(name) if name in PARAMETERS else -1
        return self.node.args[position] if 0 <= position < len(self.node.args) else None

    def value(self, name: str) -> Value | None:
        """What an argument was seen to be; None if the call leaves it out."""
        if self.expression(name) is None:
            return None
        position = PARAMETERS.index(name) if name in PARAMETERS else -1
        # `Merge` calls its first argument `layers`; that name is not asked for here.
        return union(look.argument(position, name) or UNKNOWN for look in self.seen)

    def name(self, target: str) -> tuple[str, tuple[ImportNeed, ...]]:
        """How the file calls a layer or function of `keras.layers`."""
        return self.context.namer.name(f"keras.layers.{target}", self.node.func, self.root)


def assuming(result: Replacement, *clauses: str) -> Replacement:
    """The same, under more assumptions."""
    return Replacement(
        result.before, result.title, result.imports, result.after, result.arguments, (*result.assumes, *clauses)
    )


def plain(layer: str, arguments: Pieces, merging: Merging, layer_only: bool) -> Replacement:
    """`Layer(arguments)(inputs)`, or `function(inputs, arguments)` where the style asks for it."""
    if merging.context.settings.layer_style == "function" and not layer_only:
        name, imports = merging.name(layer.lower())
        return Replacement((name,), f"Replace with `{name}`", imports, "", arguments)
    name, imports = merging.name(layer)
    return Replacement((name, "(", *arguments, ")"), f"Replace with `{name}`", imports)


def literal(node: ast.expr | None) -> object:
    """The value of a literal; None for all else."""
    try:
        return ast.literal_eval(node) if node is not None else None
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def keyword_pieces(merging: Merging, keywords: list[tuple[str, Pieces]]) -> Pieces:
    """`axis=1, name='x'` as pieces, with the name that the legacy call gave."""
    name = merging.argument("name")
    if name is not None and not is_none(merging.expression("name")):
        keywords = [*keywords, ("name", (name.slot,))]
    return joined(keywords)


def joined(keywords: list[tuple[str, Pieces]]) -> Pieces:
    """Keyword arguments with commas between them."""
    pieces: list[str | Slot] = []
    for number, (keyword, value) in enumerate(keywords):
        pieces.append(f"{', ' if number else ''}{keyword}=")
        pieces.extend(value)
    return tuple(pieces)


def is_none(node: ast.expr | None) -> bool:
    """Whether an expression is the literal None."""
    return isinstance(node, ast.Constant) and node.value is None
