"""Kernels of convolutions, whose axes are (..., in, out) today.

Sources: `keras/layers/convolutional.py` of 1.0.8, 1.1.0 and 1.2.2; `preprocess_weights_for_loading` of
`keras/engine/saving.py` in 2.3.1, which does the same for most of them.
"""

from __future__ import annotations

import numpy as np

from kerasfix.verify.carry.descriptions import Layer, shapes_of
from kerasfix.verify.carry.origin import Arrays, Origin


def convolution(before: Layer, after: Layer, arrays: Arrays, origin: Origin) -> Arrays:
    """Conv2D and Conv3D: with `dim_ordering='th'`, Keras 1 had (out, in, rows, columns)."""
    kernel, *rest = arrays
    if origin.is_first and channels_first(before, after, kernel):
        kernel = moved_channels(kernel)
    return [turned(kernel) if origin.theano else kernel, *rest]


def convolution_1d(before: Layer, after: Layer, arrays: Arrays, origin: Origin) -> Arrays:
    """Conv1D: an image of one column in Keras 1, (length, 1, in, out); (out, in, length, 1) before 1.1."""
    kernel, *rest = arrays
    if origin.is_first and kernel.ndim == 4:
        kernel = (moved_channels(kernel) if _is_before_1_1(after, kernel, origin) else kernel)[:, 0]
    return [turned(kernel) if origin.theano else kernel, *rest]


def transposed(before: Layer, after: Layer, arrays: Arrays, origin: Origin) -> Arrays:
    """Conv2DTranspose: today (rows, columns, out, in); Keras 1 had the kernel of a convolution."""
    kernel, *rest = arrays
    if origin.is_first:
        last = kernel.swapaxes(-1, -2)
        first = moved_channels(kernel).swapaxes(-1, -2)
        kernel = first if is_first_of(before, after, last.shape, first.shape) else last
    return [turned(kernel) if origin.theano else kernel, *rest]


def separable(before: Layer, after: Layer, arrays: Arrays, origin: Origin) -> Arrays:
    """SeparableConv2D: with `dim_ordering='th'`, both kernels had their channels first; Theano had no such layer."""
    if not origin.is_first or not channels_first(before, after, arrays[0]):
        return arrays
    return [moved_channels(array) if array.ndim > 1 else array for array in arrays]


def channels_first(before: Layer, after: Layer, kernel: np.ndarray) -> bool:
    """Whether a kernel of Keras 1 has its channels in front."""
    return is_first_of(before, after, kernel.shape, moved_channels(kernel).shape)


def is_first_of(before: Layer, after: Layer, last: tuple[int, ...], first: tuple[int, ...]) -> bool:
    """Whether a kernel of Keras 1 has its channels in front.

    The original's config says so; without one (a file of weights alone), the shape does where it fits one way only, and
    else the ordering of the heir, which a rewrite keeps.

    Args:
        before: The original layer.
        after: Its heir.
        last: The shape that the kernel has today if its channels are the last axes.
        first: The shape that it has today if they are the first ones.
    """
    ordering = (before.get("config") or {}).get("dim_ordering")
    if ordering in ("th", "tf"):
        return bool(ordering == "th")
    wanted = shapes_of(after)[:1]
    if first != last and wanted in ((first,), (last,)):
        return wanted == (first,)
    return (after.get("config") or {}).get("data_format") == "channels_first"


def moved_channels(kernel: np.ndarray) -> np.ndarray:
    """From (out, in, ...) to (..., in, out)."""
    return np.moveaxis(kernel, (0, 1), (-1, -2))


def turned(kernel: np.ndarray) -> np.ndarray:
    """A kernel with its axes of space reversed: Theano convolves where TensorFlow correlates."""
    return kernel[(slice(None, None, -1),) * (kernel.ndim - 2)]


def _is_before_1_1(after: Layer, kernel: np.ndarray, origin: Origin) -> bool:
    wanted = shapes_of(after)[:1]
    new, old = kernel[:, 0].shape, moved_channels(kernel)[:, 0].shape
    if new != old and wanted in ((new,), (old,)):
        return wanted == (old,)
    return origin.version.startswith(("0.", "1.0"))
