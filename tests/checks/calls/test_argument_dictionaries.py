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
        "size = dict(nb_row=3)\nmodel.add(Convolution2D(8, nb_col=3, subsample=(2, 1), **size))\n",
        "size = {'nb_col': 3}\nmodel.add(Convolution2D(8, 3, **size))\n",
    ],
)
@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_a_call_waits_for_arguments_that_nobody_can_rename(code, target):
    done = fix(HEAD + code, target, unsafe=True)
    assert done == HEAD + code
    assert ["`kernel_size`" in (one.help or "") for one in check(done, target)] == [True]


CASES = [
    # (before, after): the parts of an argument meet in the dictionary that has them all
    (
        "size = dict(nb_row=3, nb_col=3)\nmodel.add(Convolution2D(8, subsample=(2, 1), **size))\n",
        "size = dict(kernel_size=(3, 3))\nmodel.add(Conv2D(8, strides=(2, 1), **size))\n",
    ),
    (
        "s = {'nb_row': 3,  # high\n     'border_mode' : 'same', 'nb_col': 5, }\nmodel.add(Convolution2D(8, **s))\n",
        "s = {'kernel_size': (3, 5),  # high\n     'padding' : 'same', }\nmodel.add(Conv2D(8, **s))\n",
    ),
    # a class and a dictionary of its arguments that are handed over together
    (
        "def build(cls, kwargs):\n    return cls(**kwargs)\n\n\n"
        "build(Convolution2D, {'nb_filter': 2, 'nb_row': 3, 'nb_col': 3, 'dim_ordering': 'tf', 'bias': False})\n",
        "def build(cls, kwargs):\n    return cls(**kwargs)\n\n\n"
        "build(Conv2D, {'filters': 2, 'kernel_size': (3, 3), 'data_format': 'channels_last', 'use_bias': False})\n",
    ),
    (
        "def build(cls, kwargs):\n    return cls(**kwargs)\n\n\n"
        "for mode in ['same', 'valid']:\n"
        "    arguments = dict(nb_filter=2, nb_row=3, nb_col=3, border_mode=mode, W_regularizer='l2')\n"
        "    build(kwargs=arguments, cls=Convolution2D)\n",
        "def build(cls, kwargs):\n    return cls(**kwargs)\n\n\n"
        "for mode in ['same', 'valid']:\n"
        "    arguments = dict(filters=2, kernel_size=(3, 3), padding=mode, kernel_regularizer='l2')\n"
        "    build(kwargs=arguments, cls=Conv2D)\n",
    ),
]


@pytest.mark.parametrize(("before", "after"), CASES)
@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_a_dictionary_is_the_arguments_of_a_call(before, after, target):
    done = fix(HEAD + before, target)
    assert done == HEAD.replace("Convolution2D", "Conv2D") + after
    assert not check(done, target)


def test_old_defaults_go_into_the_dictionary_that_a_class_is_handed_over_with():
    code = """from keras.layers import GRU, LSTM


def build(cls, kwargs):
    return cls(**kwargs)


build(LSTM, {'output_dim': 3})
build(GRU, kwargs={'output_dim': 3, 'inner_activation': 'sigmoid'})
"""
    done = fix(code, "keras2")
    assert "build(LSTM, {'units': 3, 'recurrent_activation': 'hard_sigmoid'})" in done
    assert "build(GRU, kwargs={'units': 3, 'recurrent_activation': 'sigmoid', 'reset_after': False})" in done


SHARED = """from keras.layers import Dense, LSTM, Dropout


def build(cls, kwargs):
    return cls(**kwargs)


arguments = {'output_dim': 3}
for kind in ('a', 'b'):
    build(Dense if kind == 'a' else LSTM, arguments)
"""


def test_classes_that_share_a_dictionary_have_to_agree():
    other = SHARED.replace("LSTM", "Dropout").replace("'output_dim': 3", "'p': 0.5")
    for target in ("keras2", "keras3"):
        assert fix(other, target, unsafe=True) == other
        assert [one.help for one in check(other, target) if "reaches" in one.message] != []


def test_defaults_that_only_one_of_two_classes_has_are_an_assumption():
    assert fix(SHARED, "keras2") == SHARED
    assert "arguments = {'units': 3}" in fix(SHARED, "keras2", unsafe=True)


@pytest.mark.parametrize(
    "code",
    [
        # what is done with the dictionary is not known, and nothing in it is old
        "from keras.layers import Dense\nfrom elsewhere import build\nbuild(Dense, {'units': 3, 'name': 'a'})\n",
        # the words of another class
        "from keras.layers import Dense\nfrom elsewhere import build\nbuild(Dense, {'nb_filter': 3})\n",
        "from elsewhere import Convolution2D, build\nbuild(Convolution2D, {'nb_row': 3, 'nb_filter': 3})\n",
    ],
)
def test_dictionaries_beside_a_class_that_are_none_of_ours(code):
    assert not check(code, "keras3")


def test_an_unknown_function_is_taken_to_call_the_class():
    code = "from keras.layers import Dense\nfrom elsewhere import build\nbuild(Dense, {'output_dim': 3})\n"
    assert fix(code, "keras3") == code
    assert "build(Dense, {'units': 3})" in fix(code, "keras3", unsafe=True)


PARAMETRIZED = """import pytest
from keras.layers import Dropout, GaussianDropout, SpatialDropout1D


def build(cls, kwargs):
    return cls(**kwargs)


def every(test):
    return pytest.mark.parametrize('cls', [Dropout, GaussianDropout])(test)


@every
def test_one(cls):
    build(cls, {'p': 0.5})


@pytest.mark.parametrize(('cls', 'rate'), [(Dropout, 0.5), pytest.param(SpatialDropout1D, 0.2)])
def test_two(cls, rate):
    build(cls, kwargs=dict(p=rate))
    cls(p=rate)
"""


@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_classes_that_a_test_gets_one_after_the_other(target):
    done = fix(PARAMETRIZED, target)
    assert done == PARAMETRIZED.replace("'p'", "'rate'").replace("p=rate", "rate=rate")
    assert not check(done, target)


def test_classes_of_a_test_that_need_other_arguments_each():
    code = PARAMETRIZED.replace("SpatialDropout1D", "LSTM").replace("p=rate", "output_dim=3")
    assert [one.help for one in check(code, "keras3") if "`LSTM`" in (one.help or "")] != []


def test_a_test_without_any_case_is_analyzed_as_well():
    code = (
        "import pytest\nfrom keras.layers import Dense\n\n\n"
        "@pytest.mark.parametrize('cls', [])\ndef test_nothing(cls):\n    cls(output_dim=3)\n    Dense({})\n"
    )
    assert fix(code.format("output_dim=3"), "keras3") == code.format("units=3")
