"""SARIF 2.1.0, the format of code scanning services and of several editors."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

from kerasfix import __version__
from kerasfix.catalogue import Catalogue, load_catalogue
from kerasfix.findings import Failure, Located
from kerasfix.report import paths
from kerasfix.report.hunks import Hunk
from kerasfix.report.locate import changes_of
from kerasfix.report.paths import encodable
from kerasfix.report.run import Run, severe

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def render(run: Run) -> str:
    """The report of a run."""
    catalogue = run.catalogue or load_catalogue()
    rules = sorted({finding.rule for finding in run.findings})
    places = {rule: number for number, rule in enumerate(rules)}
    failures = list(run.failures)
    document = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "kerasfix",
                        "version": __version__,
                        "rules": [_rule(rule, catalogue) for rule in rules],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "invocations": [
                    {
                        "executionSuccessful": not failures,
                        "toolExecutionNotifications": [_notification(path, failure) for path, failure in failures],
                    }
                ],
                "results": [_result(finding, places[finding.rule]) for finding in run.findings],
                "properties": {"target": run.target},
            }
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _rule(name: str, catalogue: Catalogue) -> dict[str, Any]:
    rule = catalogue.rules.get(name)
    if rule is None:
        return {"id": name}
    return {
        "id": name,
        "shortDescription": {"text": rule.summary},
        "help": {"text": rule.docs, "markdown": rule.docs},
        "properties": {"tags": [rule.family]},
    }


def _notification(path: str, failure: Failure) -> dict[str, Any]:
    location: dict[str, Any] = {"artifactLocation": _artifact(path)}
    if failure.line is not None:
        location["region"] = {"startLine": max(1, failure.line)}
        if failure.column is not None:
            location["region"]["startColumn"] = max(1, failure.column)
    return {
        "level": "error",
        "message": {"text": encodable(failure.message)},
        "locations": [{"physicalLocation": location}],
    }


def _result(finding: Located, rule_index: int) -> dict[str, Any]:
    text = finding.message if finding.help is None else f"{finding.message}\n{finding.help}"
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": rule_index,
        "level": "error" if severe(finding) else "warning",
        "message": {"text": encodable(text)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": _artifact(finding.path),
                    "region": _place(finding),
                }
            }
        ],
        "partialFingerprints": {"kerasfix/v1": finding.fingerprint},
        "properties": {"applicability": finding.applicability.value},
    }
    if finding.cell is not None:
        result["properties"] |= {"cell": finding.cell, "line": finding.line, "column": finding.column}
        return result  # without fixes: those of a cell are none of the JSON text that the file is
    changes = changes_of(finding)
    if changes:
        result["fixes"] = [_fix(finding, changes)]
    return result


def _place(finding: Located) -> dict[str, int]:
    line, end_line = finding.span
    if finding.cell is not None:
        return {"startLine": line, "endLine": end_line}
    columns = {"startColumn": finding.column, "endColumn": finding.end_column}
    return {"startLine": line, "endLine": end_line, **columns}


def _fix(finding: Located, changes: tuple[Hunk, ...]) -> dict[str, Any]:
    text = finding.fix_title or ""
    if finding.assumes:
        text += f". Assumes: {finding.assumes}"
    return {
        "description": {"text": encodable(text)},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(finding.path),
                "replacements": [
                    {"deletedRegion": _region(hunk), "insertedContent": {"text": encodable(hunk.new)}}
                    for hunk in changes
                ],
            }
        ],
    }


def _region(hunk: Hunk) -> dict[str, int]:
    region = {"startLine": hunk.line, "startColumn": 1, "endLine": hunk.end_line, "endColumn": 1}
    # The last line of a file may have no end: then there is no next line at whose begin the region could end.
    if hunk.old and not hunk.old.endswith(("\n", "\r")):
        region["endLine"] -= 1
        region["endColumn"] = len(hunk.old_lines[-1]) + 1
    return region


def _artifact(path: str) -> dict[str, str]:
    """A path as an URI: below the current directory relative to it, else absolute."""
    relative = paths.below(path)
    if relative is None:
        return {"uri": Path(os.path.normpath(Path(path).absolute())).as_uri()}
    return {"uri": quote(relative.replace(os.sep, "/"), errors="surrogateescape"), "uriBaseId": "%SRCROOT%"}
