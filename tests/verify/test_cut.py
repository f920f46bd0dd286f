"""A model of Keras 1 that begins at a tensor which is computed from another."""

from __future__ import annotations

from dataclasses import replace

from kerasfix.cli.proving import verified
from kerasfix.project.config import Config
from kerasfix.verify.cut import NOTE
from kerasfix.verify.rewriting import compare_with
from kerasfix.verify.verdicts import Level, Outcome

BEFORE = """
import numpy as np
from keras import backend as K
from keras.layers import Convolution2D, Flatten, Input
from keras.models import Model

picture = K.variable(np.ones((2, 6, 6, 3)))
image = K.placeholder((1, 6, 6, 3))
start = Input(tensor=K.concatenate([picture, image], axis=0))
maps = Convolution2D(4, 3, 3, activation='relu')(start)
model = Model(input=start, output=Flatten()(maps))
"""
AFTER = """
import numpy as np
import keras
from keras.layers import Conv2D, Flatten, Input
from keras.models import Model

picture = np.ones((2, 6, 6, 3), 'float32')
image = Input(batch_shape=(1, 6, 6, 3))
start = keras.ops.concatenate([picture, image], axis=0)
maps = Conv2D(4, (3, 3), activation='relu')(start)
model = Model(image, Flatten()(maps))
"""


def proven(folder, after):
    for name, text in (("old.py", BEFORE), ("new.py", after)):
        (folder / name).write_text(text)
    pair = {str(folder / "new.py"): str(folder / "old.py")}
    [file] = verified(compare_with(pair), replace(Config(), target="keras3"), quiet=True).files
    [model] = file.models
    return model


def test_it_is_compared_from_there_on(tmp_path):
    model = proven(tmp_path, AFTER)
    assert (model.level, model.outcome) == (Level.EQUAL, Outcome.PROVEN), model.reason
    assert NOTE in model.notes


def test_what_is_wrong_behind_it_is_seen(tmp_path):
    model = proven(tmp_path, AFTER.replace("activation='relu'", "activation='tanh'"))
    assert model.outcome is Outcome.FAILED, model.reason
