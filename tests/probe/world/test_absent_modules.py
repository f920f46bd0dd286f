"""Modules that are not installed, and those that nothing may stand in for."""

import pytest

ABSENT = "surely_not_installed"


def test_a_module_that_is_not_installed_can_be_imported_and_passed_on(in_world):
    code = f"""
import {ABSENT}.parts as parts
from {ABSENT} import *
from {ABSENT}.other import Thing

@parts.register('x')
def f(x):
    return x + 1

@parts.plain
def g(x):
    return x + 1

class Mine(Thing):
    def __init__(self):
        super(Mine, self).__init__(1, b=2)
        self.x = 1

with parts.session() as session:
    session.run(Mine())
results = [f(1), g(1), Mine().x, isinstance(1, Thing)]
"""
    outcome = in_world(code)
    assert outcome.values["results"] == [2, 2, 1, False]
    assert outcome.notes == [f"`{ABSENT}` is not installed: stood in for"]


@pytest.mark.parametrize(
    "use", ["float(x)", "len(x)", "list(x)", "x[0]", "x + 1", "1 - x", "bool(x)", "np.array(x).sum()", "x < 1", "-x"]
)
def test_nothing_can_be_computed_with_it(in_world, use):
    outcome = in_world(f"import numpy as np, {ABSENT}\nx = {ABSENT}.read('a.csv').values\n{use}", ok=False)
    assert outcome.reason == f"needs the module `{ABSENT}`, which is not installed"


def test_a_name_of_a_star_import_is_missing_for_that_reason(in_world):
    outcome = in_world(f"from {ABSENT} import *\nimread('a.png')", ok=False)
    assert ABSENT in outcome.reason


def test_code_that_is_ready_for_a_missing_module_goes_without(in_world):
    outcome = in_world(f"try:\n    import {ABSENT} as x\nexcept ImportError:\n    x = None\n")
    assert outcome.values["x"] is None
    assert outcome.notes == []


@pytest.mark.parametrize(
    "name", ["keras.layers.moved", "tensorflow.moved", "numpy.moved", "scipy.moved", "tf_keras.moved"]
)
def test_nothing_stands_in_below_what_is_verified(in_world, name):
    outcome = in_world(f"import {name}", ok=False)
    assert outcome.error.startswith(("ModuleNotFoundError", "ImportError"))
    assert outcome.reason is None


def test_a_module_beside_the_script_is_the_real_one(in_world):
    outcome = in_world("from helpers import x", {"helpers.py": "x = 1"})
    assert outcome.values["x"] == 1
    assert outcome.notes == []


def test_a_name_that_a_module_beside_the_script_lacks_is_missing(in_world):
    outcome = in_world("from helpers import y", {"helpers.py": "x = 1"}, ok=False)
    assert outcome.error.startswith("ImportError")
    assert outcome.reason is None


def test_plots_are_drawn_nowhere(in_world):
    code = """
import pylab_that_is_not_there
import seaborn
fig, (a, b) = seaborn.subplots(1, 2)
a[0].plot([1])
for axis in seaborn.axes:
    axis.plot()
n = int(fig.width * 2)
"""
    assert in_world(code).error is None


def test_a_stand_in_does_not_hide_what_failed_in_a_library(in_world):
    outcome = in_world("import json\njson.loads('{')", ok=False)
    assert outcome.reason is None


def test_data_is_split_as_scikit_learn_does(in_world):
    code = """
from sklearn.cross_validation import train_test_split
from sklearn.model_selection import train_test_split as again
x = list(range(10))
one = train_test_split(x, x, test_size=0.2, random_state=42)
two = again(x, random_state=0)
lengths = [len(part) for part in one + two]
first = one[1]
"""
    outcome = in_world(code)
    assert outcome.values["lengths"] == [8, 2, 8, 2, 7, 3]
    assert outcome.values["first"] == [8, 1]  # what scikit-learn gives


def test_labels_are_encoded_as_scikit_learn_does(in_world):
    code = """
from sklearn.preprocessing import LabelEncoder, LabelBinarizer, OneHotEncoder, StandardScaler, MinMaxScaler
numbers = LabelEncoder().fit_transform(['b', 'a', 'b']).tolist()
two = LabelBinarizer().fit_transform(['b', 'a', 'b']).tolist()
three = LabelBinarizer().fit_transform([0, 2, 1]).tolist()
hot = OneHotEncoder().fit_transform([[0], [2]]).toarray().tolist()
scaled = StandardScaler().fit_transform([[1.0], [3.0]]).tolist()
ranged = MinMaxScaler().fit_transform([[1.0], [3.0]]).tolist()
"""
    values = in_world(code).values
    assert values["numbers"] == [1, 0, 1]
    assert values["two"] == [[1], [0], [1]]
    assert values["three"] == [[1, 0, 0], [0, 0, 1], [0, 1, 0]]
    assert values["hot"] == [[1, 0], [0, 1]]
    assert values["scaled"] == [[-1], [1]]
    assert values["ranged"] == [[0], [1]]


def test_a_bar_of_progress_is_what_it_goes_over(in_world):
    outcome = in_world("from tqdm import tqdm, trange\nx = list(tqdm([1, 2])) + list(trange(2))")
    assert outcome.values["x"] == [1, 2, 0, 1]


def test_theano_can_be_set_up_but_not_computed_with(in_world):
    code = (
        "import theano\nimport theano.tensor as T\ntheano.config.openmp = False\nx = theano.config.floatX\nT.dot(1, 2)"
    )
    outcome = in_world(code, ok=False)
    assert outcome.values["x"] == "float32"
    assert outcome.reason == "needs Theano, with which `theano.tensor.dot` computes"


def test_an_environment_of_gym_has_its_spaces(in_world):
    code = """
import gym
env = gym.make('CartPole-v0')
x = [env.action_space.n, env.observation_space.shape, len(env.reset())]
"""
    assert in_world(code).values["x"] == [2, (4,), 4]


def test_a_change_to_an_installed_module_is_not_made_to_a_stand_in(in_world):
    code = "import matplotlib, surely_not_installed\nx = surely_not_installed.use('Agg') is None"
    assert in_world(code).values["x"] is False


def test_the_package_of_the_project_is_found_above_its_examples(in_world):
    files = {"examples/run.py": "import mine\nfrom mine.parts import y\nx = mine.x + y\n"}
    files |= {"mine/__init__.py": "x = 1\n", "mine/parts.py": "y = 2\n"}
    code = "import sys\nsys.path.append('examples')\nfrom run import x"
    outcome = in_world(code, files)
    assert outcome.values["x"] == 3
    assert outcome.notes == []
