import errno
import os
import sys

import fake_analyzer
import pytest
from fake_analyzer import RULE

import kerasfix.run
from kerasfix import analysis
from kerasfix.findings import Applicability, Edit, Failure, Finding, Fix
from kerasfix.prefilter import group as grouping
from kerasfix.run import Plan, run, run_text
from kerasfix.settings import Settings

WORDS = frozenset({"keras"})
SETTINGS = Settings("keras2", frozenset({RULE}))


@pytest.fixture(autouse=True)
def analyzer(monkeypatch):
    fake_analyzer.install(monkeypatch)


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def make(**texts):
        for name, text in texts.items():
            (tmp_path / f"{name}.py").write_bytes(text if isinstance(text, bytes) else text.encode())
        return [f"{name}.py" for name in texts]

    return make


def go(paths, mode="check", jobs=None):
    return {report.path: report for report in run(paths, Plan(mode, SETTINGS, WORDS, jobs=jobs))}


def test_findings_come_with_their_places(files):
    reports = run(
        files(a="# keras\n  BAD\n", b="nothing", c="# keras UGLY\n", d="# keras clean"), Plan("check", SETTINGS, WORDS)
    )
    assert [report.path for report in reports] == ["a.py", "b.py", "c.py", "d.py"]
    (finding,) = reports[0].findings
    assert (finding.rule, finding.path, finding.line, finding.column, finding.end_column) == (RULE, "a.py", 2, 3, 6)
    assert finding.after == ("  GOOD",)
    assert reports[1].findings == []
    assert reports[2].findings[0].fix_title is None


def test_progress_counts_every_file(files):
    counts = []
    run(
        files(a="# keras BAD", b="nothing", c="# keras", d=b"\0", e="# keras clean"),
        Plan("check", SETTINGS, WORDS),
        counts.append,
    )
    assert sum(counts) == 5


@pytest.mark.parametrize("jobs", [1, 2])
def test_accidents_cost_their_own_file_only(files, jobs):
    paths = files(a="keras BAD", b="keras CRASH", c="keras DEEP", d="keras HUGE", e="keras BROKEN", f="keras UGLY")
    reports = go(paths, jobs=jobs)
    assert len(reports["a.py"].findings) == len(reports["f.py"].findings) == 1
    assert "report it" in reports["b.py"].failure.message
    assert "KeyError: 'CRASH' (fake_analyzer.py, line" in reports["b.py"].failure.message
    assert "nested too deeply" in reports["c.py"].failure.message
    assert "more memory" in reports["d.py"].failure.message
    assert reports["e.py"].failure == Failure("invalid syntax", 1, 2)


@pytest.mark.skipif(sys.platform != "linux", reason="needs workers that are forked")
@pytest.mark.parametrize("together", [True, False])
def test_killed_worker_costs_its_own_file_only(files, monkeypatch, together):
    if together:
        monkeypatch.setattr(grouping, "group", lambda found, words, **_: [found[:3], found[3:]])
    monkeypatch.setattr(kerasfix.run, "_PIECE", 20)
    reports = go(files(a="keras BAD", b="keras KILL", c="keras BAD", d="keras", e="keras UGLY"), "fix", jobs=2)
    assert "SIGKILL" in reports["b.py"].failure.message
    assert [path for path, report in reports.items() if report.failure] == ["b.py"]
    assert reports["a.py"].fixed == reports["c.py"].fixed == {RULE: 1}
    assert len(reports["e.py"].findings) == 1


@pytest.mark.parametrize("jobs", [1, 2])
def test_accident_in_a_group_costs_its_own_file_only(files, monkeypatch, jobs):
    monkeypatch.setattr(grouping, "group", lambda found, words, **_: [found[:3], found[3:]])
    reports = go(files(a="keras BAD", b="keras CRASH", c="keras BAD", d="keras BAD"), jobs=jobs)
    assert [len(report.findings) for report in reports.values()] == [1, 0, 1, 1]
    assert reports["b.py"].failure


