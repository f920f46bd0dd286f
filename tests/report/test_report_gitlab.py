from __future__ import annotations

import json

from report.samples import by_hand, concat, rendered, total

from kerasfix.findings import Failure, Report


def test_nothing_found():
    assert rendered("gitlab", Report("model.py")) == "[]\n"


def test_an_issue_for_each_finding():
    first, second = concat(), total()
    assert json.loads(rendered("gitlab", Report("model.py", [first, second]))) == [
        {
            "description": "`merge(...)` is gone",
            "check_name": "merge-function",
            "fingerprint": first.fingerprint,
            "severity": "major",
            "location": {"path": "model.py", "lines": {"begin": 5, "end": 5}},
        },
        {
            "description": "`merge(...)` is gone",
            "check_name": "merge-function",
            "fingerprint": second.fingerprint,
            "severity": "major",
            "location": {"path": "model.py", "lines": {"begin": 6, "end": 9}},
        },
    ]


def test_failures():
    reports = [
        Report("a.py", failure=Failure("invalid syntax", 3, 7)),
        Report("b.py", failure=Failure("is a device")),
    ]
    first, second = json.loads(rendered("gitlab", *reports))
    assert first["severity"] == "critical"
    assert first["description"] == "invalid syntax"
    assert first["location"] == {"path": "a.py", "lines": {"begin": 3}}
    assert second["location"] == {"path": "b.py", "lines": {"begin": 1}}
    assert first["fingerprint"] != second["fingerprint"]


def test_a_useless_comment_is_minor():
    (issue,) = json.loads(rendered("gitlab", Report("model.py", [by_hand(rule="unused-suppression")])))
    assert issue["severity"] == "minor"


def test_every_issue_has_a_fingerprint_of_its_own():
    output = rendered("gitlab", Report("model.py", [by_hand(), by_hand(message="other"), by_hand(message="third")]))
    assert len({issue["fingerprint"] for issue in json.loads(output)}) == 3


def test_hostile_text():
    evil = 'a"\n\\ %s \x00 \udc80 層'
    output = rendered("gitlab", Report(evil, [by_hand(path=evil, message=evil)], Failure(evil)))
    assert output.isascii()
    assert json.loads(output)[0]["description"] == evil.replace("\udc80", "?")
