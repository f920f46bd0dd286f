from __future__ import annotations

from xml.etree import ElementTree

from report.samples import by_hand, concat, rendered, total

from kerasfix.findings import Failure, Report


def test_nothing_looked_at():
    assert rendered("junit") == (
        '<?xml version="1.0" encoding="utf-8"?>\n<testsuites name="kerasfix" tests="0" failures="0" errors="0" />\n'
    )


def test_a_clean_file_is_a_test_that_passed():
    assert rendered("junit", Report("model.py")) == (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<testsuites name="kerasfix" tests="1" failures="0" errors="0">\n'
        '  <testsuite name="model.py" tests="1" failures="0" errors="0">\n'
        '    <testcase name="kerasfix" classname="model.py" file="model.py" />\n'
        "  </testsuite>\n"
        "</testsuites>\n"
    )


def test_findings_are_failures_and_failures_are_errors():
    reports = [
        Report("model.py", [concat(), by_hand()]),
        Report("a.py", failure=Failure("invalid syntax", 3, 7)),
        Report("b.py", failure=Failure("is a device")),
    ]
    assert rendered("junit", *reports) == (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<testsuites name="kerasfix" tests="4" failures="2" errors="2">\n'
        '  <testsuite name="a.py" tests="1" failures="0" errors="1">\n'
        '    <testcase name="error" classname="a.py" file="a.py" line="3">\n'
        '      <error message="invalid syntax">invalid syntax</error>\n'
        "    </testcase>\n"
        "  </testsuite>\n"
        '  <testsuite name="b.py" tests="1" failures="0" errors="1">\n'
        '    <testcase name="error" classname="b.py" file="b.py">\n'
        '      <error message="is a device">is a device</error>\n'
        "    </testcase>\n"
        "  </testsuite>\n"
        '  <testsuite name="model.py" tests="2" failures="2" errors="0">\n'
        '    <testcase name="keras-history at 3:1" classname="model.py" file="model.py" line="3">\n'
        '      <failure type="keras-history" message="`left` is no layer">'
        "model.py:3:1: `left` is no layer\nleft = Input((3,))\nhelp: Write `x`.</failure>\n"
        "    </testcase>\n"
        '    <testcase name="merge-function at 5:8" classname="model.py" file="model.py" line="5">\n'
        '      <failure type="merge-function" message="`merge(...)` is gone">'
        "model.py:5:8: `merge(...)` is gone\nboth = merge([left, right], mode='concat')\n"
        "fix (safe): Replace with `Concatenate`</failure>\n"
        "    </testcase>\n"
        "  </testsuite>\n"
        "</testsuites>\n"
    )


def test_an_unsafe_fix_says_what_it_assumes():
    assert "fix (unsafe): Replace with `Add`\nAssumes: `left` is no list<" in rendered(
        "junit", Report("m.py", [total()])
    )


def test_hostile_text():
    evil = "a<b>&\"'\n\x00\x1b\x0b\ufffe\udc80 %s ]]> 層 \U0001f600"
    finding = by_hand(path=evil, message=evil, help_text=evil, rule="<&>")
    output = rendered("junit", Report(evil, [finding], Failure(evil)))
    assert output.isascii()
    failure = ElementTree.fromstring(output).find("testsuite/testcase/failure")
    assert failure is not None
    assert failure.get("message") == "a<b>&\"'\n\ufffd\ufffd\ufffd\ufffd\ufffd %s ]]> 層 \U0001f600"
    assert failure.get("type") == "<&>"
