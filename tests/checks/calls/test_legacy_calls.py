"""How calls are edited in place: which proof it takes, what moves, what stays as it is written."""

import pytest
from programs import RULES, findings, fixed

from kerasfix import analysis
from kerasfix.settings import Settings
from kerasfix.source.read import decode

RULE = "legacy-convolution-arguments"
HEAD = "from keras.layers import Convolution2D, Conv2D\n"


def body(code, **options):
    """What becomes of code below an import of the layers; the imports themselves are other tests' matter."""
    return fixed(HEAD + code, **options).partition("\n")[2]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("c = Convolution2D(8, 3, 3)\n", "c = Conv2D(8, (3, 3))\n"),
        ("c = Convolution2D(8, 3, 5, border_mode='same')\n", "c = Conv2D(8, (3, 5), padding='same')\n"),
        ("c = Convolution2D(nb_filter=8, nb_row=3, nb_col=5)\n", "c = Conv2D(filters=8, kernel_size=(3, 5))\n"),
        ("c = Convolution2D(nb_col=5, nb_filter=8, nb_row=3)\n", "c = Conv2D(kernel_size=(3, 5), filters=8)\n"),
        ("c = Convolution2D(8, nb_row=3, nb_col=5)\n", "c = Conv2D(8, kernel_size=(3, 5))\n"),
        ("c = Convolution2D(8, n, 2 * n + 1)\n", "c = Conv2D(8, (n, 2 * n + 1))\n"),
        (
            "c = Convolution2D(8, 3, 3, 'he_normal', 'relu')\n",
            "c = Conv2D(8, (3, 3), kernel_initializer='he_normal', activation='relu')\n",
        ),
        ("c = Convolution2D(8, 3, 3, subsample = (2, 2))\n", "c = Conv2D(8, (3, 3), strides = (2, 2))\n"),
        ("c = Convolution2D(8, 3, 3, bias=False, name='x')\n", "c = Conv2D(8, (3, 3), use_bias=False, name='x')\n"),
        ("c = Conv2D(8, 3, 3, border_mode='same')\n", "c = Conv2D(8, (3, 3), padding='same')\n"),
    ],
)
def test_arguments_get_their_names_and_places(before, after):
    assert body(before) == after


@pytest.mark.parametrize(
    "code",
    [
        "c = Convolution2D(8, (3, 3))\n",
        "c = Convolution2D(8, 3)\n",
        "c = Convolution2D(8, (3, 3), (2, 2))\n",
        "c = Convolution2D(8, kernel_size=(3, 3), padding='same')\n",
        "c = Conv2D(8, 3, 3)\n",
        "c = Conv2D(8, 3, 3, padding='same')\n",
        "c = Conv2D(8, 3, activation='relu', name='c')\n",
        "params = dict(padding='same', name='c')\nc = Conv2D(8, 3, **params)\n",
        "def Convolution2D(nb_filter, border_mode):\n    return nb_filter\n\n\n"
        "c = Convolution2D(8, border_mode='same')\n",
    ],
)
def test_modern_calls_and_the_users_own_stay(code):
    assert body(code) == code
    assert not findings(HEAD + code)


def test_an_old_call_elsewhere_proves_what_a_name_of_both_means():
    before = "a = Conv2D(8, 3, 3)\nb = Conv2D(8, 3, 3, border_mode='same')\n"
    assert body(before) == "a = Conv2D(8, (3, 3))\nb = Conv2D(8, (3, 3), padding='same')\n"


def test_code_with_both_is_only_changed_when_asked():
    code = "a = Conv2D(8, 3, 3)\nb = Conv2D(8, 3, 3, border_mode='same')\nc = Conv2D(8, (3, 3), padding='same')\n"
    assert "a = Conv2D(8, 3, 3)\n" in body(code)
    assert "a = Conv2D(8, (3, 3))\n" in body(code, unsafe=True)


