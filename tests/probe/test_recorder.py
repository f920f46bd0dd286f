"""`python kerasfix-record.pyz`: what it says and leaves behind."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from old_pythons import interpreter

from kerasfix.verify.recordings import load

SMALL = """\
from keras.layers import Dense, Input, merge
from keras.models import Model


def build(classes, width=4):
    left = Input(shape=(3,))
    h = merge([Dense(width)(left), Dense(width)(left)], mode='sum')
    return Model(input=left, output=Dense(classes)(h))


if __name__ == '__main__':
    model = build(2)
    model.compile('sgd', 'mse')
"""
PYTHONS = ["2.7", "3.6", "3.7", "3.8", "3.12", "3.13"]


def write(text, name="train.py"):
    with open(name, "w", encoding="utf-8") as file:
        file.write(text)


def read(name):
    with open(name, encoding="utf-8") as file:
        return file.read()


def said(done):
    """The one line of an error."""
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr.strip()


def test_the_help_says_that_code_is_executed(record):
    done = record("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert "EXECUTED" in done.stdout
    assert "kerasfix verify FILE --recording" in done.stdout


def test_a_file_that_is_not_there(record):
    done = record("nothing.py")
    assert (done.returncode, said(done)) == (2, "kerasfix-record: nothing.py: there is no such file")


def test_a_notebook_is_to_be_exported_first(record):
    write("{}", "train.ipynb")
    done = record("train.ipynb")
    assert done.returncode == 2
    assert "jupyter nbconvert" in said(done)


def test_no_argument(record):
    done = record()
    assert done.returncode == 2
    assert "FILE" in done.stderr


def test_a_folder_that_is_not_there_is_found_out_before_anything_is_run(record):
    write("open('run', 'w')")
    done = record("train.py", "-o", "nowhere/train.npz")
    assert done.returncode == 2
    assert said(done) == "kerasfix-record: nowhere/train.npz: cannot be written: No such file or directory"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written(record, tmp_path):
    write("")
    (tmp_path / "locked").mkdir(mode=0o500)
    done = record("train.py", "-o", str(tmp_path / "locked" / "train.npz"))
    assert (done.returncode, "cannot be written" in said(done)) == (2, True)


def test_the_code_is_not_written_over(record):
    write("x = 1")
    done = record("train.py", "-o", "train.py")
    assert done.returncode == 2
    assert read("train.py") == "x = 1"


def test_without_keras(record, tmp_path):
    (tmp_path / "keras.py").write_text("raise ImportError('No module named keras')")
    write("import keras")
    done = record("train.py", path=[tmp_path])
    assert done.returncode == 2
    assert "Keras cannot be imported by Python 3" in said(done)
    assert os.listdir() == ["train.py"]


@pytest.mark.parametrize("version", [*PYTHONS, None])
def test_without_numpy_on_any_python(record, nothing_installed, version):
    python = sys.executable if version is None else interpreter(version)
    if python is None:
        pytest.skip(f"no Python {version} on this machine")
    write("import keras")
    done = record("train.py", path=[nothing_installed], python=python)
    assert done.returncode == 2
    assert said(done).startswith(f"kerasfix-record: numpy cannot be imported by Python {version or ''}")


def test_a_module_keras_that_is_something_else(record, tmp_path):
    write("", "keras.py")
    write("import keras")
    done = record("train.py", path=["."])
    assert (done.returncode, "is not Keras" in said(done)) == (2, True)


def test_a_keras_that_takes_the_process_with_it(record, tmp_path):
    (tmp_path / "keras.py").write_text("import os\nos._exit(4)\n")
    write("import keras")
    done = record("train.py", path=[tmp_path])
    assert done.returncode == 2
    assert said(done).endswith("Keras ended the process as it was imported (exit code 4); nothing was recorded")


def test_an_interrupt_leaves_nothing_behind(archive, tmp_path):
    (tmp_path / "keras.py").write_text("import time\nopen('begun', 'w').close()\ntime.sleep(60)\n")
    (tmp_path / "train.py").write_text("import keras\n")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(tmp_path), "TMPDIR": str(temporary)}
    command = [sys.executable, str(archive), str(tmp_path / "train.py"), "-o", str(tmp_path / "train.npz")]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True)
    deadline = time.monotonic() + 60
    while not list(temporary.glob("*/work/begun")) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.strip() == "kerasfix-record: interrupted; nothing was written"
    assert list(temporary.iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "__pycache__") == [
        "keras.py",
        "tmp",
        "train.py",
    ]


def test_a_script_on_the_keras_of_its_time(record, old_keras):
    write(SMALL)
    done = record("train.py", path=old_keras)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    assert done.stdout.splitlines()[-2].startswith("1 of 1 models recorded with Keras 1.2.2 on tensorflow, Python 3.")
    assert done.stdout.splitlines()[-1] == "wrote train.npz"
    recorded = load("train.npz", 1 << 20)
    assert (recorded.file, recorded.call, recorded.measured) == ("train.py", None, 1)
    assert sorted(os.listdir()) == ["train.npz", "train.py"]


def test_a_call_with_a_command_line(record, old_keras):
    write(SMALL + "\nimport sys\nprint(sys.argv[1:])\n")
    done = record("train.py", "--call", "build(classes=3)", "-o", "out.npz", "--", "--epochs", "1", path=old_keras)
    assert done.returncode == 0, done.stderr
    assert "['--epochs', '1']" in done.stdout
    recorded = load("out.npz", 1 << 20)
    assert recorded.call == "build(classes=3)"
    assert recorded.meta["scenario"]["argv"] == ["--epochs", "1"]


def test_what_was_made_before_the_code_failed_is_recorded(record, old_keras):
    write(SMALL + "    raise ValueError('no more')\n")
    done = record("train.py", path=old_keras)
    assert done.returncode == 0, done.stderr
    assert "the code was run until line 14: ValueError: no more" in done.stdout
    assert load("train.npz", 1 << 20).measured == 1


def test_code_without_a_model(record, old_keras):
    write("import keras\nraise SystemExit('no data')\n")
    done = record("train.py", path=old_keras)
    assert done.returncode == 1
    assert "no data" in done.stdout
    assert "nothing was recorded" in done.stdout
    assert os.listdir() == ["train.py"]


def test_code_that_ends_its_process(record, old_keras):
    write("import keras\nimport os\nos._exit(0)\n")
    done = record("train.py", path=old_keras)
    assert done.returncode == 1
    assert "the code ended its process (exit code 0); nothing was recorded" in done.stderr


def test_the_users_files_are_read_and_stay_as_they_are(record, old_keras):
    write("1,2\n", "data.csv")
    os.mkdir("logs")
    write("kept", "logs/log.txt")
    write(
        SMALL
        + """\
    import os
    import shutil
    rows = open('data.csv').read()
    print('read %r' % rows)
    open('data.csv', 'w').write('lost')
    os.remove('data.csv')
    shutil.rmtree('logs')
    os.rename('train.py', 'moved.py')
    model.save_weights('w.h5')
