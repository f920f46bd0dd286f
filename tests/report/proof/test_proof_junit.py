from __future__ import annotations

from itertools import product
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report.proof.samples import HOSTILE, captions, of, rendered, unverified, vqa, whole

from kerasfix.verify.verdicts import FileVerdict, Level, ModelVerdict, Outcome, Shortfall, Verification


def parsed(verification: Verification) -> ElementTree.Element:
    output = rendered(verification, "junit")
    assert output.isascii()
    return ElementTree.fromstring(output)


def cases(verification: Verification) -> list[tuple[str, str]]:
    """Each case with what became of it."""
    found = []
    for case in parsed(verification).iter("testcase"):
        kinds = [child.tag for child in case if child.tag in ("failure", "error", "skipped")]
        found.append((case.get("name", ""), kinds[0] if kinds else "passed"))
    return found


def test_a_run_with_one_of_everything():
    assert cases(whole()) == [
        ("build_captioner [build_captioner(vocabulary=1000, length=20)]", "failure"),
        ("inception [inception(classes=10)]", "passed"),
        ("TextCNN.build [TextCNN().build()]", "failure"),
        ("script", "failure"),
        ("model [script]", "passed"),
        ("siamese [script]", "passed"),
        ("kerasfix verify", "error"),
    ]
    root = parsed(whole())
    counts = {key: root.get(key) for key in ("tests", "failures", "errors", "skipped", "time")}
    assert counts == {"tests": "7", "failures": "3", "errors": "1", "skipped": "0", "time": "41.300"}


def test_a_failure_says_all_that_is_known():
    failure = parsed(of(captions(notes=("data set `mnist` is made up",)))).find("testsuite/testcase/failure")
    assert failure is not None
    assert failure.get("type") == "failed"
    assert failure.get("message") == "trains, asked for is equal: the outputs differ from those of the original"
    assert (failure.text or "").splitlines()[1:] == [
        "level: trains",
        "reference: Keras 1.2.2",
        "parameters: 96,552",
        "largest difference: 0.0412",
        "first differs at: `lstm_1` (LSTM): its output differs by 0.0387",
        "output `dense_1`: differs by 0.0412, allowed is 1.00e-05",
        "loss: differs by 0.00193, allowed is 2.00e-05",
        "weights after one step: `lstm_1`, array 1: the shapes differ",
        "note: data set `mnist` is made up",
    ]


def test_a_model_that_goes_as_far_as_is_asked_for_passes_although_more_is_unverified():
    assert cases(of(unverified(), require=Level.BUILDS)) == [("TextCNN.build [TextCNN().build()]", "passed")]


def test_a_file_without_a_model_was_not_tested():
    assert cases(of()) == [("kerasfix verify", "skipped")]


@pytest.mark.parametrize(
    ("shortfall", "name", "kind"),
    [
        (Shortfall("build(x={'a': 1})", "takes too long: 120 s"), "build(x={'a': 1})", "unverified"),
        (Shortfall("script", "fails, which the original does not", failed=True), "script", "failed"),
        (Shortfall(None, "nobody knows"), "kerasfix verify", "unverified"),
    ],
)
def test_a_scenario_that_falls_short_is_a_case_of_its_own(shortfall, name, kind):
    root = parsed(of(shortfalls=(shortfall,)))
    case = root.find("testsuite/testcase")
    assert case is not None
    failure = case.find("failure")
    assert failure is not None
    assert (case.get("name"), failure.get("message"), failure.get("type")) == (name, shortfall.reason, kind)


models = st.builds(
    ModelVerdict,
    name=st.just("model"),
    scenario=st.just("script"),
    level=st.sampled_from(Level),
    outcome=st.sampled_from(Outcome),
)
files = st.builds(
    FileVerdict,
    path=st.sampled_from(["a.py", "b.py", "c.py"]),
    models=st.lists(models, max_size=3).map(tuple),
    failure=st.sampled_from([None, None, "broken"]),
    shortfalls=st.sampled_from([(), (), (Shortfall("script", "needs a file"),)]),
)


@given(st.lists(files, max_size=4), st.sampled_from(Level))
def test_a_build_fails_exactly_if_the_run_is_not_satisfied(files, require):
    verification = Verification(files, "keras3", require)
    root = parsed(verification)
    assert (root.get("failures") == root.get("errors") == "0") == verification.satisfied
    assert int(root.get("tests", "0")) == len(list(root.iter("testcase")))


def test_every_level_and_outcome_is_said():
    for level, outcome in product(Level, Outcome):
        (case,) = cases(of(vqa(level=level, outcome=outcome), require=Level.TRAINS))
        expected = "passed" if level >= Level.TRAINS and outcome != Outcome.FAILED else "failure"
        assert case[1] == expected, (level, outcome)


def test_hostile_text():
    hostile = captions(name=HOSTILE, reason=HOSTILE, notes=(HOSTILE,))
    case = parsed(of(hostile, shortfalls=(Shortfall(HOSTILE, HOSTILE),))).find(".//testcase")
    assert case is not None
    assert case.get("name", "").startswith("</style></script><script>document.title='owned'")
