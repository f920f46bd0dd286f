"""Imports of packages that are gone: each way to write one that nothing uses, and what has to stay."""

import pytest
from programs import findings, fixed, fixed_files

RULES = frozenset({"dead-import"})
KERAS = "from keras.layers import Dense\nx = Dense(2)\n"

GOES = {
    "a package": ("import theano\n", ""),
    "a module": ("import theano.tensor\n", ""),
    "an alias": ("import theano.tensor as T\n", ""),
    "a name": ("from theano.sandbox.rng_mrg import MRG_RandomStreams as RandomStreams\n", ""),
    "a module of a package": ("from theano import tensor as T, function\n", ""),
    "one of two names": (
        "from theano import config, function\nconfig.floatX = 'float32'\n",
        "from theano import config\nconfig.floatX = 'float32'\n",
    ),
    "beside others": ("import os, theano.tensor as T, sys\n", "import os, sys\n"),
    "of TensorFlow 1": ("from tensorflow.contrib import slim\n", ""),
    "contrib itself": ("from tensorflow import contrib\n", ""),
    "of Keras 2.3": ("from keras_applications.resnet import ResNet50\n", ""),
    "the only statement of a function": ("def f():\n    import theano\n", "def f():\n    pass\n"),
    "rebound, and never read": ("import theano.tensor as T\nfor T in (1, 2): pass\n", "for T in (1, 2): pass\n"),
    "an argument of that name": ("import theano.tensor as T\ndef f(T): return T\n", "def f(T): return T\n"),
}

STAYS = {
    "used": "import theano\ntheano.config.floatX = 'float32'\n",
    "used through another module": "import theano\nimport theano.tensor\ny = theano.tensor.zeros(2)\n",
    "used in a function": "import theano.tensor as T\ndef f(x): return T.mean(x)\n",
    "deleted": "import theano\ndel theano\n",
    "exported": "import theano.tensor as T\n__all__ = ['T']\n",
    "a star": "from theano.tensor import *\n",
    "for one backend": "from keras import backend as K\nif K.backend() == 'theano':\n    import theano\n",
    "one that may fail": "try:\n    import theano\nexcept ImportError:\n    pass\n",
    "in a handler": "try:\n    import tensorflow\nexcept ImportError:\n    import theano\n",
    "another package": "import theanoish\nfrom theano_tools import T\nfrom keras_contrib.layers import CRF\n",
    "a module of the project": "from .theano import tensor\n",
    "Keras in contrib": "from tensorflow.contrib.keras import layers\n",
    "another package of TensorFlow": "from tensorflow import keras as contrib\nimport tensorflow.contribution\n",
}


@pytest.mark.parametrize("target", ["keras2", "keras3"])
@pytest.mark.parametrize(("code", "after"), GOES.values(), ids=GOES)
def test_what_nothing_uses_goes(code, after, target):
    once = fixed(code + KERAS, target=target, rules=RULES)
    assert once == after + KERAS
    assert fixed(once, target=target, rules=RULES) == once


@pytest.mark.parametrize("target", ["keras2", "keras3"])
@pytest.mark.parametrize("code", STAYS.values(), ids=STAYS)
def test_what_is_used_or_does_no_harm_stays(code, target):
    assert findings(code + KERAS, target=target, rules=RULES) == []
    assert fixed(code + KERAS, target=target, rules=RULES) == code + KERAS


def test_each_name_is_a_finding():
    code = "from theano import config, function\n" + KERAS
    assert findings(code, rules=RULES) == [("dead-import", 1, "safe"), ("dead-import", 1, "safe")]


def test_what_other_files_take_from_one_stays_there(tmp_path):
    files = {
        "base.py": "import theano\nimport theano.tensor as T\nfrom keras.layers import Dense\n\nlayer = Dense(2)\n",
        "user.py": "from base import T\ny = T.zeros(2)\n",
        "package/__init__.py": "import theano\nfrom keras.layers import Dense\n",
    }
    after = fixed_files(tmp_path, files)
    assert after == {**files, "base.py": files["base.py"].replace("import theano\n", "", 1)}
