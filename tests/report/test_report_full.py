from __future__ import annotations

import re
from textwrap import dedent

from report.samples import by_hand, concat, located, rendered, total

from kerasfix.findings import Applicability, Edit, Failure, Finding, Fix, Report
from kerasfix.report.locate import locate
from kerasfix.source.index import TextIndex
from kerasfix.source.read import SourceFile


def full(*reports: Report, **options: bool) -> str:
    return rendered("full", *reports, **options)


def expected(text: str) -> str:
    return dedent(text).lstrip("\n")


def test_nothing_found():
    assert full() == "All good.\n"
    assert full(Report("model.py")) == "All good.\n"


def test_a_safe_fix():
    assert full(Report("model.py", [concat()])) == expected("""
        model.py:5:8: merge-function [safe]
          `merge(...)` is gone
          |
        5 | both = merge([left, right], mode='concat')
          |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          |
          fix (safe): Replace with `Concatenate`
        5 - both = merge([left, right], mode='concat')
        5 + both = Concatenate()([left, right])
          note: makes line 1 `from keras.layers import Dense, Concatenate, Input, merge`

        Found 1 finding in 1 file: 1 safe fix.
    """)


def test_an_unsafe_fix_over_several_lines():
    assert full(Report("model.py", [total()])) == expected("""
        model.py:6:9: merge-function [unsafe]
          `merge(...)` is gone
          |
        6 |   total = merge(
          |  _________^
        7 | |     [left, right],  # as in the paper
        8 | |     mode='sum',
        9 | | )
          | |_^
          |
          fix (unsafe): Replace with `Add`
        6 - total = merge(
        6 + total = Add()(
        7       [left, right],  # as in the paper
        8 -     mode='sum',
          Assumes: `left` is no list.

        Found 1 finding in 1 file: 1 unsafe (--unsafe).
    """)


def test_a_finding_without_a_fix():
    assert full(Report("model.py", [by_hand()])) == expected("""
        model.py:3:1: keras-history [manual]
          `left` is no layer
          |
        3 | left = Input((3,))
          | ^^^^^^^^^^^^^^^^^^
          |
          help: Write `x`.

        Found 1 finding in 1 file: 1 by hand.
    """)


def test_several_files_and_failures():
    reports = [
        Report("z.py", [by_hand(path="z.py")]),
        Report("broken.py", failure=Failure("invalid syntax", 3, 7)),
        Report("clean.py"),
        Report("gone.py", failure=Failure("cannot be read: no such file or directory")),
        Report("a.py", [by_hand(path="a.py")]),
    ]
    assert full(*reports) == expected("""
        broken.py:3:7: error: invalid syntax

        gone.py: error: cannot be read: no such file or directory

        a.py:3:1: keras-history [manual]
          `left` is no layer
          |
        3 | left = Input((3,))
          | ^^^^^^^^^^^^^^^^^^
          |
          help: Write `x`.

        z.py:3:1: keras-history [manual]
          `left` is no layer
          |
        3 | left = Input((3,))
          | ^^^^^^^^^^^^^^^^^^
          |
          help: Write `x`.

        Found 2 findings in 2 files: 2 by hand. 2 files could not be handled.
    """)


def test_a_finding_that_begins_its_line_and_is_long():
    text = "with x:\n" + "    merge(\n" + "        a,\n" * 20 + "    )\n"
    assert full(Report("a.py", [located(text, text[12:-1])])) == expected("""
        model.py:2:5: merge-function [manual]
          `merge(...)` is gone
           |
         2 | /     merge(
         3 | |         a,
         4 | |         a,
         5 | |         a,
         6 | |         a,
         7 | |         a,
           ...
        18 | |         a,
        19 | |         a,
        20 | |         a,
        21 | |         a,
        22 | |         a,
        23 | |     )
           | |_____^
           |

        Found 1 finding in 1 file: 1 by hand.
    """)


def test_tabs_wide_characters_and_control_characters():
    text = "\t層 = merge(['入力', '\x1b[31m'])\n"
    assert full(Report("a.py", [located(text, "merge(['入力', '\x1b[31m'])")])) == expected("""
        model.py:1:6: merge-function [manual]
          `merge(...)` is gone
          |
        1 |     層 = merge(['入力', '␛[31m'])
          |          ^^^^^^^^^^^^^^^^^^^^^^^^
          |

        Found 1 finding in 1 file: 1 by hand.
    """)


def test_a_long_line_is_cut_where_the_fix_differs():
    text = "x = [" + "first, " * 40 + "merge(a), " + "last, " * 40 + "]\n"
    output = full(Report("a.py", [located(text, "merge(a)", new="Add()(a)")]))
    for line in output.splitlines():
        assert len(line) < 135
    assert re.search(r"^1 - \.\.\..*merge\(a\), last.*\.\.\.$", output, re.MULTILINE)
    assert re.search(r"^1 \+ \.\.\..*Add\(\)\(a\), last.*\.\.\.$", output, re.MULTILINE)


def test_a_fix_that_removes_the_line():
    text = "y = f(x)\ny._keras_shape = (1, 2)\n"
    finding = located(text, "y._keras_shape = (1, 2)\n", new="", title="Remove the assignment")
    assert full(Report("a.py", [finding])) == expected("""
        model.py:2:1: merge-function [safe]
          `merge(...)` is gone
          |
        2 | y._keras_shape = (1, 2)
          | ^^^^^^^^^^^^^^^^^^^^^^^
          |
          fix (safe): Remove the assignment
        2 - y._keras_shape = (1, 2)

        Found 1 finding in 1 file: 1 safe fix.
    """)


