"""Gates of recurrent layers: one array each in Keras 1, side by side in one array today.

Sources: `keras/layers/recurrent.py` and `convolutional_recurrent.py` of 1.2.2; `_convert_rnn_weights` of
`keras/engine/saving.py` in 2.3.1 for the layers that cuDNN runs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kerasfix.verify.carry.convolutions import is_first_of, moved_channels, turned
from kerasfix.verify.carry.descriptions import Layer, kind_of, shapes_of
from kerasfix.verify.carry.origin import Arrays, CarryError, Origin

_KEPT = ("i", "c", "f", "o")  # the order in which Keras 1 kept them
_TODAY = ("i", "f", "c", "o")


def lstm(before: Layer, after: Layer, arrays: Arrays, origin: Origin) -> Arrays:
    """LSTM: 12 arrays, or 3 with `consume_less='gpu'`, in which the gates stand as today."""
    if len(arrays) == 12:
        return _side_by_side(_gates(arrays, _KEPT), _TODAY)
    if len(arrays) == 3 and _is_of_cudnn(before, arrays, gates=4) and kind_of(after) != "CuDNNLSTM":
        kernel, recurrent, bias = arrays
        return [_from_cudnn(kernel, 4), _turned_gates(recurrent, 4), bias[: len(bias) // 2] + bias[len(bias) // 2 :]]
    return arrays


def gru(before: Layer, after: Layer, arrays: Arrays, origin: Origin) -> Arrays:
    """GRU: 9 arrays (z, r, h), or 3 with `consume_less='gpu'`; that of cuDNN is one with `reset_after=True`."""
    if len(arrays) == 9:
        arrays = _side_by_side(_gates(arrays, ("z", "r", "h")), ("z", "r", "h"))
    if len(arrays) != 3:
        return arrays
    kernel, recurrent, bias = arrays
    wanted = shapes_of(after)
    resets_after = len(wanted) == 3 and len(wanted[2]) == 2
    if _is_of_cudnn(before, arrays, gates=3):
        if not resets_after:
            raise CarryError("was run by cuDNN, which is another function than that of a GRU with `reset_after=False`")
        return [_from_cudnn(kernel, 3), _turned_gates(recurrent, 3), bias.reshape(2, -1)]
    if resets_after and bias.ndim == 1:
        raise CarryError("has `reset_after=True` after, which is another function than that of the layer before")
    return arrays


def convolutional_lstm(before: Layer, after: Layer, arrays: Arrays, origin: Origin) -> Arrays:
    """ConvLSTM2D: 12 arrays in Keras 1; the two kernels of each gate are those of convolutions."""
    if len(arrays) == 12:
        gates = _gates(arrays, _KEPT)
        last, first = arrays[0].shape, moved_channels(arrays[0]).shape
        if is_first_of(before, after, (*last[:-1], 4 * last[-1]), (*first[:-1], 4 * first[-1])):
            gates = {
                name: [moved_channels(kernel), moved_channels(recurrent), bias]
                for name, (kernel, recurrent, bias) in gates.items()
            }
        arrays = _side_by_side(gates, _TODAY)
    if not origin.theano or len(arrays) < 2:
        return arrays
    return [turned(arrays[0]), turned(arrays[1]), *arrays[2:]]


def _gates(arrays: Sequence[np.ndarray], names: Sequence[str]) -> dict[str, list[np.ndarray]]:
    return {name: list(arrays[3 * number : 3 * number + 3]) for number, name in enumerate(names)}


def _side_by_side(gates: dict[str, list[np.ndarray]], order: Sequence[str]) -> Arrays:
    return [np.concatenate([gates[name][number] for name in order], axis=-1) for number in range(3)]


def _is_of_cudnn(before: Layer, arrays: Arrays, gates: int) -> bool:
    """Whether the layer was `CuDNNLSTM` or `CuDNNGRU`, which have two biases in one row."""
    if kind_of(before):
        return kind_of(before).startswith("CuDNN")
    return arrays[2].shape == (2 * gates * arrays[1].shape[0],)


def _from_cudnn(kernel: np.ndarray, gates: int) -> np.ndarray:
    """Each gate's kernel is kept by columns there."""
    parts = np.split(kernel, gates, axis=1)
    return np.concatenate([part.T.reshape(part.shape, order="F") for part in parts], axis=1)


def _turned_gates(kernel: np.ndarray, gates: int) -> np.ndarray:
    return np.concatenate([part.T for part in np.split(kernel, gates, axis=1)], axis=1)
