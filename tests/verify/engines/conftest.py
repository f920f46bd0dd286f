"""Engines that have the tasks of these tests on their path."""

import os
import sys
from pathlib import Path

import pytest
from reference.engines import legacy_cache

from kerasfix.verify.engines import Engines, Limits

HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="session")
def engines():
    with Engines(Limits(seconds=60, memory=1 << 30), legacy_cache(), [HERE]) as engines:
        yield engines


@pytest.fixture
def run(engines):
    """Run code in a child of Keras 3, and give the answer; every trace of it has to be gone after that."""

    def run(code, seconds=20.0, engine="keras3", **variables):
        limits = Limits(seconds=seconds, memory=512 << 20, answer=1 << 20)
        engines.version(engine)  # it is there
        before = open_descriptors()
        answer = engines.run(engine, "engine_tasks:execute", {"code": code, "variables": variables}, limits=limits)
        assert open_descriptors() == before
        assert not scratch_folders(engines), "a scratch folder is left"
        assert not children(engines), "a process is left"
        return answer

    return run


def scratch_folders(engines):
    return list(engines.folder.parent.glob("*/scratch-*"))


def children(engines):
    """The processes below the engines."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(text[text.rindex(")") + 1 :].split()[1])
    engine_processes = {pid for pid, parent in parents.items() if parent == os.getpid() and _is_engine(pid)}
    return [pid for pid, parent in parents.items() if parent in engine_processes]


def _is_engine(pid):
    try:
        return b"kerasfix.verify.engines" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def open_descriptors():
    return sorted(os.listdir("/proc/self/fd")) if sys.platform == "linux" else []
