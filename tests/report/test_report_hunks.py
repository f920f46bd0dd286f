from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerasfix.report.hunks import Hunk, hunks, lines
from kerasfix.source.index import TextIndex


def differences(old: str, new: str) -> list[Hunk]:
    return hunks(TextIndex(old), new)


def made(old: str, found: list[Hunk]) -> str:
    """The text with the hunks put in, found by their line numbers alone."""
    starts = TextIndex(old).starts
    for hunk in reversed(found):
        start = starts[hunk.line - 1] if hunk.line <= len(starts) else len(old)
        assert old[start : start + len(hunk.old)] == hunk.old
        old = old[:start] + hunk.new + old[start + len(hunk.old) :]
    return old


@pytest.mark.parametrize("text", ["", "\n", "a", "a\nb\n", "a\r\nb\r\n"])
def test_equal_texts_have_none(text):
    assert differences(text, text) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("a\nb\nc\n", "a\nB\nc\n", [Hunk(2, "b\n", "B\n")]),
        ("a\nb\nc\n", "a\nc\n", [Hunk(2, "b\n", "")]),
        ("a\nc\n", "a\nb\nc\n", [Hunk(2, "", "b\n")]),
        ("a\n", "a\nb", [Hunk(2, "", "b")]),
        ("a", "a\nb", [Hunk(1, "a", "a\nb")]),
        ("", "a\n", [Hunk(1, "", "a\n")]),
        ("a\n", "", [Hunk(1, "a\n", "")]),
        ("a\r\nb\r\n", "a\r\nB\r\n", [Hunk(2, "b\r\n", "B\r\n")]),
        ("a\rb\rc", "a\rB\rc", [Hunk(2, "b\r", "B\r")]),
        ("a\nb", "a\nb\n", [Hunk(2, "b", "b\n")]),
        ("ab\nac\n", "ab\nab\nac\n", [Hunk(2, "", "ab\n")]),
        ("x\x0cy\nb\n", "x\x0cy\nB\n", [Hunk(2, "b\n", "B\n")]),
    ],
)
def test_one_change(old, new, expected):
    assert differences(old, new) == expected


def test_changes_far_apart_are_hunks_of_their_own():
    middle = "".join(f"line {number}\n" for number in range(100))
    found = differences(f"import a\n{middle}old\nend\n", f"import a\nimport b\n{middle}new\nnewer\nend\n")
    assert found == [Hunk(2, "", "import b\n"), Hunk(102, "old\n", "new\nnewer\n")]


def test_changes_close_together_are_one_hunk():
    assert differences("a\nb\nc\nd\ne\n", "A\nb\nc\nD\ne\n") == [Hunk(1, "a\nb\nc\nd\n", "A\nb\nc\nD\n")]


def test_line_counts_know_all_line_ends():
    assert lines("a\r\nb\rc\n\x0cd") == ("a", "b", "c", "\x0cd")
    assert Hunk(4, "a\rb\n", "").end_line == 6


def test_is_quick_on_large_texts():
    middle = "".join(f"line {number}\n" for number in range(50_000))
    start = time.process_time()
    differences(f"a\n{middle}b\n", f"A\n{middle}B\n")
    differences(middle, "")
    differences(middle, middle.replace("line", "row"))
    assert time.process_time() - start < 2


@given(
    st.lists(st.sampled_from(["a\n", "b\n", "\n", "c\r\n", "d\r"]), max_size=30).map("".join),
    st.lists(st.sampled_from(["a\n", "b\n", "\n", "c\r\n", "d\r", "e"]), max_size=30).map("".join),
)
def test_hunks_always_lead_from_the_old_text_to_the_new(old, new):
    assert made(old, differences(old, new)) == new
