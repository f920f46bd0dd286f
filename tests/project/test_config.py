from pathlib import Path

import pytest

from kerasfix.project.config import Config, ConfigError, find_config, load_config
from kerasfix.project.verification import ModelEntry, VerifyConfig

FULL = """
[tool.kerasfix]
target = "keras3"
written-for = "keras1"
select = ["merge"]
ignore = ["merge-import"]
extend-select = ["backend"]
exclude = ["data/", "*_old.py"]
extend-rules = ["my-rules"]
layer-style = "function"
unsafe-fixes = true
python2 = true
baseline = "legacy.json"
output-format = "concise"
jobs = 3

[tool.kerasfix.verify]
models = ["pkg.models:build(classes=3)", "train.py", "nets/a.py: make(3).model"]
argv = {"train.py" = ["--epochs", "1"]}
reference = "keras==1.2.2"
require = "equal"
timeout = 90
memory = 1.5
data-format = "channels_first"
"""


@pytest.fixture
def write(tmp_path):
    def write(text, name="pyproject.toml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_defaults_without_a_file(tmp_path):
    assert find_config([str(tmp_path)]) == Config()


def test_every_key(write, tmp_path):
    root = tmp_path.resolve()
    assert load_config(write(FULL)) == Config(
        root=root,
        target="keras3",
        written_for="keras1",
        select=("merge",),
        ignore=("merge-import",),
        extend_select=("backend",),
        exclude=("data/", "*_old.py"),
        extend_rules=(root / "my-rules",),
        layer_style="function",
        unsafe_fixes=True,
        python2=True,
        baseline=root / "legacy.json",
        output_format="concise",
        jobs=3,
        verify=VerifyConfig(
            models=(
                ModelEntry(
                    "pkg.models:build(classes=3)",
                    (
                        root / "pkg/models.py",
                        root / "pkg/models/__init__.py",
                        root / "src/pkg/models.py",
                        root / "src/pkg/models/__init__.py",
                    ),
                    "build(classes=3)",
                ),
                ModelEntry("train.py", (root / "train.py",), None),
                ModelEntry("nets/a.py: make(3).model", (root / "nets/a.py",), "make(3).model"),
            ),
            argv=((root / "train.py", ("--epochs", "1")),),
            reference="keras==1.2.2",
            require="equal",
            timeout=90.0,
            memory=1.5,
            data_format="channels_first",
        ),
    )


def test_nearest_file_above_what_the_paths_share(write, tmp_path):
    write('[tool.kerasfix]\ntarget = "keras3"\n')
    write("[tool.kerasfix]\njobs = 2\n", "a/pyproject.toml")
    (tmp_path / "a" / "b").mkdir()
    (tmp_path / "c").mkdir()
    (tmp_path / "a" / "x.py").touch()
    assert find_config([str(tmp_path / "a" / "b"), str(tmp_path / "a" / "x.py")]).jobs == 2
    assert find_config([str(tmp_path / "a" / "b"), str(tmp_path / "c")]).target == "keras3"


def test_files_that_say_nothing_to_kerasfix_are_passed_over(write, tmp_path):
    write('[tool.kerasfix]\ntarget = "keras3"\n')
    write("[tool.other]\nx = 1\n", "a/pyproject.toml")
    write("# kerasfix\n", "a/b/pyproject.toml")
    assert find_config([str(tmp_path / "a" / "b")]).target == "keras3"


def test_broken_files_of_others_are_passed_over(write, tmp_path):
    write("[tool.other\n")
    assert find_config([str(tmp_path)]) == Config()


def test_paths_count_from_the_current_folder(write, tmp_path, monkeypatch):
    write("[tool.kerasfix]\njobs = 2\n")
    monkeypatch.chdir(tmp_path)
    assert find_config(["."]).jobs == 2
    assert find_config([]).jobs == 2
    assert find_config(["missing/x.py"]).jobs == 2


@pytest.mark.parametrize(
    ("line", "messages"),
    [
        ('targt = "keras3"', ["tool.kerasfix.targt", "did you mean target?"]),
        ("xyzzy = 1", ["unknown key tool.kerasfix.xyzzy", "known are target, written-for, select"]),
        ('target = "keras4"', ["tool.kerasfix.target must be one of keras2, keras3", "'keras4'"]),
        ("target = 3", ["tool.kerasfix.target must be one of keras2, keras3, not 3"]),
        ('select = "merge"', ["tool.kerasfix.select must be a list of strings", "not 'merge'"]),
        ("exclude = [1]", ["tool.kerasfix.exclude must be a list of strings"]),
        ('unsafe-fixes = "yes"', ["tool.kerasfix.unsafe-fixes must be true or false, not 'yes'"]),
        ("jobs = 0", ["tool.kerasfix.jobs must be a number from 1, not 0"]),
        ("jobs = true", ["tool.kerasfix.jobs must be a number from 1, not true"]),
        ("baseline = []", ["tool.kerasfix.baseline must be a string"]),
        ("jobs = ", ["is not valid TOML"]),
    ],
)
def test_mistakes_are_named(write, tmp_path, line, messages):
    path = write(f"[tool.kerasfix]\n{line}\n")
    with pytest.raises(ConfigError) as caught:
        find_config([str(tmp_path)])
    assert all(message in str(caught.value) for message in [str(path), *messages])


def test_table_of_the_wrong_kind(write):
    with pytest.raises(ConfigError, match="must be a table"):
        load_config(write("tool.kerasfix = 1\n"))


def test_file_that_is_not_utf8(write):
    path = write("")
    path.write_bytes(b"# kerasfix \xe9\n")
    with pytest.raises(ConfigError, match="not valid TOML"):
        load_config(path)


def test_named_file_must_be_there(tmp_path):
    with pytest.raises(ConfigError, match="no such file"):
        load_config(Path(tmp_path / "x.toml"))


def test_named_file_must_have_the_table(write):
    with pytest.raises(ConfigError, match=r"has no \[tool.kerasfix\]"):
        load_config(write("x = 1\n", "x.toml"))


def test_entries_about_a_file(write, tmp_path):
    verify = load_config(write(FULL)).verify
    assert [entry.call for entry in verify.entries_of(str(tmp_path / "pkg/models.py"))] == ["build(classes=3)"]
    assert [entry.call for entry in verify.entries_of(str(tmp_path / "nets/../train.py"))] == [None]
    assert verify.entries_of(str(tmp_path / "models.py")) == ()
    assert verify.argv_of(str(tmp_path / "train.py")) == ("--epochs", "1")
    assert verify.argv_of(str(tmp_path / "nets/a.py")) == ()


@pytest.mark.parametrize(
    ("call", "function"),
    [
        ("build(3)", "build"),
        ("Net(3).build(classes=2)", "Net.build"),
        ("Net(3).model", "Net.model"),
        ("deep.build()", "deep.build"),
        ("builders['a']()", None),
        ("3", None),
    ],
)
def test_the_function_that_an_entry_calls(write, call, function):
    config = load_config(write(f'[tool.kerasfix.verify]\nmodels = ["a.py:{call}"]\n'))
    assert config.verify.models[0].function == function


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("verify = 3", "tool.kerasfix.verify must be a table"),
        ("verify.model = []", "unknown key tool.kerasfix.verify.model; did you mean models?"),
        ("verify.models = 'a.py'", "tool.kerasfix.verify.models must be a list of models"),
        ("verify.models = ['a.py:build(']", 'what is behind the colon in "a.py:build(" has to be a Python expression'),
        ("verify.models = ['build()']", '"build()" begins with neither'),
        ("verify.argv = ['a.py']", 'tool.kerasfix.verify.argv must be a table of scripts, as in {"train.py" ='),
        ("verify.argv = {'a.py' = '--fast'}", "tool.kerasfix.verify.argv must be a table of scripts"),
        ("verify.reference = '1.2.2'", "tool.kerasfix.verify.reference must be a Keras to run the original on, as in"),
        ("verify.reference = 'keras==3.0.0'", "tool.kerasfix.verify.reference must be a Keras"),
        ("verify.require = 'proven'", "tool.kerasfix.verify.require must be one of parses, builds, trains, equal"),
        ("verify.timeout = 0", "tool.kerasfix.verify.timeout must be a number of seconds above 0, not 0"),
        ("verify.memory = true", "tool.kerasfix.verify.memory must be a number of GiB above 0, not true"),
        ("verify.data-format = 'tf'", "tool.kerasfix.verify.data-format must be one of channels_first, channels_last"),
    ],
)
def test_what_verify_cannot_use(write, line, message):
    path = write(f"[tool.kerasfix]\n{line}\n")
    with pytest.raises(ConfigError) as error:
        load_config(path)
    assert str(error.value).startswith(f"{path}: ")
    assert message in str(error.value)
