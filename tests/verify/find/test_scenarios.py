"""How models come to life: scripts, functions, methods, notebooks."""

import json
from pathlib import Path

import pytest
from verify.find.found import calls_in, found_in

from kerasfix.project.config import Config
from kerasfix.source.read import read_source
from kerasfix.verify.find import find

IMPORTS = "from keras.layers import Dense, Input\nfrom keras.models import Model, Sequential\n"
NET = "    model = Sequential()\n    model.add(Dense(2, input_dim=3))\n"
BUILD = f"def build():\n{NET}    return model\n"
MADE = "        return Sequential()\n"
WITH = f"def build(classes):\n{NET}    return model\n"


@pytest.mark.parametrize(
    "script",
    [
        "model = Sequential([Dense(2, input_dim=3)])\n",
        f"if __name__ == '__main__':\n{NET}",
        "model = build()\n",
        "if __name__ == '__main__':\n    build()\n",
        "def main():\n    build()\nmain()\n",
        "import tensorflow as tf\ndef main(_):\n    build()\ntf.app.run()\n",
        "from threading import Thread\nThread(target=build).start()\n",
        "from keras.wrappers.scikit_learn import KerasClassifier\nKerasClassifier(build, nb_epoch=1)\n",
        "make = [build for _ in range(2)]\n[one() for one in make]\n",
        "from keras.applications import VGG16\nmodel = VGG16()\n",
        "from keras.models import load_model\nmodel = load_model('m.h5')\nmodel.fit([[1]], [1])\n",
    ],
)
def test_code_that_makes_models_when_it_runs_is_a_script(tmp_path, script):
    assert calls_in(tmp_path, IMPORTS + BUILD + script)[0] is None


@pytest.mark.parametrize(
    "text",
    [
        "from keras.layers import Dense\n\ndef block(x):\n    return Dense(3)(x)\n",
        "from keras.layers import Layer\n\nclass Mine(Layer):\n    def build(self, shape):\n        pass\n",
        "from keras.models import load_model\nmodel = load_model('m.h5')\nmodel.predict([[1]])\n",
        "Model = object\n\ndef build():\n    return Model()\n",
        "def Sequential():\n    return 3\n\nSequential()\n",
        "from keras.models import Sequential\n\ndef test_it():\n    Sequential()\n",
    ],
)
def test_code_that_makes_no_model_has_no_scenario(tmp_path, text):
    found = found_in(tmp_path, {"nets.py": text})["nets.py"]
    assert found.scenarios == ()
    assert found.nothing


def test_why_there_is_no_scenario(tmp_path):
    files = {
        "layers.py": "from keras.layers import Dense\n",
        "predict.py": "from keras.models import load_model\nload_model('m.h5').predict([1])\n",
        "test_nets.py": IMPORTS + BUILD,
        "setup.py": IMPORTS + BUILD,
        "inner.py": IMPORTS + "def outer():\n    def inner():\n        return Sequential()\n",
    }
    found = found_in(tmp_path, files)
    assert {name: one.nothing for name, one in found.items()} == {
        "layers.py": "no model is built here",
        "predict.py": "no model is built here: it is loaded from a file",
        "test_nets.py": "is a test, and not run",
        "setup.py": "is a test, and not run",
        "inner.py": "no model can be built from outside: `outer.<locals>.inner` can only be called by code that nothing"
        " calls",
    }


def test_text_that_is_no_python_is_a_failure(tmp_path):
    found = found_in(tmp_path, {"nets.py": "print 'keras'\n"})["nets.py"]
    assert "Python 2" in found.failure.message
    assert found.scenarios == ()


def test_a_function_is_called_where_no_script_does_it(tmp_path):
    found = found_in(tmp_path, {"nets.py": IMPORTS + BUILD})["nets.py"]
    (scenario,) = found.scenarios
    assert (scenario.call, scenario.why, scenario.builds, scenario.line) == (
        "build()",
        "called with its defaults",
        ("build",),
        3,
    )


def test_what_the_script_gets_to_is_in_reserve(tmp_path):
    found = found_in(tmp_path, {"nets.py": IMPORTS + BUILD + "build()\n"})["nets.py"]
    assert [(one.call, one.reserve, one.builds) for one in found.scenarios] == [
        (None, False, ("build",)),
        ("build()", True, ("build",)),
    ]


def test_helpers_are_reached_through_those_that_call_them(tmp_path):
    text = IMPORTS + BUILD + "def whole():\n    inner = build()\n    return Model(inner.input, inner.output)\n"
    found = found_in(tmp_path, {"nets.py": text})["nets.py"]
    assert [(one.call, one.reserve) for one in found.scenarios] == [("whole()", False), ("build()", True)]
    assert set(found.scenarios[0].builds) == {"whole", "build"}


def test_other_setups_of_the_same_code_are_models_of_their_own(tmp_path):
    text = IMPORTS + WITH + "def small():\n    return build(2)\n\ndef large():\n    return build(200)\n"
    found = found_in(tmp_path, {"nets.py": text})["nets.py"]
    assert [one.call for one in found.scenarios if not one.reserve] == ["small()", "large()"]


def test_names_of_the_file_and_of_the_project_are_followed(tmp_path):
    files = {
        "base.py": "from keras.models import *\nimport keras.layers as kl\n",
        "nets.py": "from base import *\n\ndef build():\n    return Sequential([kl.Dense(2, input_dim=3)])\n",
        "train.py": "import nets\nnets.build().fit([1], [1])\n",
    }
    found = found_in(tmp_path, files)
    assert [one.call for one in found["nets.py"].scenarios] == ["build()"]
    assert [(one.call, one.builds) for one in found["train.py"].scenarios] == [(None, ("build",))]
    alone = found_in(tmp_path, files, only=["train.py"])
    assert [(one.call, one.builds) for one in alone["train.py"].scenarios] == [(None, ("build",))]