def test_comments_and_layout_stay():
    before = """\
c = Convolution2D(8, 3, 3,  # small
                  init='he_normal',
                  # as in the paper
                  border_mode='same')
d = Convolution2D(
    nb_filter=8,
    nb_row=3,  # rows
    nb_col=3,
    bias=False,
)
"""
    after = """\
c = Conv2D(8, (3, 3),  # small
           kernel_initializer='he_normal',
           # as in the paper
           padding='same')
d = Conv2D(
    filters=8,
    kernel_size=(3, 3),  # rows
    use_bias=False,
)
"""
    assert body(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "import functools\nc = functools.partial(Convolution2D, nb_row=3, nb_col=3, border_mode='same')\n",
            "import functools\nc = functools.partial(Conv2D, kernel_size=(3, 3), padding='same')\n",
        ),
        (
            "class C(Convolution2D):\n    def __init__(self, n, **k):\n"
            "        super(C, self).__init__(n, 3, 3, border_mode='same', **k)\n",
            "class C(Convolution2D):\n    def __init__(self, n, **k):\n"
            "        super(C, self).__init__(n, (3, 3), padding='same', **k)\n",
        ),
        (
            "class C(Convolution2D):\n    def __init__(self, n):\n"
            "        Convolution2D.__init__(self, n, 3, 3, border_mode='same')\n",
            "class C(Convolution2D):\n    def __init__(self, n):\n"
            "        Convolution2D.__init__(self, n, (3, 3), padding='same')\n",
        ),
        (
            "class C(Convolution2D):\n    pass\n\n\nc = C(8, 3, 3, border_mode='same')\n",
            "class C(Convolution2D):\n    pass\n\n\nc = C(8, (3, 3), padding='same')\n",
        ),
        (
            "def block(nb_filter, border_mode='valid'):\n"
            "    return Convolution2D(nb_filter, 3, 3, border_mode=border_mode)\n\n\n"
            "b = block(nb_filter=8, border_mode='same')\n",
            "def block(nb_filter, border_mode='valid'):\n"
            "    return Conv2D(nb_filter, (3, 3), padding=border_mode)\n\n\n"
            "b = block(nb_filter=8, border_mode='same')\n",
        ),
    ],
)
def test_calls_that_are_not_written_as_such(before, after):
    assert body(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "p = dict(border_mode='same', init='zero')\nc = Convolution2D(8, 3, 3, **p)\n",
            "p = dict(padding='same', kernel_initializer='zero')\nc = Conv2D(8, (3, 3), **p)\n",
        ),
        (
            "p = {'border_mode': 'same', \"bias\": False}\nc = Convolution2D(8, 3, 3, **p)\n",
            "p = {'padding': 'same', \"use_bias\": False}\nc = Conv2D(8, (3, 3), **p)\n",
        ),
        (
            "p = {}\np['border_mode'] = 'same'\np.update(bias=True)\nc = Convolution2D(8, 3, 3, **p)\n",
            "p = {}\np['padding'] = 'same'\np.update(use_bias=True)\nc = Conv2D(8, (3, 3), **p)\n",
        ),
        (
            "def block(n, **p):\n    p.setdefault('init', 'zero')\n    return Convolution2D(n, 3, 3, **p)\n\n\n"
            "a = block(8, border_mode='same')\nb = block(n=8, border_mode='valid')\n",
            "def block(n, **p):\n    p.setdefault('kernel_initializer', 'zero')\n"
            "    return Conv2D(n, (3, 3), **p)\n\n\n"
            "a = block(8, padding='same')\nb = block(n=8, padding='valid')\n",
        ),
        (
            "class C(Convolution2D):\n    def __init__(self, n, **k):\n"
            "        super(C, self).__init__(n, 3, 3, **k)\n\n\nc = C(8, border_mode='same')\n",
            "class C(Convolution2D):\n    def __init__(self, n, **k):\n"
            "        super(C, self).__init__(n, (3, 3), **k)\n\n\nc = C(8, padding='same')\n",
        ),
        (
            "def block(border_mode, **p):\n    return Convolution2D(8, 3, 3, border_mode=border_mode, **p)\n\n\n"
            "b = block(border_mode='same', subsample=(2, 2))\n",
            "def block(border_mode, **p):\n    return Conv2D(8, (3, 3), padding=border_mode, **p)\n\n\n"
            "b = block(border_mode='same', strides=(2, 2))\n",
        ),
    ],
)
def test_arguments_that_come_in_dictionaries(before, after):
    assert body(before) == after


