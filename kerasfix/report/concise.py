"""One line a finding: for editors, `grep` and habit."""

from __future__ import annotations

from kerasfix.findings import Applicability, Failure, Located
from kerasfix.report import paths
from kerasfix.report.diff import show_diff
from kerasfix.report.run import Run
from kerasfix.report.summary import statistics, summary
from kerasfix.report.terminal import Paint, clean, one_line


def render(run: Run) -> str:
    """The report of a run."""
    paint = Paint(run.color)
    parts = [show_diff(diff, paint) for _, diff in run.diffs]
    parts += [failure_line(path, failure, paint) + "\n" for path, failure in run.failures]
    if run.statistics:
        parts.append(statistics(run))
    else:
        parts += [finding_line(finding, paint) + "\n" for finding in run.findings]
    return "".join((*parts, summary(run), "\n"))


def finding_line(finding: Located, paint: Paint) -> str:
    """`path:line:col: rule message [safe fix]` (in a notebook `path:cell 4:line:col`), without a line end."""
    kind = finding.applicability
    fix = "" if kind is Applicability.MANUAL else f" [{kind.value} fix]"
    place = f"{clean(paths.shown(finding.path))}:{finding.place}:"
    return f"{paint('bold', place)} {paint('bold red', finding.rule)} {one_line(finding.message)}{paint('green', fix)}"


def failure_line(path: str, failure: Failure, paint: Paint) -> str:
    """`path:line:col: error: message` with as much of the place as is known, without a line end."""
    place = clean(paths.shown(path))
    if failure.line is not None:
        place += f":{failure.line}" if failure.column is None else f":{failure.line}:{failure.column}"
    return f"{paint('bold', place + ':')} {paint('bold red', 'error:')} {one_line(failure.message)}"