def test_code_that_runs_when_a_module_is_imported(tmp_path):
    files = {"model.py": IMPORTS + "model = Sequential()\n", "train.py": "from model import model\nmodel.fit(1, 2)\n"}
    assert found_in(tmp_path, files)["train.py"].scenarios[0].call is None


def test_functions_that_exist_only_in_the_script_are_not_called_from_outside(tmp_path):
    main = "if __name__ == '__main__':\n    def other():\n        return Sequential()\n    other()\n"
    assert calls_in(tmp_path, IMPORTS + main) == [None]


@pytest.mark.parametrize(
    ("body", "call"),
    [
        ("    def __init__(self, n=3):\n        self.model = Sequential()\n", "Net()"),
        (f"    def __init__(self):\n        self.model = self.make()\n    def make(self):\n{MADE}", "Net()"),
        (f"    def build(self):\n{MADE}", "Net().build()"),
        (f"    def __init__(self, n):\n        pass\n    def build(self):\n{MADE}", "Net(n=3).build()"),
        (f"    @staticmethod\n    def build(width):\n{MADE}", "Net.build(width=8)"),
        (f"    @classmethod\n    def build(cls, width):\n{MADE}", "Net.build(width=8)"),
        (f"    @property\n    def model(self):\n{MADE}", "Net().model"),
    ],
)  # fmt: skip
def test_methods_are_called_on_an_object_of_their_class(tmp_path, body, call):
    use = "from nets import Net\nNet.build(8) if 0 else Net(3)\n" if "n)" in body or "width" in body else ""
    assert calls_in(tmp_path, IMPORTS + f"class Net(object):\n{body}", train=use) == [call]


def test_methods_that_an_abstract_class_leaves_are_run_on_what_derives_from_it(tmp_path):
    text = (
        "class Base:\n    def layers(self):\n        raise NotImplementedError\n"
        "    def build(self):\n        return Sequential(self.layers())\n"
        "class Net(Base):\n    def layers(self):\n        return [Dense(2, input_dim=3)]\n"
    )
    assert calls_in(tmp_path, IMPORTS + text) == ["Net().build()"]


def test_what_derives_from_a_model(tmp_path):
    files = {
        "called.py": IMPORTS + "class Net(Model):\n    def __init__(self):\n        super().__init__()\n"
        "    def call(self, x):\n        return x\n",
        "functional.py": IMPORTS + "class Net(Model):\n    def __init__(self):\n        x = Input((3,))\n"
        "        super().__init__(x, Dense(2)(x))\n",
    }
    found = found_in(tmp_path, files)
    assert [one.call for one in found["functional.py"].scenarios] == ["Net()"]
    (scenario,) = found["called.py"].scenarios
    assert scenario.unserved.startswith("`Net` derives from a model of Keras and is built when it is called on data; ")


def test_losses_layers_and_callbacks_that_make_models_are_no_builders(tmp_path):
    text = (
        "from keras.callbacks import Callback\nfrom keras.layers import Layer\n"
        "def loss(y_true, y_pred):\n    return Sequential()(y_pred)\n"
        "class Mine(Layer):\n    def build(self, shape):\n        self.inner = Sequential()\n"
        "class Seen(Callback):\n    def on_epoch_end(self, epoch, logs):\n        Model(self.model.input, logs)\n"
        "model = Sequential()\nmodel.compile('sgd', loss)\n"
    )
    assert calls_in(tmp_path, IMPORTS + text) == [None]


def test_a_notebook_is_a_script(tmp_path):
    cells = [{"cell_type": "code", "source": [IMPORTS, "%matplotlib inline\n", "model = Sequential()\n"]}]
    notebook = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 0})
    found = found_in(tmp_path, {"nets.ipynb": notebook})["nets.ipynb"]
    assert [one.call for one in found.scenarios] == [None]


def test_what_the_configuration_says_counts(tmp_path):
    config = (
        "[tool.kerasfix.verify]\n"
        'models = ["pkg.nets:build(classes=7)", "pkg/nets.py"]\n'
        'argv = {"pkg/nets.py" = ["--fast"]}\n'
        'reference = "keras==2.0.9"\n'
    )
    text = IMPORTS + WITH + f"def other():\n{NET}    return model\n"
    found = found_in(tmp_path, {"pyproject.toml": config, "pkg/nets.py": text})["pkg/nets.py"]
    assert [(one.call, one.argv, one.builds) for one in found.scenarios] == [
        ("build(classes=7)", ("--fast",), ("build",)),
        (None, ("--fast",), ()),
        ("other()", (), ("other",)),
    ]
    assert found.scenarios[0].why == "as [tool.kerasfix.verify] says"
    assert found.reference.engine == "keras==2.0.9"


def test_entries_that_call_methods_replace_what_was_found_for_them(tmp_path):
    config = '[tool.kerasfix.verify]\nmodels = ["nets.py:Net(2).build()", "nets.py:build()"]\n'
    text = (
        IMPORTS
        + BUILD
        + "class Net:\n    def __init__(self, n):\n        pass\n    def build(self):\n        return Sequential()\n"
    )
    found = found_in(tmp_path, {"pyproject.toml": config, "nets.py": text})["nets.py"]
    assert [one.call for one in found.scenarios] == ["Net(2).build()", "build()"]


@pytest.mark.parametrize("path", sorted((Path(__file__).parents[3] / "fixtures").rglob("*.py")), ids=str)
def test_nothing_in_the_fixtures_stops_it(path):
    source = read_source(str(path))
    (found,) = find([source], Config()).values()
    assert found.failure or found.reference
    assert found.failure or bool(found.scenarios) != bool(found.nothing)
