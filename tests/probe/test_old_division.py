from __future__ import annotations

import numpy as np
import pytest

from kerasfix.probe.sources import Sources

PROGRAM = """
half, fraction, below, big = 7 / 2, 7 / 2., -7 / 2, True / 2
floats = np.arange(4.) / 2


class Box:
    pass


box = Box()
box.sizes = [9, 9.0]
box.sizes[0] /= 2
box.sizes[1] /= 2
shared = kept = np.arange(4)
shared /= 2


def fails():
    return 1 / 0
"""


@pytest.fixture
def ran(tmp_path):
    path = str(tmp_path / "a.py")
    names = {"np": np}
    exec(Sources(path, {path: PROGRAM}, [path]).compiled(path), names)
    return names


def test_integers_are_rounded_down(ran):
    assert (ran["half"], ran["fraction"], ran["below"], ran["big"]) == (3, 3.5, -4, 0)
    assert ran["floats"].tolist() == [0, 0.5, 1, 1.5]


def test_in_place_too(ran):
    assert ran["box"].sizes == [4, 4.5]
    assert ran["kept"] is ran["shared"]
    assert ran["kept"].tolist() == [0, 0, 1, 1]


def test_errors_are_those_of_the_line(ran):
    with pytest.raises(ZeroDivisionError) as caught:
        ran["fails"]()
    assert caught.traceback[1].lineno == PROGRAM[: PROGRAM.index("1 / 0")].count("\n")


def test_only_texts_that_are_said_to_be_of_python_2(tmp_path):
    path, other = str(tmp_path / "a.py"), str(tmp_path / "b.py")
    names = {}
    exec(Sources(path, {path: "half = 7 / 2"}, [other]).compiled(path), names)
    assert names["half"] == 3.5
