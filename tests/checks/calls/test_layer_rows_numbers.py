"""Every argument of the layers of Keras 1.2.2: what the original computes, and what the fixed text does."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from catalogue.pipeline import check, fix
from reference.engines import EngineError, keras3_engine, legacy_engine, tf_keras_engine

ENGINES = {"keras2": tf_keras_engine, "keras3": keras3_engine}

HEAD = """
import numpy as np
from keras import backend as K
from keras.constraints import maxnorm
from keras.layers import (Activation, ActivityRegularization, BatchNormalization, Bidirectional, Dense, Dropout, ELU,
                          Embedding, Flatten, GaussianDropout, GaussianNoise, Highway, Input, Lambda, LeakyReLU,
                          LocallyConnected1D, LocallyConnected2D, Masking, MaxoutDense, ParametricSoftplus, Permute,
                          PReLU, RepeatVector, Reshape, SimpleRNN, SpatialDropout1D, SpatialDropout2D, SReLU,
                          ThresholdedReLU, TimeDistributed, TimeDistributedDense)
from keras.models import Sequential
from keras.regularizers import l1, l2
"""

# Layers by name: the first layer of a model, or several.
CASES = {
    "dense": "Dense(3, input_dim=5)",
    "dense by position": "Dense(3, 'uniform', 'relu', None, None, None, None, None, None, False, 5)",
    "dense by keyword": "Dense(output_dim=3, init='he_normal', activation='tanh', bias=True, input_dim=5)",
    "dense regularizers": "Dense(3, W_regularizer=l2(0.3), b_regularizer=l1(0.2), input_dim=5)",
    "dense activity regularizer": "Dense(3, activity_regularizer=l2(0.1), input_shape=(5,))",
    "dense constraints": "Dense(3, W_constraint=maxnorm(0.2), b_constraint=maxnorm(0.01), input_dim=5)",
    "dense weights": "Dense(3, weights=[np.ones((5, 3)) * 0.3, np.ones(3)], input_dim=5)",
    "dense weights without bias": "Dense(3, bias=False, weights=[np.ones((5, 3)) * 0.3], input_dim=5)",
    "dense on sequences": "Dense(3, activation='hard_sigmoid', input_shape=(4, 5))",
    "dense batch": "Dense(3, batch_input_shape=(None, 5))",
    "dropout": "Dense(4, input_dim=5), Dropout(0.)",
    "dropout keyword": "Dense(4, input_dim=5), Dropout(p=0., noise_shape=(None, 4), seed=3)",
    "spatial dropout": "Dense(4, input_shape=(3, 5)), SpatialDropout1D(p=0.)",
    "spatial dropout 2D": "Dense(4, input_shape=(3, 3, 5)), SpatialDropout2D(p=0., dim_ordering='tf')",
    "noise": "Dense(4, input_dim=5), GaussianNoise(sigma=0.), GaussianDropout(p=0.)",
    **{
        f"activation {name}": f"Activation({name!r}, input_shape=(4, 5)), Dense(2)"
        for name in "softmax softplus softsign relu tanh sigmoid hard_sigmoid linear elu".split()
    },
    "reshape": "Reshape((3, -1), input_shape=(12,)), Permute((2, 1)), Flatten(), RepeatVector(n=2), Dense(2)",
    "reshape keywords": "Reshape(target_shape=(3, 4), input_shape=(12,)), Permute(dims=(2, 1)), Dense(2)",
    "masking": "Masking(mask_value=0.5, input_shape=(3, 5)), TimeDistributed(Dense(2))",
    "lambda": "Lambda(lambda x: x * 2, input_shape=(5,)), Dense(2)",
    "lambda shape": "Lambda(lambda x: x[:, :2], output_shape=(2,), input_shape=(5,)), Dense(2)",
    "lambda function": "Lambda(lambda x: x[:, :2], lambda shape: (shape[0], 2), input_shape=(5,)), Dense(2)",
    "lambda arguments": "Lambda(lambda x, by: x * by, (5,), {'by': 3.}, input_shape=(5,)), Dense(2)",
    "activity regularization": "Dense(3, input_dim=5), ActivityRegularization(l1=0.1, l2=0.2), Dense(2)",
    "activity regularization by position": "Dense(3, input_dim=5), ActivityRegularization(0.1), Dense(2)",
    "normalization": "BatchNormalization(input_shape=(5,)), Dense(2)",
    "normalization by position": "BatchNormalization(1e-2, 0, 1, 0.7, input_shape=(5, 3)), Dense(2)",
    "normalization keywords": "BatchNormalization(epsilon=1e-2, mode=0, axis=1, momentum=0.5, beta_init='one',"
    " gamma_init='uniform', gamma_regularizer=l2(0.3), beta_regularizer=l1(0.2), input_shape=(5, 3)), Dense(2)",
    "normalization weights": "BatchNormalization(weights=[np.ones(5) * 2, np.ones(5), np.ones(5) * 3, np.ones(5) * 4],"
    " input_shape=(5,)), Dense(2)",
    "normalization of samples": "BatchNormalization(mode=1, epsilon=0.1, input_shape=(5,)), Dense(2)",
    "normalization of batches": "BatchNormalization(mode=2, axis=1, epsilon=0.1, input_shape=(5, 3)), Dense(2)",
    "leaky": "Dense(4, input_dim=5), LeakyReLU(), Dense(3), LeakyReLU(0.1), Dense(3), LeakyReLU(alpha=0.2)",
    "prelu": "Dense(4, input_dim=5), PReLU(init='one'), Dense(3), PReLU()",
    "prelu shared": "PReLU('one', None, [1], input_shape=(3, 4)), Dense(2)",
    "prelu weights": "PReLU(weights=[np.ones(5) * 0.3], input_shape=(5,)), Dense(2)",
    "elu": "Dense(4, input_dim=5), ELU(alpha=0.3), Dense(3), ELU()",
    "thresholded": "ThresholdedReLU(input_shape=(5,)), Dense(4), ThresholdedReLU(0.3), Dense(3),"
    " ThresholdedReLU(theta=0.1)",
    "srelu": "SReLU(input_shape=(5,)), Dense(2)",
    "srelu keywords": "SReLU(t_left_init='uniform', a_left_init='one', t_right_init='one', a_right_init='uniform',"
    " shared_axes=[1], input_shape=(3, 5)), Dense(2)",
    "softplus": "ParametricSoftplus(input_shape=(5,)), Dense(2), ParametricSoftplus(alpha_init=0.3, beta_init=2.)",
    "softplus shared": "ParametricSoftplus(0.3, 2., None, [1], input_shape=(3, 5)), Dense(2)",
    "maxout": "MaxoutDense(3, input_dim=5)",
    "maxout keywords": "MaxoutDense(output_dim=3, nb_feature=2, init='uniform', W_regularizer=l2(0.3),"
    " b_regularizer=l2(0.2), activity_regularizer=l2(0.1), W_constraint=maxnorm(0.2),"
    " b_constraint=maxnorm(0.3), input_dim=5)",
    "maxout without bias": "MaxoutDense(3, 2, 'uniform', bias=False, input_shape=(5,))",
    "maxout weights": "MaxoutDense(3, 2, weights=[np.ones((2, 5, 3)), np.ones((2, 3))], input_dim=5)",
    "highway": "Highway(input_dim=5)",
    "highway keywords": "Highway(init='uniform', activation='relu', W_regularizer=l2(0.3), b_regularizer=l2(0.2),"
    " activity_regularizer=l2(0.1), W_constraint=maxnorm(0.2), b_constraint=maxnorm(0.3), input_dim=5)",
    "highway without bias": "Highway(activation='hard_sigmoid', bias=False, input_dim=5)",
    "highway weights": "Highway(weights=[np.ones((5, 5)), np.ones((5, 5)) * 2, np.ones(5), np.ones(5) * 3],"
    " input_dim=5)",
    "time distributed dense": "TimeDistributedDense(3, activation='softmax', input_dim=5, input_length=4)",
    "time distributed dense keywords": "TimeDistributedDense(output_dim=3, init='uniform', bias=False,"
    " W_regularizer=l2(0.3), activity_regularizer=l2(0.1), input_shape=(4, 5))",
    "time distributed penalty": "TimeDistributed(Dense(3, activity_regularizer=l2(0.1)), input_shape=(4, 5))",
    "bidirectional": "Bidirectional(SimpleRNN(3, activation='hard_sigmoid', init='uniform'), merge_mode='mul',"
    " input_shape=(4, 5))",
    "time distributed": "TimeDistributed(Dense(3, init='uniform'), input_shape=(4, 5))",
    "local 1D": "LocallyConnected1D(3, 2, input_dim=4, input_length=6)",
    "local 1D keywords": "LocallyConnected1D(nb_filter=3, filter_length=2, init='uniform', activation='tanh',"
    " border_mode='valid', subsample_length=2, W_regularizer=l2(0.3), b_regularizer=l2(0.2),"
    " activity_regularizer=l2(0.1), W_constraint=maxnorm(0.2), b_constraint=maxnorm(0.3), input_shape=(7, 4))",
    "local 1D without bias": "LocallyConnected1D(3, 2, bias=False, input_shape=(7, 4))",
    "local 2D": "LocallyConnected2D(3, 2, 2, input_shape=(5, 4, 2))",
    "local 2D keywords": "LocallyConnected2D(nb_filter=3, nb_row=2, nb_col=3, init='uniform', activation='tanh',"
    " border_mode='valid', subsample=(2, 1), dim_ordering='tf', W_regularizer=l2(0.3), b_regularizer=l2(0.2),"
    " activity_regularizer=l2(0.1), W_constraint=maxnorm(0.2), b_constraint=maxnorm(0.3),"
    " input_shape=(5, 6, 2))",
    "local 2D channels first": "LocallyConnected2D(3, 2, 3, dim_ordering='th', bias=False, input_shape=(2, 5, 6))",
    "local 2D channels first with bias": "LocallyConnected2D(2, 2, 2, dim_ordering='th', input_shape=(2, 4, 3))",
}
INDICES = {
    "embedding": "Embedding(9, 3, input_length=4), Flatten(), Dense(2)",
    "embedding by position": "Embedding(9, 3, 'normal', 4, l2(0.3), None, maxnorm(0.2)), Flatten(), Dense(2)",
    "embedding keywords": "Embedding(input_dim=9, output_dim=3, init='normal', input_length=4, W_regularizer=l2(0.3),"
    " W_constraint=maxnorm(0.2), mask_zero=False, dropout=0.), Flatten(), Dense(2)",
    "embedding activity": "Embedding(9, 3, activity_regularizer=l2(0.1), input_length=4), Flatten(), Dense(2)",
    "embedding weights": "Embedding(9, 3, weights=[np.ones((9, 3)) * 0.3], input_length=4), Flatten(), Dense(2)",
    "embedding type": "Embedding(9, 3, input_length=4, input_dtype='int64'), Flatten(), Dense(2)",
    "embedding dropout": "Embedding(9, 3, dropout=0.3, input_length=4), Flatten(), Dense(2)",
}
# What a random part in training leaves to compare.
_RANDOM = {"embedding dropout"}

BUILD = """

