"""Where a layer stands in its model, said in a way that is the same on both sides of a rewrite.

Only layers that hold weights count: merges became other layers, models became tensors, and one `Flatten` more or less
says nothing about which `Dense` is which.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from itertools import count

from kerasfix.verify.carry.descriptions import Layer, Model, leaves_with_weights

Places = dict[str, "tuple[int, int]"]


class Numbering:
    """Gives equal things the same number; one numbering serves both sides."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self._next = count()

    def __call__(self, thing: Hashable) -> int:
        """The number of a thing."""
        if thing not in self._numbers:
            self._numbers[thing] = next(self._next)
        return self._numbers[thing]


def places(model: Model, signature: Callable[[Layer], Hashable], numbering: Numbering) -> Places:
    """For each layer with weights: a number for how its input is computed, and one for what becomes of its output.

    Args:
        model: The model.
        signature: What a layer is like by itself.
        numbering: That of both sides.

    Returns:
        The two numbers by path. Layers of two models with equal numbers stand at equal places; layers of one model with
        equal numbers are interchangeable, as far as the graph goes.
    """
    graph = _Graph(model)
    leaves = {layer["path"]: layer for layer in leaves_with_weights(model)}
    sources = {path: graph.sources(path) for path in leaves}
    users: dict[str, list[tuple[str, int]]] = {path: [] for path in leaves}
    for path, found in sources.items():
        for position, source in enumerate(found):
            if source in users:
                users[source].append((path, position))

    above: dict[str, int] = {}
    below: dict[str, int] = {}

    def number_above(path: str) -> int:
        if path not in above:
            above[path] = -1  # a loop: a model that is called on its own output
            parts = tuple(number_above(source) if source in sources else -2 for source in sources[path])
            above[path] = numbering(("above", signature(leaves[path]), parts))
        return above[path]

    def number_below(path: str) -> int:
        if path not in below:
            below[path] = -1
            parts = tuple(sorted((number_below(user), position) for user, position in users[path]))
            below[path] = numbering(("below", signature(leaves[path]), parts))
        return below[path]

    # Layers follow those that they build upon: what a number is made of is known, however deep the model.
    for path in leaves:
        number_above(path)
    for path in reversed(leaves):
        number_below(path)
    return {path: (above[path], below[path]) for path in leaves}


class _Graph:
    """Finds the layers with weights that another is computed from."""

    def __init__(self, model: Model) -> None:
        self._layers = {layer["path"]: layer for layer in model["layers"]}
        self._weighty = {layer["path"] for layer in leaves_with_weights(model)}
        self._inside: dict[str, list[str]] = {}
        for path in self._layers:
            self._inside.setdefault(path.rpartition("/")[0], []).append(path)
        self._known: dict[str, tuple[str, ...]] = {}

    def sources(self, path: str) -> tuple[str, ...]:
        """The nearest layers with weights above a layer, in the order of its inputs; "" stands for an input."""
        if path not in self._known:
            self._known[path] = ("",)  # a loop
            self._known[path] = self._find(path)
        return self._known[path]

    def _find(self, path: str) -> tuple[str, ...]:
        called_on = [source for call in self._layers[path].get("inbound") or () for source in call]
        found: list[str] = []
        for source in called_on:
            if source not in self._layers:
                found.append("")
            else:
                found.extend(self._outputs(self._canonical(source)))
        if found:
            return tuple(found)
        container = path.rpartition("/")[0]
        return self.sources(container) if container in self._layers else ("",)

    def _outputs(self, path: str) -> tuple[str, ...]:
        """The layers with weights that the output of a layer comes from."""
        if path in self._weighty:
            return (path,)
        inside = self._inside.get(path, ())
        if not self._layers[path].get("container") or not inside:
            return self.sources(path)
        used = {source for one in inside for call in self._layers[one].get("inbound") or () for source in call}
        ends = [one for one in inside if one not in used] or [inside[-1]]
        return tuple(source for one in ends for source in self._outputs(self._canonical(one)))

    def _canonical(self, path: str) -> str:
        same = self._layers[path].get("same_as")
        return same if same and same in self._layers else path