def test_files_that_cannot_be_read(files, tmp_path):
    paths = files(a="keras BAD", b=b"keras \xff", c=b"\x7fELF\0\0", d="keras UGLY")
    (tmp_path / "e.py").mkdir()
    (tmp_path / "f.py").symlink_to("f.py")
    reports = go([*paths, "e.py", "f.py"])
    assert len(reports["a.py"].findings) == len(reports["d.py"].findings) == 1
    messages = {path: report.failure.message for path, report in reports.items() if report.failure}
    assert sorted(messages) == ["b.py", "c.py", "e.py", "f.py"]
    assert "not valid utf-8" in messages["b.py"]
    assert "NUL" in messages["c.py"]
    assert "directory" in messages["e.py"]
    assert "loop" in messages["f.py"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_fix_writes_and_reports_what_is_left(files, tmp_path, jobs):
    reports = go(files(a="# keras BAD\r\nUGLY\r\n", b="keras GOOD", c="# keras\n  BAD BAD"), "fix", jobs)
    assert (tmp_path / "a.py").read_bytes() == b"# keras GOOD\r\nUGLY\r\n"
    assert (tmp_path / "c.py").read_bytes() == b"# keras\n  GOOD GOOD"
    assert reports["a.py"].fixed == {RULE: 1}
    assert reports["c.py"].fixed == {RULE: 2}
    (left,) = reports["a.py"].findings
    assert (left.line, left.source) == (2, ("UGLY",))


def test_what_needs_no_fix_is_not_written(files, tmp_path, monkeypatch):
    def fail(*args):
        raise AssertionError

    monkeypatch.setattr("kerasfix.source.write.write_source", fail)
    paths = files(a="# keras UGLY\n", b="# keras BROKEN BAD")
    reports = go(paths, "fix")
    assert reports["b.py"].failure.message == "invalid syntax"
    assert (tmp_path / "b.py").read_text() == "# keras BROKEN BAD"


def test_fix_that_breaks_a_file_is_not_written(files, tmp_path, monkeypatch):
    def fix(group, settings):
        return {"a.py": analysis.Outcome("# keras (", [], {RULE: 1}, Failure("syntax error", 7))}

    paths = files(a="# keras BAD\n")
    monkeypatch.setattr(analysis, "fix", fix)
    report = go(paths, "fix")["a.py"]
    assert report.failure.message.endswith("its fix gives a syntax error (line 7 of the fixed text)")
    assert report.fixed == {}
    assert (tmp_path / "a.py").read_text() == "# keras BAD\n"
    report = go(paths, "diff")["a.py"]
    assert (report.diff, len(report.findings)) == (None, 1)
    assert "please report it" in report.failure.message


def test_previews_are_made_where_they_are_shown(files):
    paths = files(a="# keras BAD\n")
    (report,) = run(paths, Plan("check", SETTINGS, WORDS, previews=False))
    assert report.findings[0].after is None


def test_full_disk(files, tmp_path, monkeypatch):
    def fail(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    paths = files(a="# keras BAD UGLY\n", b="# keras UGLY\n")
    monkeypatch.setattr(os, "fsync", fail)
    reports = go(paths, "fix")
    assert "no space left" in reports["a.py"].failure.message
    assert (reports["a.py"].fixed, reports["a.py"].findings) == ({}, [])
    assert len(reports["b.py"].findings) == 1
    assert (tmp_path / "a.py").read_text() == "# keras BAD UGLY\n"
    assert sorted(os.listdir(tmp_path)) == ["a.py", "b.py"]


def test_interrupt_in_a_write_leaves_the_rest_alone(files, tmp_path, monkeypatch):
    replaced = []

    def interrupt(path, target):
        if replaced:
            raise KeyboardInterrupt
        replaced.append(target.name)
        os.rename(path, target)

    paths = files(a="# keras BAD\n", b="# keras BAD\n", c="# keras BAD\n")
    monkeypatch.setattr("pathlib.Path.replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        go(paths, "fix")
    assert sorted(os.listdir(tmp_path)) == ["a.py", "b.py", "c.py"]
    texts = {path: (tmp_path / path).read_text() for path in paths}
    assert {path for path, text in texts.items() if "GOOD" in text} == set(replaced)
    assert set(texts.values()) == {"# keras BAD\n", "# keras GOOD\n"}


def test_diff_shows_and_writes_nothing(files, tmp_path):
    text = "# keras\nBAD\nUGLY\n"
    report = go(files(a=text), "diff")["a.py"]
    assert (tmp_path / "a.py").read_text() == text
    assert report.diff == "--- a/a.py\n+++ b/a.py\n@@ -1,3 +1,3 @@\n # keras\n-BAD\n+GOOD\n UGLY\n"
    assert [finding.line for finding in report.findings] == [3]
    assert report.fixed == {RULE: 1}


def test_diff_of_what_cannot_be_parsed(files):
    report = go(files(a="keras BROKEN"), "diff")["a.py"]
    assert report.failure.message == "invalid syntax"
    assert report.diff is None


def test_diff_leaves_an_unsafe_fix_as_a_finding(files, monkeypatch):
    fixed = Fix((Edit(8, 11, ("GOOD",)),), Applicability.UNSAFE, "Make it good", "it was bad")
    found = [Finding(RULE, 8, 11, "This is not good", fixed)]
    monkeypatch.setattr(analysis, "check", lambda group, settings: {"a.py": found})
    monkeypatch.setattr(analysis, "fix", lambda group, settings: {"a.py": analysis.Outcome(group[0].text, found)})
    assert len(go(files(a="# keras BAD"), "diff")["a.py"].findings) == 1


def test_text_of_standard_input():
    report, text = run_text("x.py", b"\xef\xbb\xbf# keras BAD\r\n", Plan("fix", SETTINGS, WORDS))
    assert (report.path, report.fixed) == ("x.py", {RULE: 1})
    assert text == b"\xef\xbb\xbf# keras GOOD\r\n"


@pytest.mark.parametrize(
    "data",
    [b"nothing", b"# keras clean", b"# keras BROKEN", b"# keras\xff", b"\0", b"# coding: latin-1\n# keras LATIN"],
)
def test_text_that_cannot_be_fixed_is_handed_on(data):
    report, text = run_text("x.py", data, Plan("fix", SETTINGS, WORDS))
    assert text == data
    assert bool(report.failure) == (data not in (b"nothing", b"# keras clean"))


def test_text_is_only_checked():
    report, text = run_text("x.py", b"# keras BAD", Plan("check", SETTINGS, WORDS))
    assert (len(report.findings), text) == (1, b"# keras BAD")


def test_many_small_files_share_a_piece():
    sources = [[kerasfix.run.SourceFile(f"{number}.py", "x" * 30_000)] for number in range(10)]
    pieces = kerasfix.run._pieces([*sources, [kerasfix.run.SourceFile("large.py", "x" * 500_000)]])
    assert [len(piece) for piece in pieces] == [1, 4, 4, 2]
    assert pieces[0][0][0].path == "large.py"