"""
    )
    done = record("train.py", path=old_keras)
    assert done.returncode == 0, done.stderr
    assert r"read '1,2\n'" in done.stdout
    assert "until" not in done.stdout
    assert read("data.csv") == "1,2\n"
    assert read("logs/log.txt") == "kept"
    assert sorted(os.listdir()) == ["data.csv", "logs", "train.npz", "train.py"]


def test_there_and_back(record, old_keras):
    """What the recorder writes is what the rewritten code is proven against, for a call that nobody else would make."""
    write(SMALL.replace("Dense(classes)(h)", "Dense(classes)(Dropout(0.5)(h))").replace("Dense, ", "Dense, Dropout, "))
    done = record("train.py", "--call", "build(5, width=7)", "-o", "train.npz", path=old_keras)
    assert done.returncode == 0, done.stderr
    arguments = ["verify", "train.py", "--recording", "train.npz", "--target", "keras3", "--quiet"]
    command = [sys.executable, "-m", "kerasfix", *arguments, "--output-format", "json"]
    environment = {**os.environ, "PYTHONPATH": str(old_keras[-1])}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=200, check=False)
    [file] = json.loads(done.stdout)["files"]
    [model] = [one for one in file["models"] if one["scenario"] == "build(5, width=7)"]
    assert (model["level"], model["outcome"], model["reference"]) == ("equal", "proven", "Keras 1.2.2"), done.stdout
    assert {one["kind"] for one in model["differences"]} == {"output", "loss", "weights"}
