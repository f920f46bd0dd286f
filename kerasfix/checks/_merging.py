"""What Keras 1's merging becomes, for the function `merge(...)` and the layer `Merge(...)` alike.

Source of the semantics: `keras/engine/topology.py`, class `Merge` and function `merge`, of Keras 1.2.2.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from kerasfix.checks import Context
from kerasfix.edits.calls import ArgumentText, CallText, Pieces
from kerasfix.findings import Applicability, ImportNeed, Slot
from kerasfix.flow.facts import CallSeen
from kerasfix.flow.values import (
    UNKNOWN,
    Api,
    Class,
    Function,
    Instance,
    Items,
    Partial,
    Tensor,
    Union,
    Value,
    constants,
    options,
    tensors,
    union,
)
from kerasfix.source.index import TextIndex

# The positional arguments of both; `merge` calls the first `inputs`, `Merge` calls it `layers`.
PARAMETERS = ("inputs", "mode", "concat_axis", "dot_axes", "output_shape", "output_mask", "arguments")
_LAYERS = {"sum": "Add", "mul": "Multiply", "concat": "Concatenate", "ave": "Average", "max": "Maximum"}
MODES = frozenset({*_LAYERS, "dot", "cos"})


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
    inputs_source: str = "the inputs"

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


_LINE_LIMIT = 100


def laid_out(index: TextIndex, start: int, end: int, before: Pieces, inputs: Pieces) -> Pieces:
    """`before` with its arguments on a line of their own, where the whole would be longer than what stood there."""
    line, column = index.position(start)
    last, _ = index.position(end)
    limit = max(_LINE_LIMIT, *(len(index.line_text(number)) for number in range(line, last + 1)))
    text = _text(index, before)
    width = column + len(text) + len(_text(index, inputs).partition("\n")[0])
    if width <= limit or len(before) < 4 or before[1] != "(" or before[-1] != ")" or "\n" in text:
        return before
    whole = index.line_text(line)
    indent = whole[: len(whole) - len(whole.lstrip())]
    newline = index.newline_at(start)
    step = "\t" if indent.startswith("\t") else "    "
    arguments: Pieces = before[2:-1]
    if len(indent) + len(step) + len(_text(index, arguments)) > limit:
        each = f",{newline}{indent}{step}"
        arguments = tuple(
            piece.replace(", ", each, 1) if isinstance(piece, str) and piece.startswith(", ") else piece
            for piece in arguments
        )
        arguments = (*arguments, ",")
    return (before[0], f"({newline}{indent}{step}", *arguments, f"{newline}{indent})")


def _text(index: TextIndex, pieces: Pieces) -> str:
    return "".join(piece if isinstance(piece, str) else index.text[piece.start : piece.end] for piece in pieces)


def replacement(merging: Merging, *, layer_only: bool = False) -> Replacement | Refusal:
    """What to write in place of the legacy call. `layer_only`: the layer itself is needed, not what it gives."""
    if any(argument.star for argument in merging.text.args):
        return _refuse("arguments that only the run knows (`*args`, `**kwargs`)", merging)
    mode = merging.value("mode")
    if mode is None:
        return _one_mode("sum", merging, layer_only)
    names = constants(mode)
    if names is None:
        return _callable_mode(mode, merging, layer_only)
    unknown = [name for name in names if name not in MODES]
    if unknown:
        return Refusal(
            f"`mode={unknown[0]!r}` is none of Keras 1's modes", "Use one of sum, mul, concat, ave, max, dot, cos"
        )
    if len(names) == 1:
        result = _one_mode(str(names[0]), merging, layer_only)
    else:
        result = _dispatch([str(name) for name in names], merging)
    parameter = _parameter(merging.expression("mode"), merging.context)
    if isinstance(result, Replacement) and parameter is not None:
        listed = " or ".join(repr(name) for name in names)
        return _assuming(result, f"`{parameter}` is only {listed}, as in the calls that were seen")
    return result


def _refuse(what: str, merging: Merging) -> Refusal:
    return Refusal(
        f"{what} decide what this merge is",
        "Write the layer for each mode that can occur: Add, Multiply, Concatenate(axis=...), Average, Maximum or Dot",
    )


def _assuming(result: Replacement, *clauses: str) -> Replacement:
    return Replacement(
        result.before, result.title, result.imports, result.after, result.arguments, (*result.assumes, *clauses)
    )


def _one_mode(mode: str, merging: Merging, layer_only: bool) -> Replacement | Refusal:
    if mode in ("dot", "cos"):
        return _dot(mode, merging, layer_only)
    arguments = _keyword_pieces(merging, _axis(merging) if mode == "concat" else [])
    result = _plain(_LAYERS[mode], arguments, merging, layer_only)
    return _counted(result, merging)


def _plain(layer: str, arguments: Pieces, merging: Merging, layer_only: bool) -> Replacement:
    """`Layer(arguments)(inputs)`, or `function(inputs, arguments)` where the style asks for it."""
    if merging.context.settings.layer_style == "function" and not layer_only:
        name, imports = merging.name(layer.lower())
        return Replacement((name,), f"Replace with `{name}`", imports, "", arguments)
    name, imports = merging.name(layer)
    return Replacement((name, "(", *arguments, ")"), f"Replace with `{name}`", imports)


def _axis(merging: Merging) -> list[tuple[str, Pieces]]:
    """`axis=...`, unless it is -1, the default of both worlds."""
    argument = merging.argument("concat_axis")
    if argument is None or _literal(merging.expression("concat_axis")) == -1:
        return []
    return [("axis", (argument.slot,))]


def _literal(node: ast.expr | None) -> object:
    try:
        return ast.literal_eval(node) if node is not None else None
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _keyword_pieces(merging: Merging, keywords: list[tuple[str, Pieces]]) -> Pieces:
    """`axis=1, name='x'` as pieces, with the name that the legacy call gave."""
    name = merging.argument("name")
    if name is not None and not _is_none(merging.expression("name")):
        keywords = [*keywords, ("name", (name.slot,))]
    return _pieces(keywords)


def _pieces(keywords: list[tuple[str, Pieces]]) -> Pieces:
    pieces: list[str | Slot] = []
    for number, (keyword, value) in enumerate(keywords):
        pieces.append(f"{', ' if number else ''}{keyword}=")
        pieces.extend(value)
    return tuple(pieces)


def _is_none(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _counted(result: Replacement, merging: Merging) -> Replacement:
    """A merge of fewer than two tensors raised in Keras 1; what the list holds must be proven, or it is assumed."""
    if not merging.inputs or all(least(value) >= 2 for value in merging.inputs):
        return result
    return _assuming(result, f"`{merging.inputs_source}` holds at least two tensors")


def least(value: Value) -> int:
    """The proven minimum of the length of a list."""
    if isinstance(value, Union):
        return min(least(option) for option in value.options)
    if isinstance(value, Items):
        return len(value.items) if value.items is not None else value.least
    return 0


def _parameter(node: ast.expr | None, context: Context) -> str | None:
    """The parameter that an expression is, if it is one that the function does not assign itself."""
    if not isinstance(node, ast.Name):
        return None
    scope: ast.AST | None = node
    while scope is not None:
        scope = context.facts.parents.get(scope)
        if isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            spec = scope.args
            names = {argument.arg for argument in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)}
            if node.id in names and not _assigns(scope, node.id):
                return node.id
    return None


def _assigns(scope: ast.AST, name: str) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store) for node in ast.walk(scope)
    )


# -- dot and cos


def _dot(mode: str, merging: Merging, layer_only: bool) -> Replacement | Refusal:
    ranks = _ranks(merging)
    axes = _axes(merging, ranks)
    if isinstance(axes, Refusal):
        return axes
    pieces, clauses = axes
    keywords: list[tuple[str, Pieces]] = [("axes", pieces)]
    if mode == "dot":
        if ranks is not None and ranks not in ((2, 2), (3, 3)):
            return Refusal(
                f"`mode='dot'` of tensors of rank {ranks[0]} and {ranks[1]} is no `Dot`",
                "Keras 1 multiplies the last two axes as matrices here; write the product with Reshape and Dot, or a Lambda",
            )
        result = _plain("Dot", _keyword_pieces(merging, keywords), merging, layer_only)
        if ranks is None:
            clauses.append(f"both of `{merging.inputs_source}` have rank 2, or both have rank 3")
        return _assuming(result, *clauses)
    if ranks is not None and ranks != (2, 2):
        return Refusal(
            f"`mode='cos'` of tensors of rank {ranks[0]} and {ranks[1]} divides by a matrix of products, as no layer does",
            "`Dot(axes=..., normalize=True)` computes the cosine proper, which is another number: decide which is meant",
        )
    if layer_only:
        return Refusal(
            "a `Merge(mode='cos')` that is called elsewhere gives (batch, 1, 1), which no single layer does",
            "Call `Reshape((1, 1))(Dot(axes=1, normalize=True)([a, b]))` where the layer is called",
        )
    keywords.append(("normalize", ("True",)))
    style = merging.context.settings.layer_style == "function"
    name, imports = merging.name("dot" if style else "Dot")
    reshape, more = merging.name("Reshape")
    # The name belongs to the layer that gives the output: losses and outputs are looked up by it.
    arguments = _pieces(keywords)
    named = (", ", *named) if (named := _keyword_pieces(merging, [])) else ()
    head: Pieces = (f"{reshape}((1, 1)", *named, f")({name}")
    if not style:
        head = (*head, "(", *arguments, ")")
    if ranks is None:
        clauses.append(f"both of `{merging.inputs_source}` have rank 2")
    title = f"Replace with `{name}` and the shape that Keras 1's `cos` has at run time"
    return Replacement(head, title, (*imports, *more), ")", arguments if style else (), tuple(clauses))


def _ranks(merging: Merging) -> tuple[int, int] | None:
    """The ranks of the two inputs, or None if they are not known."""
    found: set[tuple[int | None, int | None]] = set()
    for value in merging.inputs:
        items = value.items if isinstance(value, Items) else None
        if items is None:
            each = {tensor.rank for tensor in tensors(value)}
            rank = each.pop() if len(each) == 1 else None
            found.add((rank, rank))
        elif len(items) == 2:
            found.add((_rank(items[0]), _rank(items[1])))
        else:
            return None
    if len(found) != 1:
        return None
    first, second = found.pop()
    return (first, second) if first is not None and second is not None else None


def _rank(value: Value) -> int | None:
    ranks = {option.rank if isinstance(option, Tensor) else None for option in options(value)}
    return ranks.pop() if len(ranks) == 1 else None


def _axes(merging: Merging, ranks: tuple[int, int] | None) -> tuple[Pieces, list[str]] | Refusal:
    """`axes=...` of Dot for `dot_axes`: an int as it is (negative ones count from the end in both worlds), a pair too."""
    argument = merging.argument("dot_axes")
    if argument is None:
        return ("1",) if ranks == (2, 2) else ("-1",), []
    literal = _literal(merging.expression("dot_axes"))
    if isinstance(literal, int):
        return ("1",) if literal == -1 and ranks == (2, 2) else (argument.slot,), []
    if isinstance(literal, (tuple, list)) and len(literal) == 2:
        if all(isinstance(axis, int) and axis > 0 for axis in literal):
            return (argument.slot,), []
        nested = [axis[0] if isinstance(axis, (tuple, list)) and len(axis) == 1 else axis for axis in literal]
        if all(isinstance(axis, int) and axis > 0 for axis in nested):
            clause = "`dot_axes` holds lists of one axis as before Keras 1, which Keras 1 itself rejects"
            return (f"({nested[0]}, {nested[1]})",), [clause]
        if ranks == (2, 2) and all(axis in (1, -1) for axis in literal):
            return ("1",), []
        return Refusal(
            f"`dot_axes={merging.context.facts.index.source(_given(merging))}` is not what Keras 1 supports",
            "Give both axes as positive numbers",
        )
    values = constants(merging.value("dot_axes") or UNKNOWN)
    if values is not None and all(isinstance(value, int) for value in values):
        return (argument.slot,), []
    return (argument.slot,), [
        f"`{merging.context.facts.index.source(_given(merging))}` is a number or a pair of positive ones"
    ]


def _given(merging: Merging) -> ast.expr:
    node = merging.expression("dot_axes")
    assert node is not None
    return node


# -- modes that are functions, and modes that vary


def _callable_mode(mode: Value, merging: Merging, layer_only: bool) -> Replacement | Refusal:
    node = merging.expression("mode")
    argument = merging.argument("mode")
    assert node is not None and argument is not None
    if not isinstance(node, ast.Lambda) and not all(_is_function(option) for option in options(mode)):
        source = merging.context.facts.index.source(node)
        dispatch = "{'sum': Add(), 'mul': Multiply(), 'concat': Concatenate()}"
        return Refusal(
            f"which merge this is depends on `{source}`, which is only known at run time",
            f"Write what it can be: `{dispatch}[{source}]({merging.inputs_source})`, or a Lambda if it is a function",
        )
    if layer_only and merging.context.settings.layer_style == "function":
        layer_only = False
    name, imports = merging.name("Lambda")
    pieces: list[str | Slot] = [name, "(", argument.slot]
    for keyword in ("output_shape", "arguments"):
        given = merging.argument(keyword)
        if given is not None and not _is_none(merging.expression(keyword)):
            pieces += [f", {keyword}=", given.slot]
    mask = merging.argument("output_mask")
    if mask is not None and not _is_none(merging.expression("output_mask")):
        pieces += [", mask=", *_mask(merging, mask)]
    rest = _keyword_pieces(merging, [])
    pieces += [", ", *rest] if rest else []
    return _counted(Replacement((*pieces, ")"), f"Replace with `{name}`", imports), merging)


def _mask(merging: Merging, mask: ArgumentText) -> Pieces:
    """A function of the masks alone in Keras 1; of the inputs and the masks in a Lambda."""
    value = merging.value("output_mask") or UNKNOWN
    node = merging.expression("output_mask")
    if isinstance(node, ast.Lambda):
        name = _only_parameter(node)
        if name is not None and name != "inputs":
            index = merging.context.facts.index
            colon = index.text.index(":", index.span(node.args.args[0])[1])
            return (f"lambda inputs, {name}:", Slot(colon + 1, index.span(node)[1]))
        return ("lambda inputs, mask: (", mask.slot, ")(mask)")
    if all(_is_function(option) for option in options(value)):
        return ("lambda inputs, mask: ", mask.slot, "(mask)")
    return (mask.slot,)


def _only_parameter(node: ast.Lambda) -> str | None:
    """The name of the one plain parameter of a lambda, if that is all it has."""
    spec = node.args
    plain = len(spec.args) == 1 and not (
        spec.posonlyargs or spec.kwonlyargs or spec.vararg or spec.kwarg or spec.defaults
    )
    return spec.args[0].arg if plain else None


def _is_function(value: Value) -> bool:
    if isinstance(value, (Function, Partial, Class)):
        return True
    if isinstance(value, Instance):
        return value.cls.info.find("__call__") is not None
    return isinstance(value, Api) and value.name.startswith("keras.backend.")


def _dispatch(modes: list[str], merging: Merging) -> Replacement | Refusal:
    """`{'sum': Add(), 'concat': Concatenate()}[mode]`, where every mode that can occur is known."""
    argument = merging.argument("mode")
    assert argument is not None
    if not set(modes) <= _LAYERS.keys():
        return _refuse(f"one of {', '.join(map(repr, modes))}, at run time,", merging)
    pieces: list[str | Slot] = ["{"]
    imports: list[ImportNeed] = []
    for number, mode in enumerate(modes):
        name, needs = merging.name(_LAYERS[mode])
        imports.extend(needs)
        arguments = _keyword_pieces(merging, _axis(merging) if mode == "concat" else [])
        pieces += [f"{', ' if number else ''}{mode!r}: {name}(", *arguments, ")"]
    pieces += ["}[", argument.slot, "]"]
    return _counted(Replacement(tuple(pieces), "Replace with the layer of each mode", tuple(imports)), merging)