def build_{number}():
    model = Sequential()
    for layer in ({layers},):
        model.add(layer)
    return model
"""
CODE = HEAD + "".join(
    BUILD.format(number=number, layers=layers) for number, layers in enumerate([*CASES.values(), *INDICES.values()])
)
NAMES = [*CASES, *INDICES]

RUN = """
import keras


def _run(number, indices, given):
    K.clear_session()
    model = globals()['build_%d' % number]()
    shape = model.input_shape[1:]
    random = np.random.RandomState(number)
    x = random.randint(0, 9, (6,) + shape) if indices else random.uniform(-1, 1, (6,) + shape).astype('float32')
    own = [np.array(w) for w in model.get_weights()]
    eager = {} if keras.__version__ < '2' else {'run_eagerly': True}  # which is quicker for one step
    model.compile('sgd', 'mse', **eager)
    model.set_weights(given or [random.uniform(0.1, 1, w.shape).astype('float32') for w in own])
    start = [np.array(w) for w in model.get_weights()]
    y = np.array(model.predict(x))
    loss = float(np.ravel(model.train_on_batch(x, np.ones(y.shape) * 0.3))[0])
    trained = [np.array(w) for w in model.get_weights()]
    # Definitions are registered for Keras 3; Keras 2 asks for `custom_objects`.
    loads = keras.__version__ >= '3' and 'lambda' not in _names[number]
    for layer in model.layers if loads else ():
        type(layer).from_config(layer.get_config())  # what saving and loading takes
    return {'own': own, 'start': start, 'y': y, 'loss': loss, 'trained': trained}


