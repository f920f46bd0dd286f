from __future__ import annotations

import pytest
from report.samples import by_hand, concat, total

from kerasfix.findings import Failure, Report
from kerasfix.report.run import Run
from kerasfix.report.summary import statistics, summary


def run(*reports: Report, fixing: bool = False) -> Run:
    return Run(reports, "keras2", fixing=fixing)


BROKEN = Report("x.py", failure=Failure("invalid syntax"))


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([], "All good."),
        ([Report("a.py")], "All good."),
        ([BROKEN], "Nothing found. 1 file could not be handled."),
        ([Report("a.py", [concat()])], "Found 1 finding in 1 file: 1 safe fix."),
        (
            [Report("a.py", [concat(), concat(), total(), by_hand()]), Report("b.py", [by_hand()]), BROKEN, BROKEN],
            "Found 5 findings in 2 files: 2 safe fixes, 1 unsafe (--unsafe), 2 by hand. 2 files could not be handled.",
        ),
    ],
)
def test_after_a_check(reports, expected):
    assert summary(run(*reports)) == expected


@pytest.mark.parametrize(
    ("reports", "expected"),
    [
        ([Report("a.py")], "All good."),
        ([Report("a.py", fixed={"merge-function": 8, "merge-import": 1})], "Fixed 9; none left."),
        ([Report("a.py", [total(), by_hand()], fixed={"r": 9})], "Fixed 9; 2 left: 1 unsafe (--unsafe), 1 by hand."),
        ([Report("a.py", [by_hand()])], "Fixed nothing; 1 left: 1 by hand."),
        ([BROKEN, Report("a.py", fixed={"r": 1})], "Fixed 1; none left. 1 file could not be handled."),
        ([Report("a.py", [by_hand()], fixed={"r": 2}, diff="-a\n")], "Would fix 2; 1 left: 1 by hand."),
    ],
)
def test_after_a_fix(reports, expected):
    assert summary(run(*reports, fixing=True)) == expected


def test_good_news_is_green():
    assert summary(Run([], "keras2", color=True)) == "\x1b[32mAll good.\x1b[0m"


def test_no_statistics_of_nothing():
    assert statistics(run(Report("a.py"))) == ""


def test_statistics_are_sorted_by_count_then_by_name():
    rules = ["b-rule", "a-rule", "c-rule", "c-rule"]
    table = statistics(run(Report("a.py", [by_hand(rule=rule) for rule in rules])))
    assert [line.split()[-1] for line in table.splitlines()] == ["rule", "c-rule", "a-rule", "b-rule"]


def test_statistics_after_a_fix():
    table = statistics(run(Report("a.py", [by_hand()], fixed={"merge-function": 12, "merge-layer": 0}), fixing=True))
    assert table == (
        "fixed  count  safe  unsafe  by hand  fixable  rule\n"
        "    0      1     0       0        1       0%  keras-history\n"
        "   12      0     0       0        0        -  merge-function\n"
    )
