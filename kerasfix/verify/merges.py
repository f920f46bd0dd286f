"""What the layers that merge do to shapes and parameters, in a model's own numbers, and what another merge would do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from kerasfix.verify.reshaping import (
    ELEMENT_WISE,
    CannotBeError,
    CannotTellError,
    Form,
    axis_of,
    broadcast,
    concatenated,
    merge_of,
    reshaped,
)
from kerasfix.verify.verdicts import Architecture, Layer, Shape

_WHOLE: Final = 8  # inputs up to which a sum is written out


@dataclass(frozen=True, slots=True)
class Follower:
    """A layer with weights that gets to feel which merge it is."""

    layer: Layer
    sum: str  # how its parameters come about, such as "128 × 10 + 10"; empty where that is not known
    other: int | None  # its parameters with the other merge; None where they are not known
    other_sum: str = ""
    reason: str | None = None  # why they are not known, or why it cannot be: goes on after the layer's name


@dataclass(frozen=True, slots=True)
class Otherwise:
    """The same model with the other of `Add` and `Concatenate`."""

    kind: str  # "Add" or "Concatenate"
    shape: Shape | None  # of its output; None where it cannot be
    reason: str | None = None  # why it cannot be
    total: int | None = None  # parameters of the whole model; None where one of the layers is not known
    output: Shape | None = None  # of the model, where it would change


@dataclass(frozen=True, slots=True)
class Merge:
    """A layer that merges, explained."""

    layer: Layer
    kind: str  # today's class, such as "Add"; for a function as the mode of a `Merge`: "Merge"
    written: str  # as its Keras has it: "Add", "Merge(mode='sum')"
    inputs: tuple[tuple[str, Shape], ...]  # the names of the layers that it is called on, with their shapes
    output: Shape
    why: str  # a sentence
    parameters: int  # of the whole model
    followers: tuple[Follower, ...]
    otherwise: Otherwise | None  # None for `Dot` and for a function


def merges(architecture: Architecture) -> tuple[Merge, ...]:
    """The merging layers of a model, in its order; those without known shapes are left out."""
    return tuple(
        _explained(architecture, layer)
        for layer in architecture.layers
        if is_merge(layer) and layer.input_shapes and len(layer.output_shapes) == 1
    )


def is_merge(layer: Layer) -> bool:
    """Whether a layer is one of Keras' own that merge; a `Merge` whose mode is a function, too."""
    return merge_of(layer) is not None or (layer.kind == "Merge" and "mode" in layer.config)


def written(layer: Layer) -> str:
    """A layer's class, and for a `Merge` of Keras 1 its mode."""
    if layer.kind != "Merge":
        return layer.kind
    mode = layer.config.get("mode", "sum")
    return f"Merge(mode={mode!r})" if isinstance(mode, str) else "Merge(mode=a function)"


def shape_text(shape: Shape) -> str:
    """A shape as Python writes it: `(None, 64)`."""
    return str(tuple(shape))


def _explained(architecture: Architecture, layer: Layer) -> Merge:
    kind = merge_of(layer) or "Merge"
    called_on = layer.inbound[0] if layer.inbound else ()
    names = [path.rpartition("/")[2] for path in called_on]
    names += [f"input {at + 1}" for at in range(len(names), len(layer.input_shapes))]
    other = {"Concatenate": "Add", **dict.fromkeys(ELEMENT_WISE, "Concatenate")}.get(kind)
    followers, otherwise = _what_if(architecture, layer, other) if other else ((), None)
    return Merge(
        layer,
        kind,
        written(layer),
        tuple(zip(names, layer.input_shapes)),
        layer.output_shapes[0],
        _why(layer, kind),
        architecture.parameters,
        followers,
        otherwise,
    )


def _why(layer: Layer, kind: str) -> str:
    shapes, output = layer.input_shapes, layer.output_shapes[0]
    if kind == "Concatenate":
        return _side_by_side(shapes, output, axis_of(layer))
    if kind in ELEMENT_WISE:
        how = f"`{kind}` goes through its inputs number by number and {ELEMENT_WISE[kind]}"
        if len(set(shapes)) == 1:
            return f"{how}: all inputs have one shape, and the result keeps it."
        return f"{how}: inputs of size 1 along an axis are repeated to the size of the others."
    if kind == "Dot":
        norm = layer.config.get("normalize") or layer.config.get("mode") == "cos"
        what = "the cosine of the angle between them" if norm else "their products, added up"
        return f"`Dot` takes two inputs along {_axes(layer)}, and gives {what}."
    return "A function of the user's own makes one tensor of its inputs."


def _axes(layer: Layer) -> str:
    axes = layer.config.get("axes", layer.config.get("dot_axes"))
    pair = axes if isinstance(axes, list | tuple) else (axes, axes)
    if len(set(pair)) == 1:
        return f"axis {pair[0]}, which vanishes"
    return f"the axes {' and '.join(map(str, pair))}, which vanish"


