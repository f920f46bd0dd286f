"""Runs the analysis over small programs: what the tests of names, flow and edits share."""

from __future__ import annotations

import ast
import os

from kerasfix import analysis
from kerasfix.catalogue import load_catalogue
from kerasfix.findings import Failure
from kerasfix.flow.project import Project
from kerasfix.flow.values import Api, union
from kerasfix.prefilter.group import group
from kerasfix.prefilter.words import may_concern
from kerasfix.settings import Settings
from kerasfix.source.read import SourceFile, decode

RULES = frozenset(load_catalogue().rules)
NOWHERE = os.path.join(os.sep, "no-such-folder", "case.py")  # no file beside it has a say


def source(code, path=NOWHERE):
    found = decode(path, code if isinstance(code, bytes) else code.encode())
    assert isinstance(found, SourceFile), found
    return found


def settings(unsafe=False, target="keras2", style="layer", rules=RULES, written_for=None):
    return Settings(target, rules, style, unsafe, written_for=written_for)


def fixed(code, **options):
    """What the tool makes of a program; whatever it is, it must parse, and stay as it is from then on."""
    before = source(code)
    outcome = analysis.fix([before], settings(**options))[NOWHERE]
    assert outcome.failure is None, outcome.failure
    assert parses(outcome.text)
    again = analysis.fix([source(outcome.text)], settings(**options))[NOWHERE]
    assert again.text == outcome.text, "a second run changes more"
    if outcome.text != before.text:
        assert may_concern(before.text.encode()) and group([before]), "the prefilter let go of a file that is fixed"
    return outcome.text


def parses(text):
    """Whether a text is Python; what is too deep for an ordinary stack is not the tool's doing."""
    try:
        ast.parse(text)
    except RecursionError:
        return True
    except SyntaxError:
        return False
    return True


def findings(code, **options):
    """The findings of a program as (rule, line, applicability)."""
    before = source(code)
    found = analysis.check([before], settings(**options))[NOWHERE]
    assert not isinstance(found, Failure), found
    return [(f.rule, before.text.count("\n", 0, f.start) + 1, f.applicability.value) for f in found]


def write(folder, files):
    """Write a small project; the mark of its top keeps searches inside."""
    (folder / "setup.cfg").write_text("")
    for name, code in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code)


def fixed_files(folder, files, given=None, **options):
    """What becomes of the files of a project, by name; `given` are those on the command line."""
    write(folder, files)
    result = dict(files)
    sources = []
    for name in given or files:
        data = files[name].encode()
        if may_concern(data):
            sources.append(source(data, str(folder / name)))
    for members in group(sources):
        for path, outcome in analysis.fix(members, settings(**options)).items():
            assert outcome.failure is None, outcome.failure
            ast.parse(outcome.text)
            result[os.path.relpath(path, folder)] = outcome.text
    return result


def looks(code):
    """All looks at the calls of `K.exp` in a program: what the analysis knows of their place and their argument."""
    facts = next(iter(Project([source(code)]).interpret().values()))
    return [
        look
        for found in facts.calls.values()
        for look in found
        if isinstance(look.callee, Api) and look.callee.name == "keras.backend.exp"
    ]


def argument(code):
    """What the argument of `K.exp` was seen to be, over all looks."""
    return union([look.args[0] for look in looks(code)])
