"""JUnit XML: a suite for each file, a test case for each model and for each scenario that gave none.

What fails a build is what `Verification.satisfied` counts: a case is a failure where a model failed or is proven less
far than is asked for, and where a scenario could not be verified; a file that could not be handled is an error. A file
without any model is no failure, and not a test that passed either: it is skipped.
"""

from __future__ import annotations

import re
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from kerasfix.report.paths import portable
from kerasfix.report.proof import words
from kerasfix.report.terminal import Paint
from kerasfix.verify.verdicts import FileVerdict, Level, ModelVerdict, Verification

# What XML 1.0 has no way to write, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_COUNTED: Final = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def render(verification: Verification, paint: Paint) -> str:
    """The document; `paint` is for the formats that have colours."""
    root = Element("testsuites", name="kerasfix verify")
    for file in words.ordered(verification):
        root.append(_suite(file, verification))
    for key in ("tests", *_COUNTED):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    root.set("time", f"{verification.seconds:.3f}")
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="us-ascii").decode("ascii")}\n'


def _suite(file: FileVerdict, verification: Verification) -> Element:
    path = portable(file.path)
    suite = Element("testsuite", name=_xml(path))
    if file.failure:
        _add(_case(suite, path, "kerasfix verify"), "error", "error", file.failure)
    for model in file.models:
        _add_model(suite, path, model, verification.require)
    for one in file.shortfalls:
        kind = "failed" if one.failed else "unverified"
        _add(_case(suite, path, one.scenario or "kerasfix verify"), "failure", kind, one.reason)
    if not len(suite):
        _add(_case(suite, path, "kerasfix verify"), "skipped", "", "no model was found")
    suite.set("tests", str(len(suite)))
    for key, tag in _COUNTED.items():
        suite.set(key, str(len(suite.findall(f"testcase/{tag}"))))
    suite.set("time", f"{file.seconds:.3f}")
    return suite


def _add_model(suite: Element, path: str, model: ModelVerdict, require: Level) -> None:
    case = _case(suite, path, f"{model.name} [{model.scenario}]")
    if model.line is not None:
        case.set("line", str(max(1, model.line)))
    kind = words.complaint(model, require)
    if kind is None:
        SubElement(case, "system-out").text = _xml("\n".join(_proof(model)))
        return
    asked = f"{words.LEVELS[model.level]}, asked for is {words.LEVELS[require]}"
    message = f"{asked}: {model.reason}" if model.reason else asked
    _add(case, "failure", kind, message, [*_proof(model), *_details(model)])


def _case(suite: Element, path: str, name: str) -> Element:
    return SubElement(suite, "testcase", name=_xml(name), classname=_xml(path), file=_xml(path))


def _add(case: Element, tag: str, kind: str, message: str, details: list[str] | None = None) -> None:
    found = SubElement(case, tag, {"type": kind} if kind else {}, message=_xml(message))
    found.text = _xml("\n".join([message, *(details or [])]))


def _proof(model: ModelVerdict) -> list[str]:
    largest, parameters = words.largest(model), words.parameters(model)
    known = {
        "level": words.LEVELS[model.level],
        "reference": model.reference,
        "parameters": None if parameters is None else f"{parameters:,}",
        "largest difference": None if largest is None else words.number(largest),
    }
    return [f"{key}: {value}" for key, value in known.items() if value is not None]


def _details(model: ModelVerdict) -> list[str]:
    lines = [f"first differs at: {model.parted_at}"] if model.parted_at else []
    lines += [f"{one.what}: {words.apart(one)}" for one in words.out_of_tolerance(model)]
    return lines + [f"note: {note}" for note in model.notes]


def _xml(text: str) -> str:
    return _FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)
