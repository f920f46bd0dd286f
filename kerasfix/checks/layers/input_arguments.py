"""In Keras 3, a layer does not take `batch_input_shape`, `input_dtype` or `input_length`: an `Input` says it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from kerasfix.checks import Context
from kerasfix.checks._era import Era
from kerasfix.checks.custom._classes import is_layer, lineage
from kerasfix.checks.layers._layer_places import Place, Standing, place_of
from kerasfix.edits.arguments import Rewrite, rewrite_arguments
from kerasfix.edits.calls import ArgumentText, CallText, Pieces, call_text
from kerasfix.findings import Applicability, Edit, Finding, Fix, ImportNeed
from kerasfix.flow.facts import CallSeen
from kerasfix.flow.values import Api, Class

RULE = "legacy-input-arguments"
RULES = frozenset({RULE})

_BATCH = "batch_input_shape"
_TYPE = "input_dtype"
_SIZE = "batch_size"
_LENGTH = "input_length"
_SHAPE = "input_shape"
_NOT_LAYERS = frozenset({"Input", "InputLayer", "Layer"})
# These have no `**kwargs` in Keras 3.
_CLOSED = frozenset({"SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D"})
_HELP = "Put `Input(...)` with the shape and the type of the data before the layer, and leave the argument out"


def check(context: Context) -> Iterator[Finding]:
    """Every layer that is told of its input in a way that Keras 3 does not know."""
    if context.settings.target != "keras3":
        return
    for node, looks in context.facts.calls.items():
        name = _layer(looks) or _own_layer(looks)
        if name is None or id(node) in context.taken:
            continue
        finding = _Layer(context, node, name, _own_parameters(looks)).finding()
        if finding is not None:
            yield finding


def _layer(looks: list[CallSeen]) -> str | None:
    """The name of the layer of Keras that a call makes."""
    names = {look.callee.name if isinstance(look.callee, Api) and not look.guarded else "" for look in looks}
    name = names.pop() if len(names) == 1 else ""
    module, _, short = name.rpartition(".")
    return short if module == "keras.layers" and short[:1].isupper() and short not in _NOT_LAYERS else None


def _own_layer(looks: list[CallSeen]) -> str | None:
    """The name of the class of the project whose layer a call makes."""
    made = {look.callee.info.name if isinstance(look.callee, Class) and is_layer(look.callee) else "" for look in looks}
    return made.pop() or None if len(made) == 1 and not any(look.guarded for look in looks) else None


def _own_parameters(looks: list[CallSeen]) -> frozenset[str]:
    """What the classes of the project take for themselves, and do not hand on to Keras."""
    made = [one for look in looks if isinstance(look.callee, Class) for one in lineage(look.callee)]
    found = (part for one in made for part in one.node.body if isinstance(part, ast.FunctionDef))
    inits = [part.args for part in found if part.name == "__init__"]
    return frozenset(one.arg for spec in inits for one in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs))


@dataclass
class _Layer:
    context: Context
    node: ast.Call
    name: str
    own: frozenset[str]
    imports: list[ImportNeed] = field(default_factory=list)
    rewrites: list[Rewrite] = field(default_factory=list)
    removed: list[int] = field(default_factory=list)
    added: list[Pieces] = field(default_factory=list)

    @property
    def given(self) -> dict[str, ast.expr]:
        return {one.arg: one.value for one in self.node.keywords if one.arg and one.arg not in self.own}

    def finding(self) -> Finding | None:
        """What is to be done about the layer, if anything is."""
        given = self.given
        old = [name for name in (_BATCH, _TYPE, _SIZE) if name in given]
        if self.name == "Embedding" and _LENGTH in given:
            old.append(_LENGTH)
        if self.name in _CLOSED and _SHAPE in given:
            old.append(_SHAPE)
        if not old:
            return self.open_embedding()
        index = self.context.facts.index
        start, end = index.span(self.node)
        message = f"`{self.name}` does not take {' and '.join(f'`{name}`' for name in old)} in Keras 3"
        place = place_of(self.context.facts, self.node)
        text = call_text(index, self.node)
        edits = self.edits(place, text)
        if edits is None:
            return Finding(RULE, start, end, message, help=_HELP)
        edits = [*edits, *rewrite_arguments(index, text, self.rewrites, self.removed, self.added)]
        title = "Let `Input` say it" if self.imports or len(edits) > len(old) else "Say it as Keras 3 does"
        return Finding(
            RULE, start, end, message, Fix(tuple(edits), Applicability.SAFE, title, imports=tuple(self.imports))
        )

    def edits(self, place: Place, text: CallText) -> list[Edit] | None:
        """The edits besides those of the arguments, or None where a person has to do it."""
        arguments = {one.keyword: (number, one) for number, one in enumerate(text.args) if one.keyword}
        if place.standing is Standing.INNER:
            self.removed = [
                arguments[name][0]
                for name in (_BATCH, _TYPE, _SIZE, _LENGTH, _SHAPE)
                if name in arguments and (name != _LENGTH or self.name == "Embedding")
                and (name != _SHAPE or self.name in _CLOSED)
            ]  # fmt: skip
            return []
        embedding = self.name == "Embedding"
        if embedding and _TYPE in arguments:
            self.removed.append(arguments[_TYPE][0])  # its input always was one of integers
        typed = _TYPE in arguments and not embedding
        if typed and self.is_float(self.given[_TYPE]):
            self.removed.append(arguments[_TYPE][0])
            typed = False
        closed = self.name in _CLOSED
        if not typed and not closed and _SIZE not in arguments and self.in_place(arguments):
            return []
        if place.standing is not Standing.FIRST:
            return None
        return self.input_before(place, arguments, typed)

    def in_place(self, arguments: dict[str, tuple[int, ArgumentText]]) -> bool:
        """Say the shape of a sample where the batch has none."""
        if _BATCH not in arguments:
            if self.name == "Embedding" and _LENGTH in arguments:
                number, one = arguments[_LENGTH]
                if _SHAPE in arguments:
                    self.removed.append(number)
                else:
                    self.rewrites.append(Rewrite(number, _SHAPE, ("(", one.slot, ",)")))
            return True
        batch = self.given[_BATCH]
        if not isinstance(batch, (ast.Tuple, ast.List)) or not batch.elts or _SHAPE in arguments:
            return False
        first = batch.elts[0]
        if not (isinstance(first, ast.Constant) and first.value is None):
            return False
        sizes = [self.context.facts.index.source(size) for size in batch.elts[1:]]
        shape = f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(sizes)})"
        self.rewrites.append(Rewrite(arguments[_BATCH][0], _SHAPE, (shape,)))
        if self.name == "Embedding" and _LENGTH in arguments:
            self.removed.append(arguments[_LENGTH][0])
        return True

    def input_before(
        self, place: Place, arguments: dict[str, tuple[int, ArgumentText]], typed: bool
    ) -> list[Edit] | None:
        """Put an `Input` in front of the layer."""
        index = self.context.facts.index
        given = self.given
        if _BATCH in given:
            shape = f"batch_shape={index.source(given[_BATCH])}"
        elif _SHAPE in given:
            shape = f"shape={index.source(given[_SHAPE])}"
        elif self.name == "Dense" and "input_dim" in given:
            shape = f"shape=({index.source(given['input_dim'])},)"
        else:
            return None
        names = [
            _BATCH,
            _SHAPE,
            _LENGTH if self.name == "Embedding" else "",
            "input_dim" if self.name == "Dense" else "",
        ]
        self.removed += [arguments[name][0] for name in names if name in arguments]
        if _SIZE in given:
            if _BATCH not in given:
                shape += f", batch_size={index.source(given[_SIZE])}"
            self.removed.append(arguments[_SIZE][0])
        if typed:
            shape += f", dtype={index.source(given[_TYPE])}"
            self.removed.append(arguments[_TYPE][0])
        function, needs = self.context.namer.name("keras.layers.Input", self.node.func)
        self.imports.extend(needs)
        if place.statement is None or place.function is None:
            start = index.span(self.node)[0]
            return [Edit(start, start, (f"{function}({shape}), ",))]
        start = index.span(place.statement)[0]
        line, column = index.position(start)
        lead = index.line_text(line)[:column]
        if lead.strip():
            lead, separator = "", "; "
        else:
            separator = index.newline_at(start)
        add = index.source(place.function)
        return [Edit(start, start, (f"{add}({function}({shape})){separator}{lead}",))]

    def is_float(self, node: ast.expr) -> bool:
        """Whether it is the type that inputs have anyway."""
        return isinstance(node, ast.Constant) and node.value == "float32"

    def open_embedding(self) -> Finding | None:
        """An `Embedding` at the head of a `Sequential`, which made an input for sequences of any length by itself."""
        if self.name != "Embedding" or self.given.keys() & {_SHAPE, "batch_shape"}:
            return None
        if self.context.era not in (Era.KERAS1, Era.KERAS2, Era.MIXED) or len(self.node.args) > 3:
            return None
        if any(one.arg is None for one in self.node.keywords) or any(
            isinstance(a, ast.Starred) for a in self.node.args
        ):
            return None
        if place_of(self.context.facts, self.node).standing is not Standing.FIRST:
            return None
        index = self.context.facts.index
        start, end = index.span(self.node)
        text = call_text(index, self.node)
        edits = rewrite_arguments(index, text, [], [], [(f"{_SHAPE}=(None,)",)])
        message = "a `Sequential` with an `Embedding` at its head does not know its input in Keras 3"
        return Finding(RULE, start, end, message, Fix(tuple(edits), Applicability.SAFE, "Say the shape of its input"))
