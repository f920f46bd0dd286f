"""Watches one child from its fork to its end: its time, its memory, what it prints and what it answers."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import tempfile
import time
from collections.abc import Sequence
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from kerasfix.verify.engines import memory
from kerasfix.verify.engines.answers import Answer, Ended, Limits
from kerasfix.verify.engines.process import EngineProcess
from kerasfix.verify.engines.protocol import AnswerReader, Job
from kerasfix.verify.engines.scratch import remove_tree

_LOOK_SECONDS = 0.05
_KEPT_LOG = 64 << 10
_LEAVE_SECONDS = 1.0  # that a child has to leave after it has answered
_BURY_SECONDS = 10.0  # that an engine has to end a child


class NotBegunError(Exception):
    """The engine was gone before it could begin: nothing was run."""


def supervise(process: EngineProcess, function: str, payload: Any, limits: Limits, writable: Sequence[Path]) -> Answer:
    """Have a function called in a child of an engine, and see it to its end: see `Engines.run`.

    Raises:
        NotBegunError: The engine was gone.
    """
    scratch = Path(tempfile.mkdtemp(prefix="scratch-", dir=process.folder))
    token = secrets.token_hex(16)
    job = Job(function, payload, str(scratch), tuple(map(str, writable)), limits, token)
    watch = _Watch(process, job)
    try:
        return watch.run()
    finally:
        watch.close()
        remove_tree(scratch)


class _Watch:
    def __init__(self, process: EngineProcess, job: Job) -> None:
        self._process = process
        self._job = job
        self._limits = job.limits
        self._reader = AnswerReader(job.token, job.limits.answer)
        self._log = bytearray()
        self._pid: int | None = None
        self._status: int | None = None
        self._strays = 0
        self._killed: Ended | None = None  # by us, and why
        self._gone = False  # the engine
        self._engines_memory = 0  # what the child has in memory from its engine
        self._next_look = 0.0  # at its memory
        self._messages = b""
        self._open: set[int] = set()
        self._leash: socket.socket | None = None

    def run(self) -> Answer:
        began = time.monotonic()
        try:
            self._begin()
        except OSError as error:
            raise NotBegunError(str(error)) from error
        self._watch()
        events = list(self._reader.events)
        if self._strays:
            events.append("left a process behind")
        value, ended = self._outcome()
        return Answer(
            value=value,
            ended=ended,
            log=self._log.decode(errors="replace"),
            seconds=time.monotonic() - began,
            events=tuple(events),
        )

    def close(self) -> None:
        """Let go of the child, and wait until its engine has ended it: then nothing writes any more."""
        if self._leash is not None:
            if self._status is None and not self._gone:
                self._let_go()
                with contextlib.suppress(OSError):
                    self._leash.settimeout(_BURY_SECONDS)
                    while self._leash.recv(4096):
                        pass
            self._leash.close()
            self._leash = None
        if self._gone:
            self._await_death()
        for descriptor in self._open:
            os.close(descriptor)
        self._open.clear()

    def _await_death(self) -> None:
        """Let the kernel end the child of a dead engine."""
        end = time.monotonic() + _LEAVE_SECONDS
        while self._pid and memory.used(self._pid) and time.monotonic() < end:
            time.sleep(_LOOK_SECONDS)

    def _begin(self) -> None:
        self._answer_end, answer = os.pipe()
        self._log_end, log = os.pipe()
        self._leash, theirs = socket.socketpair()
        self._open = {self._answer_end, self._log_end}
        try:
            self._process.request(self._job, answer, log, theirs.fileno())
        finally:
            os.close(answer)
            os.close(log)
            theirs.close()
        for descriptor in self._open:
            os.set_blocking(descriptor, False)

    def _watch(self) -> None:
        assert self._leash is not None
        end = time.monotonic() + self._limits.seconds
        patience = time.monotonic() + self._limits.seconds + _BURY_SECONDS
        answered = False
        while self._status is None and not self._gone:
            for source in wait([self._leash, *self._open], _LOOK_SECONDS):
                self._hear(source)
            now = time.monotonic()
            if self._reader.message is not None and not answered:
                answered = True
                end = min(end, now + _LEAVE_SECONDS)
            if now > patience:  # the engine itself hangs
                self._process.kill()
                self._gone = True
            if self._killed:
                continue
            if now > end:
                self._kill(Ended("timeout", f"no result after {self._limits.seconds:g} seconds"))
            elif self._reader.overflown:
                self._kill(Ended("lost", f"the answer is larger than {memory.in_words(self._limits.answer)}"))
            elif self._uses_too_much():
                self._kill(Ended("memory", f"used more than {memory.in_words(self._limits.memory)} of memory"))
            if self._killed:
                patience = now + _BURY_SECONDS
        self._drain()

    def _hear(self, source: Any) -> None:
        if isinstance(source, socket.socket):
            self._hear_engine(source.recv(4096))
            return
        data = os.read(source, 1 << 16)
        if not data:
            os.close(source)
            self._open.discard(source)
        elif source == self._answer_end:
            self._reader.feed(data)
        else:
            self._log += data
            del self._log[:-_KEPT_LOG]

    def _hear_engine(self, data: bytes) -> None:
        self._gone = not data
        *lines, self._messages = (self._messages + data).split(b"\n")
        for message in map(json.loads, lines):
            if "pid" in message:
                self._pid = int(message["pid"])
                self._engines_memory = memory.used(self._pid) or 0
            else:
                self._status = int(message["status"])
                self._strays = int(message["strays"])

    def _drain(self) -> None:
        """Take what is left in the pipes; no more comes."""
        for descriptor in list(self._open):
            with contextlib.suppress(BlockingIOError):
                while descriptor in self._open:
                    self._hear(descriptor)

    def _uses_too_much(self) -> bool:
        now = time.monotonic()
        if self._pid is None or now < self._next_look:
            return False
        self._next_look = now + memory.PERIOD
        return (memory.used(self._pid) or 0) - self._engines_memory > self._limits.memory

    def _kill(self, ended: Ended) -> None:
        self._killed = ended
        self._let_go()

    def _let_go(self) -> None:
        with contextlib.suppress(OSError):
            assert self._leash is not None
            self._leash.shutdown(socket.SHUT_WR)

    def _crash(self, number: int) -> Ended:
        allowed = memory.in_words(self._limits.memory)
        if number == signal.SIGABRT and b"std::bad_alloc" in self._log:
            return Ended("memory", f"needed more than the {allowed} it may use, and native code aborted")
        if number == signal.SIGKILL:  # not by us; it has asked to be the first
            return Ended("memory", "was killed, most likely because the system had no memory left")
        return Ended("crash", _signal_in_words(number))

    def _outcome(self) -> tuple[Any, Ended | None]:
        message = self._reader.message
        if message is not None:
            return _read(message)
        if self._killed:
            return None, self._killed
        if self._status is None:
            return None, Ended("lost", f"the engine died: {self._process.log() or 'it says nothing'}")
        if self._status < 0:
            return None, self._crash(-self._status)
        return None, Ended("exit", f"the process ended without a result, with status {self._status}")


def _read(message: dict[str, Any]) -> tuple[Any, Ended | None]:
    if "value" in message:
        return message["value"], None
    kind, text = message["ended"]
    return None, Ended(str(kind), str(text))


def _signal_in_words(number: int) -> str:
    try:
        return f"{signal.strsignal(number)} ({signal.Signals(number).name})"
    except ValueError:
        return f"signal {number}"
