"""The command as a process: standard streams, signals, imports, and inputs that break tools."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import FIXED, LEGACY, environment

posix = pytest.mark.skipif(os.name != "posix", reason="signals and permissions as on POSIX")


def test_clean_files_load_nothing_heavy(kerasfix_process, folder):
    (folder / "a.py").write_text("from keras.layers import Dense\n\nDense(3)\n")
    (folder / "b.py").write_text("import os\n")
    (folder / "loaded.py").write_text(
        "import runpy, sys\n"
        "sys.argv = ['kerasfix', 'check', 'a.py', 'b.py']\n"
        "try:\n    runpy.run_module('kerasfix', run_name='__main__')\nexcept SystemExit as error:\n"
        "    print(error.code, *sorted(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "loaded.py"], capture_output=True, text=True, env=environment(), check=True)
    code, *modules = done.stdout.splitlines()[-1].split()
    assert code == "0"
    heavy = {"libcst", "kerasfix.analysis", "kerasfix.examine", "pathspec", "multiprocessing"}
    assert heavy & set(modules) == set()


def test_standard_input_is_checked(kerasfix_process):
    done = kerasfix_process("check", "-", "--output-format", "concise", stdin=LEGACY.encode())
    assert done.returncode == 1
    assert done.stdout.startswith(b"stdin.py:7:10: merge-function ")


def test_standard_input_has_a_name(kerasfix_process):
    done = kerasfix_process(
        "check", "-", "--stdin-filename", "src/model.py", "--output-format", "concise", stdin=LEGACY.encode()
    )
    assert done.stdout.startswith(b"src/model.py:7:10: ")


def test_standard_input_is_fixed_to_standard_output(kerasfix_process):
    data = LEGACY.replace("\n", "\r\n").encode()
    done = kerasfix_process("fix", "-", stdin=b"\xef\xbb\xbf" + data)
    assert done.returncode == 0
    assert done.stdout == b"\xef\xbb\xbf" + FIXED.replace("\n", "\r\n").encode()
    assert b"Fixed 1" in done.stderr


def test_standard_input_as_a_diff(kerasfix_process):
    done = kerasfix_process("fix", "-", "--diff", "--stdin-filename", "a.py", stdin=LEGACY.encode())
    assert done.returncode == 1
    assert b"+joined = Concatenate()([left, right])\n" in done.stdout


@pytest.mark.parametrize(
    "data", [b"", b"x = 1", b"import keras\ndef f(:\n  merge()\n", b"\0\xff", b"# keras merge \xff"]
)
def test_standard_input_that_is_not_fixed_comes_through(kerasfix_process, data):
    done = kerasfix_process("fix", "-", stdin=data)
    assert done.stdout == data
    assert done.returncode == (2 if len(data) > 6 or b"\0" in data else 0)
    assert b"Traceback" not in done.stderr


def test_standard_input_that_is_excluded_comes_through(kerasfix_process):
    done = kerasfix_process(
        "fix", "-", "--stdin-filename", "old/a.py", "--exclude", "old", "--force-exclude", stdin=LEGACY.encode()
    )
    assert (done.returncode, done.stdout) == (0, LEGACY.encode())


def test_standard_input_beside_files(kerasfix_process):
    assert kerasfix_process("check", "-", "a.py").returncode == 2


def test_configuration_for_standard_input_is_that_of_its_name(kerasfix_process, folder):
    (folder / "sub").mkdir()
    (folder / "sub" / "pyproject.toml").write_text('[tool.kerasfix]\nignore = ["merge"]\n')
    assert kerasfix_process("check", "-", "--stdin-filename", "sub/a.py", stdin=LEGACY.encode()).returncode == 0
    assert kerasfix_process("check", "-", stdin=LEGACY.encode()).returncode == 1


def test_bad_inputs_side_by_side(kerasfix_process, folder):
    (folder / "good.py").write_text(LEGACY)
    (folder / "syntax.py").write_text("import keras\nmerge = (\n")
    (folder / "latin.py").write_bytes(b"# keras merge \xe9\n")
    (folder / "codec.py").write_bytes(b"# coding: klingon\n# keras merge\n")
    (folder / "binary.py").write_bytes(bytes(range(256)))
    (folder / "wide.py").write_bytes("import keras  # merge\n".encode("utf-16"))
    (folder / "empty.py").touch()
    (folder / "loop.py").symlink_to("loop.py")
    (folder / "folder.py").mkdir()
    (folder / "folder.py" / "inner.py").write_text(LEGACY)
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "fifo.py")
    done = kerasfix_process("fix", "--output-format", "concise", ".")
    lines = done.stdout.decode().splitlines()
    failed = sorted(line.split(":")[0] for line in lines if ": error: " in line)
    expected = ["binary.py", "codec.py", "fifo.py", "latin.py", "loop.py", "syntax.py", "wide.py"]
    assert failed == [name for name in expected if name != "fifo.py" or hasattr(os, "mkfifo")]
    assert any(line.startswith("syntax.py:2:") for line in lines)
    assert done.returncode == 2
    assert done.stderr == b""
    assert (folder / "good.py").read_text() == (folder / "folder.py" / "inner.py").read_text() == FIXED


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("end", ["", "\n", "\n\t", "\n\x0c\n"])
def test_line_ends_and_ends_of_files(kerasfix_process, folder, newline, end):
    before = (LEGACY.rstrip("\n") + end).replace("\n", newline)
    (folder / "a.py").write_bytes(before.encode())
    assert kerasfix_process("fix", "a.py").returncode == 0
    assert (folder / "a.py").read_bytes().decode() == (FIXED.rstrip("\n") + end).replace("\n", newline)


def test_encoding_and_mode_stay(kerasfix_process, folder):
    path = folder / "a.py"
    path.write_bytes(f"#!/usr/bin/python\n# coding: latin-1\n# é\n{LEGACY}".encode("latin-1"))
    path.chmod(0o750)
    assert kerasfix_process("fix", "a.py").returncode == 0
    assert path.read_bytes() == f"#!/usr/bin/python\n# coding: latin-1\n# é\n{FIXED}".encode("latin-1")
    assert stat.S_IMODE(path.stat().st_mode) == 0o750


@posix
def test_files_without_permission(kerasfix_process, folder):
    for name, mode in {"secret.py": 0o000, "fixed.py": 0o444}.items():
        (folder / name).write_text(LEGACY)
        (folder / name).chmod(mode)
    if os.access("secret.py", os.R_OK):
        pytest.skip("root may read and write everything")
    done = kerasfix_process("fix", "secret.py", "fixed.py")
    assert done.returncode == 2
    assert b"secret.py: error: cannot be read: permission denied" in done.stdout
    assert b"fixed.py: error: cannot be written, and is as it was: the file is read-only" in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_names_in_no_encoding(kerasfix_process, folder):
    name = os.fsdecode(b"\xff.py")
    (folder / name).write_text(LEGACY)
    assert kerasfix_process("check").returncode == 1
    assert kerasfix_process("fix").returncode == 0
    assert (folder / name).read_text() == FIXED


def test_terminal_without_unicode(kerasfix_process, folder):
    (folder / "a.py").write_text(LEGACY.replace("joined", "größe"), encoding="utf-8")
    command = [sys.executable, "-m", "kerasfix", "check"]
    done = subprocess.run(command, capture_output=True, env={**environment(), "PYTHONIOENCODING": "ascii"}, check=False)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    done.stdout.decode("ascii")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_cannot_be_written(folder):
    (folder / "a.py").write_text(LEGACY)
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "kerasfix", "check"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=environment(), check=False)
    assert done.returncode == 2
    assert done.stderr == b"kerasfix: the output cannot be written: No space left on device\n"


@posix
def test_reader_that_goes_away(folder):
    (folder / "a.py").write_text(LEGACY)
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "kerasfix", "check"]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, env=environment(), check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


@posix
@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a terminal")
def test_progress_on_a_terminal(folder):
    (folder / "slow.py").write_text(SLOW.format(word="fix", delay=0.7, argv=["check", "--jobs", "1", "."]))
    for number in range(4):
        (folder / f"{number}.py").write_text(LEGACY)
    parent, child = os.openpty()
    done = subprocess.run(
        [sys.executable, "slow.py"], stderr=child, stdout=subprocess.PIPE, env=environment(), check=False
    )
    os.close(child)
    assert done.returncode == 0
    shown = os.read(parent, 100_000).decode()
    os.close(parent)
    assert "/5 files" in shown
    assert shown.endswith("\x1b[2K")


SLOW = """
import os, sys, time
from kerasfix import analysis
def check(group, settings):
    time.sleep({delay})
    return {{source.path: [] for source in group}}
