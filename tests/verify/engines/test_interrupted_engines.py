"""Nothing is left when the process that uses engines is stopped, however that is done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

SCRIPT = """
import threading
from kerasfix.verify.engines import Engines
with Engines() as engines:
    engines.version("keras3")
    code = "open('mine', 'w').close(); import time; time.sleep(60)"
    threading.Thread(target=engines.run, args=("keras3", "engine_tasks:execute", code)).start()
    print(engines.folder.parent, flush=True)
    engines.run("keras3", "engine_tasks:execute", code)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_signal_leaves_nothing(number, tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent), "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        text=True,
    )
    folder = Path(process.stdout.readline().strip())
    wait_for(lambda: len(list(folder.glob("engine-*/scratch-*/mine"))) == 2)
    assert len(processes_of(folder)) == 3  # the engine and its children
    process.send_signal(number)
    process.wait(15)
    process.stdout.close()
    wait_for(lambda: not processes_of(folder))
    wait_for(lambda: not list(tmp_path.iterdir()))


def wait_for(condition):
    end = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def processes_of(folder):
    """The processes whose working directory is in a folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            place = os.readlink(entry / "cwd")
        except OSError:
            continue
        if place.startswith(str(folder)):
            found.append(int(entry.name))
    return found
