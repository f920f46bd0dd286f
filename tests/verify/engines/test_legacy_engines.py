from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

TWO_LAYERS = """
import numpy as np
from keras import backend as K
from keras.layers import Dense
from keras.models import Sequential, model_from_json, model_from_yaml
x, y = np.arange(20.0).reshape(4, 5) / 20, np.ones((4, 3))
model = Sequential()
model.add(Dense(4, input_dim=5, activation='tanh'))
model.add(Dense(3))
model.compile('sgd', 'mse')
losses = [float(model.train_on_batch(x, y)) for _ in range(5)]
model.save_weights('weights.h5')
again = model_from_json(model.to_json())
again.load_weights('weights.h5')
same = float(np.abs(again.predict(x) - model.predict(x)).max())
yaml = model_from_yaml(model.to_yaml()).count_params()
import keras
result = [keras.__version__, losses, same, yaml, K.backend()]
"""
RECURRENT = """
import numpy as np
from keras.layers import LSTM, Dense, Embedding
from keras.models import Sequential
model = Sequential([Embedding(10, 4, input_length=6, mask_zero=True), LSTM(5), Dense(2, activation='softmax')])
model.compile('adam', 'categorical_crossentropy')
x, y = np.arange(24).reshape(4, 6) % 10, np.eye(2)[[0, 1, 0, 1]]
result = [float(model.train_on_batch(x, y)) for _ in range(3)]
"""
OLD_NAMES = """
import collections, inspect, time
from collections import Iterable
import numpy as np
def function(a, b=1): pass
result = [
    isinstance([], Iterable), collections.Mapping.__name__, inspect.getargspec(function).args, time.clock() > 0,
    np.int is int, np.float is float, list(xrange(2)), unicode is str, basestring is str, long is int, unichr(97),
    reduce(lambda a, b: a + b, [1, 2]), callable(raw_input), callable(reload), cmp(1, 2),
]
"""


@pytest.mark.parametrize("version", ["1.0.8", "1.2.2"])
def test_two_layers_train_and_are_saved_and_loaded(run, version):
    answer = run(TWO_LAYERS, engine=f"keras=={version}")
    assert answer.ended is None, answer.ended
    found, losses, difference, parameters, backend = answer.value
    assert (found, parameters, backend) == (version, 4 * 6 + 3 * 5, "tensorflow")
    assert all(later < earlier for earlier, later in pairwise(losses))
    assert difference < 1e-6
    assert answer.events == ()


@pytest.mark.parametrize("version", ["1.0.8", "1.2.2"])
def test_recurrent_layers_train(run, version):
    answer = run(RECURRENT, engine=f"keras=={version}")
    assert answer.ended is None, answer.ended
    assert np.isfinite(answer.value).all()


@pytest.mark.parametrize("version", ["1.0.8", "1.2.2"])
def test_training_repeats(run, version):
    code = "import numpy as np, tensorflow as tf; np.random.seed(1); tf.set_random_seed(1)\n" + TWO_LAYERS
    first, second = (run(code, engine=f"keras=={version}").value for _ in range(2))
    assert first == second


def test_names_that_python_and_numpy_have_dropped_are_there(run):
    answer = run(OLD_NAMES, engine="keras==1.2.2")
    assert answer.ended is None, answer.ended
    assert answer.value == [
        *[True, "Mapping", ["a", "b"], True, True, True, [0, 1], True, True, True, "a", 3, True, True, -1],
    ]


def test_today_they_are_not(run):
    answer = run(OLD_NAMES)
    assert "ImportError: cannot import name 'Iterable'" in answer.ended.message


def test_names_can_be_given_back_and_their_uses_are_told(run):
    answer = run("""
from kerasfix.verify.engines import old_python
used = []
old_python.restore(used.append)
old_python.restore_python2()
import numpy as np
before = list(used)
try:
    np.nothing
except AttributeError:
    nothing = True
code = {}
exec("from collections import Iterable\\nimport numpy as np\\nx = np.zeros(2, np.int), np.float32(1), xrange(3)", code)
result = [before, used, nothing, str(code['x'][0].dtype)]
""")
    assert answer.value[:1] == [[]], answer
    assert answer.value[1][-2:] == ["collections.Iterable", "np.int"]
    assert answer.value[2] is True
    assert answer.value[3].startswith("int")


def test_sessions_run_graphs_as_they_are(run):
    answer = run(
        "import tensorflow as tf\n"
        "plain, own = tf.Session(), tf.Session(config=tf.ConfigProto(log_device_placement=True))\n"
        "result = [one._config.graph_options.rewrite_options.disable_meta_optimizer for one in (plain, own)]\n"
        "result.append(own._config.log_device_placement)\n",
        engine="keras==1.2.2",
    )
    assert answer.value == [True, True, True]
