"""Layers that are right today stay as they are, and what is written once is not written again."""

from __future__ import annotations

import pytest
from catalogue.pipeline import check, fix

TODAY = """
import keras
from keras import Input
from keras.layers import (Activation, ActivityRegularization, BatchNormalization, Bidirectional, Dense, Embedding,
                          Flatten, InputLayer, LSTM, Lambda, LeakyReLU)

a = Input((3,), 5, 'float32')
b = Input(tensor=a, name='b')
m = keras.Sequential([InputLayer(shape=(3,)), Dense(3, 'relu', activity_regularizer='l2')])
n = keras.Sequential([InputLayer(batch_shape=(1, 3), name='x', dtype='int32')])
e = Embedding(10, 3, 'uniform', None, None, True)
f = Embedding(10, 3, mask_zero=True, weights=[keras.ops.ones((10, 3))])
g = keras.Sequential([Embedding(10, 3), Flatten()])
h = BatchNormalization(1, 0.9, 1e-3, trainable=False)
x = Lambda(lambda t: t, (3,), None, {})(a)
y = ActivityRegularization(l1=0.1)(Activation('hard_sigmoid')(x))
z = keras.activations.get('hard_sigmoid')(keras.activations.hard_sigmoid(a))
w = Bidirectional(LSTM(3), 'sum', None)
v = LeakyReLU(0.2)
"""

KERAS1 = """
from keras.layers import BatchNormalization, Dense, Embedding, Reshape
from keras.models import Sequential

model = Sequential()
model.add({layer})
model.add(Dense(output_dim=1))
model.compile('sgd', 'mse')
"""


def fixed(layer: str, target: str) -> str:
    """The line that adds the layer, in code of Keras 1."""
    text = fix(KERAS1.format(layer=layer), target)
    return next(line for line in text.splitlines() if line.startswith("model.add("))


@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_layers_of_today_stay_as_they_are(target):
    assert not check(TODAY, target)
    assert fix(TODAY, target, unsafe=True) == TODAY


@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_a_penalty_is_wrapped_once(target):
    code = KERAS1.format(layer="Dense(3, activity_regularizer='l2', input_dim=4)")
    once = fix(code, target)
    assert once.count("SumOverBatch('l2')") == 1
    assert fix(once, target) == once


def test_an_activation_that_may_be_the_changed_one_is_told_apart():
    code = """
from keras.layers import Dense


def layer(fast):
    activation = 'hard_sigmoid' if fast else 'sigmoid'
    return Dense(3, init='uniform', activation=activation)
"""
    new = fix(code, "keras3")
    assert "activation=hard_sigmoid if activation == 'hard_sigmoid' else activation)" in new
    assert fix(new, "keras3") == new


@pytest.mark.parametrize(
    ("layer", "new"),
    [
        ("Dense(3, 'uniform', input_dim=4)", "Dense(3, kernel_initializer='uniform', input_dim=4)"),
        ("Dense(3, batch_input_shape=(None, 4))", "Dense(3, input_shape=(4,))"),
        ("Reshape(dims=(2, 2), input_shape=(4,))", "Reshape(target_shape=(2, 2), input_shape=(4,))"),
        ("Embedding(9, 3)", "Embedding(9, 3, input_shape=(None,))"),
        ("Embedding(9, 3, 'uniform', 5)", "Embedding(9, 3, 'uniform', input_shape=(5,))"),
        ("BatchNormalization(1e-5, 0, 1)", "BatchNormalization(epsilon=1e-5, axis=1)"),
    ],
)
def test_positions_mean_what_they_meant_in_code_of_keras_1(layer, new):
    assert fixed(layer, "keras3") == f"model.add({new})"


def test_the_input_goes_before_the_first_layer_alone():
    code = """
from keras.layers import LSTM, Dense
from keras.models import Sequential


def build(batch):
    model = Sequential()
    model.add(LSTM(3, batch_input_shape=(batch, 5, 4), stateful=True, return_sequences=True))
    model.add(LSTM(3, batch_input_shape=(batch, 5, 3), stateful=True))
    model.add(Dense(1))
    return model
"""
    new = fix(code, "keras3")
    assert "    model.add(Input(batch_shape=(batch, 5, 4)))\n    model.add(LSTM(3, stateful=True, return" in new
    assert "    model.add(LSTM(3, stateful=True))\n" in new
    assert not check(new, "keras3")


def test_a_loop_may_add_the_layer_more_than_once():
    code = """
from keras.layers import LSTM
from keras.models import Sequential

model = Sequential()
for units in (3, 4):
    model.add(LSTM(units, batch_input_shape=(2, 5, 4), return_sequences=True))
"""
    assert fix(code, "keras3") == code
    assert [finding.rule for finding in check(code, "keras3")] == ["legacy-input-arguments"]


