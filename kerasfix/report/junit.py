"""JUnit XML, which nearly every build server can show."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from kerasfix.findings import Located, Report
from kerasfix.report.paths import portable
from kerasfix.report.run import Run

# What XML 1.0 has no way to write, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(run: Run) -> str:
    """The report of a run: a suite for each file, a failed test case for each finding."""
    root = Element("testsuites", name="kerasfix")
    for report in run.reports:
        root.append(_suite(report))
    for key in ("tests", "failures", "errors"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="us-ascii").decode("ascii")}\n'


def _suite(report: Report) -> Element:
    path = portable(report.path)
    suite = Element("testsuite", name=_xml(path))
    failed, broken = len(report.findings), int(report.failure is not None)
    suite.set("tests", str(max(1, failed + broken)))
    suite.set("failures", str(failed))
    suite.set("errors", str(broken))
    if report.failure is not None:
        case = SubElement(suite, "testcase", name="error", classname=_xml(path), file=_xml(path))
        if report.failure.line is not None:
            case.set("line", str(report.failure.line))
        SubElement(case, "error", message=_xml(report.failure.message)).text = _xml(report.failure.message)
    for finding in report.findings:
        _add_case(suite, path, finding)
    if not failed and not broken:
        # A suite without cases counts as not run.
        SubElement(suite, "testcase", name="kerasfix", classname=_xml(path), file=_xml(path))
    return suite


def _add_case(suite: Element, path: str, finding: Located) -> None:
    name = f"{finding.rule} at {finding.place}"
    line = str(finding.span[0])
    case = SubElement(suite, "testcase", name=_xml(name), classname=_xml(path), file=_xml(path), line=line)
    failure = SubElement(case, "failure", type=_xml(finding.rule), message=_xml(finding.message))
    failure.text = _xml(_details(path, finding))


def _details(path: str, finding: Located) -> str:
    parts = [f"{path}:{finding.place}: {finding.message}", *finding.source]
    if finding.fix_title is not None:
        parts.append(f"fix ({finding.applicability.value}): {finding.fix_title}")
    if finding.assumes:
        parts.append(f"Assumes: {finding.assumes}")
    if finding.help:
        parts.append(f"help: {finding.help}")
    return "\n".join(parts)


def _xml(text: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
