from __future__ import annotations

import json

import h5py
import numpy as np
import pytest

from kerasfix.verify.carry.descriptions import leaves_with_weights
from kerasfix.verify.carry.saved import UnreadableFile, owner_of, read_saved


def write(path, groups, **attributes):
    """A file of weights: by layer, the names and shapes of its arrays."""
    with h5py.File(path, "w") as file:
        file.attrs.update(attributes)
        root = file.create_group("model_weights") if "model_config" in attributes else file
        root.attrs["layer_names"] = [name.encode() for name in groups]
        for name, arrays in groups.items():
            group = root.create_group(name)
            group.attrs["weight_names"] = [one.encode() for one in arrays]
            for number, (one, shape) in enumerate(arrays.items()):
                group[one] = np.full(shape, number, "float32")
    return path


def found(saved):
    return {
        layer["path"]: [weight["name"] for weight in layer["weights"]] for layer in leaves_with_weights(saved.model)
    }


def test_weights_alone(tmp_path):
    groups = {"input_1": {}, "convolution2d_2": {"convolution2d_2_W:0": (4, 3, 2, 2)}, "mine": {"mine_W": (2, 2)}}
    saved = read_saved(write(tmp_path / "old.h5", groups))
    assert found(saved) == {"convolution2d_2": ["convolution2d_2_W:0"], "mine": ["mine_W"]}
    assert [layer["class"] for layer in saved.model["layers"]] == ["", "Convolution2D", ""]
    assert (saved.version, saved.backend, saved.config) == ("1.2.2", None, None)
    assert set(saved.arrays) == {"convolution2d_2/0", "mine/0"}


def test_the_version_and_the_backend_that_the_file_says(tmp_path):
    path = write(
        tmp_path / "old.h5", {"dense_1": {"dense_1/kernel:0": (2, 2)}}, keras_version="2.1.6", backend="theano"
    )
    saved = read_saved(path)
    assert (saved.version, saved.backend) == ("2.1.6", "theano")
    assert read_saved(path, "2.2.4").version == "2.2.4"


def test_the_layers_of_a_model_that_is_a_layer(tmp_path):
    arrays = {"dense_1_W:0": (2, 2), "bn_gamma": (2,), "bn_beta": (2,), "bn_running_mean": (2,), "bn_running_std": (2,)}
    names = ["dense_1_W:0", "bn_gamma", "bn_beta", "dense_1_b:0", "bn_running_mean", "bn_running_std"]
    nested = {name: arrays.get(name, (2,)) for name in names}
    saved = read_saved(write(tmp_path / "old.h5", {"tower": nested, "last": {"last_W": (2, 2), "last_b": (2,)}}))
    assert found(saved) == {
        "tower/dense_1": ["dense_1_W:0", "dense_1_b:0"],
        "tower/bn": ["bn_gamma", "bn_beta", "bn_running_mean", "bn_running_std"],
        "last": ["last_W", "last_b"],
    }
    assert [saved.arrays[f"tower/bn/{k}"][0] for k in range(4)] == [1, 2, 4, 5]


def test_a_layer_that_holds_others_is_one_layer(tmp_path):
    groups = {"block": {"block/one/kernel:0": (2, 2), "block/two/kernel:0": (2, 2)}}
    path = write(tmp_path / "old.h5", groups)
    assert list(found(read_saved(path))) == ["block/one", "block/two"]
    assert list(found(read_saved(path, whole={"block"}))) == ["block"]
    both = {"both": {"forward_lstm_1_W_i:0": (2, 2), "backward_lstm_1_W_i:0": (2, 2)}}
    assert list(found(read_saved(write(tmp_path / "old.h5", both)))) == ["both"]
    unnamed = {"own": {"W:0": (2, 2), "b:0": (2,)}}
    assert list(found(read_saved(write(tmp_path / "old.h5", unnamed)))) == ["own"]


def test_the_config_of_a_whole_model(tmp_path):
    inner = [{"class_name": "Dense", "config": {"name": "dense_1"}}]
    config = {
        "class_name": "Sequential",
        "config": [
            {"class_name": "Sequential", "config": inner},
            {"class_name": "Convolution2D", "config": {"name": "mine", "dim_ordering": "th"}},
        ],
    }
    groups = {"sequential_7": {"dense_1_W": (2, 2)}, "mine": {"mine_W": (4, 3, 2, 2)}}
    path = write(tmp_path / "old.h5", groups, model_config=json.dumps(config), keras_version="1.2.2")
    saved = read_saved(path)
    assert found(saved) == {"sequential_7/dense_1": ["dense_1_W"], "mine": ["mine_W"]}
    assert saved.model["layers"][2]["config"]["dim_ordering"] == "th"
    assert saved.model["layers"][2]["inbound"] == [["sequential_7"]]
    assert saved.config == config


def test_a_file_from_before_layers_had_names(tmp_path):
    with h5py.File(tmp_path / "old.h5", "w") as file:
        file.attrs["nb_layers"] = 2
        file.create_group("layer_0").attrs["nb_params"] = 0
        file.create_group("layer_1").attrs["nb_params"] = 1
        file["layer_1/param_0"] = np.ones((64, 3, 3, 3))
    saved = read_saved(tmp_path / "old.h5")
    assert found(saved) == {"layer_1": ["param_0"]}
    assert saved.version == "0.3.3"


def test_a_long_list_of_names_is_in_chunks(tmp_path):
    with h5py.File(tmp_path / "old.h5", "w") as file:
        file.attrs["layer_names0"], file.attrs["layer_names1"] = [b"one"], [b"two"]
        for name in ("one", "two"):
            file.create_group(name).attrs["weight_names"] = [b"kernel:0"]
            file[name]["kernel:0"] = np.ones(2)
    assert list(found(read_saved(tmp_path / "old.h5"))) == ["one", "two"]


def test_what_is_no_such_file(tmp_path):
    path = tmp_path / "old.h5"
    path.write_bytes(b"text")
    with pytest.raises(UnreadableFile, match="cannot be read as HDF5"):
        read_saved(path)
    with h5py.File(path, "w") as file:
        file.create_group("layers")
    with pytest.raises(UnreadableFile, match="holds weights of Keras 3"):
        read_saved(path)
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [b"gone"]
    with pytest.raises(UnreadableFile, match="holds no weights as Keras saved them"):
        read_saved(path)


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("dense_1_W:0", "dense_1"),
        ("lstm_1_W_i", "lstm_1"),
        ("forward_lstm_1_U_c:0", "lstm_1"),
        ("bn_1_running_std:0", "bn_1"),
        ("highway_1_W_carry", "highway_1"),
        ("dense_1/kernel:0", "dense_1"),
        ("model_1/dense_1/bias:0", "dense_1"),
        ("alone:0", "alone"),
    ],
)
def test_the_name_of_an_array_begins_with_that_of_its_layer(name, owner):
    assert owner_of(name) == owner
