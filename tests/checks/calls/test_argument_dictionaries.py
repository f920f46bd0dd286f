from __future__ import annotations

import pytest
from catalogue.pipeline import check, fix

HEAD = """from keras.layers import Convolution2D
from keras.models import Sequential

model = Sequential()
"""


@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_an_argument_that_others_could_have_a_say_in(target):
    code = HEAD + "common = dict(border_mode='same', init='he_normal')\nmodel.add(Convolution2D(8, 3, 3, **common))\n"
    done = fix(code, target)
    assert "common = dict(padding='same', kernel_initializer='he_normal')\n" in done
    assert "Conv2D(8, (3, 3), **common)" in done
    assert not check(done, target)


@pytest.mark.parametrize(
    "code",
    [
        "size = dict(nb_row=3, nb_col=3)\nmodel.add(Convolution2D(8, subsample=(2, 1), **size))\n",
        "size = {'nb_col': 3}\nmodel.add(Convolution2D(8, 3, **size))\n",
    ],
)
@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_a_call_waits_for_arguments_that_nobody_can_rename(code, target):
    done = fix(HEAD + code, target, unsafe=True)
    assert done == HEAD + code
    assert ["`kernel_size`" in (one.help or "") for one in check(done, target)] == [True]
