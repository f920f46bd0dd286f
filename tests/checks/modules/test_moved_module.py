"""Imports and dotted names of what moved: each way to write them, and what has to stay."""

import json

import pytest
from catalogue.pipeline import fix
from programs import findings, fixed, fixed_files, write

from kerasfix.settings import Settings
from kerasfix.source.read import read_source

RULES = frozenset({"moved-module"})

BOTH = {
    "module of layers": ("from keras.layers.core import Dense\n", "from keras.layers import Dense\n"),
    "alias": ("from keras.layers.core import Dense as D\n", "from keras.layers import Dense as D\n"),
    "comment and layout": (
        "from keras.layers.core import (  # one\n    Dense,  # two\n\n    Activation)  # three\n",
        "from keras.layers import (  # one\n    Dense,  # two\n\n    Activation)  # three\n",
    ),
    "backslash": (
        "from keras.layers.core \\\n    import Dense, \\\n    Dropout\n",
        "from keras.layers \\\n    import Dense, \\\n    Dropout\n",
    ),
    "semicolon": (
        "import os; from keras.layers.core import Dense; x = Dense\n",
        "import os; from keras.layers import Dense; x = Dense\n",
    ),
    "tabs and spaces": ("from\tkeras.layers.core  import  Dense\n", "from\tkeras.layers  import  Dense\n"),
    "in a function": (
        "def f():\n    from keras.layers.core import Dense\n    return Dense(1)\n",
        "def f():\n    from keras.layers import Dense\n    return Dense(1)\n",
    ),
    "dotted import": (
        "import keras.layers.core\nx = keras.layers.core.Dense\n",
        "import keras.layers\nx = keras.layers.Dense\n",
    ),
    "dotted import beside others": (
        "import os, keras.layers.core, sys\nx = keras.layers.core.Dense\n",
        "import os, keras.layers, sys\nx = keras.layers.Dense\n",
    ),
    "import as": (
        "import keras.layers.convolutional as C\nx = [C.Conv2D, C.MaxPooling2D]\n",
        "import keras.layers as C\nx = [C.Conv2D, C.MaxPooling2D]\n",
    ),
    "package": ("import keras as k\nx = k.layers.core.Dense\n", "import keras as k\nx = k.layers.Dense\n"),
    "module of a package": (
        "from keras import layers\nx = layers.core.Dense\n",
        "from keras import layers\nx = layers.Dense\n",
    ),
    "names of a module": (
        "from keras.layers import core\nx = [core.Dense, core.Dropout]\n",
        "from keras.layers import Dense, Dropout\nx = [Dense, Dropout]\n",
    ),
    "many names of a module": (
        "from keras.layers import core\nx = [core.Dense, core.Dropout, core.Flatten, core.Reshape, core.Lambda]\n",
        "from keras import layers\nx = [layers.Dense, layers.Dropout, layers.Flatten, layers.Reshape, layers.Lambda]\n",
    ),
    "a module that is handed on": (
        "from keras.utils import np_utils\nrun(np_utils)\nx = np_utils.to_categorical\n",
        "from keras import utils as np_utils\nrun(np_utils)\nx = np_utils.to_categorical\n",
    ),
    "what took the arguments of Keras 1": (
        "from keras.legacy import interfaces\nfrom keras.layers import Layer\nclass A(Layer):\n"
        "    @interfaces.legacy_dense_support\n    def __init__(self):\n        pass\n"
        "    @interfaces.legacy_dense_support  # old\n    def f(self):\n        pass\n",
        "from keras.layers import Layer\nclass A(Layer):\n"
        "    def __init__(self):\n        pass\n    # old\n    def f(self):\n        pass\n",
    ),
    "a module under another name": (
        "import keras\nL = keras.layers.core\nx = L.Dense\n",
        "import keras\nL = keras.layers\nx = L.Dense\n",
    ),
    "beside a name that stays": (
        "from keras.utils import np_utils, plot_model\nx = [np_utils.to_categorical, plot_model]\n",
        "from keras.utils import to_categorical, plot_model\nx = [to_categorical, plot_model]\n",
    ),
    "the name is taken": (
        "from keras.utils import np_utils\ndef to_categorical(y):\n    return np_utils.to_categorical(y)\n",
        "from keras.utils import to_categorical as KerasTo_categorical\n"
        "def to_categorical(y):\n    return KerasTo_categorical(y)\n",
    ),
    "the module beside it": (
        "from keras import objectives\nx = objectives.binary_crossentropy\n",
        "from keras import losses\nx = losses.binary_crossentropy\n",
    ),
    "another name": (
        "from keras.utils.visualize_util import plot\nplot(m, to_file='a.png')\n",
        "from keras.utils import plot_model\nplot_model(m, to_file='a.png')\n",
    ),
    "another name under a name": (
        "from keras.utils.visualize_util import plot as draw\ndraw(m)\n",
        "from keras.utils import plot_model as draw\ndraw(m)\n",
    ),
    "another name that something hides": (
        "from keras.utils.visualize_util import plot\nplot(m)\nplot = None\n",
        "from keras.utils import plot_model as plot\nplot(m)\nplot = None\n",
    ),
    "several modules": (
        "if x:\n    from keras.engine import Model, Layer  # both\n",
        "if x:\n    from keras.models import Model\n    from keras.layers import Layer  # both\n",
    ),
    "several modules and comments": (
        "from keras.engine import (\n    Model,  # the model\n    Layer,\n)\n",
        "# the model\nfrom keras.models import Model\nfrom keras.layers import Layer\n",
    ),
    "several modules on one line": (
        "x = 1; from keras.engine import Model, Layer; y = 2\n",
        "x = 1; from keras.models import Model; from keras.layers import Layer; y = 2\n",
    ),
    "only what is known": (
        "from keras.utils.np_utils import to_categorical, probas_to_classes\nx = [to_categorical, probas_to_classes]\n",
        "from keras.utils import to_categorical\nfrom keras.utils.np_utils import probas_to_classes\n"
        "x = [to_categorical, probas_to_classes]\n",
    ),
    "what is gone stays beside the others": (
        "from keras.layers.recurrent import LSTM, Recurrent\nclass A(Recurrent):\n    cell = LSTM\n",
        "from keras.layers import LSTM, Recurrent\nclass A(Recurrent):\n    cell = LSTM\n",
    ),
    "unused": ("from keras.layers import Dense, Highway\nx = Dense\n", "from keras.layers import Dense\nx = Dense\n"),
    "an unused module": ("from keras.utils import np_utils\nimport keras\n", "import keras\n"),
    "star": (
        "from keras.layers.core import *\nx = [Dense, Flatten, merge]\n",
        "from keras.layers import Dense, Flatten\nx = [Dense, Flatten, merge]\n",
    ),
    "star of what a module imported for itself": (
        "from keras.layers.recurrent import *\nx = [Layer, K, np, regularizers]\n",
        "from keras import backend as K, regularizers\nfrom keras.layers import Layer\nimport numpy as np\n"
        "x = [Layer, K, np, regularizers]\n",
    ),
    "star beside another": (
        "from keras.layers.recurrent import *\nfrom mine import *\nx = [Layer, K, np]\n",
        "from keras.layers import Layer\nfrom mine import *\nx = [Layer, K, np]\n",
    ),
    "star of names of one's own": (
        "from keras.layers.core import *\nfrom keras.models import Model\ndef Dense():\n    return Dense\n",
        "from keras.models import Model\ndef Dense():\n    return Dense\n",
    ),
    "star in a block": (
        "try:\n    from keras.layers.core import *\nfinally:\n    x = 1\n",
        "try:\n    pass\nfinally:\n    x = 1\n",
    ),
    "star of another name": (
        "from keras.objectives import *\nx = [hinge, poisson]\n",
        "from keras.losses import hinge, poisson\nx = [hinge, poisson]\n",
    ),
    "private package": (
        "from tensorflow.python.keras.layers import Dense\nfrom tensorflow.python.keras import backend as K\n",
        "from tensorflow.keras.layers import Dense\nfrom tensorflow.keras import backend as K\n",
    ),
    "private package of a private package": (
        "from tensorflow.python.keras._impl.keras.layers.core import Dense\n",
        "from tensorflow.keras.layers import Dense\n",
    ),
    "contrib": (
        "import tensorflow as tf\nx = tf.contrib.keras.layers.Dense\n",
        "import tensorflow as tf\nx = tf.keras.layers.Dense\n",
    ),
    "contrib as": (
        "import tensorflow.contrib.keras as keras\nx = [keras.layers.Dense, keras.layers.core.Dense]\n",
        "import tensorflow.keras as keras\nx = [keras.layers.Dense, keras.layers.Dense]\n",
    ),
    "package of contrib": (
        "from tensorflow.contrib import keras\nx = keras.layers.Dense\n",
        "from tensorflow import keras\nx = keras.layers.Dense\n",
    ),
    "backend of TensorFlow": (
        "import keras.backend.tensorflow_backend as KTF\nx = KTF.floatx()\n",
        "import keras.backend as KTF\nx = KTF.floatx()\n",
    ),
    "module of merging layers": (
        "from keras.layers import merge\nx = merge.Concatenate\n",
        "from keras.layers import Concatenate\nx = Concatenate\n",
    ),
    "what a module of Keras imports for itself": (
        "from keras.layers.recurrent import LSTM, K, activations\nx = [LSTM, K.floatx(), activations.tanh]\n",
        "from keras.layers import LSTM\nfrom keras import backend as K, activations\n"
        "x = [LSTM, K.floatx(), activations.tanh]\n",
    ),
    "the same of a module that is there": (
        "from keras.layers import Dense, activations\nx = [Dense, activations.tanh]\n",
        "from keras.layers import Dense\nfrom keras import activations\nx = [Dense, activations.tanh]\n",
    ),
    "what the backend lost and nothing uses": (
        "from keras.backend.tensorflow_backend import set_session\n"
        "from keras.backend import image_dim_ordering, floatx\n"
        "x = floatx()\n",
        "from keras.backend import floatx\nx = floatx()\n",
    ),
    "an import that may fail without harm": (
        "try:\n    from keras.layers.core import Dense\nexcept ImportError:\n    print('no')\n",
        "try:\n    from keras.layers import Dense\nexcept ImportError:\n    print('no')\n",
    ),
}


