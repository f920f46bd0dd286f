from __future__ import annotations

import importlib.util
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kerasfix.verify.engines import Unavailable, legacy


def test_the_package_index_out_of_reach_is_said_so(tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "0")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    with pytest.raises(Unavailable) as caught:
        legacy.fetch("1.2.2", tmp_path)
    message = str(caught.value)
    assert message.startswith("Keras 1.2.2 could not be fetched from the package index (offline?): ")
    assert message.endswith("; it is needed to compare with the original, which was written for Keras 1.2.2")
    assert "\n" not in message
    assert list(tmp_path.iterdir()) == []


def test_an_environment_without_pip_is_said_so(tmp_path, monkeypatch):
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "pip" else find_spec(name))
    with pytest.raises(
        Unavailable, match=r"there is no pip in this environment \(`.* -m ensurepip` or `uv pip install"
    ):
        legacy.fetch("1.2.2", tmp_path)


@pytest.mark.parametrize("version", ["3.0.0", "2.4.0", "0.3.3", "../1.2.2", "1", ""])
def test_what_is_no_legacy_version_is_said_so(tmp_path, version):
    with pytest.raises(Unavailable, match="there is no legacy Keras"):
        legacy.fetch(version, tmp_path)


def test_a_cache_that_cannot_be_written_is_said_so(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="could not be put into the cache"):
        legacy.fetch("1.2.2", tmp_path / "file")


def test_what_is_there_is_not_fetched(tmp_path, monkeypatch):
    monkeypatch.setattr(legacy, "_install", no_install)
    (tmp_path / "1.2.2").mkdir()
    assert legacy.fetch("1.2.2", tmp_path) == tmp_path / "1.2.2"


def test_runs_that_race_get_the_same_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(legacy, "_install", make_keras)
    with ThreadPoolExecutor(8) as pool:
        folders = set(pool.map(lambda _: legacy.fetch("1.2.2", tmp_path), range(8)))
    assert folders == {tmp_path / "1.2.2"}
    assert [path.name for path in tmp_path.iterdir()] == ["1.2.2"]


def test_a_failure_leaves_nothing_that_looks_like_a_version(tmp_path, monkeypatch):
    monkeypatch.setattr(legacy, "_install", fail_halfway)
    with pytest.raises(Unavailable, match="halfway"):
        legacy.fetch("1.2.2", tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("platform", "variables", "folder"),
    [
        ("linux", {}, "HOME/.cache/kerasfix"),
        ("linux", {"XDG_CACHE_HOME": "/cache"}, "/cache/kerasfix"),
        ("linux", {"XDG_CACHE_HOME": "relative"}, "HOME/.cache/kerasfix"),
        ("darwin", {"XDG_CACHE_HOME": "/cache"}, "HOME/Library/Caches/kerasfix"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/kerasfix/cache"),
        ("linux", {"KERASFIX_CACHE": "/mine", "XDG_CACHE_HOME": "/cache"}, "/mine"),
    ],
)
def test_the_cache_is_where_the_platform_has_caches(monkeypatch, platform, variables, folder):
    for name in ("KERASFIX_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert legacy.cache_folder() == Path(folder.replace("HOME", str(Path.home())))


def no_install(version, target):
    raise AssertionError(version)


def make_keras(version, target):
    (target / "keras").mkdir(parents=True)
    (target / "keras" / "__init__.py").write_text("")


def fail_halfway(version, target):
    make_keras(version, target)
    raise Unavailable("halfway")
