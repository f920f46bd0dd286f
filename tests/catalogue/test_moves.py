"""The rows of what moved: the old paths are those of the sources, the new ones those of the installed libraries."""

import sys
from pathlib import Path

import pytest

from kerasfix.catalogue.moves import _HELPER, moves, parse_move_row
from kerasfix.catalogue.tables import RowError
from kerasfix.names.canonical import keras_root
from kerasfix.names.modern import has_module, has_name

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "names"))
from legacy_sources import all_modules, modules

TARGETS = ("keras2", "keras3")
# Modules of `tensorflow.python.keras` and of Keras 2.4 to 2.14, which were never documented, and of Keras 0.1 to 0.3.
_OTHER_SOURCES = {
    "keras.layers.recurrent_v2", "keras.layers.normalization_v2", "keras.layers.dense_attention",
    "keras.layers.merging", "keras.layers.containers", "keras.engine.input_spec", "keras.engine.functional",
    "keras.engine.keras_tensor", "keras.engine.training_v1", "keras.engine.data_adapter", "keras.utils.all_utils",
    "keras.utils.image_utils", "keras.utils.tf_utils", "keras.backend_config", "keras.utils.theano_utils",
    "keras.optimizer_v2",
    "keras.optimizer_v2.optimizer_v2", "keras.optimizers.optimizer_v2", "keras.saving.hdf5_format",
    "keras.saving.model_config", "keras.saving.save", "keras.saving.saving_utils",
}  # fmt: skip
_OTHER_NAMES = {
    "keras.layers.MaskedLayer", "keras.layers.LambdaMerge", "keras.layers.TimeDistributedMerge",
    "keras.layers.containers.Graph", "keras.utils.layer_utils.container_from_config",
    "keras.applications.imagenet_utils._obtain_input_shape", "keras.applications.vgg16._obtain_input_shape",
    "keras.applications.resnet50._obtain_input_shape", "keras.utils.SequenceEnqueuer",
    "keras.losses.Reduction", "keras.initializers._compute_fans", "keras.layers._Conv",
    "keras.models.standardize_X", "keras.models.standardize_y", "keras.models.standardize_weights",
    "keras.utils.theano_utils.floatX", "keras.utils.theano_utils.sharedX", "keras.utils.theano_utils.shared_zeros",
    "keras.utils.theano_utils.shared_scalar", "keras.utils.theano_utils.shared_ones",
    "keras.utils.theano_utils.alloc_zeros_matrix",
}  # fmt: skip
# Modules that were the inside of Keras: what nobody was meant to import has no advice of its own.
_INSIDE = ("keras.engine", "keras.utils", "keras.legacy", "keras.backend")
_HELPERS = {
    "standardize_input_data", "requests", "func_dump", "func_load", "has_arg", "to_list", "transpose_shape",
    "disable_tracking", "object_list_uid", "Node", "h5py", "pil_image",
    "ask_to_proceed_with_overwrite", "resnet", "resnet_v2", "optimizer_from_config", "keras_modules_injection",
}  # fmt: skip


def rows():
    found = moves("keras2")
    return [*found.modules.items(), *found.names.items()]


@pytest.mark.parametrize("module", sorted(moves("keras2").modules))
def test_an_old_module_is_one_of_the_sources(module):
    assert module in all_modules() or module in _OTHER_SOURCES


