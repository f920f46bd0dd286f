from __future__ import annotations

import os

import pytest

from kerasfix.report import paths


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_below_the_current_directory_paths_are_relative(folder):
    assert paths.shown(str(folder / "src" / "a.py")) == os.path.join("src", "a.py")
    assert paths.shown("./a.py") == "a.py"
    assert paths.shown("a.py") == "a.py"


def test_elsewhere_they_stay_as_they_were_given(folder):
    outside = str(folder.parent / "a.py")
    assert paths.shown(outside) == outside
    assert paths.shown("../a.py") == "../a.py"
    assert paths.below("../a.py") is None
    assert paths.shown("..a.py") == "..a.py"


def test_in_a_directory_that_is_gone(folder):
    folder.rmdir()
    assert paths.shown("a.py") == "a.py"


def test_for_programs_they_can_be_encoded():
    assert paths.portable("\udcff/a.py") == "?/a.py"
