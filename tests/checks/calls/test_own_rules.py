from __future__ import annotations

import pytest

from kerasfix import analysis
from kerasfix.settings import Settings
from kerasfix.source.read import SourceFile

RULE = '''
family = "house"
summary = "`house.layers.join` is Concatenate"
words = ["join"]
docs = """
## What it does

Uses the layer.
"""

[[api]]
legacy = "house.layers.join(tensors, axis=-1)"
layer = "keras.layers.Concatenate(axis=axis)(tensors)"

[[api]]
legacy = "house.layers.block(size, border='valid', twice=False)"
becomes = "keras.layers.Conv1D(filters=size, kernel_size=3, padding=renamed(border, {'full': 'same'}))"
drop = ["twice"]

[[api]]
legacy = "house.layers.spread(tensor)"
advice = "Ask the house"
'''
HEAD = "from keras.layers import Input\nfrom house.layers import join, spread\na = Input((3,))\nb = Input((3,))\n"


@pytest.fixture
def settings(tmp_path):
    path = tmp_path / "house-layers.toml"
    path.write_text(RULE, encoding="utf-8")
    return Settings("keras2", frozenset({"house-layers"}), extend_rules=(str(path),))


def fixed(settings, code, tmp_path):
    path = str(tmp_path / "model.py")
    return analysis.fix([SourceFile(path, HEAD + code)], settings)[path]


@pytest.mark.parametrize(
    "code",
    [
        "c = other.join([a, b])\n",
        "c = ', '.join(['a', 'b'])\n",
        "def join(xs):\n    return xs\nc = join([a, b])\n",
        "handed_on = join\n",
    ],
)
def test_what_is_not_the_mapped_function_is_left_alone(settings, code, tmp_path):
    outcome = fixed(settings, code, tmp_path)
    assert outcome.text == HEAD + code
    assert outcome.findings == []


def test_a_call_becomes_what_the_row_says(settings, tmp_path):
    outcome = fixed(settings, "c = join([a, join([a, b])], axis=1)\n", tmp_path)
    assert outcome.text.endswith("c = Concatenate(axis=1)([a, Concatenate()([a, b])])\n")
    assert "from keras.layers import Input, Concatenate\n" in outcome.text
    assert outcome.applied == {"house-layers": 2}


def test_a_function_of_the_project_is_known_by_the_path_of_its_file(settings, tmp_path):
    (tmp_path / "house").mkdir()
    (tmp_path / "house" / "__init__.py").touch()
    (tmp_path / "house" / "layers.py").write_text("import keras\ndef join(tensors, axis=-1):\n    return tensors\n")
    assert fixed(settings, "c = join([a, b])\n", tmp_path).text.endswith("c = Concatenate()([a, b])\n")


@pytest.mark.parametrize("call", ["join(*pair)", "join([a, b], **how)", "join([a, b], 1, 2)"])
def test_arguments_that_do_not_bind_are_reported(settings, call, tmp_path):
    outcome = fixed(settings, f"c = {call}\n", tmp_path)
    assert outcome.text == HEAD + f"c = {call}\n"
    assert [finding.rule for finding in outcome.findings] == ["house-layers"]


def test_a_row_without_a_modern_call_gives_its_advice(settings, tmp_path):
    (finding,) = fixed(settings, "c = spread(a)\n", tmp_path).findings
    assert finding.help == "Ask the house"


def test_a_call_may_be_edited_in_place(settings, tmp_path):
    code = "from house.layers import block\nc = block(8,  # eight\n          border='full', twice=True)\n"
    outcome = fixed(settings, code, tmp_path)
    assert outcome.text.endswith("c = Conv1D(8,  # eight\n           padding='same', kernel_size=3)\n")
