from __future__ import annotations

import json
import os
from hashlib import sha256
from pathlib import Path

import pytest
from report.samples import by_hand, concat, located, total

from kerasfix.findings import Failure, Report
from kerasfix.project import baseline
from kerasfix.project.baseline import BaselineError


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(line: str, before: str = "", path: str = "a.py", rule: str = "merge-function") -> Report:
    return Report(path, [located(before + line, line, path=path, rule=rule)])


def new(reports: list[Report], path: str = "baseline.json") -> list[tuple[str, int]]:
    """Path and line of the findings that the baseline does not know."""
    found = baseline.read(Path(path)).new(reports)
    return [(finding.path, finding.line) for report in found for finding in report.findings]


def saved(*reports: Report) -> None:
    baseline.write(Path("baseline.json"), reports)


def test_the_file_is_sorted_with_a_line_for_each_entry():
    reports = [Report("b.py", [by_hand(path="b.py")]), Report("a.py", [total(path="a.py"), concat(path="a.py")])]
    assert baseline.write(Path("baseline.json"), reports) == 3
    total_line, concat_line, hand_line = (
        sha256(line).hexdigest()
        for line in (b"total = merge(", b"both = merge([left, right], mode='concat')", b"left = Input((3,))")
    )
    entries = sorted(
        f'    {{"path": "a.py", "rule": "merge-function", "fingerprint": "{line}", "count": 1}},'
        for line in (total_line, concat_line)
    )
    assert Path("baseline.json").read_text().splitlines() == [
        "{",
        '  "kerasfix-baseline": 1,',
        '  "findings": [',
        *entries,
        f'    {{"path": "b.py", "rule": "keras-history", "fingerprint": "{hand_line}", "count": 1}}',
        "  ]",
        "}",
    ]


def test_of_nothing():
    saved(Report("a.py"))
    assert Path("baseline.json").read_text() == '{\n  "kerasfix-baseline": 1,\n  "findings": []\n}\n'
    assert new([call("x = merge(a)")]) == [("a.py", 1)]


def test_the_order_of_reports_makes_no_difference():
    reports = [Report("b.py", [by_hand(path="b.py")]), Report("a.py", [total(path="a.py"), concat(path="a.py")])]
    saved(*reports)
    before = Path("baseline.json").read_bytes()
    saved(*reversed(reports))
    assert Path("baseline.json").read_bytes() == before


def test_what_is_known_is_not_new():
    saved(call("x = merge(a)"))
    assert new([call("x = merge(a)")]) == []


def test_moved_and_indented_code_is_not_new():
    saved(call("x = merge(a)"))
    assert new([call("x  =  merge(a)", "# new\n\n    ")]) == []


def test_another_line_rule_or_file_is_new():
    saved(call("x = merge(a)"))
    assert new([call("x = merge(b)")]) == [("a.py", 1)]
    assert new([call("x = merge(a)", rule="merge-layer")]) == [("a.py", 1)]
    assert new([call("x = merge(a)", path="b.py")]) == [("b.py", 1)]


def test_one_more_of_the_same_is_new():
    saved(call("x = merge(a)"))
    (above,), (below,) = (call("x = merge(a)", before).findings for before in ("", "y = 1\n"))
    assert new([Report("a.py", [below, above])]) == [("a.py", 2)]


def test_fewer_of_the_same_are_not_new():
    saved(Report("a.py", [concat(path="a.py"), concat(path="a.py")]))
    assert '"count": 2' in Path("baseline.json").read_text()
    assert new([Report("a.py", [concat(path="a.py")])]) == []


def test_failures_fixes_and_diffs_stay():
    saved(call("x = merge(a)"))
    report = call("x = merge(a)")
    report.failure, report.fixed, report.diff = Failure("broken"), {"merge-layer": 1}, "-a\n"
    (left,) = baseline.read(Path("baseline.json")).new([report])
    assert left == Report("a.py", [], Failure("broken"), {"merge-layer": 1}, "-a\n")
    assert len(report.findings) == 1, "what is given stays as it is"


