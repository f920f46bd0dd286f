"""Weights that Keras 1 or 2 saved: what `save_weights` and `model.save` wrote, as a description and arrays.

A file of weights alone knows the names of layers and arrays; one of a whole model its architecture, too. (Sources:
`keras/engine/topology.py` and `keras/models.py` of 1.0.0 and 1.2.2, `keras/engine/saving.py` of 2.3.1.)
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from kerasfix.verify.carry.configs import layers_of_config
from kerasfix.verify.carry.descriptions import Layer, Model, Weight

_FIRST = "1.2.2"  # files of Keras 1 say no version, or 1.2.x, and all of 1.1 to 1.2.2 have the same layouts
_BEFORE_NAMES = "0.3.3"


class UnreadableFile(Exception):
    """A file holds no weights of Keras 1 or 2; the text says why."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What a file holds."""

    model: Model
    arrays: dict[str, np.ndarray]  # array k of the layer at a path has the key `path/k`
    version: str  # of the Keras that wrote it
    backend: str | None  # that it ran on, where the file says so: Keras 2
    config: dict[str, Any] | None = None  # of the model, where the file holds a whole one


@dataclass
class _Group:
    """The arrays of a layer as the file has them."""

    name: str
    names: list[str] = field(default_factory=list)
    arrays: list[np.ndarray] = field(default_factory=list)


def read_saved(path: Path, version: str | None = None, whole: Container[str] = ()) -> Saved:
    """Read a file.

    Args:
        path: The file.
        version: The Keras that wrote it, if that is better known than what the file says.
        whole: Names of layers that are no models, whatever the names of their arrays look like: a file of weights alone
            has a layer that holds others and a model that is used as a layer alike.

    Raises:
        UnreadableFile: It cannot be read, or does not hold weights of Keras 1 or 2.
    """
    import h5py

    try:
        with h5py.File(path, "r") as file:
            return _read(file, version, whole)
    except OSError as error:
        raise UnreadableFile(f"cannot be read as HDF5: {error}") from error
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise UnreadableFile(f"holds no weights as Keras saved them: {error}") from error


def _read(file: Any, version: str | None, whole: Container[str]) -> Saved:
    root = file.get("model_weights", file)
    if "nb_layers" in root.attrs:
        groups, written_by = list(_numbered_groups(root)), _BEFORE_NAMES
    elif "layer_names" in root.attrs or "layer_names0" in root.attrs:
        groups, written_by = list(_named_groups(root)), _FIRST
    else:
        what = "weights of Keras 3" if "layers" in root or "_layer_checkpoint_dependencies" in root else "no layers"
        raise UnreadableFile(f"holds {what}, not weights that Keras 1 or 2 saved")
    version = version or _text(root.attrs.get("keras_version", file.attrs.get("keras_version", written_by)))
    backend = root.attrs.get("backend", file.attrs.get("backend"))
    config = json.loads(_text(file.attrs["model_config"])) if "model_config" in file.attrs else None
    layers = layers_of_config(config, [group.name for group in groups]) if config else []
    model, arrays = _described(groups, layers, whole)
    return Saved(model, arrays, version, None if backend is None else _text(backend), config)


def _numbered_groups(root: Any) -> Iterator[_Group]:
    """Before Keras 1.0, layers and their arrays had numbers."""
    for number in range(int(root.attrs["nb_layers"])):
        group = root[f"layer_{number}"]
        count = int(group.attrs.get("nb_params", 0))
        names = [f"param_{index}" for index in range(count)]
        yield _Group(f"layer_{number}", names, [np.asarray(group[name]) for name in names])


def _named_groups(root: Any) -> Iterator[_Group]:
    for name in _texts(root.attrs, "layer_names"):
        group = root[name]
        names = _texts(group.attrs, "weight_names")
        yield _Group(name, names, [np.asarray(group[one]) for one in names])


def _texts(attributes: Mapping[str, Any], name: str) -> list[str]:
    """A list of names, which Keras 2.2 and later cut into `layer_names0`, `layer_names1` where it is long."""
    if name in attributes:
        return [_text(one) for one in attributes[name]]
    found: list[str] = []
    while f"{name}{len(found)}" in attributes:
        found.append(f"{name}{len(found)}")
    return [_text(one) for chunk in found for one in attributes[chunk]]


