"""Files that mix `keras` and `tf.keras`: said once, and made one where that is certain."""

import pytest
from programs import findings, fixed

RULES = frozenset({"mixed-keras"})

MIXED = {
    "names": (
        "from keras.layers import Dense, Input\nfrom tensorflow.keras.layers import LSTM\n",
        "from keras.layers import Dense, Input\nfrom keras.layers import LSTM\n",
    ),
    "the other way round": (
        "from keras.callbacks import EarlyStopping\nfrom tensorflow.keras.layers import Dense, Input\n",
        "from tensorflow.keras.callbacks import EarlyStopping\nfrom tensorflow.keras.layers import Dense, Input\n",
    ),
    "one each": (
        "from tensorflow.keras.optimizers import Adam\nfrom keras.layers import Dense\n",
        "from keras.optimizers import Adam\nfrom keras.layers import Dense\n",
    ),
    "dotted": (
        "import tensorflow as tf\nfrom keras.layers import Dense\nfrom keras.models import Model\n"
        "x = tf.keras.optimizers.Adam()\n",
        "import tensorflow as tf\nfrom keras.layers import Dense\nfrom keras.models import Model\n"
        "from keras.optimizers import Adam\nx = Adam()\n",
    ),
    "a package": (
        "import keras\nfrom tensorflow.keras.layers import Dense, LSTM\nx = keras.Model\n",
        "from tensorflow import keras\nfrom tensorflow.keras.layers import Dense, LSTM\nx = keras.Model\n",
    ),
    "the package of TensorFlow": (
        "from tensorflow import keras\nfrom keras.layers import Dense, LSTM\nx = keras.Model\n",
        "import keras\nfrom keras.layers import Dense, LSTM\nx = keras.Model\n",
    ),
    "a package under a name": (
        "import tensorflow.keras as tk\nfrom keras.layers import Dense, LSTM\nx = tk.Model\n",
        "import keras as tk\nfrom keras.layers import Dense, LSTM\nx = tk.Model\n",
    ),
    "the backend": (
        "import keras.backend as K\nfrom tensorflow.keras.layers import Dense, LSTM\nx = K.sum\n",
        "from tensorflow.keras import backend as K\nfrom tensorflow.keras.layers import Dense, LSTM\nx = K.sum\n",
    ),
    "the backend of TensorFlow": (
        "import tensorflow.keras.backend as K\nfrom keras.layers import Dense, LSTM\nx = K.sum\n",
        "import keras.backend as K\nfrom keras.layers import Dense, LSTM\nx = K.sum\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), MIXED.values(), ids=MIXED)
def test_one_package_is_enough(before, after):
    assert [(rule, applicability) for rule, _, applicability in findings(before, rules=RULES)] == [
        ("mixed-keras", "safe")
    ]
    assert fixed(before, rules=RULES) == after
    assert findings(after, rules=RULES) == []


@pytest.mark.parametrize(
    "code",
    [
        "from keras.layers import Dense\nfrom tensorflow.keras.layers import *\n",
        "from keras.layers import Dense, Input\nfrom tensorflow.keras.layers import NewLayer\n",
        "from keras.layers import Dense, Input\nimport tensorflow as tf\nx = tf.keras.layers.NewLayer\n",
        "from keras.layers import Dense\nfrom tensorflow.keras.layers import LSTM\nfrom tf_keras.layers import GRU\n",
    ],
)
def test_what_may_not_be_there_is_reported(code):
    assert [applicability for _, _, applicability in findings(code, rules=RULES)] == ["manual"]
    assert fixed(code, rules=RULES) == code


@pytest.mark.parametrize(
    "code",
    [
        "import tensorflow as tf\nfrom keras.layers import Dense\nx = tf.keras.datasets.mnist.load_data()\n",
        "import tensorflow as tf\nfrom keras.layers import Dense\n"
        "x = tf.keras.utils.to_categorical(tf.constant([1]))\n",
        "import tensorflow as tf\nfrom keras.layers import Dense\nx = tf.nn.relu\n",
        "from tensorflow import keras\nfrom tensorflow.keras.layers import Dense\nx = keras.Model\n",
        "try:\n    from keras.layers import Dense\n"
        "except ImportError:\n    from tensorflow.keras.layers import Dense\n",
        "import keras\nx = keras.layers.Dense\n",
        "from .keras.layers import Dense\nfrom tensorflow.keras.layers import LSTM\n",
    ],
)
@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_what_goes_together_stays(code, target):
    assert findings(code, target=target, rules=RULES) == []
    assert fixed(code, target=target, rules=RULES) == code


def test_on_keras_3_the_two_are_one():
    code = "from keras.layers import Dense, Input\nfrom tensorflow.keras.layers import LSTM\n"
    assert findings(code, target="keras3", rules=RULES) == []
    old = f"from keras.utils import np_utils\n{code}"
    assert [applicability for _, _, applicability in findings(old, target="keras3", rules=RULES)] == ["safe"]


def test_what_only_tensorflow_has_is_no_choice():
    code = (
        "from keras.layers import merge, Dense\n"
        "from tensorflow.keras.preprocessing.image import ImageDataGenerator\nx = ImageDataGenerator\n"
    )
    assert findings(code, target="keras3", rules=RULES) == []
