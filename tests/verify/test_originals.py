"""On which Keras an original is run in the end."""

from pathlib import Path

import pytest

from kerasfix.verify.engines import Answer, Ended
from kerasfix.verify.find import Found, Scenario
from kerasfix.verify.find.scenario import Reference
from kerasfix.verify.jobs import Request
from kerasfix.verify.originals import Originals
from kerasfix.verify.rewriting import Rewritten

FOUND = Found("nets.py", reference=Reference("keras==2.2.4", "", ("keras==1.2.2", "keras==2.0.9")))
RUNS = {"error": None, "loss": 0.5}
TAKES_NO_DATA = {"error": "it takes no data"}
RAISES = {"kind": "exception", "type": "TypeError", "message": "no such argument", "line": 3}
FAULT = {"kind": "unserved", "type": "OSError", "message": "needs a file", "line": 3}


class Engines:
    """Stands for engines whose answers are known."""

    def __init__(self, folder: Path, answers: dict[str, Answer]) -> None:
        self.folder = folder
        self.answers = answers
        self.asked: list[str] = []

    def run(self, engine: str, *_: object, **__: object) -> Answer:
        self.asked.append(engine)
        return self.answers[engine]


def ran(*probes, error=None):
    models = [{"probe": probe} for probe in probes]
    return Answer({"models": models, "error": error, "keras": "x", "package": "keras", "stopped": None})


def original(folder, **answers):
    by_name = {"first": "keras==2.2.4", "second": "keras==1.2.2", "third": "keras==2.0.9", "last": "tf_keras"}
    engines = Engines(folder, {by_name[key]: answer for key, answer in answers.items()})
    originals = Originals(engines, {}, Request("keras3"))
    return originals.run(Rewritten(None, "nets.py"), Scenario("nets.py", None, ""), FOUND), engines.asked


@pytest.mark.parametrize("answer", [ran(RUNS), ran(TAKES_NO_DATA, RUNS), ran(), ran(None)])
def test_what_runs_on_the_first_is_run_on_no_other(tmp_path, answer):
    assert original(tmp_path, first=answer)[1] == ["keras==2.2.4"]


@pytest.mark.parametrize("answer", [ran(error=RAISES), ran(TAKES_NO_DATA), ran(TAKES_NO_DATA, error=RAISES)])
def test_what_fails_on_the_first_or_cannot_be_measured_there_is_run_on_the_next(tmp_path, answer):
    found, asked = original(tmp_path, first=answer, second=ran(RUNS))
    assert (found.engine, asked) == ("keras==1.2.2", ["keras==2.2.4", "keras==1.2.2"])


@pytest.mark.parametrize("answer", [ran(error=FAULT), Answer(ended=Ended("timeout", "no result after 120 seconds"))])
def test_what_no_other_keras_would_change_is_run_on_no_other(tmp_path, answer):
    found, asked = original(tmp_path, first=answer)
    assert (found.measured, asked) == (0, ["keras==2.2.4"])


def test_where_none_runs_it_every_reason_is_told(tmp_path):
    answers = {"first": ran(TAKES_NO_DATA), "second": ran(error=RAISES), "third": ran(error=FAULT)}
    found, _ = original(tmp_path, **answers)
    assert found.why_not == (
        "the original does not run on Keras 2.2.4: its models do not run there: it takes no data; nor on "
        "Keras 1.2.2: line 3: TypeError: no such argument; nor on Keras 2.0.9: line 3: needs a file"
    )


class Dividing(Engines):
    """Stands for engines on which code runs with the division of Python 2 only."""

    def __init__(self, folder: Path, message: str) -> None:
        super().__init__(folder, {})
        self.message = message

    def run(self, engine: str, task: str, payload: dict, **_: object) -> Answer:
        self.asked.append(payload["classic"])
        return ran(RUNS) if payload["classic"] else ran(error={**RAISES, "message": self.message})


@pytest.mark.parametrize(
    ("message", "classic"),
    [
        ("'float' object cannot be interpreted as an integer", True),
        ("Value passed to parameter 'shape' has DataType float32 not in list of allowed values: int32, int64", True),
        ("no such argument", False),
    ],
)
def test_code_that_fractions_stop_is_run_with_the_division_of_python_2(tmp_path, message, classic):
    engines = Dividing(tmp_path, message)
    originals = Originals(engines, {}, Request("keras3"), maybe={"/nets.py": "size = 9 / 2\n"})
    found = originals.run(Rewritten(None, "nets.py"), Scenario("nets.py", None, ""), FOUND)
    assert (found.classic, bool(found.measured)) == (classic, classic)
    assert (["/nets.py"] in engines.asked) == classic


def test_where_nothing_is_divided_there_is_no_other_division(tmp_path):
    engines = Dividing(tmp_path, "'float' object cannot be interpreted as an integer")
    found = Originals(engines, {}, Request("keras3")).run(
        Rewritten(None, "nets.py"), Scenario("nets.py", None, ""), FOUND
    )
    assert (found.classic, found.measured, engines.asked) == (False, 0, [[]] * 4)
