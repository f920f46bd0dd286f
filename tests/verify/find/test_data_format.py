"""In which order the axes of images are, where the code leaves it to the configuration."""

import pytest
from verify.find.found import found_in

NET = "from keras.layers import Convolution2D\nfrom keras.models import Sequential\nmodel = Sequential()\n"


@pytest.mark.parametrize(
    "code",
    [
        "model.add(Convolution2D(3, 3, 3, input_shape=(3, 224, 224)))\n",
        "model.add(Convolution2D(3, 3, 3, input_shape=(channels, img_rows, img_cols)))\n",
        "shape = (1, 28, 28)\nother = (1, 14, 14)\nlast = (28, 28, 1)\n",
    ],
)
def test_shapes_with_the_channels_first_need_keras_to_have_them_first(tmp_path, code):
    assert found_in(tmp_path, {"nets.py": NET + code})["nets.py"].data_format == "channels_first"


@pytest.mark.parametrize(
    "code",
    [
        "model.add(Convolution2D(3, 3, 3, input_shape=(224, 224, 3)))\n",
        "import keras.backend as K\nK.set_image_dim_ordering('th')\nshape = (3, 224, 224)\n",
        "import keras.backend as K\nshape = (3, 224, 224) if K.image_dim_ordering() == 'th' else (224, 224, 3)\n",
        "matrix = (3, 224)\n",
    ],
)
def test_other_code_is_left_to_what_it_sets(tmp_path, code):
    assert found_in(tmp_path, {"nets.py": NET + code})["nets.py"].data_format is None


def test_shapes_of_what_a_file_imports_count_where_it_has_none(tmp_path):
    files = {
        "nets.py": NET + "model.add(Convolution2D(3, 3, 3, input_shape=(3, 224, 224)))\n",
        "train.py": "from nets import model\nmodel.summary()\n",
    }
    assert found_in(tmp_path, files)["train.py"].data_format == "channels_first"


def test_the_project_decides(tmp_path):
    files = {"pyproject.toml": "[tool.kerasfix.verify]\ndata-format = 'channels_first'\n", "nets.py": NET}
    assert found_in(tmp_path, files)["nets.py"].data_format == "channels_first"
