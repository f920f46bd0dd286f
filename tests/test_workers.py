import multiprocessing
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import kerasfix
from kerasfix.workers import Lost, spread


def double(number):
    return number * 2


def die(number):
    if number == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    if number == 4:
        os._exit(0)
    return number


def unsendable(number):
    return lambda: number


@pytest.mark.parametrize("jobs", [1, 2, 5, 30])
def test_every_item_has_its_result(jobs):
    assert dict(spread(double, range(20), jobs)) == {number: number * 2 for number in range(20)}


def test_where_processes_cannot_fork(monkeypatch):
    monkeypatch.setattr("multiprocessing.get_all_start_methods", lambda: ["spawn"])
    results = dict(spread(die, range(5), 2))
    assert {index for index, result in results.items() if isinstance(result, Lost)} == {3, 4}


def test_no_items():
    assert list(spread(double, [], 2)) == []


def test_large_items():
    texts = ["x" * 3_000_000, "y" * 3_000_000, "z"]
    assert dict(spread(double, texts, 2)) == {index: text * 2 for index, text in enumerate(texts)}


@pytest.mark.parametrize("jobs", [1, 3])
def test_death_of_a_worker_costs_its_item_only(jobs):
    results = dict(spread(die, range(8), jobs))
    assert {index for index, result in results.items() if isinstance(result, Lost)} == {3, 4}
    assert "SIGKILL" in results[3].reason
    assert [results[index] for index in (0, 1, 2, 5, 6, 7)] == [0, 1, 2, 5, 6, 7]


def test_result_that_cannot_be_sent(capfd):
    assert isinstance(dict(spread(unsendable, [1], 1))[0], Lost)
    assert capfd.readouterr().err == ""


def test_workers_end_with_the_iterator():
    answers = spread(die, range(3), 2)
    next(answers)
    answers.close()
    assert multiprocessing.active_children() == []


ORPHANS = """
import os, sys
sys.path.insert(0, sys.argv[1])
from kerasfix.workers import spread
def idle(number):
    os.write(1, b"%d\\n" % os.getpid())  # in one piece, whoever else writes
    import time
    time.sleep(number)
for _ in spread(idle, [0, 0, 60], 2):
    pass
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_workers_that_wait_end_when_their_parent_is_killed(tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(ORPHANS.replace("[0, 0, 60]", "[0, 0, 3]"), encoding="utf-8")
    root = str(Path(kerasfix.__file__).parents[1])
    with subprocess.Popen([sys.executable, script, root], stdout=subprocess.PIPE, text=True) as parent:
        pids = {int(parent.stdout.readline()) for _ in range(3)}
        parent.kill()
    deadline = time.monotonic() + 20
    while any(Path("/proc", str(pid)).exists() for pid in pids):
        assert time.monotonic() < deadline, "a worker outlives its parent"
        time.sleep(0.05)


@pytest.mark.skipif(os.name != "posix", reason="sends signals")
def test_interrupt_ends_the_workers(tmp_path):
    script = tmp_path / "parent.py"
    script.write_text(ORPHANS.replace("[0, 0, 60]", "[60, 60]"), encoding="utf-8")
    root = str(Path(kerasfix.__file__).parents[1])
    command = [sys.executable, script, root]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as parent:
        pids = [int(parent.stdout.readline()) for _ in range(2)]
        os.killpg(parent.pid, signal.SIGINT)
        error = parent.communicate(timeout=30)[1]
    assert error.count("Traceback") == 1  # the parent's own
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