def _text(value: Any) -> str:
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def _described(groups: list[_Group], layers: list[Layer], whole: Container[str]) -> tuple[Model, dict[str, np.ndarray]]:
    """The model with the weights of the file: as its config says, else with what the names tell."""
    by_path = {layer["path"]: layer for layer in layers}
    arrays: dict[str, np.ndarray] = {}
    found: dict[str, Layer] = {}
    for group in groups:
        known = _known(by_path, group.name)
        for path, indices in _parts(group, known, by_path, whole):
            layer = by_path.get(path) or _unknown(path)
            layer["weights"] = [Weight(name=group.names[i], shape=list(group.arrays[i].shape)) for i in indices]
            found[path] = layer
            arrays.update({f"{path}/{number}": group.arrays[index] for number, index in enumerate(indices)})
    rest = [layer for layer in layers if layer["path"] not in found]
    listed = layers if layers and not set(found) - set(by_path) else [*rest, *found.values()]
    return {"name": "", "layers": listed, "parameters": sum(array.size for array in arrays.values())}, arrays


def _known(by_path: Mapping[str, Layer], name: str) -> Layer | None:
    """The layer of a group: at the top, or in a branch of a `Sequential` of Keras 1, which its file does not name."""
    if name in by_path:
        return by_path[name]
    return next((layer for path, layer in by_path.items() if path.endswith(f"/{name}")), None)


def _parts(
    group: _Group, known: Layer | None, by_path: Mapping[str, Layer], whole: Container[str]
) -> Iterator[tuple[str, list[int]]]:
    """The layers whose arrays a group holds: one, or those of a model that is used as a layer."""
    indices = list(range(len(group.arrays)))
    path = known["path"] if known else group.name
    owners = [owner_of(name) for name in group.names]
    nested = known.get("container") if known else group.name not in whole and _seems_nested(group, owners)
    if not nested:
        yield path, indices
        return
    inner = {layer["name"]: inside for inside, layer in by_path.items() if inside.startswith(f"{path}/")}
    for owner in dict.fromkeys(owners):
        yield inner.get(owner, f"{path}/{owner}"), [index for index in indices if owners[index] == owner]


# The ends of the names that Keras 1 gave to arrays; Keras 2 has `dense_1/kernel:0`.
_ENDS = re.compile(
    r"_(?:[WUb](?:_[ifcozrh]|_carry)?|gamma|beta|running_mean|running_std|alphas|betas|[ta]_(?:left|right)"
    r"|(?:depthwise|pointwise)_kernel)$"
)


def owner_of(name: str) -> str:
    """The name of the layer that an array belongs to, by the name of the array: `dense_1_W:0`, `dense_1/kernel:0`."""
    name = name.partition(":")[0]
    folder, slash, _ = name.rpartition("/")
    owner = folder.rpartition("/")[2] if slash else _ENDS.sub("", name)
    return re.sub(r"^(?:forward|backward)_", "", owner)


def _seems_nested(group: _Group, owners: list[str]) -> bool:
    """Whether the arrays have the names of several layers, of which this is none."""
    told = all(owner != name.partition(":")[0] for owner, name in zip(owners, group.names))
    return told and len(set(owners)) > 1 and group.name not in owners


# What Keras 1 and 2 call layers themselves, by the beginning of the name, for those whose class tells something.
_BY_NAME = {
    kind.lower(): kind
    for kind in "Convolution1D Convolution2D Convolution3D AtrousConvolution1D AtrousConvolution2D Deconvolution2D"
    " SeparableConvolution2D ConvLSTM2D Dense TimeDistributedDense Embedding BatchNormalization LSTM GRU SimpleRNN"
    " LocallyConnected1D LocallyConnected2D MaxoutDense Highway PReLU SReLU ParametricSoftplus".split()
} | {
    "batch_normalization": "BatchNormalization",
    "conv1d": "Conv1D",
    "conv2d": "Conv2D",
    "conv2d_transpose": "Conv2DTranspose",
    "conv3d": "Conv3D",
    "conv_lst_m2d": "ConvLSTM2D",
    "cu_dnngru": "CuDNNGRU",
    "cu_dnnlstm": "CuDNNLSTM",
    "depthwise_conv2d": "DepthwiseConv2D",
    "p_re_lu": "PReLU",
    "separable_conv1d": "SeparableConv1D",
    "separable_conv2d": "SeparableConv2D",
    "simple_rnn": "SimpleRNN",
}


def _unknown(path: str) -> Layer:
    """A layer of which no more than the name is known, and what the name tells."""
    name = path.rpartition("/")[2]
    kind = _BY_NAME.get(re.sub(r"_\d+$", "", name), "")
    return Layer(path=path, name=name, config={}, container=False, same_as=None, **{"class": kind})
