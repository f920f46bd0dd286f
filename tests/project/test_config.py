from pathlib import Path

import pytest

from kerasfix.project.config import Config, ConfigError, find_config, load_config

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
baseline = "legacy.json"
output-format = "concise"
jobs = 3
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
        baseline=root / "legacy.json",
        output_format="concise",
        jobs=3,
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
