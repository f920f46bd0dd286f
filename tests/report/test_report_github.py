from __future__ import annotations

from report.samples import by_hand, concat, rendered, total

from kerasfix.findings import Failure, Report


def test_nothing_found_says_nothing():
    assert rendered("github", Report("model.py")) == ""


def test_a_command_for_each_finding():
    assert rendered("github", Report("model.py", [concat(), total(), by_hand()])).splitlines() == [
        "::error title=kerasfix (keras-history),file=model.py,line=3,col=1,endLine=3,endColumn=19"
        "::model.py:3:1: keras-history `left` is no layer%0AWrite `x`.",
        "::error title=kerasfix (merge-function),file=model.py,line=5,col=8,endLine=5,endColumn=43"
        "::model.py:5:8: merge-function `merge(...)` is gone [safe fix]",
        "::error title=kerasfix (merge-function),file=model.py,line=6,endLine=9"
        "::model.py:6:9: merge-function `merge(...)` is gone [unsafe fix]",
    ]


def test_failures():
    reports = [
        Report("a.py", failure=Failure("invalid syntax", 3, 7)),
        Report("b.py", failure=Failure("is a device")),
    ]
    assert rendered("github", *reports).splitlines() == [
        "::error title=kerasfix,file=a.py,line=3,col=7::a.py:3:7: error: invalid syntax",
        "::error title=kerasfix,file=b.py::b.py: error: is a device",
    ]


def test_a_useless_comment_is_a_warning():
    assert rendered("github", Report("model.py", [by_hand(rule="unused-suppression")])).startswith("::warning title=")


def test_hostile_text():
    evil = "50% off\n::set-env name=X::y\r,:\udc80"
    finding = by_hand(path="a,b:c%\n.py", message=evil, help_text=evil)
    (line,) = rendered("github", Report("x", [finding])).splitlines()
    assert line == (
        "::error title=kerasfix (keras-history),file=a%2Cb%3Ac%25%0A.py,line=3,col=1,endLine=3,endColumn=19"
        "::a,b:c%25␊.py:3:1: keras-history 50%25 off ::set-env name=X::y ,:\ufffd"
        "%0A50%25 off%0A::set-env name=X::y%0D,:?"
    )
