"""The recorder as one file."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

from kerasfix import probe
from kerasfix.verify.handout import recorder


def test_the_same_bytes_every_time():
    assert recorder() == recorder()


def test_it_is_a_script_and_an_archive_with_all_of_the_probe():
    data = recorder()
    assert data.startswith(b"#!/usr/bin/env python\n")
    folder = Path(probe.__file__).parent
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        names = set(archive.namelist())
        assert {name for name in names if not name.endswith(".py")} == set()
        assert "__main__.py" in names
        for path in folder.rglob("*.py"):
            name = f"kerasfix_record/{path.relative_to(folder).as_posix()}"
            assert archive.read(name) == path.read_bytes()
            names.remove(name)
    assert names == {"__main__.py"}


def test_it_runs_where_kerasfix_is_not(tmp_path):
    path = tmp_path / "kerasfix-record.pyz"
    path.write_bytes(recorder())
    command = [sys.executable, "-I", "-S", str(path), "--help"]  # no installed packages
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "kerasfix-record.pyz FILE" in done.stdout


def test_it_runs_from_its_folder_and_from_elsewhere(tmp_path):
    """A relative path to the archive leads nowhere in the folder in which the code is run."""
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "record.pyz").write_bytes(recorder())
    (tmp_path / "keras.py").write_text("raise ImportError('No module named keras')")
    (tmp_path / "train.py").write_text("import keras")
    for folder, archive, script in ((".", "tools/record.pyz", "train.py"), ("tools", "record.pyz", "../train.py")):
        command = [sys.executable, archive, script]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            cwd=tmp_path / folder,
            env={"PYTHONPATH": str(tmp_path)},
            timeout=60,
        )
        assert done.returncode == 2
        assert "Keras cannot be imported" in done.stderr
