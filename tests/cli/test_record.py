"""`kerasfix record`, and the recordings that `kerasfix verify` takes."""

import hashlib
import json
import os
import zipfile

import numpy as np
import pytest

from kerasfix.probe import recording
from kerasfix.verify.handout import recorder

SOURCE = """\
from keras.layers import Dense, Input, merge
from keras.models import Model


def build(classes):
    x = Input((3,))
    return Model(input=x, output=merge([Dense(classes)(x), Dense(classes)(x)], mode='sum'))


model = build(2)
"""
LAYER = {
    "path": "dense_1",
    "name": "dense_1",
    "class": "Dense",
    "config": {},
    "inbound": [],
    "input_shapes": [[None, 3]],
    "output_shapes": [[None, 2]],
    "parameters": 8,
    "created": 1,
    "container": False,
    "weights": [],
}
MODEL = {
    "name": "model_1",
    "class": "Model",
    "layers": [LAYER],
    "inputs": [],
    "outputs": [],
    "parameters": 8,
    "trainable": 8,
    "line": 3,
    "probe": {"error": None, "loss": 1.0, "batch": 4, "seen": False},
}


def meta(**changes):
    scenario = {"path": "train.py", "call": None, "argv": [], "digest": None, **changes.pop("scenario", {})}
    return {
        "keras": "1.2.2",
        "package": "keras",
        "backend": "tensorflow",
        "notes": [],
        "error": None,
        "models": [MODEL],
        "scenario": scenario,
        **changes,
    }


@pytest.fixture
def refused(cli, folder):
    """The one line that `verify` has for recordings that cannot be used; nothing is run."""
    (folder / "train.py").write_text(SOURCE)

    def call(*names, files=("train.py",)):
        given = [word for name in names or ("a.npz",) for word in ("--recording", name)]
        code, output, errors = cli("verify", *files, *given, "--quiet")
        assert (code, output) == (2, "")
        assert errors.startswith("Error: ")
        assert len(errors.splitlines()) == 1
        return errors.removeprefix("Error: ").strip()

    return call


# -- kerasfix record


def test_the_recorder_is_written(cli, folder):
    code, output, errors = cli("record")
    assert (code, output) == (0, "")
    assert errors.splitlines()[0] == "Wrote kerasfix-record.pyz."
    assert "python kerasfix-record.pyz train.py -o train.npz" in errors
    assert (folder / "kerasfix-record.pyz").read_bytes() == recorder()


def test_the_recorder_under_another_name(cli, folder):
    code, _, errors = cli("record", "-o", "tools.pyz")
    assert code == 0
    assert "python tools.pyz train.py" in errors
    assert os.listdir() == ["tools.pyz"]


def test_the_recorder_cannot_be_written(cli):
    code, _, errors = cli("record", "-o", "nowhere/record.pyz")
    assert (code, errors) == (2, "Error: nowhere/record.pyz: cannot be written: no such file or directory\n")


def test_the_help_shows_the_way_there_and_back(cli):
    _, output, _ = cli("record", "--help")
    assert "python kerasfix-record.pyz train.py -o train.npz" in output
    assert "kerasfix verify train.py --recording train.npz" in output
    assert "EXECUTES" in output


def test_a_project_file_is_not_taken_for_the_output(cli, folder):
    (folder / "train.py").write_text(SOURCE)
    code, _, errors = cli("record", "-o", "train.py")
    assert (code, errors) == (2, "Error: train.py: is Python code, which the recorder would be written over\n")
    assert (folder / "train.py").read_text() == SOURCE


# -- what is no recording


def test_a_recording_that_is_not_there(refused):
    assert refused("b.npz") == "b.npz: cannot be read: no such file or directory"


def test_garbage(refused, folder):
    (folder / "a.npz").write_bytes(b"garbage" * 100)
    assert refused().startswith("a.npz: is not a recording of kerasfix, or damaged: ")


def test_nothing(refused, folder):
    (folder / "a.npz").write_bytes(b"")
    assert refused().startswith("a.npz: is not a recording of kerasfix, or damaged: ")


def test_a_folder(refused, folder):
    (folder / "a.npz").mkdir()
    assert refused() == "a.npz: cannot be read: is a directory"


def test_arrays_of_something_else(refused):
    np.savez("a.npz", x=np.zeros(3))
    assert refused() == "a.npz: is not a recording of kerasfix"


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99])
def test_a_truncated_file(refused, folder, kept):
    recording.save("a.npz", meta(), {"0/inputs/0": np.zeros(1000)})
    data = (folder / "a.npz").read_bytes()
    (folder / "a.npz").write_bytes(data[: int(len(data) * kept)])
    assert refused().startswith("a.npz: is not a recording of kerasfix, or damaged: ")


def test_a_byte_that_changed(refused, folder):
    recording.save("a.npz", meta(), {"0/inputs/0": np.arange(1000.0)})
    data = bytearray((folder / "a.npz").read_bytes())
    data[data.find(b"0/inputs/0.npy") + 2000] ^= 1
    (folder / "a.npz").write_bytes(data)
    assert refused().startswith("a.npz: is not a recording of kerasfix, or damaged: Bad CRC-32")


def test_pickled_objects_are_not_read(refused, folder):
    class Evil:
        def __reduce__(self):
            return os.system, ("touch evil",)

    told = np.frombuffer(json.dumps(meta(format=recording.FORMAT)).encode(), dtype="uint8")
    np.savez("a.npz", **{recording.META: told, "0/inputs/0": np.array([Evil()], dtype=object)})
    assert refused() == "a.npz: holds pickled objects, which are not read"
    assert not (folder / "evil").exists()


