"""Faults of today's Keras that show as differences which no rewriting can take away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def bias_along_columns(after: Mapping[str, Any]) -> str | None:
    """Why a model that takes channels first may differ; None if it is not that.

    With TensorFlow, `keras.ops.add` takes a bias whose length is that of the last axis for one along it: where there
    are as many filters as columns, it is added to the columns (Keras 3.15).

    Args:
        after: The `MODEL` entry of the rewritten model.
    """
    for layer in after["layers"]:
        config = layer["config"]
        if config.get("data_format") != "channels_first" or not config.get("use_bias"):
            continue
        if any(shape and shape[-1] == config.get("filters") for shape in layer["output_shapes"]):
            return f"`{layer['name']}` has as many filters as columns: with channels first, Keras 3 mistakes its bias"
    return None
