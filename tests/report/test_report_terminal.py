from __future__ import annotations

import pytest

from kerasfix.report.terminal import Paint, clean, lay_out, one_line


def marked(line: str, start: int, end: int, limit: int = 120) -> tuple[str, str]:
    text, first, last = lay_out(line, start, end, limit)
    return text, " " * first + "^" * (last - first)


def test_a_plain_line_stays_as_it_is():
    assert marked("x = merge(a)", 4, 12) == ("x = merge(a)", "    ^^^^^^^^")


def test_tabs_become_spaces():
    assert marked("\tx =\tmerge(a)", 5, 13) == ("    x = merge(a)", "        ^^^^^^^^")


def test_wide_characters_take_two_columns():
    assert marked("層 = merge(入力)", 4, 13) == ("層 = merge(入力)", "     ^^^^^^^^^^^")


def test_combining_characters_take_none():
    assert marked("e\u0301 = merge(a)", 5, 13) == ("e\u0301 = merge(a)", "    ^^^^^^^^")


def test_long_lines_are_cut_behind_the_place():
    assert marked("x = merge(a)" + " + 1" * 30, 4, 12, 20) == ("x = merge(a) + 1 + 1...", "    ^^^^^^^^")


def test_long_lines_are_cut_before_the_place():
    text, marks = marked("1 + " * 30 + "merge(a)", 120, 128, 40)
    assert text == "..." + "1 + " * 8 + "merge(a)"
    assert marks == " " * 35 + "^" * 8


def test_a_place_that_is_too_long_is_cut_itself():
    text, marks = marked("merge(" + "a, " * 100 + ")", 0, 307, 20)
    assert text == "merge(a, a, a, a, a,..."
    assert marks == "^" * 20


def test_a_line_of_megabytes_costs_nothing():
    assert len(lay_out("x" * 10_000_000, 5_000_000, 5_000_010)[0]) == 126


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain, `é`, 層", "plain, `é`, 層"),
        ("\x1b[31mred\x07\x7f", "␛[31mred␇␡"),
        ("a\u202eb\u2066c\ud800", "a\ufffdb\ufffdc\ufffd"),
        ("no\xa0break", "no break"),
        ("a\x0cb\rc\nd", "a␌b␍c␊d"),
    ],
)
def test_what_would_disturb_a_terminal_is_shown_instead(text, expected):
    assert clean(text) == expected


def test_a_message_on_one_line():
    assert one_line("two\n  lines\tand\x1b") == "two lines and␛"


def test_colours_only_where_they_are_wanted():
    assert Paint(False)("red", "x") == "x"
    assert Paint(True)("red", "x") == "\x1b[31mx\x1b[0m"
    assert Paint(True)("red", "") == ""