@pytest.mark.parametrize("target", ["keras2", "keras3"])
@pytest.mark.parametrize(("before", "after"), BOTH.values(), ids=BOTH)
def test_an_import_leads_to_where_things_are(before, after, target):
    assert fixed(before, target=target, rules=RULES) == after
    windows = before.replace("\n", "\r\n")
    assert fixed(windows, target=target, rules=RULES) == after.replace("\n", "\r\n")


STAYS = {
    "today": "import keras\nfrom keras.layers import Dense\nx = keras.layers.Dense\n",
    "one's own package": "from layers.core import Dense\nfrom .core import Flatten\nfrom . import np_utils\n",
    "a package with that name inside": "from mine.keras.layers.core import Dense\n",
    "a name of one's own": "np_utils = load()\nx = np_utils.to_categorical\n",
    "a name that was rebound": "import keras\nkeras = load()\nx = keras.layers.core.Dense\n",
    "a parameter": "import keras\ndef f(keras):\n    return keras.layers.core.Dense\n",
    "ready for both": (
        "try:\n    from keras.layers.core import Dense\nexcept ImportError:\n    from keras.layers import Dense\n"
    ),
    "the other way round": (
        "try:\n    from keras.layers import Dense\nexcept ImportError:\n    from keras.layers.core import Dense\n"
    ),
    "a version that was asked for": (
        "import keras\nif keras.__version__ < '2':\n    from keras.utils.np_utils import to_categorical\n"
        "    x = keras.objectives.mse\n"
    ),
    "text": "import importlib\nm = importlib.import_module('keras.layers.core')\n",
    "another library": "from keras_contrib.layers.core import CRF\nimport keras_tuner.engine\n",
    "a name that no row knows": "from keras.layers import NewLayer\n",
    "the backend": "from keras import backend as K\nx = K.set_session\n",
}


