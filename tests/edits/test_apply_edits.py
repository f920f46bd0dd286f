"""Edits, nested ones too, against a model that does the same slowly."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kerasfix.edits.apply import apply_edits, choose, replaced
from kerasfix.findings import Applicability, Edit, Fix, Slot
from kerasfix.source.index import TextIndex


def fix(*edits):
    return Fix(edits, Applicability.SAFE, "Do it")


def apply(text, *edits):
    return apply_edits(TextIndex(text), edits)


def test_edits_are_made_where_they_stand():
    assert apply("a b c", Edit(2, 3, ("B",)), Edit(4, 5, ("C",)), Edit(0, 1)) == " B C"


def test_slots_keep_what_stood_there_with_its_own_edits():
    text = "merge([merge([a, b]), c])"
    outer = Edit(0, 25, ("Add()(", Slot(6, 24), ")"))
    inner = Edit(7, 20, ("Mul()(", Slot(13, 19), ")"))
    letter = Edit(14, 15, ("A",))
    assert apply(text, outer, inner, letter) == "Add()([Mul()([A, b]), c])"
    assert apply(text, letter, inner, outer) == "Add()([Mul()([A, b]), c])"


def test_slots_may_change_places():
    assert apply("f(a, b)", Edit(2, 6, (Slot(5, 6), ", ", Slot(2, 3))), Edit(2, 3, ("A",))) == "f(b, A)"


def test_insertions_stand_before_what_begins_there():
    assert apply("ab", Edit(1, 1, ("-",)), Edit(1, 2, ("B",))) == "a-B"


def test_lines_that_hang_on_a_column_move_with_it():
    text = "y = merge([a,\n           b], mode='sum')\n"
    edit = Edit(4, len(text) - 1, ("Add()(", Slot(10, text.index("]") + 1), ")"))
    assert apply(text, edit) == "y = Add()([a,\n           b])\n"
    longer = Edit(4, len(text) - 1, ("Concatenate()(", Slot(10, text.index("]") + 1), ")"))
    assert apply(text, longer) == "y = Concatenate()([a,\n                   b])\n"


def test_lines_of_their_own_indentation_stay():
    text = "y = merge([\n    a,\n    b,\n], mode='sum')\n"
    edit = Edit(4, len(text) - 1, ("Concatenate()(", Slot(10, text.index("]") + 1), ")"))
    assert apply(text, edit) == "y = Concatenate()([\n    a,\n    b,\n])\n"


def test_lines_inside_strings_stay():
    text = "y = merge([a,\n           '''x\n                y'''], mode='sum')\n"
    edit = Edit(4, len(text) - 1, ("Concatenate()(", Slot(10, text.rindex("]") + 1), ")"))
    assert "'''x\n                y'''" in apply(text, edit)


def test_a_fix_that_would_be_cut_waits():
    whole, part = fix(Edit(0, 10, ("x",))), fix(Edit(3, 5, ("y",)))
    crossing = fix(Edit(8, 12, ("z",)))
    assert choose([whole, part]) == [whole]
    assert choose([part, whole, crossing]) == [part, crossing]
    holding = fix(Edit(0, 10, ("f(", Slot(2, 9), ")")))
    assert choose([holding, part]) == [holding, part]
    assert choose([part, holding]) == [part, holding]
    assert choose([holding, crossing]) == [holding]


def test_all_edits_of_a_fix_are_made_or_none():
    one, several = fix(Edit(0, 2)), fix(Edit(1, 3), Edit(100_000, 100_001))
    assert choose([one, several, fix(Edit(100_000, 100_002))]) == [one, fix(Edit(100_000, 100_002))]


def test_two_insertions_at_one_place_are_one_too_many():
    assert len(choose([fix(Edit(5, 5, ("a",))), fix(Edit(5, 5, ("b",)))])) == 1
    assert len(choose([fix(Edit(5, 5, ("a",))), fix(Edit(5, 7, ("b",)))])) == 2


def test_what_an_edit_takes_away_is_all_but_its_slots():
    assert replaced(Edit(2, 20, ("f(", Slot(10, 12), Slot(5, 7), ")"))) == [(2, 5), (7, 10), (12, 20)]
    assert replaced(Edit(2, 2, ("f",))) == []


@st.composite
def trees(draw):
    """A text of one line and edits that nest in each other's slots."""
    text = draw(st.text("abcdefgh é😀", min_size=1, max_size=40))
    edits = []

    def fill(start, end, depth):
        position = start
        while position < end and draw(st.booleans()):
            begin = draw(st.integers(position, end - 1))
            stop = draw(st.integers(begin + 1, end))
            pieces = ["<"]
            if depth and draw(st.booleans()):
                slot = Slot(draw(st.integers(begin, stop)), 0)
                slot = Slot(slot.start, draw(st.integers(slot.start, stop)))
                pieces.append(slot)
                fill(slot.start, slot.end, depth - 1)
            pieces.append(">")
            edits.append(Edit(begin, stop, tuple(pieces)))
            position = stop

    fill(0, len(text), 3)
    return text, draw(st.permutations(edits))


def slowly(text, edits, start, end):
    """The text from start to end, character by character."""
    inside = [edit for edit in edits if start <= edit.start and edit.end <= end]
    outer = [e for e in inside if not any(o is not e and holds(o, e) for o in inside)]
    result, position = "", start
    while position < end:
        edit = next((e for e in outer if e.start == position), None)
        if edit is None:
            result += text[position]
            position += 1
            continue
        for piece in edit.new:
            if isinstance(piece, str):
                result += piece
            else:
                result += slowly(text, [e for e in edits if e is not edit], piece.start, piece.end)
        position = edit.end
    return result


def holds(outer, inner):
    slots = [piece for piece in outer.new if isinstance(piece, Slot)]
    return any(slot.start <= inner.start and inner.end <= slot.end for slot in slots)


def twins(edits):
    """Edits of the same stretch that could each be the outer one."""
    spans = [(edit.start, edit.end) for edit in edits]
    return len(set(spans)) < len(spans)


@settings(max_examples=300, deadline=None)
@given(trees())
def test_edits_do_what_the_slow_model_does(case):
    text, edits = case
    if twins(edits):
        return
    assert apply_edits(TextIndex(text), edits) == slowly(text, edits, 0, len(text))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 600), st.integers(0, 300)), max_size=25))
def test_what_is_chosen_fits_together(spans):
    fixes = [fix(Edit(start, start + length, ("x",))) for start, length in spans]
    chosen = choose(fixes)
    taken = [False] * 1000
    for edit in (edit for one in chosen for edit in one.edits):
        assert not any(taken[edit.start : edit.end])
        taken[edit.start : edit.end] = [True] * (edit.end - edit.start)
    left = [one for one in fixes if not any(one is other for other in chosen)]
    for one in left:
        (edit,) = one.edits
        twins = any(edit == other.edits[0] for other in chosen)
        inside = any(other.edits[0].start < edit.end and edit.start < other.edits[0].end for other in chosen)
        assert twins or inside or edit.start == edit.end
