"""Whether the images of a file have their channels first, as far as its layers tell."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from kerasfix.checks import Context
from kerasfix.checks._scopes import Kind, definitions
from kerasfix.names.canonical import canonical

_OF_IMAGES = ("Convolution2D", "Conv2D", "ZeroPadding2D", "MaxPooling2D", "AveragePooling2D", "Convolution3D", "Conv3D")
_SETTERS = frozenset({"set_image_dim_ordering", "set_image_data_format"})
_FIRST = frozenset({"th", "channels_first"})
_CHANNELS = frozenset({1, 3})


def has_channels_first(context: Context, calls: Iterable[ast.Call]) -> bool:
    """Whether one of the calls says that the channels come first, or can mean nothing else."""
    return any(_says_so(call) or takes_channels_first(context, call) for call in calls)


def is_of_images(context: Context, call: ast.Call) -> bool:
    """Whether a call makes a layer of Keras that goes over images or volumes."""
    path = canonical(context.namer.path(call.func) or "") or ""
    return path.startswith("keras.layers.") and path.endswith(_OF_IMAGES)


def takes_channels_first(context: Context, call: ast.Call) -> bool:
    """Whether the input of a layer has the shape of an image whose channels come first, as (3, 224, 224) is."""
    given = {one.arg: one.value for one in call.keywords}
    shape = given.get("input_shape")
    if shape is None or "dim_ordering" in given or "data_format" in given or not is_of_images(context, call):
        return False
    if isinstance(shape, ast.Name):
        found = definitions(shape.id, shape, context.facts)
        shape = found[0].value if len(found) == 1 and found[0].kind is Kind.VALUE else None
    if not isinstance(shape, ast.Tuple) or len(shape.elts) not in (3, 4):
        return False
    sizes = [one.value if isinstance(one, ast.Constant) else None for one in shape.elts]
    return sizes[0] in _CHANNELS and sizes[-1] not in _CHANNELS


def _says_so(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    given = [one.value for one in call.keywords if one.arg in ("dim_ordering", "data_format")]
    given += call.args if name in _SETTERS else []
    return any(isinstance(one, ast.Constant) and one.value in _FIRST for one in given)
