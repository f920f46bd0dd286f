"""The analysis, on a text: what the tests of examples and fixtures run."""

from __future__ import annotations

from kerasfix import analysis
from kerasfix.catalogue import load_catalogue
from kerasfix.findings import Failure, Finding
from kerasfix.settings import Settings
from kerasfix.source.read import SourceFile, decode

RULES = frozenset(load_catalogue().rules)


def check(code: str, target: str, *, path: str = "case.py") -> list[Finding]:
    """What all the rules find in a text."""
    findings = analysis.check([_source(path, code)], Settings(target, RULES))[path]
    assert not isinstance(findings, Failure), findings
    return findings


def fix(code: str, target: str, *, unsafe: bool = False, path: str = "case.py") -> str:
    """The text that all the rules make of a text."""
    outcome = analysis.fix([_source(path, code)], Settings(target, RULES, unsafe=unsafe))[path]
    assert outcome.failure is None, outcome.failure
    return outcome.text


def as_analyzed(code: str) -> str:
    """A text as the analysis gets it: in Python 3."""
    return _source("case.py", code).text


def _source(path: str, code: str) -> SourceFile:
    source = decode(path, code.encode(), python2=True)
    assert isinstance(source, SourceFile), source
    return source
