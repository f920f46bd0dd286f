from __future__ import annotations

import json

from programs import RULES, settings, write

from kerasfix.catalogue import load_catalogue
from kerasfix.verify.rewriting import compare_with, rewrite, texts

WORDS = load_catalogue().words_of(RULES, "keras2")
OLD = "from keras.layers import Dense\n\nlayer = Dense(output_dim=3)\n"
NEW = "from keras.layers import Dense\n\nlayer = Dense(units=3)\n"


def rewritten(folder, *names):
    return rewrite([str(folder / name) for name in names], settings(), WORDS)


def test_a_file_before_and_after(tmp_path):
    write(tmp_path, {"a.py": OLD})
    [file] = rewritten(tmp_path, "a.py")
    assert (file.before, file.after, file.changed) == (OLD, NEW, True)
    assert sum(file.fixed.values()) == 1
    assert (tmp_path / "a.py").read_text() == OLD
    assert texts([file], after=True) == {str(tmp_path / "a.py"): NEW}
    assert texts([file], after=False) == {}


def test_what_is_left_is_known_by_the_lines_of_the_rewritten_text(tmp_path):
    wrappers = "from keras.wrappers.scikit_learn import (\n    KerasClassifier)\n"
    write(tmp_path, {"a.py": "from keras.layers import merge\n" + OLD + wrappers + "wrapped = KerasClassifier(None)\n"})
    [file] = rewritten(tmp_path, "a.py")
    lines = [number for number in range(12) if file.left_at(number)]
    assert [file.after.splitlines()[number - 1] for number in lines] == wrappers.splitlines()


def test_what_is_right_stays(tmp_path):
    write(tmp_path, {"a.py": NEW})
    [file] = rewritten(tmp_path, "a.py")
    assert not file.changed
    assert texts([file], after=True) == {}


def test_files_that_a_file_imports_are_rewritten_with_it(tmp_path):
    write(
        tmp_path,
        {
            "train.py": "from nets import build\n\nmodel = build()\n",
            "nets/__init__.py": "from .blocks import build\n",
            "nets/blocks.py": OLD,
            "other.py": OLD,
        },
    )
    files = rewritten(tmp_path, "train.py")
    assert {file.path: file.asked_for for file in files} == {
        str(tmp_path / "train.py"): True,
        str(tmp_path / "nets" / "__init__.py"): False,
        str(tmp_path / "nets" / "blocks.py"): False,
    }
    assert texts(files, after=True) == {str(tmp_path / "nets" / "blocks.py"): NEW}


def test_what_cannot_be_read_or_parsed_has_a_failure(tmp_path):
    write(tmp_path, {"two.py": "import keras\nprint 'old'\n", "one.py": OLD})
    missing, two, one = rewritten(tmp_path, "missing.py", "two.py", "one.py")
    assert "no such file" in missing.failure
    assert two.failure.startswith("line 2: ")
    assert one.failure is None
    assert one.changed


def test_a_notebook_is_a_script_on_both_sides(tmp_path):
    cell = {"cell_type": "code", "source": ["%matplotlib inline\n", OLD], "metadata": {}, "outputs": []}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 2}
    write(tmp_path, {"a.ipynb": json.dumps(notebook)})
    [file] = rewritten(tmp_path, "a.ipynb")
    for after, call in ((False, "Dense(output_dim=3)"), (True, "Dense(units=3)")):
        [text] = texts([file], after=after).values()
        assert call in text
        compile(text, "a.ipynb", "exec")


def test_files_migrated_by_hand_are_taken_as_they_are(tmp_path):
    write(tmp_path, {"old/a.py": OLD, "new/a.py": OLD.replace("output_dim", "unit")})
    new, old = str(tmp_path / "new" / "a.py"), str(tmp_path / "old" / "a.py")
    [file] = compare_with({new: old})
    assert (file.path, file.original, file.before) == (new, old, OLD)
    assert texts([file], after=True) == {new: file.after}
    assert texts([file], after=False) == {}
