"""What each option does, on an analyzer that objects to words."""

import json
import os

import fake_analyzer
import pytest

import kerasfix
from kerasfix.catalogue import load_catalogue

RULES = set(load_catalogue().rules)
FAMILIES = load_catalogue().families


@pytest.fixture(autouse=True)
def analyzer(monkeypatch):
    fake_analyzer.install(monkeypatch)


@pytest.fixture
def settings(monkeypatch, cli, folder):
    """The settings that the analysis is given under a command line."""
    seen = []

    def check(group, settings):
        seen.append(settings)
        return fake_analyzer.check(group, settings)

    def call(*arguments):
        (folder / "a.py").write_text("# keras GOOD\n")
        assert cli("check", "--jobs", "1", *arguments)[0] == 0
        return seen.pop()

    monkeypatch.setattr("kerasfix.analysis.check", check)
    return call


def write(folder, **texts):
    for name, text in texts.items():
        (folder / f"{name}.py").write_text(text, encoding="utf-8")


def test_exit_codes_of_check(cli, folder):
    write(folder, good="# keras\n", bad="# keras BAD\n", broken="# keras BROKEN BAD\n")
    assert cli("check", "good.py")[0] == 0
    assert cli("check", "good.py", "bad.py")[0] == 1
    assert cli("check", "bad.py", "broken.py")[0] == 2
    assert cli("check", "--exit-zero", "bad.py")[0] == 0
    assert cli("check", "--exit-zero", "bad.py", "broken.py")[0] == 2


def test_exit_codes_of_fix(cli, folder):
    write(folder, bad="# keras BAD\n", ugly="# keras BAD UGLY\n", broken="# keras BROKEN BAD\n")
    assert cli("fix", "--diff", "bad.py")[0] == 1
    assert cli("fix", "bad.py")[0] == 0
    assert cli("fix", "--diff", "bad.py")[0] == 0
    assert cli("fix", "ugly.py")[0] == 1
    assert cli("fix", "--exit-zero", "ugly.py")[0] == 0
    assert cli("fix", "ugly.py", "broken.py")[0] == 2


@pytest.mark.parametrize("verb", [("fix",), ("check", "--fix")])
def test_fix_and_check_fix_are_the_same(cli, folder, verb):
    write(folder, a="# keras BAD UGLY\n")
    code, out, err = cli(*verb, "a.py")
    assert (code, err) == (1, "")
    assert "UGLY" in out
    assert "Fixed 1; 1 left" in out
    assert (folder / "a.py").read_text() == "# keras GOOD UGLY\n"


@pytest.mark.parametrize("verb", ["fix", "check"])
def test_diff_never_writes(cli, folder, verb):
    write(folder, a="# keras BAD\n")
    code, out, _ = cli(verb, "--diff", "a.py")
    assert code == 1
    assert "-# keras BAD\n+# keras GOOD\n" in out
    assert (folder / "a.py").read_text() == "# keras BAD\n"


def test_current_folder_by_default(cli, folder):
    write(folder, a="# keras BAD\n")
    code, out, _ = cli("check", "--output-format", "concise")
    assert code == 1
    assert out.startswith("a.py:1:9: ")


def test_findings_are_shown_although_a_file_fails(cli, folder):
    write(folder, a="# keras BROKEN\n", b="# keras BAD\n")
    code, out, _ = cli("check", "--output-format", "concise", ".", "nowhere.py")
    assert code == 2
    assert "a.py:1:2: error: invalid syntax" in out
    assert "b.py:1:9: " in out
    assert "nowhere.py: error: no such file" in out


@pytest.mark.parametrize("fmt", ["full", "concise", "json", "sarif", "github", "gitlab", "junit"])
def test_every_format(cli, folder, fmt):
    write(folder, a="# keras BAD\n", b="# keras BROKEN\n")
    code, out, err = cli("check", "--output-format", fmt)
    assert (code, err) == (2, "")
    assert "a.py" in out
    assert "b.py" in out


def test_format_that_does_not_exist(cli):
    code, _, err = cli("check", "--output-format", "xml")
    assert code == 2
    assert "sarif" in err


def test_output_file(cli, folder):
    write(folder, a="# keras BAD\n")
    code, out, _ = cli("check", "--output-format", "json", "--output-file", "report.json")
    assert (code, out) == (1, "")
    assert json.loads((folder / "report.json").read_text())["summary"]["findings"] == 1


def test_output_file_that_cannot_be_written(cli, folder):
    write(folder, a="# keras BAD\n")
    code, _, err = cli("check", "--output-file", "nowhere/report.json")
    assert code == 2
    assert "nowhere/report.json: cannot be written: no such file" in err