def _side_by_side(shapes: Sequence[Shape], output: Shape, axis: int) -> str:
    if not -len(output) <= axis < len(output) or any(len(shape) != len(output) for shape in shapes):
        return "`Concatenate` puts its inputs side by side."
    sizes = [shape[axis] for shape in shapes]
    at = axis % len(output)
    place = f"axis {at}, the last," if at == len(output) - 1 else f"axis {at}"
    total = _sum_of(sizes, output[axis])
    return f"`Concatenate` puts its inputs side by side along {place} where the sizes add up: {total}."


def _sum_of(sizes: Sequence[int | None], total: int | None) -> str:
    texts = ["?" if size is None else f"{size:,}" for size in sizes]
    if len(texts) > _WHOLE:
        texts = [*texts[: _WHOLE - 2], "...", texts[-1]]
    return f"{' + '.join(texts)} = {'?' if total is None else f'{total:,}'}"


def _what_if(architecture: Architecture, merge: Layer, kind: str) -> tuple[tuple[Follower, ...], Otherwise]:
    axis = axis_of(merge) if kind == "Add" else -1
    try:
        shape = broadcast(merge.input_shapes) if kind == "Add" else concatenated(merge.input_shapes, axis)
    except CannotBeError as error:
        return _as_they_are(architecture, merge), Otherwise(kind, None, str(error))
    followed = _Followed(architecture, merge, shape)
    total = None if followed.open else architecture.parameters + followed.more
    return tuple(followed.found), Otherwise(kind, shape, followed.impossible, total, followed.output)


def _as_they_are(architecture: Architecture, merge: Layer) -> tuple[Follower, ...]:
    """The layers with weights that are called on the merge itself."""
    return tuple(
        Follower(layer, _now(layer), None)
        for layer in architecture.layers
        if layer.parameters and not layer.container and any(merge.path in call for call in layer.inbound)
    )


def _now(layer: Layer) -> str:
    try:
        return reshaped(layer, layer.input_shapes).sum
    except (CannotBeError, CannotTellError):
        return ""


class _Followed:
    """Where another shape leads: down the graph, until a layer makes of it what it makes of the one that there is."""

    def __init__(self, architecture: Architecture, merge: Layer, shape: Shape) -> None:
        self.shapes: dict[str, Shape] = {layer.path: layer.output_shapes[0] for layer in _single(architecture.layers)}
        self.changed: set[str] = set()
        self.found: list[Follower] = []
        self.more = 0  # parameters of all layers together
        self.open = False  # some layer is not known
        self.impossible: str | None = None
        self.output: Shape | None = None
        self._becomes(merge, shape)
        for layer in architecture.layers:
            if any(path in self.changed for call in layer.inbound for path in call):
                self._visit(layer)
        self._end(architecture, merge)

    def _visit(self, layer: Layer) -> None:
        if layer.container:
            self._stop(layer, "is not known: it is a model of its own")
            return
        try:
            form = self._form(layer)
        except CannotTellError as error:
            self._stop(layer, str(error))
            return
        except CannotBeError as error:
            self._stop(layer, "cannot be")
            self.impossible = self.impossible or str(error)
            return
        self._becomes(layer, form.shape)
        self.more += form.parameters - layer.parameters
        if layer.parameters:
            self.found.append(Follower(layer, _now(layer), form.parameters, form.sum))

    def _form(self, layer: Layer) -> Form:
        """The layer on the shapes that it would get, the same for each of its calls."""
        forms = []
        for call in layer.inbound:
            if any(path not in self.shapes for path in call):
                raise CannotTellError("is not known: it has several outputs before it")
            if any(path in self.changed for path in call) or len(layer.inbound) == 1:
                forms.append(reshaped(layer, [self.shapes[path] for path in call]))
            else:
                forms.append(Form(layer.output_shapes[0], layer.parameters))
        if len({form.parameters for form in forms}) > 1:
            raise CannotBeError(f"`{layer.name}` is shared with an input of another size, and has one set of weights")
        if len({form.shape for form in forms}) > 1:
            raise CannotTellError("is not known: it is called on several shapes")
        return forms[0]

    def _becomes(self, layer: Layer, shape: Shape) -> None:
        if shape != self.shapes.get(layer.path):
            self.changed.add(layer.path)
            self.shapes[layer.path] = shape

    def _stop(self, layer: Layer, reason: str) -> None:
        self.open = True
        if layer.parameters or not layer.container:
            self.found.append(Follower(layer, _now(layer), None, reason=reason))

    def _end(self, architecture: Architecture, merge: Layer) -> None:
        """What becomes of the outputs, and of a model that the merge is nested in."""
        used = {path for layer in architecture.layers for call in layer.inbound for path in call}
        for layer in architecture.layers:
            if layer.path not in self.changed or layer.path in used:
                continue
            if "/" in layer.path:
                self.open = True  # what follows is outside of the nested model
            else:
                self.output = self.shapes[layer.path]


def _single(layers: Iterable[Layer]) -> Iterable[Layer]:
    return (layer for layer in layers if len(layer.output_shapes) == 1)