def test_channels_first_in_another_place_leaves_todays_code_alone():
    code = """
from keras import backend as K
from keras.layers import Flatten, MaxPooling1D

K.set_image_data_format('channels_first')
layers = [Flatten(), MaxPooling1D()]
"""
    assert not check(code, "keras3")


@pytest.mark.parametrize(
    ("argument", "new"),
    [
        ("W_regularizer='l2'", "kernel_regularizer='l2'"),
        ("W_regularizer='activity_l1'", "kernel_regularizer='l1'"),
        ("b_regularizer='l1l2'", "bias_regularizer=l1_l2(l1=0.01, l2=0.01)"),
        ("W_constraint='nonneg'", "kernel_constraint='non_neg'"),
        ("b_constraint='maxnorm'", "bias_constraint='max_norm'"),
        ("activity_regularizer='activity_l2'", "activity_regularizer=SumOverBatch('l2')"),
    ],
)
@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_names_of_regularizers_and_constraints(argument, new, target):
    assert fixed(f"Dense(3, input_dim=4, {argument})", target) == f"model.add(Dense(3, input_dim=4, {new}))"


@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_a_definition_serves_all_uses_of_the_name(target):
    code = """
from keras.layers.core import Dense, MaxoutDense

layers = [Dense(4), MaxoutDense(4, nb_feature=2)]
maxouts = [layer for layer in layers if isinstance(layer, MaxoutDense)]
"""
    new = fix(code, target)
    assert "import MaxoutDense" not in new
    assert "class MaxoutDense(Layer):" in new
    assert not check(new, target)


@pytest.mark.parametrize(
    ("imports", "before", "after"),
    [
        (
            "from keras.layers.core import Dense",
            "Dense(3, activity_regularizer='l2')",
            "Dense(3, activity_regularizer=SumOverBatch('l2'))",
        ),
        ("from keras.layers import Dense", "Dense(3, activity_regularizer='l2')", None),
        ("from tensorflow.keras.layers import Dense", "Dense(3, activity_regularizer='l2')", None),
        (
            "from keras.layers import GRUCell",
            "GRUCell(3, 'tanh', 'tanh', True, 'zeros', 'zeros', 'zeros', *{constraints}, 0, 0, 1, True)",
            "GRUCell(3, 'tanh', 'tanh', True, 'zeros', 'zeros', 'zeros', *{constraints}, 0, 0, reset_after=True)",
        ),
        (
            "from keras.optimizers import Adam\nfrom keras.layers.core import Dense",
            "Adam(0.1, clipnorm=1.0)",
            "Adam(0.1, global_clipnorm=1.0)",
        ),
        ("from keras.optimizers import Adam", "Adam(0.1, clipnorm=1.0)", None),
        (
            "from keras.optimizers import Adam\nfrom keras.layers.core import Dense",
            "Adam(clipnorm=1.0, clipvalue=1)",
            None,
        ),
        (
            "from keras.callbacks import TensorBoard",
            "TensorBoard('logs', 0, 32, True, False, True)",
            "TensorBoard('logs', 0, write_graph=True, write_images=True)",
        ),
    ],
)
def test_keras_2_by_position_and_by_era(imports, before, after):
    before, after = (text and text.replace("*{constraints}", ", ".join(6 * ["None"])) for text in (before, after))
    made = fix(f"{imports}\n\nthing = {before}\n", "keras3", unsafe=True)
    assert made.splitlines()[-1] == f"thing = {after or before}"
    made = fix(f"{imports}\n\nthing = {before}\n", "keras2")
    assert made.splitlines()[-1] in (f"thing = {before}", f"thing = {after}")


@pytest.mark.parametrize(
    ("given", "after"),
    [
        ("", "kernel_initializer=Constant(w[0]), bias_initializer=Constant(w[1])"),
        (", bias=False", "kernel_initializer=Constant(w[0]), use_bias=False"),
        (", bias=flag", None),
    ],
)
def test_a_list_of_weights_that_only_has_a_name_is_taken_apart(given, after):
    code = f"from keras.layers import Dense\n\n\ndef make(w, flag):\n    return Dense(output_dim=2, weights=w{given})\n"
    assert fix(code, "keras3") == code
    done = fix(code, "keras3", unsafe=True)
    assert done == code if after is None else f"Dense(units=2, {after})" in done


def test_two_rules_that_need_one_name_import_it_once():
    code = """from keras.layers import Dense
from keras.layers.core import TimeDistributedDense


def make(w):
    return [TimeDistributedDense(2, weights=w), Dense(2, weights=w, init='uniform')]
"""
    assert fix(code, "keras3", unsafe=True).count("from keras.initializers import Constant\n") == 1
