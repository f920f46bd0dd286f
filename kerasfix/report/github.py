"""Annotations of a GitHub workflow run."""

from __future__ import annotations

from kerasfix.report.concise import failure_line, finding_line
from kerasfix.report.paths import encodable, portable
from kerasfix.report.run import Run, severe
from kerasfix.report.terminal import Paint


def render(run: Run) -> str:
    """The report of a run: a workflow command a line."""
    plain = Paint(False)
    lines = []
    for path, failure in run.failures:
        place = {"line": failure.line, "col": None if failure.line is None else failure.column}
        lines.append(_command("error", "kerasfix", path, place, failure_line(path, failure, plain)))
    for finding in run.findings:
        # Columns mean something to GitHub on a single line only.
        # and in a notebook they are not those of the file.
        single = finding.line == finding.end_line and finding.cell is None
        line, end_line = finding.span
        place = {
            "line": line,
            "col": finding.column if single else None,
            "endLine": end_line,
            "endColumn": finding.end_column if single else None,
        }
        text = "\n".join(filter(None, (finding_line(finding, plain), finding.help)))
        level = "error" if severe(finding) else "warning"
        lines.append(_command(level, f"kerasfix ({finding.rule})", finding.path, place, text))
    return "".join(lines)


def _command(level: str, title: str, path: str, place: dict[str, int | None], text: str) -> str:
    known = {key: str(value) for key, value in place.items() if value is not None}
    properties = {"title": title, "file": portable(path), **known}
    listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    return f"::{level} {listed}::{_data(text)}\n"


def _data(text: str) -> str:
    # The percent sign first, as the others become some.
    return encodable(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
