from __future__ import annotations

import pytest
from catalogue.pipeline import check, fix

CODE = """from keras.layers import core, noise
from keras.utils.test_utils import keras_test, layer_test


@keras_test
def test_layers():
    layer_test(core.Dense, kwargs={'output_dim': 3}, input_shape=(3, 2))
    layer_test(noise.GaussianNoise, {'sigma': 1.0}, (3, 2, 3))
    layer_test(core.MaxoutDense, input_shape=(3, 2),
               kwargs={'output_dim': 3,
                       'bias': False})
"""


@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_a_decorator_of_keras_becomes_one_of_the_file(target):
    done = fix(CODE, target)
    assert "def keras_test(func):" in done
    assert "def layer_test(\n" in done
    assert done.endswith("""
@keras_test
def test_layers():
    layer_test(Dense, kwargs={'units': 3}, input_shape=(3, 2))
    layer_test(GaussianNoise, {'stddev': 1.0}, (3, 2, 3))
    layer_test(MaxoutDense, input_shape=(3, 2),
               kwargs={'units': 3,
                       'use_bias': False})
""")
    assert "test_utils" not in done
    assert not check(done, target)


def test_functions_that_are_handed_on_and_have_other_parameters_wait():
    code = "from keras.utils.test_utils import get_test_data\nmake = [get_test_data]\n"
    assert fix(code, "keras3", unsafe=True) == code
    assert check(code, "keras3")


@pytest.mark.parametrize(
    "code",
    [
        "from helpers import keras_test\n\n\n@keras_test\ndef test():\n    pass\n",
        "from keras.layers import Dense\n\n\ndef layer_test(cls, kwargs):\n    return cls(**kwargs)\n\n\n"
        "layer_test(Dense, {'units': 3})\n",
    ],
)
def test_functions_of_ones_own(code):
    assert not check(code, "keras3")


METRICS = """from keras import losses, metrics
from keras.layers import Dense
from keras.models import Sequential

model = Sequential([Dense(2, input_shape=(3,))])
model.compile('sgd', losses.cosine_proximity, metrics=[metrics.precision])
score = metrics.fbeta_score(model.output, model.output, beta=2)
"""


@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_metrics_of_keras_1_that_are_functions(target):
    done = fix(METRICS, target)
    assert "'sgd', cosine_proximity, metrics=[precision])" in done
    output = "model.outputs[0]" if target == "keras3" else "model.output"
    assert f"score = fbeta_score({output}, {output}, beta=2)" in done


@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_a_loss_that_only_keras_1_computed_in_another_way(target):
    code = "from keras import losses\n\nall_losses = [losses.mean_squared_error, losses.cosine_proximity]\n"
    assert fix(code, target) == code
    assert "all_losses = [losses.mean_squared_error, cosine_proximity]" in fix(code, target, unsafe=True)


@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_a_name_that_the_function_around_has_for_something_else(target):
    code = """from keras import metrics


def score(y, p):
    precision = 3
    return precision * metrics.precision(y, p)
"""
    assert fix(code, target, unsafe=True) == code
    assert ["`precision` of its own" in (one.help or "") for one in check(code, target)] == [True]
