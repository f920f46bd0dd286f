"""An analyzer that objects to words, for tests of all that is around the real one."""

import os
import re
import signal

import kerasfix.run
from kerasfix import analysis
from kerasfix.findings import Applicability, Edit, Failure, Finding, Fix
from kerasfix.prefilter import group as grouping


def install(monkeypatch):
    """Put this analyzer in the place of the real one, also for workers that are forked."""
    monkeypatch.setattr(analysis, "check", check)
    monkeypatch.setattr(analysis, "fix", fix)
    previews = lambda source, findings, settings: [source.text.replace("BAD", "GOOD", 1) for _ in findings]  # noqa: E731
    monkeypatch.setattr(analysis, "previews", previews)
    monkeypatch.setattr(kerasfix.run, "may_concern", lambda data, words: b"keras" in data)
    monkeypatch.setattr(
        grouping, "group", lambda files, words, **_: [[file] for file in files if "clean" not in file.text]
    )


RULE = "merge-function"


def find(text):
    """A finding for each BAD (with a fix) and UGLY (without); other words are accidents of an analysis."""
    if "CRASH" in text:
        raise KeyError("CRASH")
    if "DEEP" in text:
        raise RecursionError
    if "HUGE" in text:
        raise MemoryError
    if "KILL" in text:
        os.kill(os.getpid(), signal.SIGKILL)
    if "BROKEN" in text:
        return Failure("invalid syntax", 1, 2)
    found = []
    for match in re.finditer("BAD|UGLY", text):
        edits = (Edit(*match.span(), ("GOOD",)),)
        fix = Fix(edits, Applicability.SAFE, "Make it good") if match.group() == "BAD" else None
        found.append(Finding(RULE, *match.span(), "This is not good", fix))
    return found


def check(group, settings):
    return {source.path: find(source.text) for source in group}


def fix(group, settings):
    outcomes = {}
    for source in group:
        found = find(source.text)
        if isinstance(found, Failure):
            outcomes[source.path] = analysis.Outcome(source.text, failure=found)
            continue
        count = source.text.count("BAD")
        text = source.text.replace("BAD", "GOOD").replace("LATIN", "→")
        outcomes[source.path] = analysis.Outcome(text, find(text), {RULE: count} if count else {})
    return outcomes
