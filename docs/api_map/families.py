"""The families of the API, in which the pages and the list of what is missing are ordered."""

from __future__ import annotations

import re

# The first that fits the name of a definition.
_FAMILIES = (
    ("modules", r"module "),
    ("merge", r"keras\.layers\.([Mm]erge|Add|Subtract|Multiply|Average|Maximum|Minimum|Concatenate|Dot|add|subtract|"
              r"multiply|average|maximum|minimum|concatenate|dot)\b"),
    ("custom layers", r"keras\.layers\.(Layer|InputSpec|Wrapper|Recurrent|ConvRecurrent2D)\b"),
    ("convolutional layers", r"keras\.layers\.\w*(Conv|Deconv|Locally|Pool|Padding|Cropping|UpSampling)\w*\b"),
    ("recurrent layers", r"keras\.layers\.\w*(LSTM|GRU|RNN|time_distributed_dense)\w*\b"),
    ("core layers", r"keras\.(layers|Input)\b"),
    ("models", r"keras\.(models|engine|Model|Sequential)\b"),
    ("backend", r"keras\.backend\b"),
    ("losses and metrics", r"keras\.(objectives|losses|metrics)\b"),
    ("optimizers", r"keras\.optimizers\b"),
    ("callbacks", r"keras\.callbacks\b"),
    ("initializers, activations, regularizers, constraints",
     r"keras\.(initializations|initializers|activations|regularizers|constraints)\b"),
    ("preprocessing", r"keras\.preprocessing\b"),
    ("applications and data sets", r"keras\.(applications|datasets)\b"),
    ("utilities and wrappers", r"keras\.(utils|wrappers|legacy)\b"),
)  # fmt: skip
FAMILIES = tuple(name for name, _ in _FAMILIES)


def family_of(name: str, *, module: bool = False) -> str:
    """The family of a definition or of a module. Raises StopIteration for what is not in Keras."""
    text = f"module {name}" if module else name
    return next(family for family, pattern in _FAMILIES if re.match(pattern, text))
