from __future__ import annotations

import math
import re

import pytest
from report.proof.samples import HOSTILE, captions, inception, of, rendered, siamese, unverified, vqa, vqa_file, whole

from kerasfix.report.proof.full import columns
from kerasfix.verify.verdicts import Difference, FileVerdict, Level, Outcome, Shortfall, Verification


@pytest.fixture(autouse=True)
def at_80_columns(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")


def test_a_run_with_one_of_everything():
    assert rendered(whole(), "full") == (
        "  model            made by           level   parameters  difference  reference\n"
        "\n"
        "models/captions.py\n"
        "  build_captioner  build_captioner(  trains      96,552      0.0412  Keras 1.2.2\n"
        "                   vocabulary=1000,\n"
        "                   length=20)\n"
        "    failed: the outputs differ from those of the original\n"
        "    first differs at: `lstm_1` (LSTM): its output differs by 0.0387\n"
        "    output `dense_1`: differs by 0.0412, allowed is 1.00e-05\n"
        "    loss: differs by 0.00193, allowed is 2.00e-05\n"
        "    weights after one step: `lstm_1`, array 1: the shapes differ\n"
        "\n"
        "models/inception.py\n"
        "  inception        inception(        equal   17,280,930    8.34e-07  Keras 2.1.6\n"
        "                   classes=10)\n"
        "\n"
        "models/text_cnn.py\n"
        "  TextCNN.build    TextCNN().build(  builds      96,552           -  -\n"
        "                   )\n"
        "    unverified: the original does not run on Keras 1.2.2: No module named 'seya'\n"
        "  unverified: script: needs a data file, `glove.6B.100d.txt`, that is not there\n"
        "\n"
        "models/vqa.py\n"
        "  model            script            equal       61,002    1.19e-07  Keras 1.2.2\n"
        "  siamese          script            equal          417    1.19e-07  Keras 1.2.2\n"
        "  note: `model.fit` was cut to 5 steps\n"
        "  note: the arguments of `train` are made up\n"
        "\n"
        "notes/old.py\n"
        "  failed: line 1: Missing parentheses in call to 'print'\n"
        "\n"
        "3 of 5 models equal, 1 builds, 1 failed, 1 scenario not verified, 1 file could\n"
        "not be handled; on Keras 3.15.1 on TensorFlow 2.21.0. 41 s.\n"
        "Not proven as asked for (`equal`): 2 models, 1 scenario not verified, 1 file\n"
        "could not be handled.\n"
    )


def test_a_model_that_is_proven_has_one_line():
    assert rendered(of(vqa(notes=())), "full").splitlines()[3:] == [
        "  model  script   equal      61,002    1.19e-07  Keras 1.2.2",
        "",
        "1 of 1 model equal; on Keras 3.15.1 on TensorFlow 2.21.0. 1.0 s.",
        "Every model is proven as asked for (`equal`).",
    ]


def test_a_model_that_reached_what_is_asked_for_says_why_not_more():
    output = rendered(of(unverified(), require=Level.BUILDS), "full")
    assert "    unverified: the original does not run" in output
    assert output.endswith("Every model is proven as asked for (`builds`).\n")


def test_nothing_looked_at():
    output = rendered(Verification([], "keras3", Level.EQUAL, ""), "full")
    assert output == "no models. 0.0 s.\nNo model was found.\n"


def test_a_file_without_a_model_says_so():
    assert "m.py\n  no model was found\n" in rendered(of(), "full")


@pytest.mark.parametrize("width", [60, 72, 80, 100, 140, 200])
def test_no_line_is_wider_than_the_terminal(monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    long = "a_function_with_a_name_that_does_not_end_and_goes_on_for_a_hundred_columns_without_any_place_to_break_it"
    models = (vqa(name=long), captions(reason=f"{long} {long}"), siamese(scenario=f"{long}({long})"), inception())
    output = rendered(of(*models, shortfalls=(Shortfall("script", long * 2),)), "full")
    assert max(map(columns, output.splitlines())) <= width


def test_columns_line_up_with_wide_characters():
    output = rendered(of(vqa(name="モデル", scenario="作る()"), siamese()), "full")
    rows = [line for line in output.splitlines() if "Keras 1.2.2" in line]
    assert len({columns(row[: row.index("equal")]) for row in rows}) == 1
    assert len({columns(row[: row.index("Keras")]) for row in rows}) == 1


def test_colours_only_where_they_are_wanted():
    plain, colored = rendered(whole(), "full"), rendered(whole(), "full", color=True)
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[[\d;]*m", "", colored) == plain
    assert "\x1b[32mequal\x1b[0m" in colored
    assert "\x1b[1;31mtrains\x1b[0m" in colored, "a model that failed, whatever level it reached"


def test_a_name_that_is_a_level_does_not_get_its_colour():
    output = rendered(of(vqa(name="equal", scenario="equal")), "full", color=True)
    assert "  equal  equal    \x1b[32mequal\x1b[0m" in output


def test_hostile_text_cannot_move_the_cursor():
    evil = f"{HOSTILE}\x1b[2J\r\n\x07"
    model = captions(name=evil, scenario=evil, reason=evil, parted_at=evil, notes=(evil,), reference=evil)
    output = rendered(of(model, failure=evil, shortfalls=(Shortfall(evil, evil, failed=True),)), "full")
    assert not set(output) & set("\x1b\r\x07\x00\u202e")


def test_differences_that_are_no_numbers_are_said_in_words():
    wrong = tuple(
        Difference(f"output {number}", "output", value, 1e-5, False)
        for number, value in enumerate((math.nan, math.inf, *[1.0] * 5))
    )
    output = rendered(of(captions(differences=wrong)), "full")
    assert "    output 0: one side is not finite\n    output 1: the shapes differ\n" in output
    assert "    output 4: differs by 1, allowed is 1.00e-05\n    and 2 more that differ\n" in output
    assert re.search(r"trains +96,552 +nan ", output)


def test_the_summary_counts_each_model_once():
    models = (vqa(), vqa(level=Level.TRAINS), captions(), unverified(), unverified(level=Level.PARSES))
    output = rendered(of(*models), "full")
    assert "1 of 5 models equal, 1 trains, 1 builds, 1 unverified, 1 failed; on Keras" in output.replace("\n", " ")


def test_a_failed_model_never_counts_as_equal():
    output = rendered(of(vqa(outcome=Outcome.FAILED, reason="another loss")), "full")
    assert "0 of 1 model equal, 1 failed" in output
    assert "failed: another loss" in output


def test_the_order_of_files_does_not_depend_on_which_was_done_first():
    files = [vqa_file(path=path) for path in ("b.py", "a.py")]
    forth, back = (Verification(order, "keras3", Level.EQUAL) for order in (files, files[::-1]))
    assert rendered(forth, "full") == rendered(back, "full")


def test_an_unknown_format_is_an_error():
    with pytest.raises(ValueError, match="unknown output format 'html'; known are full, json, junit"):
        rendered(Verification([FileVerdict("m.py")], "keras3", Level.EQUAL), "html")
