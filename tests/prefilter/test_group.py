import pytest
from programs import source, write

from kerasfix.prefilter.group import group


@pytest.fixture
def grouped(tmp_path):
    def run(files, given=None):
        write(tmp_path, files)
        sources = [source(files[name], str(tmp_path / name)) for name in given or files]
        return sorted(sorted(one.path[len(str(tmp_path)) + 1 :] for one in members) for members in group(sources))

    return run


MERGE = "from keras.layers import Input, merge\n"


def test_files_that_import_each_other_go_together(grouped):
    files = {
        "a.py": MERGE,
        "b.py": "from a import merge\nmerge([x, y])\n",
        "c.py": MERGE,
        "pkg/__init__.py": "from .inner import *\n",
        "pkg/inner.py": MERGE,
        "d.py": "import pkg\npkg.merge([x, y])\n",
    }
    assert grouped(files) == [["a.py", "b.py"], ["c.py"], ["d.py", "pkg/__init__.py", "pkg/inner.py"]]


def test_files_between_that_are_not_given_connect(grouped):
    files = {"a.py": MERGE, "between.py": "from a import *\n", "b.py": "from between import *\nmerge([x, y])\n"}
    assert grouped(files, ["a.py", "b.py"]) == [["a.py", "b.py"]]


def test_files_without_keras_behind_them_are_let_go(grouped):
    files = {
        "rows.py": "import pandas as pd\npd.merge(a, b)\n",
        "noqa.py": "import os  # noqa\n",
        "merge.py": "def merge(a, b): return a\n",
        "model.py": MERGE,
    }
    assert grouped(files) == [["model.py"]]


def test_a_package_that_is_gone_is_reason_enough(grouped):
    files = {"train.py": "import theano  # for keras\n", "rows.py": "import numpy  # theano for keras\n"}
    assert grouped(files) == [["train.py"]]


def test_imports_in_functions_and_handlers_count(grouped):
    files = {
        "a.py": MERGE,
        "b.py": "def f():\n    try:\n        pass\n    except E:\n        from a import merge\n        merge([x, y])\n",
    }
    assert grouped(files) == [["a.py", "b.py"]]


def test_a_file_that_does_not_parse_stands_alone(grouped):
    files = {"a.py": MERGE, "broken.py": "from a import merge\nmerge([x, y)\n"}
    assert grouped(files) == [["a.py"], ["broken.py"]]


def test_circles_end(grouped):
    files = {"a.py": "import b\n" + MERGE, "b.py": "import a\n" + MERGE}
    assert grouped(files) == [["a.py", "b.py"]]


def test_nothing_to_look_at_is_no_group(grouped):
    assert grouped({"a.py": "import keras\n"}) == []
    assert group([]) == []
