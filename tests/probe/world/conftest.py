"""Runs scripts in a world of stand-ins, each in a fork of one process: what is stood in for is so for good."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

_CHECKOUT = Path(__file__).resolve().parents[3]
_SERVER = """
import os, pickle, sys, types
import numpy
from kerasfix.probe import world

def run(path, folder, scratch, answer, argv):
    os.chdir(scratch)
    with open(path) as file:
        text = file.read()
    main = sys.modules["__main__"] = types.ModuleType("__main__")
    sys.argv = [path] + argv
    installed, error, reason = world.install(folder), None, None
    try:
        exec(compile(text, path, "exec"), vars(main))
    except BaseException as raised:
        error, reason = repr(raised), installed.reason(raised)
    plain = (int, float, str, bytes, list, tuple, dict, bool, type(None))
    values = {name: value for name, value in vars(main).items() if isinstance(value, plain) and name[:2] != "__"}
    with installed.real_open(answer, "wb") as file:
        pickle.dump((values, installed.notes, error, reason), file)

while True:
    try:
        job = pickle.load(sys.stdin.buffer)
    except EOFError:
        break
    child = os.fork()
    if not child:
        try:
            run(*job)
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    sys.stdout.write("done\\n")
    sys.stdout.flush()
"""


@dataclass
class Outcome:
    """What a script came to."""

    values: dict[str, Any]
    notes: list[str]
    error: str | None
    reason: str | None
    scratch: Path


@pytest.fixture(scope="session")
def world_server():
    """The process that is forked."""
    environment = {**os.environ, "PYTHONPATH": str(_CHECKOUT), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", _SERVER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:
        yield process
        process.stdin.close()


@pytest.fixture
def in_world(tmp_path, world_server):
    """`in_world(code, files, argv)` runs code as a script in a folder with files, in another, empty folder."""
    count = 0

    def run(code: str, files: Mapping[str, str | bytes] | None = None, argv: Sequence[str] = (), ok=True) -> Outcome:
        nonlocal count
        count += 1
        folder, scratch, answer = (tmp_path / f"{name}{count}" for name in ("folder", "scratch", "answer"))
        scratch.mkdir()
        for name, contents in {**(files or {}), "script.py": code}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(contents.encode() if isinstance(contents, str) else contents)
        before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        job = (str(folder / "script.py"), str(folder), str(scratch), str(answer), list(argv))
        pickle.dump(job, world_server.stdin)
        world_server.stdin.flush()
        while world_server.stdout.readline() not in (b"done\n", b""):
            pass
        after = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        assert after == before, "the user's folder is only read"
        outcome = Outcome(*pickle.loads(answer.read_bytes()), scratch)
        assert not ok or outcome.error is None, outcome.error
        return outcome

    return run