def test_statistics(cli, folder):
    write(folder, a="# keras BAD BAD UGLY\n")
    out = cli("check", "--statistics")[1]
    assert "a.py" not in out
    assert "merge-function" in out
    assert "3" in out


def test_quiet_says_nothing_where_there_is_nothing(cli, folder):
    write(folder, a="# keras\n", b="# keras BAD\n")
    assert cli("check", "--quiet", "a.py") == (0, "", "")
    assert "BAD" in cli("check", "-q", "b.py")[1]


def test_color(cli, folder, monkeypatch):
    write(folder, a="# keras BAD\n")
    assert "\x1b[" not in cli("check")[1]
    assert "\x1b[" in cli("check", "--color", "always")[1]
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert "\x1b[" in cli("check")[1]
    assert "\x1b[" not in cli("check", "--color", "never")[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in cli("check")[1]
    assert "\x1b[" in cli("check", "--color", "always")[1]


def test_defaults(settings):
    found = settings()
    assert (found.target, found.layer_style, found.unsafe, found.extend_rules) == ("keras2", "layer", False, ())
    assert found.written_for is None
    assert found.rules == RULES


def test_what_is_found_and_how_it_is_fixed(settings):
    found = settings("--target", "keras3", "--unsafe", "--layer-style", "function", "--written-for", "keras1")
    assert (found.target, found.layer_style, found.unsafe) == ("keras3", "function", True)
    assert found.written_for == "keras1"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--select", "merge"], set(FAMILIES["merge"])),
        (["--select", "merge,keras-history"], {*FAMILIES["merge"], "keras-history"}),
        (["--select", "merge-layer", "--select", " keras-history ,"], {"merge-layer", "keras-history"}),
        (["--ignore", "merge"], RULES - set(FAMILIES["merge"])),
        (["--ignore", "merge-layer"], RULES - {"merge-layer"}),
        (["--select", "merge", "--ignore", "merge-import"], set(FAMILIES["merge"]) - {"merge-import"}),
        (["--select", "merge-layer", "--ignore", "merge"], {"merge-layer"}),
        (["--ignore", "merge", "--extend-select", "merge-layer"], RULES - set(FAMILIES["merge"]) | {"merge-layer"}),
        (["--select", "merge-layer", "--extend-select", "internals"], {"merge-layer", *FAMILIES["internals"]}),
    ],
)
def test_selection(settings, arguments, expected):
    assert settings(*arguments).rules == expected


@pytest.mark.parametrize("option", ["--select", "--ignore", "--extend-select"])
def test_rule_that_does_not_exist(cli, option):
    code, out, err = cli("check", option, "merge-functoin")
    assert (code, out) == (2, "")
    assert "no rule or family merge-functoin; did you mean merge-function?" in err


def test_nothing_selected(cli):
    code, _, err = cli("check", "--select", "merge-layer", "--ignore", "merge-layer")
    assert code == 2
    assert "no rule is left" in err


def test_target_that_does_not_exist(cli):
    assert cli("check", "--target", "keras4")[0] == 2


def test_exclude(cli, folder):
    (folder / "old").mkdir()
    write(folder, a="# keras BAD\n", b="# keras\n")
    (folder / "old" / "c.py").write_text("# keras BAD\n")
    assert cli("check", "--exclude", "old,a.py")[0] == 0
    assert cli("check", "--exclude", "a.py", "a.py")[0] == 1
    assert cli("check", "--force-exclude", "--exclude", "old/", "old/c.py")[0] == 0


def test_pattern_to_exclude_that_is_not_valid(cli):
    code, _, err = cli("check", "--exclude", "[z-a]")
    assert code == 2
    assert "pattern" in err


@pytest.mark.parametrize("jobs", ["0", "-1", "many"])
def test_number_of_jobs_that_is_none(cli, jobs):
    assert cli("check", "--jobs", jobs)[0] == 2


def test_configuration_of_the_project(settings, folder):
    (folder / "pyproject.toml").write_text(
        '[tool.kerasfix]\ntarget = "keras3"\nignore = ["merge"]\nunsafe-fixes = true\n'
    )
    found = settings()
    assert (found.target, found.unsafe, found.rules) == ("keras3", True, RULES - set(FAMILIES["merge"]))


