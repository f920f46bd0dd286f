"""The recorder as users have it: one file, which some Python runs."""

import os
import subprocess
import sys

import pytest

from kerasfix.verify.handout import recorder

# Keras 1.2.2 on today's TensorFlow, as soon as somebody imports it.
_OLD_KERAS = """\
import sys


class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "keras":
            sys.meta_path.remove(self)
            from kerasfix.verify.engines import legacy_tensorflow

            legacy_tensorflow.install((1, 2, 2))


sys.meta_path.insert(0, Finder())
"""


@pytest.fixture(scope="session")
def archive(tmp_path_factory):
    """The file that `kerasfix record` writes."""
    path = tmp_path_factory.mktemp("recorder") / "kerasfix-record.pyz"
    path.write_bytes(recorder())
    return path


@pytest.fixture
def record(archive, tmp_path, monkeypatch):
    """Runs the recorder in a folder of its own, with folders to import from; nothing else may stay behind."""
    folder, temporary = tmp_path / "project", tmp_path / "tmp"
    folder.mkdir()
    temporary.mkdir()
    monkeypatch.chdir(folder)

    def call(*arguments, path=(), python=sys.executable, **options):
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path)), "TMPDIR": str(temporary)}
        command = [python, str(archive), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=200, **options)
        assert list(temporary.iterdir()) == []
        return done

    return call


@pytest.fixture
def nothing_installed(tmp_path):
    """A folder to import from that hides Keras and numpy."""
    folder = tmp_path / "nothing"
    folder.mkdir()
    for name in ("keras", "numpy"):
        (folder / f"{name}.py").write_text(f"raise ImportError('No module named {name}')\n", encoding="ascii")
    return folder


@pytest.fixture(scope="session")
def old_keras(tmp_path_factory):
    """The folders to import Keras 1.2.2 from."""
    from pathlib import Path

    from reference.engines import legacy_folder

    import kerasfix

    folder = tmp_path_factory.mktemp("old_keras")
    (folder / "sitecustomize.py").write_text(_OLD_KERAS, encoding="ascii")
    return [folder, legacy_folder("1.2.2"), Path(kerasfix.__file__).parents[1]]
