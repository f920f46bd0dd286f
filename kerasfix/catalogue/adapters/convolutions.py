"""Arguments of layers that pad and crop."""

from __future__ import annotations

import ast

from kerasfix.catalogue.adapters import Argument, Pieces, Writing
from kerasfix.flow.values import Items, options


def pads(argument: Argument, writing: Writing, keys: ast.expr) -> Pieces | None:
    """The padding of a layer, which may be a flat tuple with two numbers for each axis, or a dictionary with `keys`.

    It becomes a tuple of pairs, or one pair where there is one axis.
    """
    names: list[str] = str(ast.literal_eval(keys)).split()
    node = argument.node
    if isinstance(node, ast.Dict):
        given = _by_name(node)
        if given is None or not given.keys() <= set(names):
            return None
        return (_pairs([writing.source(given[name]) if name in given else "0" for name in names]),)
    if len(names) == 2:
        return None
    if isinstance(node, (ast.Tuple, ast.List)):
        stars = any(isinstance(element, ast.Starred) for element in node.elts)
        return None if stars or len(node.elts) != 4 else (_pairs([writing.source(element) for element in node.elts]),)
    if isinstance(node, (ast.Name, ast.Attribute)) and _length(argument) == 4:
        return (_pairs([f"{writing.source(node)}[{position}]" for position in range(4)]),)
    return None


def _by_name(node: ast.Dict) -> dict[str, ast.expr] | None:
    """The values of a dictionary whose keys are all written out."""
    found: dict[str, ast.expr] = {}
    for key, value in zip(node.keys, node.values):
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            return None
        found[key.value] = value
    return found


def _length(argument: Argument) -> int | None:
    lengths = {
        len(one.items) if isinstance(one, Items) and one.items is not None else None for one in options(argument.value)
    }
    return lengths.pop() if len(lengths) == 1 else None


def _pairs(numbers: list[str]) -> str:
    pairs = [f"({first}, {second})" for first, second in zip(numbers[::2], numbers[1::2])]
    return pairs[0] if len(pairs) == 1 else f"({', '.join(pairs)})"
