import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerasfix.source.diff import unified_diff


def test_equal_texts_have_no_diff():
    assert unified_diff("a.py", "x\n", "x\n") == ""
    assert unified_diff("a.py", "", "") == ""


def test_change_in_the_middle():
    old = "".join(f"line {number}\n" for number in range(1, 21))
    new = old.replace("line 10\n", "line ten\n")
    assert unified_diff("pkg/a.py", old, new) == (
        "--- a/pkg/a.py\n+++ b/pkg/a.py\n@@ -7,7 +7,7 @@\n line 7\n line 8\n line 9\n-line 10\n+line ten\n"
        " line 11\n line 12\n line 13\n"
    )


def test_missing_newline_is_marked():
    assert unified_diff("a.py", "x", "y\n").endswith("-x\n\\ No newline at end of file\n+y\n")


def test_paths_outside_get_no_prefix():
    assert "--- /tmp/a.py\n" in unified_diff("/tmp/a.py", "x\n", "y\n")
    assert "--- ../a.py\n" in unified_diff("../a.py", "x\n", "y\n")


def test_form_feeds_and_carriage_returns_stay():
    assert "-a\r\n+b\r\n \x0cc\n" in unified_diff("a.py", "a\r\n\x0cc\n", "b\r\n\x0cc\n")


def test_large_texts_take_linear_time():
    old = "x = 1\n" * 500_000
    diff = unified_diff("a.py", old, old[: len(old) // 2] + "y = 2\n" + old[len(old) // 2 :])
    assert "+y = 2\n" in diff
    assert diff.count("\n") < 15


LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\r\n", "\x0c\n", "d\re\n"]), max_size=30).map("".join)


@pytest.mark.skipif(not shutil.which("git"), reason="needs git")
@settings(max_examples=40, deadline=None)
@given(LINES, LINES, st.sampled_from(["", "z"]), st.sampled_from(["", "z"]))
def test_git_applies_it(tmp_path_factory, old, new, old_end, new_end):
    old, new = old + old_end, new + new_end
    if not old or not new or old == new:
        return
    folder = tmp_path_factory.mktemp("apply")
    path = folder / "a.py"
    path.write_bytes(old.encode())
    subprocess.run(["git", "apply", "-"], input=unified_diff("a.py", old, new).encode(), cwd=folder, check=True)
    assert path.read_bytes() == new.encode()