@pytest.mark.parametrize("target", ["keras2", "keras3"])
@pytest.mark.parametrize("code", STAYS.values(), ids=STAYS)
def test_what_is_right_or_unknown_stays(code, target):
    assert fixed(code, target=target, rules=RULES) == code
    assert findings(code, target=target, rules=RULES) == []


GONE = {
    "a name": ("from keras.utils.layer_utils import container_from_config\nx = container_from_config\n", 1),
    "a base class": ("from keras.layers import Recurrent\nclass A(Recurrent):\n    pass\n", 1),
    "a private base class": ("from keras.layers.convolutional import _Conv\nclass A(_Conv):\n    pass\n", 1),
    "a part of the graph": ("from keras.engine.topology import Node\nNode(None, [], [], [], [], [], [], [])\n", 1),
    "a dotted name": ("import keras\nx = keras.layers.Recurrent\n", 2),
    "a private name": ("from keras import utils as u\nx = u._private\n", 2),
    "a private name of the backend": ("import keras.backend as K\nx = K._preprocess_conv2d_input(y)\n", 2),
    "a name of a module": ("from keras.layers import recurrent\nx = recurrent.Recurrent\n", 2),
    "a module": ("from keras.legacy import interfaces\nx = interfaces\n", 1),
    "a dotted module": ("import keras.legacy.interfaces\n", 1),
    "a helper": ("from keras.utils.generic_utils import func_dump\nx = func_dump\n", 1),
    "of a private package": ("from tensorflow.python.keras.engine.data_adapter import pack\nx = pack\n", 1),
    "a module of others": ("from keras.callbacks import warnings\nwarnings.warn('x')\n", 1),
    "exported": ("from keras.layers import Highway\n__all__ = ['Highway']\n", 1),
}


