from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from report.samples import MODEL, by_hand, concat, located, rendered, total

from kerasfix import __version__
from kerasfix.catalogue import load_catalogue
from kerasfix.findings import Failure, Report
from kerasfix.report.locate import changes_of
from kerasfix.report.run import Run
from kerasfix.report.sarif import render
from kerasfix.source.index import TextIndex


def log(*reports: Report) -> dict[str, Any]:
    document = json.loads(rendered("sarif", *reports))
    check(document)
    return document["runs"][0]


def check(document: dict[str, Any]) -> None:
    """What the schema of SARIF 2.1.0 demands of the parts that are written, and what consumers demand beyond it."""
    assert document["version"] == "2.1.0"
    assert document["$schema"].startswith("https://")
    (run,) = document["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"]
    assert run["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
    identifiers = [rule["id"] for rule in driver["rules"]]
    assert len(set(identifiers)) == len(identifiers)
    for rule in driver["rules"]:
        assert rule.get("shortDescription", {"text": "x"})["text"]
        assert rule.get("help", {"text": "x"})["text"]
        assert all(isinstance(tag, str) for tag in rule.get("properties", {}).get("tags", []))
    for invocation in run["invocations"]:
        assert isinstance(invocation["executionSuccessful"], bool)
        for notification in invocation["toolExecutionNotifications"]:
            check_message(notification)
    for result in run["results"]:
        check_message(result)
        assert identifiers[result["ruleIndex"]] == result["ruleId"]
        assert all(isinstance(value, str) for value in result["partialFingerprints"].values())
        for fix in result.get("fixes", []):
            assert fix["description"]["text"]
            assert fix["artifactChanges"]
            for change in fix["artifactChanges"]:
                check_artifact(change["artifactLocation"])
                assert change["replacements"]
                for replacement in change["replacements"]:
                    check_region(replacement["deletedRegion"])
                    assert isinstance(replacement["insertedContent"]["text"], str)


def check_message(item: dict[str, Any]) -> None:
    assert item["message"]["text"]
    assert item["level"] in ("none", "note", "warning", "error")
    for location in item["locations"]:
        check_artifact(location["physicalLocation"]["artifactLocation"])
        check_region(location["physicalLocation"].get("region", {"startLine": 1}))


def check_artifact(location: dict[str, Any]) -> None:
    assert location["uri"].isascii()
    assert " " not in location["uri"]
    assert location["uri"].startswith("file:///") != (location.get("uriBaseId") == "%SRCROOT%")


def check_region(region: dict[str, int]) -> None:
    assert set(region) <= {"startLine", "startColumn", "endLine", "endColumn"}
    assert all(isinstance(value, int) and value >= 1 for value in region.values())
    start = region["startLine"], region.get("startColumn", 1)
    assert start <= (region.get("endLine", start[0]), region.get("endColumn", 1_000_000))


def made(text: str, replacements: list[dict[str, Any]]) -> str:
    """The text with the replacements made as a consumer would."""
    index = TextIndex(text)

    def offset(line: int, column: int) -> int:
        return (index.starts[line - 1] if line <= len(index.starts) else len(text)) + column - 1

    for replacement in reversed(replacements):
        region = replacement["deletedRegion"]
        start = offset(region["startLine"], region["startColumn"])
        end = offset(region["endLine"], region["endColumn"])
        text = text[:start] + replacement["insertedContent"]["text"] + text[end:]
    return text


def test_nothing_found():
    assert log(Report("model.py")) == {
        "tool": {"driver": {"name": "kerasfix", "version": __version__, "rules": []}},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": []}],
        "results": [],
        "properties": {"target": "keras2"},
    }


def test_a_finding_without_a_fix():
    finding = by_hand()
    run = log(Report("model.py", [finding]))
    assert run["results"] == [
        {
            "ruleId": "keras-history",
            "ruleIndex": 0,
            "level": "error",
            "message": {"text": "`left` is no layer\nWrite `x`."},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": "model.py", "uriBaseId": "%SRCROOT%"},
                        "region": {"startLine": 3, "startColumn": 1, "endLine": 3, "endColumn": 19},
                    }
                }
            ],
            "partialFingerprints": {"kerasfix/v1": finding.fingerprint},
            "properties": {"applicability": "manual"},
        }
    ]


def test_a_fix_says_what_to_replace():
    (result,) = log(Report("model.py", [concat()]))["results"]
    assert result["fixes"] == [
        {
            "description": {"text": "Replace with `Concatenate`"},
            "artifactChanges": [
                {
                    "artifactLocation": {"uri": "model.py", "uriBaseId": "%SRCROOT%"},
                    "replacements": [
                        {
                            "deletedRegion": {"startLine": 1, "startColumn": 1, "endLine": 2, "endColumn": 1},
                            "insertedContent": {"text": "from keras.layers import Dense, Concatenate, Input, merge\n"},
                        },
                        {
                            "deletedRegion": {"startLine": 5, "startColumn": 1, "endLine": 6, "endColumn": 1},
                            "insertedContent": {"text": "both = Concatenate()([left, right])\n"},
                        },
                    ],
                }
            ],
        }
    ]