def test_parts_of_an_argument_in_a_dictionary_that_is_not_all_there_are_for_a_person():
    found = findings(HEAD + "p = dict(nb_row=3, border_mode='same')\nc = Convolution2D(8, nb_col=3, **p)\n")
    assert (RULE, 2, "manual") in found


def test_what_only_the_run_knows_is_for_a_person():
    found = findings(HEAD + "c = Convolution2D(8, 3, 3, dim_ordering=f())\n")
    assert found == [(RULE, 2, "manual")]


def test_code_for_two_versions_is_left_alone():
    code = (
        "import keras\nif keras.__version__[0] == '1':\n    c = Convolution2D(8, 3, 3)\n"
        "else:\n    c = Conv2D(8, (3, 3))\n"
    )
    assert body(code) == code


def test_tensorflows_keras_was_never_keras_1():
    code = "from tensorflow.keras.layers import Conv2D\nc = Conv2D(8, 3, 3)\n"
    assert fixed(code) == code


def test_what_only_the_callers_say_is_assumed():
    code = (
        "from keras.layers import BatchNormalization\n"
        "def block(x, mode=0):\n    return BatchNormalization(mode=mode)(x)\n\n\nx = block(y)\n"
    )
    assert findings(code) == [("legacy-normalization-arguments", 3, "unsafe")]
    assert "return BatchNormalization()(x)" in fixed(code, unsafe=True)
    assert "return BatchNormalization()(x)" in fixed(code.replace("mode=mode", "mode=0"))


def test_what_a_later_keras_took_as_well_is_no_proof_of_keras_1():
    code = (
        "from keras.layers import LSTM, Dense\nfrom keras.models import Sequential\n"
        "m = Sequential([LSTM(8, input_dim=3), Dense(units=2)])\n"
    )
    assert fixed(code) == code


@pytest.mark.parametrize("target", ["keras2", "keras3"])
def test_what_a_file_does_not_show_can_be_declared(target):
    code = "from keras.layers import GRU\nx = GRU(8, input_shape=(4, 3))\n"
    assert fixed(code, target=target) == code
    assert fixed(code, target=target, written_for="keras2") == code
    old = fixed(code, target=target, written_for="keras1")
    assert "input_shape=(4, 3), recurrent_activation=" in old
    assert "reset_after=False)" in old


def test_what_a_file_shows_counts_for_more_than_what_is_declared():
    code = "from keras.layers import GRU, Dense\nx = GRU(8, input_shape=(4, 3))\ny = Dense(units=2)\n"
    assert fixed(code, written_for="keras1") == code


def test_arguments_at_their_old_places_prove_keras_1():
    code = (
        "from keras.layers import LSTM, {name}\nfrom keras.models import Sequential\n"
        "m = Sequential([{name}(8, {size}), LSTM(8, input_shape=(4, 3))])\n"
    )
    old = fixed(code.format(name="Convolution2D", size="3, 3"), target="keras3")
    assert "recurrent_activation=hard_sigmoid" in old
    for name, size in (("Convolution2D", "(3, 3)"), ("Convolution2D", "3"), ("Conv2D", "3, 3"), ("Convolution1D", "3")):
        modern = fixed(code.format(name=name, size=size), target="keras3")
        assert "recurrent_activation" not in modern


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Conv2D(8, 3, 1, 'same', None, 1, 'relu')", "Conv2D(8, 3, 1, 'same', None, 1, activation='relu')"),
        ("Conv2D(8, 3, 1, 'same', None, 1, 2)", None),
        ("Conv2D(8, 3, 1, 'same', None, 1, groups)", None),
        ("Conv2D(8, 3, 1, 'same', activation='hard_sigmoid')", None),
    ],
)
def test_an_argument_by_position_tells_which_keras_a_call_is_for(before, after):
    head = "from keras.layers import Conv2D\nlayer = "
    assert fixed(f"{head}{before}\n", target="keras3") == f"{head}{after or before}\n"
    assert fixed(f"{head}{before}\n", target="keras2") == f"{head}{before}\n"