def test_paths_count_from_the_folder_of_the_file(folder, monkeypatch):
    saved(call("x = merge(a)", path="src/a.py"))
    assert '"path": "src/a.py"' in Path("baseline.json").read_text()
    assert new([call("x = merge(a)", path=str(folder / "src" / "a.py"))]) == []
    (folder / "src").mkdir()
    monkeypatch.chdir(folder / "src")
    assert new([call("x = merge(a)", path="a.py")], "../baseline.json") == []
    assert new([call("x = merge(a)", path="../a.py")], "../baseline.json") == [("../a.py", 1)]


def test_names_in_no_encoding_come_back():
    saved(call("x = merge('\udc80')", path="\udcff/層.py"))
    assert Path("baseline.json").read_bytes().isascii()
    assert new([call("x = merge('\udc80')", path="\udcff/層.py")]) == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is not a baseline of kerasfix: line 1, column 1: Expecting value"),
        (b'{\n"kerasfix-baseline": 1,', "is not a baseline of kerasfix: line 2, column 24: "),
        (b"\xff\xfe\x00", "is not a baseline of kerasfix: "),
        (b'"\xff"', "is not a baseline of kerasfix: it is not UTF-8"),
        (b"[" * 200_000, "is not a baseline of kerasfix: it is nested too deeply"),
        (b"[]", 'is not a baseline of kerasfix: it has no "kerasfix-baseline"'),
        (b'{"version": 1, "findings": []}', 'is not a baseline of kerasfix: it has no "kerasfix-baseline"'),
        (b'{"kerasfix-baseline": 2, "findings": []}', "is a baseline of version 2, and this kerasfix reads 1"),
        (b'{"kerasfix-baseline": true, "findings": []}', "is a baseline of version True, and this kerasfix reads 1"),
        (b'{"kerasfix-baseline": 1}', '"findings" has to be a list'),
        (b'{"kerasfix-baseline": 1, "findings": {}}', '"findings" has to be a list'),
        (b'{"kerasfix-baseline": 1, "findings": [3]}', 'entry 1 of "findings" lacks'),
    ],
)
def test_a_broken_or_foreign_file(content, reason):
    Path("baseline.json").write_bytes(content)
    with pytest.raises(BaselineError) as error:
        baseline.read(Path("baseline.json"))
    assert str(error.value).startswith(f"baseline.json: {reason}")


@pytest.mark.parametrize("change", [{"count": 0}, {"count": "1"}, {"count": True}, {"path": None}, {"rule": 1}])
def test_a_broken_entry(change):
    entry = {"path": "a.py", "rule": "r", "fingerprint": "f", "count": 1}
    document = {"kerasfix-baseline": 1, "findings": [entry, {**entry, **change}]}
    Path("baseline.json").write_text(json.dumps(document))
    with pytest.raises(BaselineError, match='entry 2 of "findings" lacks a "path", "rule", "fingerprint" or "count"'):
        baseline.read(Path("baseline.json"))


def test_equal_entries_of_a_merge_add_up():
    saved(call("x = merge(a)"))
    document = json.loads(Path("baseline.json").read_text())
    document["findings"] *= 2
    Path("baseline.json").write_text(json.dumps(document))
    assert new([Report("a.py", call("x = merge(a)").findings * 3)]) == [("a.py", 1)]


def test_no_file():
    with pytest.raises(BaselineError, match=r"^nowhere\.json: cannot be read: No such file or directory$"):
        baseline.read(Path("nowhere.json"))


def test_a_file_that_cannot_be_written_stays_as_it_was(folder, monkeypatch):
    saved(call("x = merge(a)"))
    before = Path("baseline.json").read_bytes()

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        saved(call("y = merge(a)"))
    assert Path("baseline.json").read_bytes() == before
    assert os.listdir(folder) == ["baseline.json"]


def test_into_a_folder_that_does_not_exist():
    with pytest.raises(OSError, match="No such file"):
        baseline.write(Path("nowhere/baseline.json"), [])


def test_a_link_stays_one(folder):
    Path("real.json").write_text("")
    Path("baseline.json").symlink_to("real.json")
    saved(call("x = merge(a)"))
    assert Path("baseline.json").is_symlink()
    assert "merge-function" in Path("real.json").read_text()
