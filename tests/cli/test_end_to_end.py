"""From the shell to the fixed file, with all of it for real."""

import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree

import pytest
from conftest import FIXED, LEGACY, environment

BLOCKS = """\
from keras.layers import Dense


def block(x, units):
    return Dense(units)(x)
"""
MODEL = """\
import keras.layers as kl
from keras.models import Model
from blocks import block

inputs = kl.Input((8,))
left, right = block(inputs, 4), block(inputs, 4)
joined = kl.merge([left, right], mode="concat")  # two towers
summed = kl.merge([left, right])
model = Model(inputs, [joined, summed])
"""
MODEL_FIXED = MODEL.replace('kl.merge([left, right], mode="concat")', "kl.Concatenate()([left, right])").replace(
    "kl.merge([left, right])", "kl.Add()([left, right])"
)
TABLES = """\
import pandas as pd


def merge(images):
    return images


frame = pd.merge(pd.DataFrame(), pd.DataFrame())
merged = merge([frame])  # not that of keras
"""


@pytest.fixture
def project(folder):
    """A project with legacy code, code beside it, and a file that Python cannot parse."""
    for name, text in {"a": LEGACY, "blocks": BLOCKS, "model": MODEL, "tables": TABLES}.items():
        (folder / f"{name}.py").write_text(text)
    return folder


def texts(folder):
    return {path.name: path.read_text() for path in folder.glob("*.py")}


def test_check_finds_fix_fixes_and_nothing_is_left(kerasfix_process, project):
    before = texts(project)
    checked = kerasfix_process("check", "--output-format", "concise")
    assert checked.returncode == 1
    assert {line.split(":")[0] for line in checked.stdout.decode().splitlines()[:-1]} == {"a.py", "model.py"}
    assert texts(project) == before
    fixed = kerasfix_process("fix")
    assert fixed.returncode == 0
    assert texts(project) == {**before, "a.py": FIXED, "model.py": MODEL_FIXED}
    again = kerasfix_process("check")
    assert (again.returncode, again.stdout, again.stderr) == (0, b"All good.\n", b"")


def test_fixing_twice_changes_nothing_more(kerasfix_process, project):
    kerasfix_process("fix")
    stamps = {path.name: path.stat().st_mtime_ns for path in project.glob("*.py")}
    assert kerasfix_process("fix").returncode == 0
    assert {path.name: path.stat().st_mtime_ns for path in project.glob("*.py")} == stamps


@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
def test_diff_is_the_fix(kerasfix_process, project):
    before = texts(project)
    done = kerasfix_process("fix", "--diff")
    assert done.returncode == 1
    assert texts(project) == before
    subprocess.run(["git", "apply"], input=done.stdout, check=True)
    assert texts(project) == {**before, "a.py": FIXED, "model.py": MODEL_FIXED}


def test_one_process_or_several_say_the_same(kerasfix_process, folder):
    for number in range(30):
        (folder / f"{number}.py").write_text(LEGACY * (number % 3 + 1))
    one, more = (kerasfix_process("check", "--jobs", jobs) for jobs in "13")
    assert one.returncode == more.returncode == 1
    assert one.stdout == more.stdout
    assert kerasfix_process("fix", "--jobs", "3").returncode == 0
    assert kerasfix_process("check").returncode == 0


def test_what_cannot_be_fixed_is_left_and_reported(kerasfix_process, folder):
    text = "from keras.layers import Input, merge\n\n\ndef join(mode, a, b):\n    return merge([a, b], mode=mode)\n"
    (folder / "a.py").write_text(text)
    done = kerasfix_process("fix", "--output-format", "concise")
    assert done.returncode == 1
    assert b"a.py:5:12: merge-function" in done.stdout
    assert (folder / "a.py").read_text() == text


def test_unsafe_fixes_are_made_when_asked_for(kerasfix_process, folder):
    text = (
        LEGACY
        + "towers = [left]\nfor _ in open('sizes'):\n    towers.append(right)\nlast = merge(towers[1:], mode='sum')\n"
    )
    (folder / "a.py").write_text(text)
    safe = kerasfix_process("fix", "--output-format", "json")
    assert [finding["fix"]["applicability"] for finding in json.loads(safe.stdout)["findings"]] == ["unsafe"]
    assert safe.returncode == 1
    assert kerasfix_process("fix", "--unsafe").returncode == 0
    assert "Add()(towers[1:])" in (folder / "a.py").read_text()


def test_target_decides(kerasfix_process, folder):
    text = "from keras import backend as K\nfrom keras.layers import Input\n\nx = K.exp(Input((3,)))\n"
    (folder / "a.py").write_text(text)
    assert b"+x = ops.exp(Input((3,)))" in kerasfix_process("fix", "--diff", "--target", "keras3").stdout
    assert b"Lambda" in kerasfix_process("fix", "--diff", "--target", "keras2").stdout


def test_function_style(kerasfix_process, folder):
    (folder / "a.py").write_text(LEGACY)
    assert (
        b"+joined = concatenate([left, right])" in kerasfix_process("fix", "--diff", "--layer-style", "function").stdout
    )


def test_suppressed_findings_are_left_alone(kerasfix_process, folder):
    text = LEGACY.replace("mode='concat')", "mode='concat')  # kerasfix: ignore[merge-function]")
    (folder / "a.py").write_text(text)
    assert kerasfix_process("fix", "--ignore", "merge-import").returncode == 0
    assert (folder / "a.py").read_text() == text