def test_command_line_counts_for_more(settings, folder):
    (folder / "pyproject.toml").write_text(
        '[tool.kerasfix]\ntarget = "keras3"\nselect = ["merge"]\nignore = ["merge-layer"]\nunsafe-fixes = true\n'
    )
    assert settings("--target", "keras2", "--no-unsafe").target == "keras2"
    assert not settings("--no-unsafe").unsafe
    assert settings("--select", "merge-layer").rules == {"merge-layer"}
    assert settings("--ignore", "merge-import").rules == set(FAMILIES["merge"]) - {"merge-layer", "merge-import"}
    assert settings("--extend-select", "keras-history").rules >= {"merge-function", "keras-history"}


def test_configuration_in_another_file(settings, folder):
    (folder / "pyproject.toml").write_text('[tool.kerasfix]\ntarget = "keras3"\n')
    (folder / "other.toml").write_text("[tool.kerasfix]\njobs = 1\n")
    assert settings("--config", "other.toml").target == "keras2"


def test_exclude_counts_from_the_configuration(cli, folder):
    (folder / "pyproject.toml").write_text('[tool.kerasfix]\nexclude = ["/sub/a.py"]\n')
    (folder / "sub").mkdir()
    (folder / "sub" / "a.py").write_text("# keras BAD\n")
    assert cli("check")[0] == 0
    os.chdir(folder / "sub")
    assert cli("check")[0] == 0


def test_mistake_in_the_configuration(cli, folder):
    (folder / "pyproject.toml").write_text('[tool.kerasfix]\ntraget = "keras3"\n')
    code, out, err = cli("check")
    assert (code, out) == (2, "")
    assert "unknown key tool.kerasfix.traget; did you mean target?" in err


def test_rule_of_the_configuration_that_does_not_exist(cli, folder):
    (folder / "pyproject.toml").write_text('[tool.kerasfix]\nignore = ["merg"]\n')
    code, _, err = cli("check")
    assert code == 2
    assert "did you mean merge?" in err


def test_rules_of_the_configuration_that_cannot_be_read(cli, folder):
    (folder / "pyproject.toml").write_text('[tool.kerasfix]\nextend-rules = ["mine.toml"]\n')
    code, _, err = cli("check")
    assert code == 2
    assert "mine.toml" in err


def test_baseline(cli, folder):
    write(folder, a="# keras BAD\n")
    code, out, err = cli("check", "--baseline", "known.json", "--write-baseline")
    assert (code, err) == (0, "known.json knows 1 finding now.\n")
    assert cli("check", "--baseline", "known.json")[0] == 0
    write(folder, b="# keras UGLY\n")
    code, out, _ = cli("check", "--baseline", "known.json", "--output-format", "concise")
    assert code == 1
    assert "a.py" not in out
    assert "b.py" in out


def test_baseline_of_the_configuration(cli, folder):
    (folder / "pyproject.toml").write_text('[tool.kerasfix]\nbaseline = "known.json"\n')
    write(folder, a="# keras BAD\n")
    assert cli("check")[0] == 2
    assert cli("check", "--write-baseline")[0] == 0
    (folder / "sub").mkdir()
    os.chdir(folder / "sub")
    assert cli("check", "..")[0] == 0


def test_baseline_that_is_not_there(cli, folder):
    code, _, err = cli("check", "--baseline", "known.json")
    assert code == 2
    assert "known.json" in err
    assert "--write-baseline" in err


def test_baseline_that_is_something_else(cli, folder):
    (folder / "known.json").write_text("[]")
    code, _, err = cli("check", "--baseline", "known.json")
    assert code == 2
    assert "known.json" in err


def test_baseline_that_cannot_be_written(cli, folder):
    code, _, err = cli("check", "--baseline", "nowhere/known.json", "--write-baseline")
    assert code == 2
    assert "cannot be written" in err


@pytest.mark.parametrize("arguments", [["check"], ["fix", "--baseline", "x"], ["check", "--diff", "--baseline", "x"]])
def test_write_baseline_where_it_makes_no_sense(cli, arguments):
    code, _, err = cli(*arguments, "--write-baseline")
    assert code == 2
    assert "--write-baseline" in err


def test_version(cli):
    assert cli("--version") == (0, f"kerasfix {kerasfix.__version__}\n", "")


@pytest.mark.parametrize(
    "arguments", [["--help"], ["check", "-h"], ["fix", "--help"], ["rules", "-h"], ["explain", "-h"]]
)
def test_help(cli, arguments):
    code, out, _ = cli(*arguments)
    assert code == 0
    assert out.startswith("Usage: kerasfix")


def test_help_names_every_verb(cli):
    out = cli("--help")[1]
    assert all(verb in out for verb in ("check", "fix", "rules", "explain"))


def test_command_that_does_not_exist(cli):
    code, _, err = cli("chek")
    assert code == 2
    assert "did you mean check?" in err
