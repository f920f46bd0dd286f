"""The code quality report of GitLab."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from kerasfix.findings import Failure, Located
from kerasfix.report.paths import encodable, portable
from kerasfix.report.run import Run, severe


def render(run: Run) -> str:
    """The report of a run."""
    issues = [_failure(path, failure) for path, failure in run.failures]
    issues += [_finding(finding) for finding in run.findings]
    seen: set[str] = set()
    for issue in issues:
        issue["fingerprint"] = _unique(issue["fingerprint"], seen)
    return json.dumps(issues, indent=2) + "\n"


def _finding(finding: Located) -> dict[str, Any]:
    severity = "major" if severe(finding) else "minor"
    lines = dict(zip(("begin", "end"), finding.span))
    return _issue(finding.path, finding.rule, finding.message, severity, finding.fingerprint, lines)


def _failure(path: str, failure: Failure) -> dict[str, Any]:
    identity = "\0".join(("failure", portable(path), failure.message))
    fingerprint = hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()
    return _issue(path, "error", failure.message, "critical", fingerprint, {"begin": failure.line or 1})


def _issue(path: str, name: str, text: str, severity: str, fingerprint: str, lines: dict[str, int]) -> dict[str, Any]:
    return {
        "description": encodable(text),
        "check_name": name,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": portable(path), "lines": lines},
    }


def _unique(fingerprint: str, seen: set[str]) -> str:
    """GitLab shows one issue a fingerprint, so what stands at one and the same place gets fingerprints of its own."""
    while fingerprint in seen:
        fingerprint = hashlib.sha256(fingerprint.encode()).hexdigest()
    seen.add(fingerprint)
    return fingerprint