@pytest.mark.parametrize(("code", "line"), GONE.values(), ids=GONE)
def test_what_is_gone_is_reported(code, line):
    assert findings(code, rules=RULES) == [("moved-module", line, "manual")]
    assert fixed(code, rules=RULES) == code


def test_a_call_that_another_rule_rewrites_is_left_to_it():
    code = "from keras.layers.core import Dense, TimeDistributedDense\nx = TimeDistributedDense(3)\n"
    assert [line for rule, line, _ in findings(code) if rule == "moved-module"] == [1]
    assert fixed(code, rules=RULES) == code.replace("keras.layers.core", "keras.layers")


def test_each_target_has_its_own_names():
    code = "from keras.losses import mse\nfrom keras.layers import LocallyConnected1D\nx = [mse, LocallyConnected1D]\n"
    assert findings(code, rules=RULES) == []
    assert findings(code, target="keras3", rules=RULES) == [("moved-module", 1, "safe"), ("moved-module", 2, "manual")]
    assert "import mean_squared_error" in fixed(code, target="keras3", rules=RULES)
    of_tensorflow = "from tensorflow.keras.losses import mean_squared_error as loss\n"
    assert fixed(of_tensorflow, rules=RULES) == of_tensorflow
    assert fixed(of_tensorflow, target="keras3", rules=RULES) == of_tensorflow.replace("mean_squared_error", "mse")


def test_what_other_files_take_from_one_stays_there(tmp_path):
    files = {
        "base.py": "from keras.utils import np_utils\nfrom keras.utils.visualize_util import plot\n",
        "user.py": "from base import np_utils, plot\nx = np_utils.to_categorical\nplot(1)\n",
    }
    after = fixed_files(tmp_path, files)
    assert after["base.py"] == ("from keras import utils as np_utils\nfrom keras.utils import plot_model as plot\n")
    assert after["user.py"] == files["user.py"]


def test_a_package_keeps_the_names_that_it_has(tmp_path):
    write(tmp_path, {"layers/__init__.py": "from keras.layers.core import *\nfrom keras.utils import np_utils\n"})
    path = str(tmp_path / "layers" / "__init__.py")
    text = _fixed_file(path)
    assert text == "from keras.layers import *\nfrom keras import utils as np_utils\n"


def test_a_notebook(tmp_path):
    cells = ["%matplotlib inline\nfrom keras.utils import np_utils", "y = np_utils.to_categorical([1])"]
    path = tmp_path / "a.ipynb"
    path.write_text(
        json.dumps(
            {
                "cells": [{"cell_type": "code", "metadata": {}, "outputs": [], "source": cell} for cell in cells],
                "metadata": {},
                "nbformat": 4,
                "nbformat_minor": 5,
            }
        )
    )
    text = _fixed_file(str(path))
    assert "from keras.utils import to_categorical" in text
    assert "y = to_categorical([1])" in text
    assert "np_utils" not in text


def _fixed_file(path):
    from kerasfix import analysis

    source = read_source(path)
    return analysis.fix([source], Settings("keras2", RULES))[path].text


def test_an_import_is_not_put_behind_one_that_goes():
    text = fix(
        "from keras.layers.recurrent import LSTM\nfrom keras.layers.convolutional_recurrent import *\n"
        "from keras.models import Sequential\n\nmodel = Sequential([LSTM(8, input_shape=(3, 2))])\n",
        "keras3",
        unsafe=True,
    )
    assert text.startswith(
        "from keras.layers import LSTM\nfrom keras.saving import register_keras_serializable\n"
        "from keras.models import Sequential\nfrom keras import ops\n"
    )