def test_pickled_objects_where_the_text_should_be(refused, folder):
    class Evil:
        def __reduce__(self):
            return os.system, ("touch evil",)

    np.savez("a.npz", **{recording.META: np.array([Evil()], dtype=object)})
    assert refused().startswith("a.npz: is not a recording of kerasfix, or damaged: ")
    assert not (folder / "evil").exists()


def test_more_than_there_is_room_for(refused, folder):
    recording.save("a.npz", meta(), {})
    with (
        zipfile.ZipFile("a.npz", "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("0/inputs/0.npy", "w") as file,
    ):
        for _ in range(128):
            file.write(bytes(1 << 20))
    assert (folder / "a.npz").stat().st_size < 1 << 20
    said = "a.npz: holds 0.125 GiB of arrays, more than a run may take (0.1 GiB): see --memory"
    assert refused(files=("train.py", "--memory", "0.1")) == said


def test_an_array_that_says_it_is_huge(refused):
    recording.save("a.npz", meta(), {})
    header = (
        b"\x93NUMPY\x01\x00v\x00" + b"{'descr': '<f8', 'fortran_order': False, 'shape': (10000000000000,), }".ljust(118)
    )
    with zipfile.ZipFile("a.npz", "a") as archive:
        archive.writestr("0/inputs/0.npy", header)
    assert refused() == "a.npz: is damaged: the array 0/inputs/0.npy is not as large as it says"


def test_another_format(refused):
    told = np.frombuffer(json.dumps(meta(format=99)).encode(), dtype="uint8")
    np.savez("a.npz", **{recording.META: told})
    assert refused().startswith("a.npz: has format 99; this version of kerasfix reads 1")


@pytest.mark.parametrize(
    "changes, what",
    [
        ({"models": None}, "`models` is not what it should be"),
        ({"models": [3]}, "`models[0]` is no dictionary"),
        ({"models": [{**MODEL, "layers": 3}]}, "`models[0].layers` is not what it should be"),
        ({"models": [{**MODEL, "layers": [{**LAYER, "config": None}]}]}, "`models[0].layers[0].config` is not"),
        ({"models": [{**MODEL, "probe": {"loss": 1.0}}]}, "`models[0].probe.error` is missing"),
        ({"scenario": {"path": None}}, "`scenario.path` is not what it should be"),
        ({"scenario": {"call": "build("}}, "its call is no Python expression"),
    ],
)
def test_a_recording_that_was_tampered_with(refused, changes, what):
    recording.save("a.npz", meta(**changes), {})
    assert refused().startswith(f"a.npz: is damaged: {what}")


def test_a_recording_without_models(refused):
    recording.save("a.npz", meta(models=[]), {})
    assert refused() == "a.npz: holds no model"


# -- recordings of something else


def test_a_recording_of_another_file(refused):
    recording.save("a.npz", meta(scenario={"path": "other.py"}), {})
    assert refused() == "a.npz: was recorded from other.py, which is not among the files to verify"


def test_two_recordings_of_one_script(refused):
    recording.save("a.npz", meta(), {})
    recording.save("b.npz", meta(), {})
    assert refused("a.npz", "b.npz") == "b.npz: a.npz is a recording of the script in train.py, too"


def test_a_recording_that_may_be_of_two_files(refused, folder):
    (folder / "sub").mkdir()
    (folder / "sub" / "train.py").write_text(SOURCE)
    recording.save("a.npz", meta(), {})
    assert refused(files=(".",)).startswith("a.npz: was recorded from train.py, which may be ")


def test_the_file_itself_tells_of_which_of_two_it_is(folder):
    from kerasfix.verify.recordings import fit, load
    from kerasfix.verify.rewriting import Rewritten

    (folder / "sub").mkdir()
    (folder / "train.py").write_text(SOURCE)
    (folder / "sub" / "train.py").write_bytes(SOURCE.replace("\n", "\r\n").encode() + b"# another\r\n")
    digest = hashlib.sha256(SOURCE.encode() + b"# another\n").hexdigest()
    recording.save("a.npz", meta(scenario={"digest": digest}), {})
    fitted = fit([load("a.npz", 1 << 20)], [Rewritten(None, "train.py"), Rewritten(None, "sub/train.py")])
    assert list(fitted.by_scenario) == [(str(folder / "sub" / "train.py"), None)]
    assert not fitted.outdated


def test_a_recorded_call_is_proven_with_its_command_line(folder):
    from kerasfix.project.config import Config
    from kerasfix.verify.recordings import fit, load
    from kerasfix.verify.rewriting import Rewritten

    (folder / "train.py").write_text(SOURCE)
    recording.save("a.npz", meta(scenario={"call": "build(7)", "argv": ["--x"]}), {})
    config = fit([load("a.npz", 1 << 20)], [Rewritten(None, "train.py")]).asked_of(Config()).verify
    path = str(folder / "train.py")
    assert [entry.call for entry in config.entries_of(path)] == ["build(7)"]
    assert config.argv_of(path) == ("--x",)


def test_a_changed_file_with_other_models_is_not_judged(folder):
    from kerasfix.verify.recordings import fit, load
    from kerasfix.verify.rewriting import Rewritten
    from kerasfix.verify.verdicts import FileVerdict

    (folder / "train.py").write_text(SOURCE)
    path = str(folder / "train.py")
    for digest, failure in (
        ("0" * 64, "a.npz was recorded from another train.py, with 1 model against 0 now: record it again"),
        (hashlib.sha256(SOURCE.encode()).hexdigest(), None),
        (None, None),
    ):
        recording.save("a.npz", meta(scenario={"digest": digest}), {})
        fitted = fit([load("a.npz", 1 << 20)], [Rewritten(None, "train.py")])
        assert fitted.checked(FileVerdict("train.py"), path).failure == failure
        assert bool(fitted.by_scenario[path, None].meta["notes"]) == bool(failure)
