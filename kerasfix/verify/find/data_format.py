"""In which order the axes of images are, where the code leaves it to the configuration of Keras.

Keras 1.0 had the channels first unless `~/.keras/keras.json` said otherwise, and on Theano many people kept it so:
their code is full of shapes like `(3, 224, 224)` and runs on nothing else.
"""

from __future__ import annotations

import re

from kerasfix.flow.facts import ModuleFacts
from kerasfix.project.config import Config
from kerasfix.verify.find.graph import Graph

_SETS = re.compile(r"set_image_(?:dim_ordering|data_format)\(\s*['\"](\w+)['\"]")
_LAYERS = re.compile(r"(?:dim_ordering|data_format)\s*=\s*['\"](th|channels_first)?(?:tf|channels_last)?['\"]")
_IMAGES = re.compile(r"\b\w+[23]D\b")
_SIDE = r"(?:\d{2,}|None|\w*(?:rows?|cols?|width|height|_w|_h))"
_FIRST = re.compile(rf"\(\s*(?:None,\s*)?(?:[13]|\w*channels?),\s*{_SIDE},\s*{_SIDE}\s*\)")
_LAST = re.compile(rf"\(\s*(?:None,\s*)?{_SIDE},\s*{_SIDE},\s*(?:[13]|\w*channels?)\s*\)")


def data_format_of(graph: Graph, facts: ModuleFacts) -> str | None:
    """The format that the shapes in a file need to be configured; None where it is today's, or the code sets it."""
    if any(_SETS.search(one.index.text) for one in graph.imported(facts)):
        return None
    return "channels_first" if _shapes_say_first(graph, facts) else None


def channels_first(graph: Graph, facts: ModuleFacts, config: Config) -> bool:
    """Whether images have their channels first where a file runs."""
    if config.verify.data_format is not None:
        return config.verify.data_format == "channels_first"
    for one in graph.imported(facts):
        if (setting := _SETS.search(one.index.text)) is not None:
            return setting[1] in ("th", "channels_first")
    said = [match[1] is not None for match in _LAYERS.finditer(facts.index.text)]
    return (sum(said) * 2 > len(said)) if said else _shapes_say_first(graph, facts)


def _shapes_say_first(graph: Graph, facts: ModuleFacts) -> bool:
    """Whether more shapes have the channels first than last: those in the file, else those in what it imports."""
    files = graph.imported(facts)
    if not any(_IMAGES.search(one.index.text) for one in files):
        return False
    for one in files:
        text = one.index.text
        first, last = len(_FIRST.findall(text)), len(_LAST.findall(text))
        if first or last:
            return first > last
    return False
