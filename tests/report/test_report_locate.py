from __future__ import annotations

import pickle

import pytest
from report.samples import MODEL, concat, located, total

from kerasfix.findings import Applicability, Edit, Finding, Fix, Located
from kerasfix.report.hunks import Hunk
from kerasfix.report.locate import changes_of, locate
from kerasfix.source.index import TextIndex
from kerasfix.source.read import SourceFile


def place(finding: Located) -> tuple[int, int, int, int]:
    return finding.line, finding.column, finding.end_line, finding.end_column


def test_place_of_a_finding_in_one_line():
    finding = concat()
    assert place(finding) == (5, 8, 5, 43)
    assert finding.source == ("both = merge([left, right], mode='concat')",)
    assert finding.path == "model.py"


def test_place_of_a_finding_over_several_lines():
    finding = total()
    assert place(finding) == (6, 9, 9, 2)
    assert finding.source == ("total = merge(", "    [left, right],  # as in the paper", "    mode='sum',", ")")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_line_end_in_the_span_is_no_line_of_its_own(end):
    finding = located(f"x = 1{end}y = 2{end}", f"y = 2{end}")
    assert place(finding) == (2, 1, 2, 6)
    assert finding.source == ("y = 2",)


def test_columns_are_characters():
    assert place(located("日本 = '𝔘'; x = merge(a)\n", "merge(a)")) == (1, 15, 1, 23)


def test_an_empty_span():
    finding = locate(SourceFile("a.py", ""), TextIndex(""), Finding("r", 0, 0, "m"), None)
    assert place(finding) == (1, 1, 1, 1)
    assert finding.source == ("",)


def test_without_a_fix_there_is_nothing_after():
    finding = located(MODEL, "left = Input((3,))", help_text="Write it anew.")
    assert (finding.fix_title, finding.after, finding.assumes) == (None, None, None)
    assert finding.applicability is Applicability.MANUAL
    assert finding.help == "Write it anew."
    assert changes_of(finding) == ()


def test_a_fix_that_changes_nothing_shows_nothing():
    finding = located(MODEL, "Input((3,))", new="Input((3,))")
    assert finding.after is None
    assert changes_of(finding) == ()


def test_after_are_the_same_lines_once_the_fix_is_made():
    assert concat().after == ("both = Concatenate()([left, right])",)
    assert total().after == ("total = Add()(", "    [left, right],  # as in the paper", ")")


def test_after_leaves_out_what_changes_elsewhere():
    finding = concat()
    assert changes_of(finding) == (
        Hunk(
            1,
            "from keras.layers import Dense, Input, merge\n",
            "from keras.layers import Dense, Concatenate, Input, merge\n",
            aside=True,
        ),
        Hunk(5, "both = merge([left, right], mode='concat')\n", "both = Concatenate()([left, right])\n"),
    )


def test_after_of_a_line_that_goes():
    finding = located("x = 1\nx._keras_shape = 2\ny = 3\n", "x._keras_shape = 2\n", new="")
    assert finding.source == ("x._keras_shape = 2",)
    assert finding.after == ()


def test_after_of_a_finding_within_a_larger_change():
    text = "a = 1\nb = 2\nc = 3\n"
    finding = Finding("r", 6, 11, "m", Fix((Edit(0, 17, ("a = 4\n",)),), Applicability.SAFE, "t"))
    found = locate(SourceFile("a.py", text), TextIndex(text), finding, "a = 4\n\n")
    assert found.source == ("b = 2",)
    assert changes_of(found) == (Hunk(1, "a = 1\nb = 2\nc = 3\n", "a = 4\n\n"),)
    assert found.after == ("a = 4", "")


def test_lines_added_behind_the_finding_are_part_of_the_fix():
    text = "x = f(y)\nz = 1\n"
    fix = Fix((Edit(8, 8, ("\nx.set_shape((1,))",)),), Applicability.SAFE, "Add `set_shape`")
    finding = locate(
        SourceFile("a.py", text), TextIndex(text), Finding("r", 0, 8, "m", fix), text[:8] + "\nx.s()" + text[8:]
    )
    assert changes_of(finding) == (Hunk(2, "", "x.s()\n"),)


def test_of_equal_lines_that_stand_together_any_may_be_the_one_that_goes():
    text = "a\n" * 9
    finding = located(text, "a\n", new="")
    assert [hunk.aside for hunk in changes_of(finding)] == [False]


def test_changes_of_a_finding_that_was_made_without_a_text():
    plain = Located("r", "a.py", 3, 1, 4, 2, "m", Applicability.SAFE, None, "t", None, ("a", "b"), ("c",), "f")
    assert changes_of(plain) == (Hunk(3, "a\nb\n", "c\n"),)


def test_a_located_finding_can_cross_a_process_boundary():
    finding = concat()
    assert pickle.loads(pickle.dumps(finding)) == finding


def fingerprint(text: str, code: str, **options: str) -> str:
    return located(text, code, **options).fingerprint


def test_the_fingerprint_stays_when_lines_move_or_are_indented():
    known = fingerprint("x = merge(a)\n", "merge(a)")
    assert len(known) == 64
    assert fingerprint("# new\n\nx = merge(a)\n", "merge(a)") == known
    assert fingerprint("if x:\n    x  =\tmerge(a)  \n", "merge(a)") == known


def test_the_fingerprint_tells_rules_files_and_lines_apart():
    known = fingerprint("x = merge(a)\n", "merge(a)")
    others = {
        fingerprint("x = merge(b)\n", "merge(b)"),
        fingerprint("x = merge(a)\n", "merge(a)", rule="merge-layer"),
        fingerprint("x = merge(a)\n", "merge(a)", path="other.py"),
    }
    assert len(others) == 3
    assert known not in others


def test_the_fingerprint_tells_equal_lines_and_places_in_a_line_apart():
    text = "x = merge(a), merge(a)\nx = merge(a), merge(a)\n"
    index = TextIndex(text)
    starts = [4, 14, 27, 37]
    found = [locate(SourceFile("a.py", text), index, Finding("r", start, start + 8, "m"), None) for start in starts]
    assert len({finding.fingerprint for finding in found}) == 4


def test_the_fingerprint_does_not_depend_on_how_the_path_was_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    known = fingerprint("x = merge(a)\n", "merge(a)", path="a.py")
    assert fingerprint("x = merge(a)\n", "merge(a)", path="./a.py") == known
    assert fingerprint("x = merge(a)\n", "merge(a)", path=str(tmp_path / "a.py")) == known


def test_a_lone_surrogate_is_no_obstacle():
    assert fingerprint("x = merge('\udc80')\n", "merge('\udc80')", path="\udc80.py")
