import pytest

from kerasfix.edits.locked import respect
from kerasfix.findings import Applicability, Edit, Finding, Fix, Slot

HEAD = "#@cell"
TEXT = f"{HEAD}\na = 1\nb = 2\n{HEAD}\nc = 3\n"
FIRST, SECOND = TEXT.index("a = 1"), TEXT.index("c = 3")
LOCK = TEXT.index(HEAD, FIRST)
LOCKED = [(0, FIRST), (LOCK, SECOND)]


def left(*edits, at=FIRST):
    fix = Fix(edits, Applicability.SAFE, "Replace it") if edits else None
    return respect(TEXT, LOCKED, [Finding("r", at, at + 1, "m", fix)])


@pytest.mark.parametrize(
    "edit",
    [
        Edit(FIRST, FIRST + 1, ("x",)),
        Edit(FIRST, FIRST, ("x\n",)),
        Edit(SECOND, SECOND, ("x",)),
        Edit(LOCK, LOCK, ("x\n",)),
        Edit(FIRST, LOCK),
        Edit(FIRST, LOCK, ("x\r\n",)),
        Edit(FIRST, LOCK, ("x = ", Slot(FIRST, LOCK))),
        Edit(LOCK - 1, LOCK - 1, ("\nx",)),
        Edit(SECOND, len(TEXT), ()),
    ],
)
def test_fixes_within_cells_stay(edit):
    (finding,) = left(edit)
    assert finding.fix.edits == (edit,)


@pytest.mark.parametrize(
    "edit",
    [
        Edit(0, 0, ("x\n",)),
        Edit(3, 3, ("x",)),
        Edit(FIRST, SECOND),
        Edit(LOCK, LOCK + 1, ("x",)),
        Edit(LOCK, LOCK, ("x",)),
        Edit(FIRST, LOCK, ("x",)),
        Edit(LOCK - 1, LOCK),
        Edit(FIRST, LOCK, (Slot(FIRST, LOCK - 1),)),
        Edit(FIRST, len(TEXT), ("if x:", Slot(SECOND, len(TEXT)))),
        Edit(FIRST, len(TEXT), (Slot(FIRST, len(TEXT)),)),
    ],
)
def test_fixes_that_reach_across_cells_go(edit):
    (finding,) = left(Edit(FIRST, FIRST + 1, ("x",)), edit)
    assert finding.fix is None
    assert finding.help == "Replace it by hand: this reaches across the cells of the notebook, or into IPython's syntax"


def test_nothing_is_said_of_locked_lines():
    assert left(at=LOCK + 2) == left(at=0) == []
    assert len(left(at=SECOND)) == 1


def test_files_without_locks():
    findings = [Finding("r", 0, 1, "m")]
    assert respect(TEXT, [], findings) is findings
