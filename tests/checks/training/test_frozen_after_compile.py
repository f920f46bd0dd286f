from __future__ import annotations

import numpy as np
import pytest
from catalogue.pipeline import check, fix

RULE = "frozen-after-compile"
CODE = """
import numpy as np
from keras.layers import Dense, Input
from keras.models import Model

x = Input(shape=(3,))
judge = Model(x, Dense(1)(x))
judge.compile('sgd', 'mse')
z = Input(shape=(2,))
maker = Model(z, Dense(3)(z))
judge.trainable = False
both = Model(z, judge(maker(z)))
both.compile('sgd', 'mse')
judge.set_weights([np.array([[0.5], [-0.25], [1.0]]), np.array([0.125])])
maker.set_weights([np.arange(6.0).reshape(2, 3) / 5, np.zeros(3)])
noise = np.arange(8.0).reshape(4, 2) / 9
for _ in range(2):
    judge.train_on_batch(noise[:, [0, 1, 0]], np.zeros((4, 1)))  # the real ones
    both.train_on_batch(noise, np.ones((4, 1)))
weights = [np.array(w) for model in (judge, maker) for w in model.get_weights()]
"""


@pytest.mark.parametrize(
    "code",
    [
        CODE.replace("judge.trainable = False\n", ""),
        CODE.replace("judge.trainable = False\n", "judge.trainable = False\njudge.compile('sgd', 'mse')\n"),
        CODE.replace("    judge.train_on_batch", "    judge.trainable = True\n    judge.train_on_batch"),
        CODE.replace("judge.train_on_batch", "print"),
    ],
)
def test_leaves_alone(code):
    assert code != CODE
    assert not [one for one in check(code, "keras3") if one.rule == RULE]


def test_a_line_that_does_more_is_reported():
    code = CODE.replace("    judge.train_on_batch", "    print(1); judge.train_on_batch")
    (one,) = [one for one in check(code, "keras3") if one.rule == RULE]
    assert one.fix is None and one.help


@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_both_learn_what_they_learned(target, legacy, keras3, tf_keras):
    done = fix(CODE, target)
    assert "    judge.trainable = True\n    judge.train" in done
    assert "# the real ones\n    judge.trainable = False\n" in done
    assert fix(done, target) == done
    old = legacy.run(CODE)["weights"]
    new = {"keras2": tf_keras, "keras3": keras3}[target].run(done)["weights"]
    for ours, theirs in zip(new, old, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4)
