from __future__ import annotations

import io
import subprocess
import sys

import pytest
from report.samples import by_hand, concat, rendered, total

from kerasfix.findings import Failure, Report
from kerasfix.project.config import OUTPUT_FORMATS
from kerasfix.report import write


def test_every_format_has_a_writer():
    for fmt in OUTPUT_FORMATS:
        assert isinstance(rendered(fmt), str)


def test_an_unknown_format_is_an_error():
    with pytest.raises(ValueError, match="unknown output format 'locate'; known are full, concise"):
        rendered("locate")


@pytest.mark.parametrize("fmt", OUTPUT_FORMATS)
def test_the_same_findings_give_the_same_text(fmt):
    forth = [Report("a.py", [concat(), total()]), Report("b.py", [by_hand()]), Report("c.py", failure=Failure("x"))]
    back = [Report("c.py", failure=Failure("x")), Report("b.py", [by_hand()]), Report("a.py", [total(), concat()])]
    assert rendered(fmt, *forth, statistics=True) == rendered(fmt, *back, statistics=True)
    assert [finding.line for finding in back[2].findings] == [6, 5], "what is given stays as it is"


@pytest.mark.parametrize("fmt", [fmt for fmt in OUTPUT_FORMATS if fmt not in ("full", "concise")])
def test_formats_for_programs_have_no_colours(fmt):
    reports = [Report("a.py", [concat(), total()])]
    assert rendered(fmt, *reports, color=True) == rendered(fmt, *reports)


@pytest.mark.parametrize("fmt", OUTPUT_FORMATS)
def test_a_stream_that_cannot_hold_a_character_gets_an_escape(fmt):
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", newline="")
    report = Report("層.py", [by_hand(message="é and \U0001f600")])
    write([report], fmt, stream, color=False, statistics=False, target="keras3")
    stream.flush()
    assert raw.getvalue()


def test_the_escape_is_that_of_python():
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii", newline="")
    write([Report("m.py", [by_hand(message="é")])], "concise", stream, color=False, statistics=False, target="keras2")
    stream.flush()
    assert b"keras-history \\xe9\n" in raw.getvalue()


def test_reports_need_no_library_that_takes_long_to_import():
    code = "import sys, kerasfix.report.full; print('libcst' in sys.modules, 'click' in sys.modules)"
    output = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert output.split() == ["False", "False"]