def test_an_unsafe_fix_says_what_it_assumes():
    (result,) = log(Report("model.py", [total()]))["results"]
    assert result["fixes"][0]["description"]["text"] == "Replace with `Add`. Assumes: `left` is no list"
    assert result["properties"] == {"applicability": "unsafe"}


@pytest.mark.parametrize(
    ("text", "code", "new"),
    [
        (MODEL, "merge([left, right], mode='concat')", "Concatenate()([left, right])"),
        ("x = merge(a)", "merge(a)", "Add()(a)"),
        ("x = 1\nmerge(a)", "merge(a)", ""),
        ("x = 1\r\nmerge(a)\r\ny = 2\r\n", "merge(a)\r\n", ""),
        ("x = merge(a)\n", "merge(a)", "Add()(\n    a)"),
        ("x = 1\n", "\n", "\ny = 2\n"),
        ("é = '層'; x = merge(a)\r", "merge(a)", "Add()(a)"),
    ],
)
def test_the_replacements_make_the_fixed_text(text, code, new):
    (result,) = log(Report("a.py", [located(text, code, new=new)]))["results"]
    (change,) = result["fixes"][0]["artifactChanges"]
    assert made(text, change["replacements"]) == text.replace(code, new, 1)


def test_rules_come_with_their_metadata():
    catalogue = load_catalogue()
    unknown = by_hand(rule="of-the-user")
    run = log(Report("model.py", [concat(), total(), located(MODEL, "right", rule="merge-layer"), unknown]))
    first, second, third = run["tool"]["driver"]["rules"]
    assert first == {
        "id": "merge-function",
        "shortDescription": {"text": catalogue.rules["merge-function"].summary},
        "help": {
            "text": catalogue.rules["merge-function"].docs,
            "markdown": catalogue.rules["merge-function"].docs,
        },
        "properties": {"tags": ["merge"]},
    }
    assert second["id"] == "merge-layer"
    assert third == {"id": "of-the-user"}


def test_rules_of_a_user_come_from_the_given_catalogue(tmp_path):
    path = tmp_path / "of-the-user.toml"
    path.write_text(
        'family = "own"\nsummary = "Ours"\nwords = ["x"]\ndocs = "Why"\n[[api]]\nlegacy = "a.b()"\nbecomes = "a.c()"\n'
    )
    run = Run([Report("model.py", [by_hand(rule="of-the-user")])], "keras3", catalogue=load_catalogue([path]))
    (rule,) = json.loads(render(run))["runs"][0]["tool"]["driver"]["rules"]
    assert rule["shortDescription"] == {"text": "Ours"}


def test_a_useless_comment_is_a_warning():
    (result,) = log(Report("model.py", [by_hand(rule="unused-suppression")]))["results"]
    assert result["level"] == "warning"


def test_failures_are_notifications():
    reports = [
        Report("a b.py", failure=Failure("invalid syntax", 3, 7)),
        Report("c.py", failure=Failure("is a device")),
    ]
    (invocation,) = log(*reports)["invocations"]
    assert invocation == {
        "executionSuccessful": False,
        "toolExecutionNotifications": [
            {
                "level": "error",
                "message": {"text": "invalid syntax"},
                "locations": [
                    {
                        "physicalLocation": {
                            "artifactLocation": {"uri": "a%20b.py", "uriBaseId": "%SRCROOT%"},
                            "region": {"startLine": 3, "startColumn": 7},
                        }
                    }
                ],
            },
            {
                "level": "error",
                "message": {"text": "is a device"},
                "locations": [{"physicalLocation": {"artifactLocation": {"uri": "c.py", "uriBaseId": "%SRCROOT%"}}}],
            },
        ],
    }


def test_a_file_elsewhere_has_an_absolute_uri(tmp_path, monkeypatch):
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (result,) = log(Report("x", [by_hand(path="../other/層 %.py")]))["results"]
    location = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": Path(tmp_path, "other", "層 %.py").as_uri()}


def test_hostile_text():
    evil = 'a"\n\\ %s \x00\x1b \udc80 層'
    finding = located(f"x = '{evil}'\n", f"'{evil}'", path=evil, message=evil, help_text=evil, new=evil, title=evil)
    assert len(changes_of(finding)) == 1
    log(Report(evil, [finding], Failure(evil)))
    assert rendered("sarif", Report(evil, [finding], Failure(evil))).isascii()
