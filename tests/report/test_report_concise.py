from __future__ import annotations

from report.samples import by_hand, concat, rendered, total

from kerasfix.findings import Failure, Report


def test_nothing_found():
    assert rendered("concise", Report("model.py")) == "All good.\n"


def test_a_line_for_each_finding():
    reports = [
        Report("model.py", [total(), by_hand(), concat()]),
        Report("b.py", failure=Failure("invalid\nsyntax", 3, 7)),
        Report("c.py", failure=Failure("is a directory, not a file", 2)),
    ]
    assert rendered("concise", *reports) == (
        "b.py:3:7: error: invalid syntax\n"
        "c.py:2: error: is a directory, not a file\n"
        "model.py:3:1: keras-history `left` is no layer\n"
        "model.py:5:8: merge-function `merge(...)` is gone [safe fix]\n"
        "model.py:6:9: merge-function `merge(...)` is gone [unsafe fix]\n"
        "Found 3 findings in 1 file: 1 safe fix, 1 unsafe (--unsafe), 1 by hand. 2 files could not be handled.\n"
    )


def test_a_message_of_several_lines_is_one():
    assert rendered("concise", Report("m.py", [by_hand(message="a\r\n  b\tc")])).splitlines()[0] == (
        "model.py:3:1: keras-history a b c"
    )


def test_the_diff_comes_first():
    report = Report("m.py", [by_hand()], fixed={"merge-function": 1}, diff="-a\n+b\n")
    assert rendered("concise", report, fixing=True) == (
        "-a\n+b\nmodel.py:3:1: keras-history `left` is no layer\nWould fix 1; 1 left: 1 by hand.\n"
    )


def test_statistics_stand_in_the_place_of_the_findings():
    assert rendered("concise", Report("m.py", [concat()]), statistics=True) == (
        "count  safe  unsafe  by hand  fixable  rule\n"
        "    1     1       0        0     100%  merge-function\n"
        "Found 1 finding in 1 file: 1 safe fix.\n"
    )
