"""What is said of a file that was Python 2."""

import pytest

from kerasfix import analysis
from kerasfix.findings import Applicability
from kerasfix.settings import Settings
from kerasfix.source.read import decode

RULES = frozenset({"python2-syntax", "python2-division"})


def found(code, rule="python2-division", head="print 'x'\n"):
    source = decode("case.py", (head + code).encode(), python2=True)
    findings = analysis.check([source], Settings("keras2", RULES))["case.py"]
    return [finding for finding in findings if finding.rule == rule]


def made(code):
    source = decode("case.py", f"print 'x'\n{code}".encode(), python2=True)
    return analysis.fix([source], Settings("keras2", RULES))["case.py"].text.partition("\n")[2]


@pytest.mark.parametrize(
    "code",
    [
        "x = n / 2.",
        "x = float(n) / m",
        "x = (n * 1.5 - 3) / m",
        "x = int(n / 2)",
        "x = math.floor(n / 2)",
        "x = n // 2",
        "x /= -2.0",
    ],
)
def test_what_divides_no_integers_or_rounds_down(code):
    assert not found(code)


@pytest.mark.parametrize("code", ["x = n / 2", "x /= 2", "x = round(n / 2)", "x = np.zeros(n / 2)", "x = 7.5 // 2 / n"])
def test_what_may_divide_integers(code):
    (one,) = found(code)
    assert one.applicability is Applicability.MANUAL
    assert "lines" not in one.message


def test_one_finding_names_all_lines():
    (one,) = found("x = n / 2\n\ny = n / x / 3\n" + "z = x / y\n" * 9)
    assert one.message.endswith(": lines 2, 4, 5, 6, 7, 8, 9, 10 and 3 more")


def test_division_of_python_3_is_what_it_was():
    assert not found("x = n / 2", head="from __future__ import division\nprint 'x'\n")
    assert not found("x = n / 2", head="from __future__ import (\n    print_function, division\n)\ny = 0777\n")
    assert found("x = n / 2", head="from __future__ import print_function  # no division\ny = 0777\n")
    assert not found("x = n / 2", head="print('x')\n")


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("for i in xrange(n / 2): pass", "for i in range(n // 2): pass"),
        ("x = range(0, (n) / (2) + 1)", "x = list(range(0, (n) // (2) + 1))"),
        ("x = a[n / 2]", "x = a[n // 2]"),
        ("x = a[:, n / 2:]", "x = a[:, n // 2:]"),
        ("x = a[-n / 2 / m]", "x = a[-n // 2 // m]"),
        ("x = a[f(n / 2)]", "x = a[f(n / 2)]"),
        ("x = np.arange(n / 2)", "x = np.arange(n / 2)"),
    ],
)
def test_where_nothing_but_integers_can_go(code, after):
    assert made(code) == after


def test_where_it_begins_to_be_python_2():
    (one,) = found("x = 3\n", "python2-syntax", head="import numpy\n\nprint 'x'\n")
    assert (one.start, one.end) == (14, 24)
    assert one.applicability is Applicability.SAFE
    assert not found("print('x')\n", "python2-syntax", head="")
