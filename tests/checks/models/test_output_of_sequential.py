"""Which reads of `input` and `output` are of a `Sequential`, and what is assumed of one that is called."""

from __future__ import annotations

import pytest
from programs import findings, fixed, fixed_files

RULE = "output-of-sequential"
HEAD = """
from keras.layers import Dense, Input, Merge
from keras.models import Model, Sequential, load_model


def make(size=3):
    model = Sequential()
    model.add(Dense(2, input_shape=(size,)))
    return model


x = Input((3,))
base = make()
other = Model(x, Dense(1)(x))
"""


def found(code: str, **options) -> list[str]:
    """The applicability of each finding."""
    options = {"target": "keras3", "rules": frozenset({RULE}), **options}
    return [applicability for _, _, applicability in findings(HEAD + code, **options)]


def last_line(code: str, **options) -> str:
    options = {"target": "keras3", "rules": frozenset({RULE}), **options}
    return fixed(HEAD + code, **options).rstrip().splitlines()[-1]


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("y = base.output", "y = base.outputs[0]"),
        ("y = Model(input=base.input, output=base.output)", "y = Model(input=base.inputs[0], output=base.outputs[0])"),
        ("y = make().output.shape[1]", "y = make().outputs[0].shape[1]"),
        ("y = base.\\\n    output", "    outputs[0]"),
        ("y = [one.output for one in [base, make(2)]]", "y = [one.outputs[0] for one in [base, make(2)]]"),
        ("parts = {'a': base}\ny = parts['a'].input", "y = parts['a'].inputs[0]"),
        ("y = Sequential([base, Dense(1)]).output", "y = Sequential([base, Dense(1)]).outputs[0]"),
        ("def ends(m):\n    return m.output\n\n\nfor m in (base, other):\n    ends(m)", None),
        ("del base.output", "del base.output"),
        ("base.output = 3", "base.output = 3"),
        ("y = base.outputs[0], base.inputs, base.layers[-1].output", None),
        ("y = base.output_shape", None),
        ("y = other.output", None),
        ("y = load_model('m.h5').output", None),
        ("y = Dense(2).output", None),
        ("def f(m):\n    return m.output", None),
        ("def f(m):\n    return m.output\n\n\nf(base)\nf(load_model('m.h5'))", None),
        ("from torch import nn\nmodel = nn.Sequential()\ny = model.output", None),
    ],
)
def test_reads(code, after):
    if after is None:
        after = code.splitlines()[-1]
    assert last_line(code) == after


def test_a_parameter_is_what_every_call_gives():
    code = "def f(m):\n    return m.output\n\n\nf(base)\nf({})\nf = 1"
    text = fixed(HEAD + code.format("other"), target="keras3", rules=frozenset({RULE}))
    assert "return m.outputs[0]" in text
    several = "Model(x, [Dense(1)(x), Dense(1)(x)])"
    assert "return m.output\n" in fixed(HEAD + code.format(several), target="keras3", rules=frozenset({RULE}))


def test_attributes_of_objects():
    code = """
class Coder:
    def __init__(self):
        self.model = None

    def build(self):
        self.model = Sequential([Dense(2, input_shape=(3,))])

    def ends(self):
        return self.model.input, self.model.output
"""
    assert last_line(code) == "        return self.model.inputs[0], self.model.outputs[0]"


def test_classes_that_are_a_sequential():
    code = """
class Net(Sequential):
    def __init__(self):
        super().__init__()
        self.add(Dense(2, input_shape=(3,)))

    def ends(self):
        return self.output
"""
    assert last_line(code) == "        return self.outputs[0]"
    own = code.replace("Dense(2, input_shape=(3,)))", "Dense(2, input_shape=(3,)))\n        self.output = 3")
    assert last_line(own) == "        return self.output"


def test_only_for_keras_3():
    assert found("y = base.output") == ["safe"]
    assert found("y = base.output", target="keras2") == []


def test_code_for_two_versions_is_left():
    code = "import keras\nif keras.__version__[0] == '2':\n    y = base.output\nelse:\n    y = base.outputs[0]"
    assert found(code) == []


@pytest.mark.parametrize(
    "call", ["z = base(x)", "z = Sequential([base, Dense(1)])", "z = Sequential()\nz.add(base)\nz.add(Dense(1))"]
)
def test_a_model_that_is_called_may_mean_the_call_in_code_for_keras_3(call):
    code = f"{call}\ny = base.output"
    # The head imports what only Keras 1 had.
    assert found(code) == ["safe"]
    later = HEAD.replace(", Merge", "") + code
    assert findings(later, target="keras3", rules=frozenset({RULE})) == [(RULE, later.count("\n") + 1, "unsafe")]


def test_a_model_with_a_merge_becomes_a_functional_one():
    code = """
left, right = make(), make()
both = Sequential()
both.add(Merge([left, right], mode='concat'))
both.add(Dense(1))
print(both.input, both.output)
"""
    assert found(code) == []
    text = fixed(HEAD + code, target="keras3", unsafe=True)
    assert "print(both.input, both.output)" in text and "both = Model(" in text


def test_a_model_of_another_file(tmp_path):
    files = {
        "nets.py": "from keras.layers import Dense\nfrom keras.models import Sequential\n\n\n"
        "def make():\n    return Sequential([Dense(2, input_shape=(3,))])\n",
        "main.py": "import keras\nfrom nets import make\n\nprint(make().output)\n",
    }
    after = fixed_files(tmp_path, files, target="keras3", rules=frozenset({RULE}))
    assert after["main.py"].endswith("print(make().outputs[0])\n") and after["nets.py"] == files["nets.py"]


AGENT = """
from keras.layers import Dense


class Agent:
    def __init__(self, model):
        self.model = model

    def size(self):
        return self.model.output.shape[1]
"""
USER = """
from agent import Agent
from keras.layers import Dense, Input
from keras.models import Model, Sequential

Agent(Sequential([Dense(2, input_shape=(3,))])).size()
"""


def test_what_other_files_give_may_be_another_model(tmp_path):
    rules = frozenset({RULE})
    files = {"agent.py": AGENT, "user.py": USER}
    assert fixed_files(tmp_path, files, target="keras3", rules=rules)["agent.py"] == AGENT
    after = fixed_files(tmp_path, files, target="keras3", unsafe=True, rules=rules)["agent.py"]
    assert "self.model.outputs[0].shape" in after
    asked = AGENT + "        if type(self.model.output) is list:\n            return None\n"
    files = {"agent.py": asked, "user.py": USER}
    assert fixed_files(tmp_path, files, target="keras3", unsafe=True, rules=rules)["agent.py"] == asked
    several = USER + "x = Input((3,))\nAgent(Model(x, [Dense(1)(x), Dense(1)(x)]))\n"
    files = {"agent.py": AGENT, "user.py": several}
    assert fixed_files(tmp_path, files, target="keras3", unsafe=True, rules=rules)["agent.py"] == AGENT


def test_beside_what_other_rules_make_of_the_same_call():
    code = "from keras import backend as K\nf = K.function([base.input, K.learning_phase()], [base.output])"
    assert last_line(code, rules=frozenset({RULE, "graph-function"})) == (
        "f = function([base.inputs[0], 'training'], [base.outputs[0]])"
    )
