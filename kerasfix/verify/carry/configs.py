"""The layers of a model from its config, as `model.save` of Keras 1 and 2 writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kerasfix.verify.carry.descriptions import Layer

CONTAINERS = ("Model", "Sequential", "Functional", "Container")


def layers_of_config(config: Mapping[str, Any], names: Sequence[str] = ()) -> list[Layer]:
    """The layers of a model, those of models in it after the model itself.

    Args:
        config: With `class_name` and `config`, as the file has it.
        names: Those of the layers at the top, as the file lists them: the config of a `Sequential` in a `Sequential`
            says no name.

    Raises:
        KeyError, TypeError: It is no config of a model.
    """
    return list(_inside(config, "", [], names))


def parts_of(model: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The configs of the layers right inside a model; a `Sequential` was a bare list of them before Keras 2.2.3."""
    config = model["config"]
    return config if isinstance(config, list) else config["layers"]


def _inside(model: Mapping[str, Any], prefix: str, inputs: list[str], names: Sequence[str] = ()) -> Iterator[Layer]:
    last = inputs
    parts = parts_of(model)
    known = names if len(names) == len(parts) else [""] * len(parts)
    for part, name in zip(parts, known):
        if "inbound_nodes" in part:
            inbound = [[prefix + str(tensor[0]) for tensor in node] for node in _nodes(part["inbound_nodes"])]
        elif part["class_name"] == "Merge":
            branches = part["config"].get("layers") or []
            last = []
            for branch in branches:
                found = list(_inside(branch, prefix, [])) if branch["class_name"] in CONTAINERS else []
                yield from found
                last += [found[-1]["path"]] if found else []
            inbound = [last]
        else:
            inbound = [last] if last else []
        layer = _layer(part, prefix, inbound, name)
        last = [layer["path"]]
        yield layer
        if layer["container"]:
            yield from _inside(part, f"{layer['path']}/", [])


def _nodes(nodes: Sequence[Any]) -> list[list[Any]]:
    """Calls of a layer, each a list of [name, node, tensor]; tf.keras has it without the list for a single tensor."""
    return [[node] if node and isinstance(node[0], str) else list(node) for node in nodes]


def _layer(part: Mapping[str, Any], prefix: str, inbound: list[list[str]], known: str) -> Layer:
    config = part["config"]
    own = config if isinstance(config, Mapping) else {}
    name = str(part.get("name") or own.get("name") or known)
    container = part["class_name"] in CONTAINERS
    return Layer(
        path=prefix + name,
        name=name,
        config={} if container else dict(own),
        inbound=inbound,
        container=container,
        weights=[],
        same_as=None,
        **{"class": str(part["class_name"])},
    )
