"""All that is known, for programs."""

from __future__ import annotations

import json
from typing import Any

from kerasfix import __version__
from kerasfix.findings import Located
from kerasfix.report.locate import changes_of
from kerasfix.report.paths import encodable, portable
from kerasfix.report.run import RuleCount, Run

_VERSION = 1  # of this format; additions do not change it


def render(run: Run) -> str:
    """The report of a run."""
    document: dict[str, Any] = {
        "version": _VERSION,
        "kerasfix": __version__,
        "target": run.target,
        "summary": run.totals,
        "findings": [_finding(finding) for finding in run.findings],
        "failures": [
            {
                "path": portable(path),
                "line": failure.line,
                "column": failure.column,
                "message": encodable(failure.message),
            }
            for path, failure in run.failures
        ],
    }
    if run.fixing:
        document["fixed"] = [
            {"path": portable(report.path), "rule": rule, "count": count}
            for report in run.reports
            for rule, count in sorted(report.fixed.items())
        ]
    if any(run.diffs):
        document["diffs"] = [{"path": portable(path), "diff": encodable(diff)} for path, diff in run.diffs]
    if run.statistics:
        document["statistics"] = [_count(count) for count in run.counts]
    return json.dumps(document, indent=2) + "\n"


def _finding(finding: Located) -> dict[str, Any]:
    return {
        "path": portable(finding.path),
        **_cell(finding.cell),
        "line": finding.line,
        "column": finding.column,
        "end_line": finding.end_line,
        "end_column": finding.end_column,
        "rule": finding.rule,
        "message": encodable(finding.message),
        "help": None if finding.help is None else encodable(finding.help),
        "fingerprint": finding.fingerprint,
        "fix": _fix(finding),
    }


def _fix(finding: Located) -> dict[str, Any] | None:
    if finding.fix_title is None:
        return None
    return {
        "title": encodable(finding.fix_title),
        "applicability": finding.applicability.value,
        "assumes": None if finding.assumes is None else encodable(finding.assumes),
        # At `line`, so many lines are to be replaced by this text.
        "changes": [
            {**_cell(hunk.cell), "line": hunk.line, "lines": len(hunk.old_lines), "text": encodable(hunk.new)}
            for hunk in changes_of(finding)
        ],
    }


def _cell(cell: int | None) -> dict[str, int]:
    """The cell of a notebook, from 1, to which lines belong; in other files there is none."""
    return {} if cell is None else {"cell": cell}


def _count(count: RuleCount) -> dict[str, Any]:
    return {
        "rule": count.rule,
        "count": count.count,
        "safe": count.safe,
        "unsafe": count.unsafe,
        "manual": count.manual,
        "fixed": count.fixed,
        "fixable": None if count.fixable is None else round(count.fixable, 4),
    }
