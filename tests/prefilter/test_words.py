import pytest
from programs import findings

from kerasfix.catalogue import load_catalogue
from kerasfix.prefilter.words import has_word, may_concern


@pytest.mark.parametrize(
    "code",
    [
        "from keras.layers import merge\n",
        "import keras\nkeras.layers.Merge()\n",
        "from keras import backend as K\nK.sum(x)\n",
        "import keras\nx._keras_shape\n",
        "from blocks import *\nmerge([a, b])\n",
        "from blocks import merge\nmerge([a, b])\n",
        "from blocks import (Input,\n    merge)\nmerge([a, b])\n",
        "import blocks\nblocks.merge([a, b])\n",
        "import pkg.blocks\npkg.blocks.merge( [a, b])\n",
        "from keras.layers import Layer\nfrom helpers import join\n",
        "from keras.layers import Lambda\nfrom helpers import join\n",
        "from keras.layers import Input\nfrom helpers import join\n",
    ],
)
def test_a_file_in_which_a_rule_may_fire_is_kept(code):
    assert may_concern(code.encode())


@pytest.mark.parametrize(
    "code",
    [
        "",
        "import os\n",
        "import pandas as pd\npd.merge(a, b)\n",
        "df.merge(other)\n",
        "from keras.utils import to_categorical\nto_categorical(y)\n",
        "def merge(a, b):\n    return a + b\n",
        "# merge\n",
    ],
)
def test_a_file_in_which_none_can_is_let_go(code):
    assert not may_concern(code.encode())


def test_the_words_are_those_of_the_rules():
    words = load_catalogue().words
    assert all(has_word(word.encode()) for word in words)
    assert not has_word(b"import os")
    assert has_word(b"xyz", frozenset({"xyz"}))


def test_words_that_count_together_have_to_be_there_together():
    words = frozenset({"from keras && tf.keras", "\nimport keras && tf.keras"})
    assert has_word(b"from keras.layers import Dense\ntf.keras.Input", words)
    assert has_word(b"import keras\ntf.keras.Input", words)
    assert has_word(b"import os\nimport keras\ntf.keras.Input", words)
    assert not has_word(b"from tensorflow import keras\ntf.keras.Input", words)
    assert not has_word(b"from keras.layers import Dense", words)


def test_a_rule_for_one_target_finds_nothing_for_the_other():
    rules = [rule for rule in load_catalogue().rules.values() if rule.target is not None]
    assert rules
    for rule in rules:
        other = "keras2" if rule.target == "keras3" else "keras3"
        for code in [*(example.before for example in rule.examples), *(case.code for case in rule.reports)]:
            assert findings(code, target=other, rules={rule.name}) == []


def test_words_of_rules_for_another_target_do_not_count():
    catalogue = load_catalogue()
    rules = ["saved-format", "merge-function"]
    assert catalogue.words_of(rules, "keras2") < catalogue.words_of(rules, "keras3")
    assert catalogue.words_of(catalogue.rules, "keras2") < catalogue.words