@pytest.mark.parametrize(
    ("layer", "new"),
    [
        ("Deconvolution2D(4, 3, 3, (None, 9, 9, 4), subsample=(2, 2))", "Conv2DTranspose(4, (3, 3), strides=(2, 2))"),
        ("BatchNormalization(mode=2, axis=1)", "BatchStatisticsNormalization(axis=1)"),
        ("Dense(4, init='normal')", "Dense(4, kernel_initializer='normal')"),
    ],
)
def test_the_name_of_a_function_changes_under_a_star_import_too(layer, new):
    after = fixed(f"from keras.layers import *\nx = {layer}\n")
    assert after.startswith("from keras.layers import *\n")
    assert after.endswith(f"x = {new}\n")


def test_a_star_import_of_a_module_that_moved_is_mended_first():
    code = (
        "from keras.layers.core import *\nfrom keras.layers.normalization import *\n"
        "x = MaxoutDense(4)\ny = ActivityRegularization(l2=0.1)\nz = BatchNormalization(mode=2)\n"
    )
    after = fixed(code, target="keras3")
    assert after.startswith("from keras.layers import Activation\n")
    assert "class MaxoutDense(" in after
    assert "x = MaxoutDense(4)\ny = Activation(activity_regularizer=" in after
    assert after.endswith("z = BatchStatisticsNormalization()\n")


@pytest.mark.parametrize("target", ["keras2", "keras3"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Conv2D(8, (3, 3), border_mode='same')", "Conv2D(8, (3, 3), padding='same')"),
        ("Conv2D(8, 3, subsample=(2, 2), bias=False)", "Conv2D(8, 3, strides=(2, 2), use_bias=False)"),
        ("LSTM(3, inner_init='zero')", "LSTM(3, recurrent_initializer='zero')"),
        ("Conv2D(8, (3, 3), padding='same')", None),
        ("Conv2D(8, (3, 3), (1, 1), borders='same')", None),
    ],
)
def test_calls_between_two_versions(before, after, target):
    head = "from keras.layers import LSTM, Conv2D\nlayer = "
    done = fixed(f"{head}{before}\n", target=target)
    assert done.splitlines()[-1].startswith(f"layer = {after or before}"[:-1])


def test_a_helper_that_only_keras_1_had_proves_it():
    code = "from keras.engine.training import slice_X\nfrom keras.layers import LSTM\nx = LSTM(8, input_shape=(4, 3))\n"
    assert "recurrent_activation='hard_sigmoid'" in fixed(code, target="keras2")


def test_variables_with_the_old_names_of_their_places_prove_keras_1():
    code = (
        "from keras.layers import GRU, LSTM\n\n\nclass Mine(LSTM):\n"
        "    def __init__(self, output_dim, {}, more, **kwargs):\n"
        "        super().__init__(output_dim, {}, 1, 2, 3, 4, 5, 6, 7, 8, 9, more, **kwargs)\n\n\n"
        "x = GRU(8, input_shape=(4, 3))\n"
    )
    assert "reset_after=False" in fixed(code.format("init", "init"), target="keras3")
    assert "reset_after=False" not in fixed(code.format("start", "start"), target="keras3")


@pytest.mark.parametrize(("epochs", "proven"), [("nb_epoch", True), ("epochs", False)])
def test_modules_of_keras_1_and_2_say_less_than_the_files_around(epochs, proven):
    layers = "from keras.layers.recurrent import GRU\nlayer = GRU(8, input_shape=(4, 3))\n"
    training = (
        "from keras.models import Sequential\nfrom parts import layer\n"
        f"model = Sequential([layer])\nmodel.compile('sgd', 'mse')\nmodel.fit(x, y, {epochs}=2)\n"
    )
    sources = [decode("parts.py", layers.encode()), decode("train.py", training.encode())]
    text = analysis.fix(sources, Settings("keras2", RULES))["parts.py"].text
    assert ("reset_after=False" in text) is proven


@pytest.mark.parametrize("layer", ["Conv2D(nb_filter, (3, 3))", "Conv2D(nb_filter, kernel)", "Dense(output_dim)"])
def test_a_first_argument_with_its_old_name_proves_nothing(layer):
    code = f"from keras.layers import GRU, Conv2D, Dense\nx = {layer}\ny = GRU(8, input_shape=(4, 3))\n"
    assert "reset_after" not in fixed(code)
