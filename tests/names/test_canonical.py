import pytest

from kerasfix.names.canonical import canonical, keras_root

PATHS = {
    "keras.layers.Dense": "keras.layers.Dense",
    "keras.layers.core.Dense": "keras.layers.Dense",
    "keras.layers.core": "keras.layers",
    "keras.layers.merge": "keras.layers.merge",
    "keras.layers.merge.concatenate": "keras.layers.concatenate",
    "keras.layers.merge.Concatenate": "keras.layers.Concatenate",
    "keras.engine.merge": "keras.layers.merge",
    "keras.engine.Merge": "keras.layers.Merge",
    "keras.engine.topology.merge": "keras.layers.merge",
    "keras.engine.topology": "keras.layers",
    "keras.engine.training.Model": "keras.models.Model",
    "keras.engine.Input": "keras.layers.Input",
    "keras.engine.training.slice_X": "keras.engine.training.slice_X",
    "keras.legacy.layers.Merge": "keras.layers.Merge",
    "keras.models.Merge": "keras.layers.Merge",
    "keras.models.Sequential": "keras.models.Sequential",
    "keras.Input": "keras.layers.Input",
    "keras.Model": "keras.models.Model",
    "keras.backend.tensorflow_backend.concatenate": "keras.backend.concatenate",
    "keras.backend.concatenate": "keras.backend.concatenate",
    "tf_keras.layers.Add": "keras.layers.Add",
    "tensorflow.keras.backend.concatenate": "keras.backend.concatenate",
    "tensorflow.python.keras.layers.merge": "keras.layers.merge",
    "tensorflow.python.keras._impl.keras.layers.core.Dense": "keras.layers.Dense",
    "tensorflow.contrib.keras.layers.merge": "keras.layers.merge",
    "tensorflow.contrib.keras.python.keras.layers.merge": "keras.layers.merge",
    "tensorflow.compat.v1.keras.layers.Dense": "keras.layers.Dense",
    "keras_applications.imagenet_utils._obtain_input_shape": "keras.applications.imagenet_utils._obtain_input_shape",
    "keras": "keras",
}


@pytest.mark.parametrize(("path", "name"), PATHS.items())
def test_all_paths_lead_to_one_name(path, name):
    assert canonical(path) == name


@pytest.mark.parametrize(
    "path", ["pandas.merge", "tensorflow.concat", "keras_contrib.layers.X", "kerasfix.names", "mykeras.layers", "", "."]
)
def test_other_libraries_are_not_keras(path):
    assert canonical(path) is None
    assert keras_root(path) is None


@pytest.mark.parametrize(
    ("path", "root"),
    [
        ("keras.layers", "keras"),
        ("tensorflow.keras.layers", "tensorflow.keras"),
        ("tensorflow.contrib.keras.layers", "tensorflow.contrib.keras"),
        ("tensorflow.python.keras.layers", "tensorflow.python.keras"),
        ("tf_keras.layers", "tf_keras"),
    ],
)
def test_the_package_that_the_code_uses_is_kept(path, root):
    assert keras_root(path) == root
