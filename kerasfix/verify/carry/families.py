"""Which classes of today hold what those of legacy Keras held."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kerasfix.verify.carry.descriptions import Layer, kind_of

# Legacy classes, and those that a fix writes into the user's file, by the class of today that holds the same weights.
_RENAMED = {
    "AtrousConv1D": "Conv1D",
    "AtrousConv2D": "Conv2D",
    "AtrousConvolution1D": "Conv1D",
    "AtrousConvolution2D": "Conv2D",
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    "BatchStatisticsNormalization": "BatchNormalization",
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
    "Convolution2DTranspose": "Conv2DTranspose",
    "Convolution3D": "Conv3D",
    "Convolution3DTranspose": "Conv3DTranspose",
    "CuDNNGRU": "GRU",
    "CuDNNLSTM": "LSTM",
    "Deconv2D": "Conv2DTranspose",
    "Deconv3D": "Conv3DTranspose",
    "Deconvolution2D": "Conv2DTranspose",
    "Deconvolution3D": "Conv3DTranspose",
    "DepthwiseConvolution2D": "DepthwiseConv2D",
    "GRUV1": "GRU",
    "GRUV2": "GRU",
    "LSTMV1": "LSTM",
    "LSTMV2": "LSTM",
    "SampleNormalization": "BatchNormalization",
    "SeparableConvolution1D": "SeparableConv1D",
    "SeparableConvolution2D": "SeparableConv2D",
    "TimeDistributedDense": "Dense",
    "WordDropoutEmbedding": "Embedding",
}
WRAPPERS = ("TimeDistributed", "Bidirectional", "FixedTraining")


def family_of_class(kind: str) -> str:
    """The class of today that holds the weights of a class; a class that nothing is known of is its own."""
    return _RENAMED.get(kind, kind)


def family_of(layer: Layer) -> str:
    """What holds its weights: `TimeDistributed(Dense)` is a `Dense`, `Bidirectional(LSTM)` is one of its own."""
    kind = kind_of(layer)
    inner = wrapped(layer)
    if kind in ("TimeDistributed", "FixedTraining") and inner:
        return family_of(inner)
    if kind == "Bidirectional" and inner:
        return f"Bidirectional({family_of(inner)})"
    return family_of_class(kind)


def wrapped(layer: Layer) -> Layer | None:
    """The layer inside a wrapper, as its config says; without path and weights."""
    if kind_of(layer) not in WRAPPERS:
        return None
    inner = (layer.get("config") or {}).get("layer")
    if not isinstance(inner, Mapping) or not isinstance(inner.get("config"), Mapping):
        return None
    config: dict[str, Any] = dict(inner["config"])
    return {"class": str(inner.get("class_name", "")), "name": str(config.get("name", "")), "config": config}