def test_baseline_lets_only_new_code_be_reported(kerasfix_process, project):
    assert kerasfix_process("check", "--baseline", "known.json", "--write-baseline").returncode == 0
    assert kerasfix_process("check", "--baseline", "known.json").returncode == 0
    (project / "a.py").write_text("\n\n" + LEGACY + "more = merge([left, joined], mode='concat')\n")
    done = kerasfix_process("check", "--baseline", "known.json", "--output-format", "concise")
    assert done.returncode == 1
    assert done.stdout.startswith(b"a.py:11:8: merge-function")
    assert len(done.stdout.splitlines()) == 2


def test_machines_can_read_the_reports(kerasfix_process, project):
    (project / "broken.py").write_text("from keras.layers import merge\ndef f(:\n")

    def report(fmt):
        done = kerasfix_process("check", "--output-format", fmt)
        assert done.returncode == 2
        return done.stdout.decode()

    assert json.loads(report("json"))["summary"]["failures"] == 1
    results = json.loads(report("sarif"))["runs"][0]["results"]
    assert {result["ruleId"] for result in results} >= {"merge-function"}
    assert {entry["location"]["path"] for entry in json.loads(report("gitlab"))} == {"a.py", "broken.py", "model.py"}
    assert xml.etree.ElementTree.fromstring(report("junit")).tag == "testsuites"
    assert all(line.startswith("::") for line in report("github").splitlines())


def test_large_file_without_anything_to_find(kerasfix_process, folder):
    (folder / "data.py").write_bytes(
        b"VALUES = [\n" + b"    0.123456789, 0.987654321, 0.555555555,\n" * 1_200_000 + b"]\n"
    )
    done = kerasfix_process("check")
    assert (done.returncode, done.stdout) == (0, b"All good.\n")


def test_large_file_that_has_to_be_analyzed(kerasfix_process, folder):
    rows = "# " + "-" * 98 + "\n"
    text = LEGACY + rows * 500_000
    (folder / "a.py").write_text(text)
    assert kerasfix_process("fix").returncode == 0
    assert (folder / "a.py").read_text() == FIXED + rows * 500_000


@pytest.mark.parametrize("depth", [50, 150, 1000])
def test_deeply_nested_calls(kerasfix_process, folder, depth):
    head = "from keras.layers import Input, Dense\nfrom keras.layers import merge\n\nx = Input((3,))\n"
    text = f"{head}y = {'merge([x, ' * depth}x{'])' * depth}\n"
    (folder / "a.py").write_text(text)
    done = kerasfix_process("fix", "--output-format", "concise")
    assert b"Traceback" not in done.stderr
    assert b"please report" not in done.stdout
    if done.returncode == 2:  # what Python itself cannot parse
        assert b"a.py" in done.stdout
        assert (folder / "a.py").read_text() == text
        return
    assert done.returncode == 0
    assert (folder / "a.py").read_text().count("Add()") == depth


@pytest.mark.parametrize("terms", [1000, 20_000])
def test_long_sums(kerasfix_process, folder, terms):
    text = f"{LEGACY}total = {' + '.join(['joined'] * terms)}\n"
    (folder / "a.py").write_text(text)
    done = kerasfix_process("fix", "--select", "merge")
    assert b"Traceback" not in done.stderr
    assert b"please report" not in done.stdout
    fixed = (folder / "a.py").read_text()
    assert (done.returncode, fixed) in ((0, text.replace(LEGACY, FIXED)), (2, text))


FULL_DISK = """
mount -t tmpfs -o size=96k none "$1" || exit 77
cp small.py large.py "$1" && cd "$1"
dd if=/dev/zero of=filler bs=1k count=1000 2>/dev/null
"$2" -m kerasfix fix --output-format concise .
echo "code $?"
ls -A
cmp large.py "$3/large.py"
"""


@pytest.mark.skipif(not shutil.which("unshare"), reason="needs a file system of its own")
def test_full_disk(folder):
    (folder / "small.py").write_text("x = 1\n")
    (folder / "large.py").write_text(LEGACY + "# text\n" * 6000)
    (folder / "disk").mkdir()
    command = ["unshare", "-rm", "sh", "-c", FULL_DISK, "sh", str(folder / "disk"), sys.executable, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(), check=False)
    if done.returncode in (1, 77) and "code" not in done.stdout:
        pytest.skip("file systems cannot be mounted here")
    lines = done.stdout.splitlines()
    assert lines[0] == "large.py: error: cannot be written, and is as it was: no space left on device"
    assert lines[lines.index("code 2") + 1 :] == ["filler", "large.py", "small.py"]
    assert done.returncode == 0


def test_links_and_modes(kerasfix_process, folder):
    (folder / "real").mkdir()
    target = folder / "real" / "model.py"
    target.write_text(LEGACY)
    target.chmod(0o755)
    (folder / "link.py").symlink_to("real/model.py")
    assert kerasfix_process("fix").returncode == 0
    assert target.read_text() == FIXED
    assert target.stat().st_mode & 0o777 == 0o755
    assert (folder / "link.py").is_symlink()
    assert sorted(os.listdir(folder / "real")) == ["model.py"]


def test_module_and_command_are_the_same(kerasfix_process):
    command = shutil.which("kerasfix")
    if not command:
        pytest.skip("kerasfix is not installed")
    done = subprocess.run([command, "--version"], capture_output=True, check=True)
    assert done.stdout == kerasfix_process("--version").stdout
