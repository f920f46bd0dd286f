"""Which `lr` is that of an optimizer of Keras."""

import pytest
from programs import fixed

HEAD = "from keras.models import Sequential\nfrom keras.optimizers import SGD\nmodel = Sequential()\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("model.optimizer.lr = 1\n", "model.optimizer.learning_rate = 1\n"),
        ("model.optimizer.lr *= 0.5\n", "model.optimizer.learning_rate *= 0.5\n"),
        ("o = SGD(0.1)\nprint(o.lr)\n", "o = SGD(0.1)\nprint(o.learning_rate)\n"),
        (
            "def f(self):\n    self.model.optimizer.lr = 1\n",
            "def f(self):\n    self.model.optimizer.learning_rate = 1\n",
        ),
    ],
)
def test_the_rate_gets_its_name_on_keras_3(before, after):
    assert fixed(HEAD + before, target="keras3") == HEAD + after
    assert fixed(HEAD + before, target="keras2") == HEAD + before


def test_what_is_set_as_a_variable_is_one_of_keras():
    head = HEAD + "from keras import backend as K\n"
    code = "def f(net, rate):\n    print(K.get_value(net.optimizer.lr))\n"
    assert "float(net.optimizer.learning_rate)" in fixed(head + code, target="keras3")


@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_methods_of_variables_of_theano_are_written_out(target):
    before = "o = SGD(0.1)\no.lr.set_value(2 * o.lr.get_value())\n"
    assert fixed(HEAD + before, target=target) == HEAD + "o = SGD(0.1)\no.learning_rate = 2 * float(o.learning_rate)\n"


@pytest.mark.parametrize(
    "code",
    [
        "layer.lr.set_value(2)\n",
        "import torch\no = torch.optim.SGD(x)\no.lr = 1\n",
        "def f(optimizer):\n    optimizer.lr = 1\n",
        "class A(object):\n    def f(self):\n        self.lr = 1\n        return self.lr\n",
        "class M(object):\n    pass\nmodel = M()\nmodel.optimizer.lr = 1\n",
        "args.lr = 1\n",
    ],
)
def test_others_have_a_rate_too(code):
    assert fixed(HEAD + code, target="keras3") == HEAD + code
