from __future__ import annotations

import pytest
from catalogue.pipeline import RULES, fix

from kerasfix import analysis
from kerasfix.settings import Settings
from kerasfix.source.read import SourceFile, decode

MODEL = """\
import os
from keras.layers import Dense, Input
from keras.models import Sequential
from keras.callbacks import ModelCheckpoint

model = Sequential([Input(shape=(3,)), Dense(2)])
"""


@pytest.mark.parametrize(
    ("code", "fixed"),
    [
        ("model.save_weights('a.h5')\n", "model.save_weights('a.weights.h5')\n"),
        (
            "path = os.path.join('out', 'a%d.hdf5')\nmodel.save_weights(path % 1)\nprint('saved', path)\n",
            "path = os.path.join('out', 'a%d.weights.h5')\nmodel.save_weights(path % 1)\nprint('saved', path)\n",
        ),
        (
            "def resume(epoch):\n    model.load_weights('a%d.h5' % epoch)\n\n\nmodel.save_weights('a%d.h5' % 3)\n",
            "def resume(epoch):\n    model.load_weights('a%d.weights.h5' % epoch)\n\n\n"
            "model.save_weights('a%d.weights.h5' % 3)\n",
        ),
    ],
)
def test_weights_that_only_the_file_names_are_renamed(code: str, fixed: str) -> None:
    assert fix(MODEL + code, "keras3") == MODEL + fixed


@pytest.mark.parametrize(
    "code",
    [
        "if os.path.exists('a.h5'):\n    model.load_weights('a.h5')\nmodel.save_weights('a.h5')\n",
        "path = 'a.h5'\nmodel.save_weights(path)\nupload(path)\n",
        "PATHS = {'weights': 'a.h5'}\nmodel.save_weights('a.h5')\n",
        "model.save('a.hdf')\n",
        "saved = ModelCheckpoint('a.hdf5', save_best_only=True)\n",
    ],
)
def test_what_else_may_be_read_is_renamed_when_asked_to(code: str) -> None:
    assert fix(MODEL + code, "keras3") == MODEL + code
    assert fix(MODEL + code, "keras3", unsafe=True) != MODEL + code


def test_another_file_of_the_project_may_read_the_weights() -> None:
    saving = MODEL + "model.save_weights('a.h5')\n"
    sources = [
        decode("train.py", saving.encode()),
        decode("test.py", (MODEL + "model.load_weights('a.h5')\n").encode()),
    ]
    outcomes = analysis.fix([one for one in sources if isinstance(one, SourceFile)], Settings("keras3", RULES))
    assert outcomes["train.py"].text == saving