@pytest.mark.parametrize("path", sorted(moves("keras2").names))
def test_an_old_name_is_one_of_the_sources(path):
    module, _, name = path.rpartition(".")
    assert name in all_modules().get(module, ()) or path in _OTHER_NAMES


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize(("path", "row"), rows(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_row_leads_somewhere_or_says_what_to_write(path, row, target):
    found = [new for new in row.becomes[target] if _is_there(new, target)]
    assert found or row.advice or _is_there(path, target)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("root", ["keras", "tensorflow.keras"])
@pytest.mark.parametrize("version", ["1.2.2", "2.3.1"])
def test_every_public_name_is_there_or_known(version, root, target):
    table = moves(target)
    unknown = []
    for module, names in modules(version).items():
        if module.startswith(_INSIDE):
            continue
        for name in names:
            path = f"{root}{module.removeprefix('keras')}.{name}"
            move = table.name(path)
            there = has_name(module, name, target, root) or has_module(f"{module}.{name}", target, root)
            if not there and name not in _HELPERS and (move is None or (move.path is None and move.advice == _HELPER)):
                unknown.append(path)
            elif move is not None and move.path is not None:
                assert _is_there(move.path, target), path
    assert not unknown


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("version", ["1.2.2", "2.3.1"])
def test_every_module_is_there_or_known(version, target):
    table = moves(target)
    unknown = [one for one in modules(version) if table.module(one) is None and not has_module(one, target)]
    assert not unknown


def _is_there(path, target):
    root = keras_root(path)
    if root is None:
        return path.startswith("scikeras.")
    tail = f"keras{path[len(root) :]}"
    module, _, name = tail.rpartition(".")
    return has_module(tail, target, root) or has_name(module, name, target, root)


@pytest.mark.parametrize(
    ("path", "target", "new"),
    [
        ("keras.layers.core.Dense", "keras2", "keras.layers.Dense"),
        ("keras.layers.merge.Concatenate", "keras3", "keras.layers.Concatenate"),
        ("keras.engine.topology.Layer", "keras3", "keras.layers.Layer"),
        ("keras.engine.training.Model", "keras3", "keras.models.Model"),
        ("keras.engine.get_source_inputs", "keras2", "keras.utils.get_source_inputs"),
        ("keras.utils.visualize_util.plot", "keras2", "keras.utils.plot_model"),
        ("keras.objectives.mse", "keras3", "keras.losses.mean_squared_error"),
        ("tensorflow.keras.losses.mean_squared_error", "keras3", "tensorflow.keras.losses.mse"),
        ("tensorflow.python.keras.layers.core.Dense", "keras2", "tensorflow.keras.layers.Dense"),
        ("tensorflow.contrib.keras.python.keras.layers.Dense", "keras3", "tensorflow.keras.layers.Dense"),
        ("keras.utils.data_utils.OrderedEnqueuer", "keras2", "keras.utils.OrderedEnqueuer"),
        ("keras.preprocessing.text.Tokenizer", "keras3", "tensorflow.keras.preprocessing.text.Tokenizer"),
        ("keras.wrappers.scikit_learn.KerasRegressor", "keras3", "scikeras.wrappers.KerasRegressor"),
    ],
)
def test_a_name_is_found(path, target, new):
    assert moves(target).name(path).path == new


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("keras.layers.Dense", "keras3"),
        ("keras.preprocessing.text.Tokenizer", "keras2"),
        ("tensorflow.keras.preprocessing.text.Tokenizer", "keras3"),
        ("keras.layers.NeverHeardOf", "keras3"),
        ("keras_contrib.layers.CRF", "keras3"),
        ("numpy.layers.core.Dense", "keras3"),
    ],
)
def test_what_is_right_or_unknown_has_no_row(path, target):
    assert moves(target).name(path) is None
    assert moves(target).module(path) is None


@pytest.mark.parametrize(
    ("path", "target", "along"),
    [
        ("keras.layers.recurrent.Recurrent", "keras2", "keras.layers.Recurrent"),
        ("keras.layers.local.LocallyConnected1D", "keras3", "keras.layers.LocallyConnected1D"),
        ("keras.utils.np_utils.probas_to_classes", "keras2", None),
        ("tensorflow.python.keras.saving.saved_model.load", "keras2", None),
    ],
)
def test_a_name_that_is_gone_has_advice(path, target, along):
    move = moves(target).name(path)
    assert move.path is None and move.advice
    assert move.along == along


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"legacy": "keras.layers.core"}, "a new path or `advice`"),
        ({"becomes": "keras.layers"}, "paths under `keras`"),
        ({"legacy": "numpy.core", "advice": "No"}, "paths under `keras`"),
        ({"legacy": "keras.x", "advice": "No", "was": 1}, "unknown key `was`"),
        ({"legacy": "keras.x", "becomes": 1}, "expected a text"),
        ({"legacy": "keras.x", "becomes": "keras.y", "keywords": ["a"]}, "a table of names"),
    ],
)
def test_what_is_no_row_is_refused(table, message):
    with pytest.raises(RowError, match=message):
        parse_move_row("moved-module", table)
