"""Which Keras an original is run on."""

import pytest
from verify.find import legacy_versions
from verify.find.found import found_in

from kerasfix.verify.find import versions

MODEL = "from keras.models import Sequential\nmodel = Sequential()\n"


@pytest.mark.parametrize(
    ("code", "engine"),
    [
        ("from keras.layers import Dense, merge\nmodel.add(Dense(output_dim=3, init='normal'))\n", "keras==1.2.2"),
        ("from keras.layers import TimeDistributedDense\n", "keras==1.2.2"),
        ("from keras.preprocessing.text import base_filter\nmodel.fit(1, 2, nb_epoch=3)\n", "keras==1.0.8"),
        ("from keras.layers import Conv2D\nmodel.add(Conv2D(filters=3, kernel_size=3))\nmodel.fit(1, epochs=3)\n",
         "keras==2.2.4"),
        ("from keras.layers import Conv2D, merge\nx = merge([1, 2], mode='sum')\nmodel.add(Conv2D(3, kernel_size=2))\n",
         "keras==2.1.6"),
        ("from keras.losses import BinaryCrossentropy\nBinaryCrossentropy()\n", "keras==2.3.1"),
        ("from keras import backend as K\nmodel.axis = 1 if K.image_dim_ordering() == 'th' else -1\n", "keras==1.2.2"),
        ("from keras import backend as K\nK.set_image_dim_ordering('th')\nmodel.fit(1, epochs=3)\n", "keras==2.2.4"),
        ("from keras.optimizers import optimizer_from_config\nmodel.fit(1, epochs=3)\n", "keras==1.2.2"),
        ("from keras_applications.imagenet_utils import _obtain_input_shape\nmodel.fit(1, epochs=3)\n", "keras==2.2.4"),
        ("from keras_applications.imagenet_utils import _obtain_input_shape\n"
         "from keras.utils.conv_utils import normalize_data_format\n", "keras==2.2.0"),
        ("", "keras==2.1.6"),
    ],
)  # fmt: skip
def test_the_names_that_a_file_uses_say_which(tmp_path, code, engine):
    assert found_in(tmp_path, {"nets.py": MODEL + code})["nets.py"].reference.engine == engine


@pytest.mark.parametrize("root", ["tensorflow.keras", "tf_keras", "tensorflow.python.keras"])
def test_keras_of_tensorflow_is_tf_keras(tmp_path, root):
    found = found_in(tmp_path, {"nets.py": f"from {root}.models import Sequential\nmodel = Sequential()\n"})
    assert found["nets.py"].reference.engine == "tf_keras"


def test_what_a_file_imports_shows_what_it_is_for(tmp_path):
    files = {
        "nets.py": "from tensorflow.keras.models import Sequential\n\ndef build():\n    return Sequential()\n",
        "train.py": "from nets import build\nbuild()\n",
    }
    assert found_in(tmp_path, files)["train.py"].reference.engine == "tf_keras"


def test_others_are_tried_where_the_first_does_not_run_it(tmp_path):
    code = MODEL + "from keras.layers import Dense\nmodel.add(Dense(output_dim=3, init='normal'))\n"
    reference = found_in(tmp_path, {"nets.py": code})["nets.py"].reference
    assert reference.engine not in reference.others
    assert reference.others[0] == "keras==1.0.8"
    assert reference.why == "it is written for Keras 1"


def test_the_reason_names_what_decides(tmp_path):
    code = MODEL + "from keras.preprocessing.text import base_filter\nmodel.fit(1, 2, nb_epoch=3)\n"
    why = found_in(tmp_path, {"nets.py": code})["nets.py"].reference.why
    assert why == (
        "it is written for Keras 1, and `keras.preprocessing.text.base_filter` is in Keras 1.0.8 and not in 1.2.2"
    )


def test_imports_that_may_fail_decide_nothing(tmp_path):
    code = MODEL + "try:\n    from keras.losses import BinaryCrossentropy\nexcept ImportError:\n    pass\n"
    assert found_in(tmp_path, {"nets.py": code})["nets.py"].reference.engine == "keras==2.1.6"


def test_the_table_of_names_is_that_of_the_sources():
    tables = {}
    exec(legacy_versions.written(legacy_versions.read(versions.VERSIONS), versions.VERSIONS), tables)
    assert tables["_ONLY_IN"] == versions._ONLY_IN
