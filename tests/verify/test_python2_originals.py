"""Python 2 before and after its fixes: what is run, and what its division computes."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from programs import write

from kerasfix.catalogue import load_catalogue
from kerasfix.cli.proving import rewritten, verified
from kerasfix.project.config import Config
from kerasfix.verify.rewriting import classic, compare_with, texts
from kerasfix.verify.verdicts import Level, Outcome

CONFIG = replace(Config(), target="keras3", python2=True)
FILES = {
    "same.py": """
from keras.layers import Dense
from keras.models import Sequential
from sizes import width

model = Sequential([Dense(width() / 2, input_dim=4, init='uniform')])
for i in range(width() / 2):
    print "layer", i
    model.add(Dense(output_dim=3))
model.compile('sgd', 'mse')
""",
    "sizes.py": """
def width():
    print "of the layer"
    return 5
""",
    "other.py": """
from keras.models import Sequential
from keras.layers import Dense, Lambda

rate = 7 / 2
model = Sequential([Dense(3, input_dim=4, init='uniform'), Lambda(lambda x: x * rate)])
print rate
model.compile('sgd', 'mse')
""",
    "true.py": """
from __future__ import division
from keras.models import Sequential
from keras.layers import Dense, Lambda

rate = 7 / 2
model = Sequential([Dense(3, input_dim=4, init='uniform'), Lambda(lambda x: x * rate)])
print rate
model.compile('sgd', 'mse')
""",
}


def of(folder, *names, config=CONFIG):
    write(folder, FILES)
    return rewritten([str(folder / name) for name in names], config, load_catalogue())


def test_both_texts_are_python_3(tmp_path):
    files = of(tmp_path, "same.py")
    assert [os.path.basename(file.path) for file in files] == ["same.py", "sizes.py"]
    for after in (False, True):
        found = texts(files, after=after)
        assert set(found) == {str(tmp_path / "same.py"), str(tmp_path / "sizes.py")}
        assert all("print(" in text for text in found.values())
    assert "init='uniform'" in texts(files, after=False)[str(tmp_path / "same.py")]
    assert "kernel_initializer='uniform'" in texts(files, after=True)[str(tmp_path / "same.py")]
    assert (tmp_path / "same.py").read_text() == FILES["same.py"]


def test_which_originals_divide_as_python_2_does(tmp_path):
    files = of(tmp_path, "same.py", "other.py", "true.py")
    assert [*classic(files)] == [str(tmp_path / name) for name in ("same.py", "other.py", "sizes.py")]


def test_without_the_option_it_is_a_failure_that_names_the_option(tmp_path):
    (file, _) = of(tmp_path, "other.py", "true.py", config=Config())
    assert "--python2" in file.failure


def test_originals_of_what_was_migrated_by_hand(tmp_path):
    write(tmp_path, {"old.py": "print 'x', 7 / 2\n", "new.py": "print('x', 7 // 2)\n"})
    pairs = {str(tmp_path / "new.py"): str(tmp_path / "old.py")}
    (file,) = compare_with(pairs, python2=True)
    assert (file.before, file.after) == ("print('x', 7 / 2)\n", "print('x', 7 // 2)\n")
    assert [*classic([file])] == [str(tmp_path / "old.py")]
    assert texts([file], after=False) == {str(tmp_path / "old.py"): "print('x', 7 / 2)\n"}
    assert "--python2" in compare_with(pairs)[0].failure


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("python2")
    verification = verified(of(folder, "same.py", "other.py", "true.py"), CONFIG, quiet=True)
    return {os.path.basename(file.path): file for file in verification.files}


def test_the_original_has_the_division_of_its_time(verdicts):
    (model,) = verdicts["other.py"].models
    assert (model.level, model.outcome) == (Level.TRAINS, Outcome.FAILED)
    assert "`/` of integers rounds down in the original, as in Python 2" in model.notes
    assert verdicts["other.py"].before == FILES["other.py"]


def test_who_asked_for_true_division_has_it(verdicts):
    (model,) = verdicts["true.py"].models
    assert model.level is Level.EQUAL
    assert not any("rounds down" in note for note in model.notes)


def test_sizes_that_are_rounded_are_the_same(verdicts):
    (model,) = verdicts["same.py"].models
    assert model.level is Level.EQUAL
