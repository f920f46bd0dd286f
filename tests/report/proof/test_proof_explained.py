from __future__ import annotations

from report.proof.samples import HOSTILE, LEGACY, Building, siamese_architecture, vqa_architecture

from kerasfix.report.proof.explained import render_merges


def test_two_branches_in_the_models_own_numbers():
    assert render_merges(vqa_architecture(LEGACY)) == (
        "merge_1: Merge(mode='concat')\n"
        "  in   dense_1  (None, 64)\n"
        "       dense_2  (None, 64)\n"
        "  out           (None, 128)\n"
        "  `Concatenate` puts its inputs side by side along axis 1, the last, where the\n"
        "  sizes add up: 64 + 64 = 128.\n"
        "  `dense_3` (Dense) has 8,256 parameters (128 × 64 + 64); after `Add` it would\n"
        "  have 4,160 (64 × 64 + 64).\n"
        "  With `Add` the model would have 56,906 parameters, 4,096 fewer.\n"
        "\n"
        "merge_2: Merge(mode='sum')\n"
        "  in   dense_1  (None, 64)\n"
        "       dense_2  (None, 64)\n"
        "  out           (None, 64)\n"
        "  `Add` goes through its inputs number by number and adds them up: all inputs\n"
        "  have one shape, and the result keeps it.\n"
        "  With `Concatenate` this model could not be built: sizes that are 64 and 128\n"
        "  do not fit.\n"
        "\n"
        "merge_3: Merge(mode='mul')\n"
        "  in   dense_3  (None, 64)\n"
        "       merge_2  (None, 64)\n"
        "  out           (None, 64)\n"
        "  `Multiply` goes through its inputs number by number and multiplies them: all\n"
        "  inputs have one shape, and the result keeps it.\n"
        "  `dense_4` (Dense) has 650 parameters (64 × 10 + 10); after `Concatenate` it\n"
        "  would have 1,290 (128 × 10 + 10).\n"
        "  With `Concatenate` the model would have 61,642 parameters, 640 more.\n"
    )


def test_a_model_without_merges():
    assert render_merges(Building().done([])) == "This model has no layer that merges.\n"


def test_the_same_layer_twice_has_its_name_twice():
    output = render_merges(siamese_architecture("Keras 3.15.1"))
    assert "  in   tower  (None, 8)\n       tower  (None, 8)\n  out         (None, 16)\n" in output
    assert "`dense_3` (Dense) has 17 parameters (16 × 1 + 1); after `Add` it would have\n  9 (8 × 1 + 1)." in output


def test_a_merge_at_the_end_says_what_the_model_would_give():
    add = Building()
    joined = add.merge("concat", 1, [add.input("a", (None, 4)), add.input("b", (None, 4))], (None, 8))
    output = render_merges(add.done([joined]))
    assert output.endswith(
        "  With `Add` the result would be `(None, 4)`, and the model would have the\n"
        "  same 0 parameters. Its output would be `(None, 4)`.\n"
    )


def test_what_is_not_known_is_said_not_to_be_known():
    add = Building()
    joined = add.merge("concat", 1, [add.input("a", (None, 4)), add.input("b", (None, 4))], (None, 8))
    own = add("own", "Attention", joined, (None, 8), 7)
    add("plain", "Lambda", joined, (None, 8))
    output = render_merges(add.done([own])).replace("\n  ", " ")
    assert "`own` (Attention) has 7 parameters; what it would have after `Add` is not known: it depends on" in output
    assert "What `plain` (Lambda) would give after `Add` is not known: it depends on what `Lambda` does." in output


def test_of_many_inputs_the_first_and_the_last_are_listed():
    add = Building()
    inputs = [add.input(f"input_{number}", (None, 2)) for number in range(40)]
    output = render_merges(add.done([add.merge("concat", 1, inputs, (None, 80))]))
    assert "       input_3      (None, 2)\n       and 35 more  ...\n       input_39     (None, 2)\n" in output
    assert "2 + 2 + 2 + 2 + 2 + 2 + ... + 2 = 80" in output


def test_hostile_names_cannot_move_the_cursor():
    add = Building()
    evil = f"{HOSTILE}\x1b[2J"
    joined = add.merge("concat", 1, [add.input(evil, (None, 4)), add.input("b", (None, 4))], (None, 8))
    output = render_merges(add.done([add.dense(f"{evil}2", joined, 2)]))
    assert not set(output) & set("\x1b\x00\u202e")