_results = {}
for _number in range(_count):
    try:
        _results[_number] = _run(_number, _number >= _first_index, _starts.get(_number))
    except Exception:
        import traceback
        _results[_number] = traceback.format_exc()
results = _results
"""


def _run(engine: Any, code: str, starts: dict[int, Any]) -> dict[str, Any]:
    """What each model gives, or the text of what went wrong; one process for all."""
    variables = {"_count": len(NAMES), "_first_index": len(CASES), "_starts": starts, "_names": NAMES}
    try:
        results = engine.run(code + RUN, variables, timeout=600)["results"]
    except EngineError as error:
        return dict.fromkeys(NAMES, str(error))
    return {NAMES[int(number)]: result for number, result in results.items()}


@cache
def original() -> dict[str, Any]:
    """What each model gives on Keras 1.2.2."""
    return _run(legacy_engine(), CODE, {})


@cache
def today(target: str) -> dict[str, Any]:
    """What each model gives after the fix, with the weights that the original had."""
    starts = {NAMES.index(name): run["start"] for name, run in original().items() if isinstance(run, dict)}
    return _run(ENGINES[target](), fix(CODE, target), starts)


def test_nothing_is_left_after_the_fix():
    for target in ENGINES:
        assert not check(fix(CODE, target), target)


@pytest.mark.parametrize("target", ENGINES)
@pytest.mark.parametrize("name", NAMES)
def test_layers_compute_what_they_computed(name, target):
    before, after = original()[name], today(target)[name]
    assert isinstance(before, dict), before
    assert isinstance(after, dict), after
    assert [w.shape for w in after["start"]] == [w.shape for w in before["start"]]
    np.testing.assert_allclose(after["y"], before["y"], atol=2e-6)
    if name in _RANDOM:
        return
    assert after["loss"] == pytest.approx(before["loss"], rel=1e-5)
    for new, old in zip(after["trained"], before["trained"]):
        np.testing.assert_allclose(new, old, atol=1e-5)


@pytest.mark.parametrize("target", ENGINES)
@pytest.mark.parametrize("name", [name for name in NAMES if "weights" in name])
def test_layers_start_from_the_weights_that_are_given(name, target):
    before, after = original()[name]["own"], today(target)[name]["own"]
    given = {"prelu": 1, "embedding": 1, "dense": 2}.get(name.split()[0], len(before) - 2)
    for new, old in list(zip(after, before))[:given]:
        np.testing.assert_array_equal(new, old)
