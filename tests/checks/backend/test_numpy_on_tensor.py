"""Where NumPy's functions are on tensors for certain, and where they may have arrays."""

from __future__ import annotations

import pytest
from catalogue.pipeline import check, fix

HEAD = "import numpy as np\nfrom keras import backend as K\nfrom keras.layers import Dense, Lambda, Layer\n"


def found(code: str, target: str = "keras2") -> list[str]:
    return [finding.message for finding in check(HEAD + code, target) if finding.rule == "numpy-function-on-tensor"]


@pytest.mark.parametrize(
    "code",
    [
        "layer = Lambda(lambda x: np.exp(K.sum(x, axis=1)))\n",
        "class Scaled(Layer):\n    def call(self, inputs):\n        return np.sqrt(K.sum(inputs))\n",
        "class Scaled(Layer):\n    def call(self, x):\n        y = K.sum(x)\n        return np.sqrt(-y[0] / 2)\n",
        "def loss(y_true, y_pred):\n    return np.abs(y_pred - y_true)\n\n\n"
        "def build(model):\n    K.identity(model.output)\n    model.compile('sgd', loss)\n\n\n"
        "from keras.models import Sequential\nbuild(Sequential([Dense(2, input_shape=(3,))]))\n",
    ],
)
def test_tensors(code):
    assert len(found(code)) == 1


@pytest.mark.parametrize(
    "code",
    [
        "x = np.exp(K.ones((2,)))\n",  # a variable has values
        "class Scaled(Layer):\n    def build(self, shape):\n        self.w = np.sqrt(K.ones((2,)))\n",
        "def start(shape):\n    w, h = shape\n    return K.variable(np.zeros((w * h,)) + np.sqrt(6. / (w + h)))\n\n\n"
        "layer = Dense(2, init=start)\n",
        "layer = Dense(2, init=lambda shape: np.sqrt(shape))\n",
        "layer = Lambda(lambda x: np.exp(x))\n",  # a list, perhaps
        "layer = Lambda(lambda x: x * np.log(K.int_shape(x)[1]) * np.shape(K.sum(x))[0])\n",
        "layer = Lambda(lambda x: x * np.prod(x.shape[1:]))\n",
        "def error(a):\n    return np.abs(K.sum(a))\n\n\nlayer = Lambda(lambda x: error(x))\nprint(error(1))\n",
        "def error(y_true, y_pred):\n    return np.abs(y_true - y_pred)\n\n\n"
        "from keras.models import Sequential\nmodel = Sequential([Dense(2, input_shape=(3,))])\n"
        "model.compile('sgd', error)\nprint(error(np.ones(2), np.ones(2)))\n",
    ],
)
def test_what_may_be_something_else(code):
    assert not found(code)


def test_a_file_without_a_name_for_the_backend():
    code = (
        "import numpy as np\nfrom keras.layers import Dense\nfrom keras.models import Sequential\n\n\n"
        "def loss(y_true, y_pred):\n    return np.abs(y_true - y_pred)\n\n\n"
        "model = Sequential([Dense(2, input_shape=(3,))])\nmodel.compile('sgd', loss)\n"
    )
    assert "return K.abs(y_true - y_pred)" in fix(code, "keras2")
    assert "from keras import backend as K\n" in fix(code, "keras2")
    assert "return ops.abs(y_true - y_pred)" in fix(code, "keras3")