def test_a_fix_in_several_places():
    text = "model = Sequential()\n" + "pass\n" * 9 + "model.add(m)\n"
    start = text.index("model.add(m)")
    edits = (Edit(0, 20, ("x = Input()",)), Edit(start, start + 12, ("model = Model(x)",)))
    fix = Fix(edits, Applicability.SAFE, "Use the functional API")
    after = "x = Input()\n" + "pass\n" * 9 + "model = Model(x)\n"
    finding = Finding("merge-in-sequential", start, start + 12, "m", fix)
    report = Report("a.py", [locate(SourceFile("a.py", text), TextIndex(text), finding, after)])
    assert full(report) == expected("""
        a.py:11:1: merge-in-sequential [safe]
          m
           |
        11 | model.add(m)
           | ^^^^^^^^^^^^
           |
          fix (safe): Use the functional API
         1 - model = Sequential()
         1 + x = Input()
           ...
        11 - model.add(m)
        11 + model = Model(x)

        Found 1 finding in 1 file: 1 safe fix.
    """)


def test_a_large_fix_is_cut():
    finding = located("merge(a)\n", "merge(a)", new="\n".join(f"x{number} = 1" for number in range(100)))
    lines = full(Report("a.py", [finding])).splitlines()
    assert "    ... 61 more lines; --diff shows all" in lines
    assert len(lines) < 55


def notes(old: str, new: str) -> list[str]:
    text = old + "#\n" * 9 + "x = merge(a)\n"
    finding = located(text, "merge(a)", new="Add()(a)", also=(old, new) if old else None)
    if not old:
        fix = Fix((), Applicability.SAFE, "t")
        finding = locate(SourceFile("m.py", text), TextIndex(text), Finding("r", 22, 30, "m", fix), new + text)
    output = full(Report("model.py", [finding]))
    return [line.strip() for line in output.splitlines() if line.startswith("  note:")]


def test_notes_on_imports():
    assert notes("from keras import merge\n", "") == ["note: removes `from keras import merge` from line 1"]
    assert notes("import os\n", "import os\nfrom keras.layers import Add\n") == [
        "note: adds `from keras.layers import Add` at line 2"
    ]
    assert notes("from k import (\n    a,\n    b)\n", "from k import (\n    c,\n    d)\n") == [
        "note: changes the imports in lines 2 to 3"
    ]


def test_messages_of_several_lines_are_indented():
    finding = by_hand(message="first\nsecond", help_text="do this\n\nthen that")
    lines = full(Report("model.py", [finding])).splitlines()
    assert lines[1:3] == ["  first", "  second"]
    assert lines[7:10] == ["  help: do this", "", "    then that"]


def test_nothing_in_a_report_reaches_the_terminal_raw():
    evil = "\x1b]0;evil\x07 %s \udc80 \u202e"
    finding = located(f"x = '{evil}'\n", f"'{evil}'", path=evil, message=evil, help_text=evil, new=evil, title=evil)
    report = Report(evil, [finding], Failure(evil))
    for fmt in ("full", "concise"):
        for statistics in (False, True):
            output = rendered(fmt, report, statistics=statistics)
            assert not re.search("[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff\u202e]", output)


def test_the_order_of_reports_and_findings_makes_no_difference():
    one, other = Report("a.py", [concat(), total(), by_hand()]), Report("b.py", [by_hand(path="b.py")])
    mirrored = Report("a.py", [by_hand(), total(), concat()])
    assert full(one, other) == full(other, mirrored)


def test_colours():
    output = full(Report("model.py", [concat()]), color=True)
    assert "\x1b[1mmodel.py:5:8:\x1b[0m \x1b[1;31mmerge-function\x1b[0m \x1b[32m[safe]\x1b[0m\n" in output
    assert "\x1b[31m- both = merge([left, right], mode='concat')\x1b[0m\n" in output
    assert "\x1b[32m+ both = Concatenate()([left, right])\x1b[0m\n" in output
    assert re.sub(r"\x1b\[[\d;]*m", "", output) == full(Report("model.py", [concat()]))


def test_the_diff_is_shown_as_it_is():
    diff = "--- model.py\n+++ model.py\n@@ -1 +1 @@\n-x\x0c\r\n+y\t\r\n"
    report = Report("model.py", fixed={"merge-function": 1}, diff=diff)
    assert full(report, fixing=True) == f"{diff}\nWould fix 1; none left.\n"


def test_the_diff_in_colours_is_harmless():
    diff = "--- model.py\n+++ model.py\n@@ -1 +1 @@\n-x\x1b\r\n+\ty\n z"
    report = Report("model.py", fixed={"merge-function": 1}, diff=diff)
    assert full(report, color=True, fixing=True).splitlines() == [
        "\x1b[31m--- model.py\x1b[0m",
        "\x1b[32m+++ model.py\x1b[0m",
        "\x1b[36m@@ -1 +1 @@\x1b[0m",
        "\x1b[31m-x␛\x1b[0m",
        "\x1b[32m+\ty\x1b[0m",
        " z",
        "",
        "Would fix 1; none left.",
    ]


def test_statistics_stand_in_the_place_of_the_findings():
    reports = [
        Report("a.py", [concat(), total(), by_hand(rule="merge-function")]),
        Report("b.py", [by_hand(path="b.py")]),
        Report("c.py", failure=Failure("invalid syntax", 1)),
    ]
    assert full(*reports, statistics=True) == expected("""
        c.py:1: error: invalid syntax

        count  safe  unsafe  by hand  fixable  rule
            3     1       1        1      67%  merge-function
            1     0       0        1       0%  keras-history

        Found 4 findings in 2 files: 1 safe fix, 1 unsafe (--unsafe), 2 by hand. 1 file could not be handled.
    """)
