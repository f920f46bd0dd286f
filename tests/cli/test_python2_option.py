"""Files of Python 2, from the command line to the file."""

import importlib.util
import json

import pytest

LEGACY = b"""\
from keras.layers import Dense, Input, merge\r
print "left", 0777\r
left = Input((3,))\r
joined = merge([left, Dense(3)(left)], mode='concat')  # joined\r
"""
FIXED = b"""\
from keras.layers import Dense, Input, Concatenate\r
print("left", 0o777)\r
left = Input((3,))\r
joined = Concatenate()([left, Dense(3)(left)])  # joined\r
"""
MODERN = b"from keras.layers import Dense, merge\nxrange = 3\njoined = merge([a, b], mode='concat')\n"


@pytest.fixture
def file(folder):
    path = folder / "nets.py"
    path.write_bytes(LEGACY)
    return path


def test_without_the_option_it_is_an_error_that_names_the_option(cli, file):
    code, output, _ = cli("fix", "--output-format", "concise", file)
    assert code == 2
    assert "this is Python 2; --python2 brings it to Python 3 first" in output
    assert file.read_bytes() == LEGACY


def test_check(cli, file):
    code, output, _ = cli("check", "--python2", "--output-format", "json", file)
    assert code == 1
    found = [(one["rule"], one["fix"]["applicability"]) for one in json.loads(output)["findings"]]
    assert found == [("python2-syntax", "safe"), ("merge-function", "safe")]
    assert file.read_bytes() == LEGACY


def test_fix_writes_it_once(cli, file):
    assert cli("fix", "--python2", file)[:2] == (0, "Fixed 2; none left.\n")
    assert file.read_bytes() == FIXED
    assert cli("fix", "--python2", file)[:2] == (0, "All good.\n")
    assert file.read_bytes() == FIXED


def test_diff_begins_with_what_is_in_the_file(cli, file):
    code, output, _ = cli("fix", "--python2", "--diff", file)
    assert code == 1
    assert '-print "left", 0777' in output and '+print("left", 0o777)' in output
    assert output.endswith("Would fix 2; none left.\n")
    assert file.read_bytes() == LEGACY


def test_the_project_may_ask_for_it(cli, folder, file):
    (folder / "pyproject.toml").write_text("[tool.kerasfix]\npython2 = true\n")
    assert cli("fix", "--no-python2", file)[0] == 2
    assert cli("fix", file)[0] == 0
    assert file.read_bytes() == FIXED


def test_standard_input(kerasfix_process):
    done = kerasfix_process("fix", "--python2", "-", stdin=LEGACY)
    assert (done.returncode, done.stdout) == (0, FIXED)


def test_files_without_keras_come_over_too(cli, folder):
    (folder / "helpers.py").write_bytes(b"def say(x):\n    print x\n")
    (folder / "modern.py").write_bytes(b"def say(x):\n    print(xrange)\n")
    assert cli("fix", "--python2")[0] == 0
    assert (folder / "helpers.py").read_bytes() == b"def say(x):\n    print(x)\n"
    assert (folder / "modern.py").read_bytes() == b"def say(x):\n    print(xrange)\n"


def test_a_file_in_which_nothing_is_asked_for_stays(cli, file):
    data = b"# kerasfix: ignore-file\n" + LEGACY
    file.write_bytes(data)
    assert cli("fix", "--python2", file)[:2] == (0, "All good.\n")
    assert cli("fix", "--python2", "--diff", file)[:2] == (0, "All good.\n")
    assert file.read_bytes() == data
    file.write_bytes(LEGACY)
    assert cli("fix", "--python2", "--select", "keras-history", file)[0] == 0
    assert file.read_bytes() == LEGACY
    assert cli("fix", "--python2", "--select", "python2-syntax", file)[0] == 0
    assert file.read_bytes() == FIXED.replace(b"Input, Concatenate", b"Input, merge").replace(
        b"Concatenate()([left, Dense(3)(left)])", b"merge([left, Dense(3)(left)], mode='concat')"
    )


def test_files_that_are_only_imported_are_read_as_python_3(cli, folder):
    (folder / "names.py").write_bytes(b"from keras.layers import merge\nprint 'names'\n")
    (folder / "nets.py").write_bytes(b"from names import merge\njoined = merge([a, b], mode='concat')\n")
    assert cli("check", "--python2", "--select", "merge", "nets.py")[0] == 1
    assert cli("check", "--select", "merge", "nets.py")[0] == 0


def test_python_3_is_fixed_as_without_the_option(cli, folder):
    (folder / "a.py").write_bytes(MODERN)
    (folder / "b.py").write_bytes(MODERN)
    with_it, without = cli("fix", "--python2", "a.py"), cli("fix", "b.py")
    assert with_it[:2] == without[:2]
    assert (folder / "a.py").read_bytes() == (folder / "b.py").read_bytes() != MODERN


def test_what_nothing_can_parse_keeps_its_error(cli, folder):
    (folder / "a.py").write_bytes(b"from keras.layers import merge\nprint 'x'\nclass:\n")
    code, output, _ = cli("fix", "--python2", "--output-format", "concise")
    assert code == 2
    assert "error: syntax error: " in output and "--python2" not in output


def test_what_is_left_of_division_is_told_when_the_file_is_written(cli, file):
    file.write_bytes(LEGACY + b"rate = left / 2\r\n")
    code, output, _ = cli("fix", "--python2", "--output-format", "concise", file)
    assert code == 1
    assert "nets.py:5:8: python2-division" in output
    assert cli("fix", "--python2", file)[0] == 0


def test_notebooks(cli, folder):
    def notebook(*codes):
        cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": code} for code in codes]
        return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 2})

    first, second = LEGACY.decode().replace("\r", "").split("left = ")
    path = folder / "nets.ipynb"
    path.write_text(notebook("%pylab", first, f"left = {second}"))
    output = cli("fix", "--python2", "--diff", path)[1]
    assert '-print "left", 0777' in output
    assert cli("fix", "--python2", path)[0] == 0
    first, second = FIXED.decode().replace("\r", "").split("left = ")
    assert path.read_text() == notebook("%pylab", first, f"left = {second}")


def test_it_needs_fissix(cli, file, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr("kerasfix.source.python2.find_spec", lambda name: None if name == "fissix" else find(name))
    code, _, errors = cli("fix", "--python2", file)
    assert code == 2
    assert "pip install 'kerasfix[python2]'" in errors
