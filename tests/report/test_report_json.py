from __future__ import annotations

import json

from report.samples import by_hand, concat, located, rendered, total

from kerasfix import __version__
from kerasfix.findings import Failure, Report


def test_nothing_found():
    assert json.loads(rendered("json", Report("model.py"))) == {
        "version": 1,
        "kerasfix": __version__,
        "target": "keras2",
        "summary": {"findings": 0, "safe": 0, "unsafe": 0, "manual": 0, "files": 0, "failures": 0, "fixed": 0},
        "findings": [],
        "failures": [],
    }


def test_a_finding_with_a_fix():
    finding = concat()
    document = json.loads(rendered("json", Report("model.py", [finding])))
    assert document["findings"] == [
        {
            "path": "model.py",
            "line": 5,
            "column": 8,
            "end_line": 5,
            "end_column": 43,
            "rule": "merge-function",
            "message": "`merge(...)` is gone",
            "help": None,
            "fingerprint": finding.fingerprint,
            "fix": {
                "title": "Replace with `Concatenate`",
                "applicability": "safe",
                "assumes": None,
                "changes": [
                    {
                        "line": 1,
                        "lines": 1,
                        "text": "from keras.layers import Dense, Concatenate, Input, merge\n",
                    },
                    {"line": 5, "lines": 1, "text": "both = Concatenate()([left, right])\n"},
                ],
            },
        }
    ]


def test_findings_without_a_fix_and_with_an_unsafe_one():
    first, second = json.loads(rendered("json", Report("model.py", [by_hand(), total()])))["findings"]
    assert (first["fix"], first["help"]) == (None, "Write `x`.")
    assert second["fix"]["applicability"] == "unsafe"
    assert second["fix"]["assumes"] == "`left` is no list"


def test_failures():
    reports = [Report("b.py", failure=Failure("is a device")), Report("a.py", failure=Failure("invalid syntax", 3, 7))]
    document = json.loads(rendered("json", *reports))
    assert document["failures"] == [
        {"path": "a.py", "line": 3, "column": 7, "message": "invalid syntax"},
        {"path": "b.py", "line": None, "column": None, "message": "is a device"},
    ]
    assert document["summary"]["failures"] == 2


def test_statistics():
    report = Report("model.py", [by_hand(), total(), concat(), by_hand(rule="merge-function")])
    assert json.loads(rendered("json", report, statistics=True))["statistics"] == [
        {"rule": "merge-function", "count": 3, "safe": 1, "unsafe": 1, "manual": 1, "fixed": 0, "fixable": 0.6667},
        {"rule": "keras-history", "count": 1, "safe": 0, "unsafe": 0, "manual": 1, "fixed": 0, "fixable": 0.0},
    ]


def test_after_a_fix():
    report = Report("model.py", fixed={"merge-layer": 1, "merge-function": 2}, diff="-a\n+b\n")
    document = json.loads(rendered("json", report, fixing=True, statistics=True))
    assert document["fixed"] == [
        {"path": "model.py", "rule": "merge-function", "count": 2},
        {"path": "model.py", "rule": "merge-layer", "count": 1},
    ]
    assert document["diffs"] == [{"path": "model.py", "diff": "-a\n+b\n"}]
    assert document["statistics"][0]["fixable"] is None


def test_hostile_text():
    evil = 'a"\n\\ %s \x00\x1b \udc80 層'
    finding = located(f"x = '{evil}'\n", f"'{evil}'", path=evil, message=evil, help_text=evil, new=evil, title=evil)
    output = rendered("json", Report(evil, [finding], Failure(evil)))
    assert output.isascii()
    document = json.loads(output)
    assert document["findings"][0]["message"] == evil.replace("\udc80", "?")
    assert "\\ud" not in output
