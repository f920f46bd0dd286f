"""Whether a mask of time steps may come with a tensor, as Keras 1 hands masks on."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from kerasfix.flow.values import Class, Const, Layer, Tensor, Value, constants

# Layers that support masking in Keras 1; all others refuse a tensor that has a mask.
_PASSES = frozenset(
    """
    Activation ActivityRegularization BatchNormalization Dense Dropout ELU GaussianDropout GaussianNoise LeakyReLU
    ParametricSoftplus PReLU SReLU ThresholdedReLU TimeDistributed TimeDistributedDense Highway SpatialDropout1D
    Add Average Concatenate Maximum Minimum Multiply Subtract
    """.split()
)
_RECURRENT = frozenset(["LSTM", "GRU", "SimpleRNN", "CuDNNLSTM", "CuDNNGRU"])


def after_layer(layer: Layer, inputs: Iterable[Tensor]) -> bool:
    """Whether a mask may come with what a layer gives for its inputs."""
    return _after(layer, given=any(tensor.masked for tensor in inputs))


def after_merge(inputs: Iterable[Tensor], mode: Value | None, output_mask: Value | None) -> bool:
    """Whether a mask may come with a merge: `dot` and `cos` drop it, and so do functions without an `output_mask`."""
    return any(tensor.masked for tensor in inputs) and _keeps(mode, output_mask)


def _keeps(mode: Value | None, output_mask: Value | None) -> bool:
    modes = constants(mode) if mode is not None else ["sum"]
    if modes is None:
        return not _is(output_mask, None)
    return not set(modes) <= {"dot", "cos"}


def _after(layer: Layer, *, given: bool) -> bool:
    if isinstance(layer.cls, Class):
        return _after_own(layer.cls, given)
    module, _, name = layer.cls.rpartition(".")
    if name == "Masking":
        return True
    if name == "Embedding":
        return not _is(layer.argument(-1, "mask_zero"), None, False)
    if name == "Lambda":
        return not _is(layer.argument(2, "mask"), None)
    if name == "Merge":
        return given and _keeps(layer.argument(1, "mode"), layer.argument(5, "output_mask"))
    if name in _RECURRENT:
        return given and not _is(layer.argument(-1, "return_sequences"), None, False)
    if name == "Bidirectional":
        inner = layer.argument(0, "layer")
        return _after(inner, given=given) if isinstance(inner, Layer) else given
    return given and (name in _PASSES or not module.startswith("keras.layers"))


def _after_own(cls: Class, given: bool) -> bool:
    """What a layer of the project does with masks: its `compute_mask` tells."""
    method = cls.info.find("compute_mask")
    if method is None or isinstance(method.node, ast.Lambda):
        return given
    returns = [node.value for node in ast.walk(method.node) if isinstance(node, ast.Return)]
    return any(value is not None and not (isinstance(value, ast.Constant) and value.value is None) for value in returns)


def _is(value: Value | None, *expected: object) -> bool:
    """Whether an argument is certainly one of these; one that is left out is None."""
    if value is None:
        return None in expected
    return isinstance(value, Const) and any(value == Const(one) for one in expected)