def fix(group, settings):
    os.write(1, b"at it\\n")  # in one piece, whoever else writes
    time.sleep({delay} if group[0].path.endswith("z.py") else 0)
    return {{source.path: analysis.Outcome(source.text.replace("merge", "m")) for source in group}}
analysis.check, analysis.fix = check, fix
import kerasfix.prefilter.group
kerasfix.prefilter.group.group = lambda files, *a, **k: [[file] for file in files]
sys.argv = ["kerasfix", *{argv}]
from kerasfix.cli.main import main
main()
"""


@posix
@pytest.mark.parametrize("jobs", ["1", "2"])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupt(folder, jobs, number, code):
    script = folder.parent / f"slow_{jobs}_{code}.py"
    script.write_text(SLOW.format(word="fix", delay=60, argv=["fix", "--jobs", jobs, "."]))
    # The large file comes first, and takes forever.
    (folder / "z.py").write_text(LEGACY * 5000)
    (folder / "a.py").write_text(LEGACY)
    command = [sys.executable, str(script)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), text=True, start_new_session=True
    ) as process:
        assert process.stdout.readline() == "at it\n"
        time.sleep(0.3)
        started = time.monotonic()
        if number == signal.SIGINT:
            os.killpg(process.pid, number)  # as a terminal does it
        else:
            process.send_signal(number)
        _, errors = process.communicate(timeout=30)
    assert time.monotonic() - started < 10
    assert process.returncode == code
    assert "Traceback" not in errors
    assert ("interrupted" in errors) == (number == signal.SIGINT)
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
    assert sorted(os.listdir(folder)) == ["a.py", "z.py"]
    assert (folder / "z.py").read_text() == LEGACY * 5000
    assert (folder / "a.py").read_text() in (LEGACY, LEGACY.replace("merge", "m"))


@posix
def test_interrupt_of_the_real_analysis(folder):
    (folder / "a.py").write_text(
        "from keras.layers import Input, merge\n" + "x = merge([Input((3,)), Input((3,))])\n" * 40_000
    )
    before = (folder / "a.py").read_bytes()
    command = [sys.executable, "-m", "kerasfix", "fix", "a.py"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), text=True, start_new_session=True
    ) as process:
        time.sleep(2)
        os.killpg(process.pid, signal.SIGINT)
        started = time.monotonic()
        _, errors = process.communicate(timeout=60)
    assert time.monotonic() - started < 10
    assert process.returncode == 130
    assert errors.strip() == "kerasfix: interrupted; every file is either fixed or as it was"
    assert os.listdir(folder) == ["a.py"]
    assert (folder / "a.py").read_bytes() == before
