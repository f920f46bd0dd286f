"""The first and cheapest look at a file: its bytes."""

from __future__ import annotations

import re
from functools import cache

# A file without the word `keras` can still take Keras' names from another file of the project.
_TAKES_NAMES = re.compile(
    rb"\bimport\s*[*(]|\bimport[^\n]*\b(?:merge|Merge|K|backend)\b|\w\.(?:merge|Merge)\(\s*\["
    # Arguments that nothing but Keras 1 has, of a model or a function that another file made.
    rb"|\b(?:nb_epoch|samples_per_epoch|nb_val_samples|border_mode|nb_filter|dim_ordering|[WUb]_regularizer)\s*="
)
# Code that runs the functions of other files inside layers, or on Keras tensors, decides what may be said of those.
_CONTEXT = (b"Layer", b"Lambda", b"Input", b".output")


# A loss in a file of its own, which needs nothing of Keras but to be given to it.
_LOSS = (b"tensorflow", b"y_true")

_AND = " && "


@cache
def _patterns(words: frozenset[str] | None) -> tuple[re.Pattern[bytes], tuple[tuple[bytes, ...], ...]]:
    """What has to be found, and the words that only count together: "from keras && tf.keras"."""
    if words is None:
        from kerasfix.catalogue import load_catalogue

        words = load_catalogue().words
    alone = sorted(word for word in words if _AND not in word)
    together = sorted(word for word in words if _AND in word)
    # A pattern of nothing would be found everywhere.
    pattern = re.compile(b"|".join(re.escape(word.encode()) for word in alone) or rb"(?!)")
    return pattern, tuple(tuple(word.encode().split(_AND.encode())) for word in together)


def may_concern(data: bytes, words: frozenset[str] | None = None) -> bool:
    """Whether a rule might fire in a file with these bytes, or the file matters for others.

    `words` are those that the rules react to, by default those of the rules that come with kerasfix.
    """
    if b"keras" not in data:
        concerned = _TAKES_NAMES.search(data) is not None or all(word in data for word in _LOSS)
        return concerned and has_word(data, words)
    return has_word(data, words) or any(word in data for word in _CONTEXT)


def has_word(data: bytes, words: frozenset[str] | None = None) -> bool:
    """Whether a file holds any of the rules' words; one that starts with a line end is for the start of a line."""
    pattern, together = _patterns(words)
    return pattern.search(data) is not None or any(all(_holds(data, part) for part in parts) for parts in together)


def _holds(data: bytes, word: bytes) -> bool:
    return word in data or (word[:1] == b"\n" and data.startswith(word[1:]))
