"""Runs work on a deep stack: models are nested calls, and generated code nests deeper still."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from queue import SimpleQueue
from typing import Any, TypeVar

_STACK = 512 * 1024 * 1024  # bytes of address space; what is not used costs no memory
_RECURSION = 60_000
_NAME = "kerasfix-deep-stack"

T = TypeVar("T")


@dataclass(slots=True)
class _Job:
    work: Callable[[], Any]
    result: Any = None
    error: BaseException | None = None
    done: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        try:
            self.result = self.work()
        except BaseException as error:
            self.error = error
        self.done.set()


def on_deep_stack(work: Callable[[], T]) -> T:
    """What `work` returns, or raises. Raises MemoryError where no thread can be started."""
    if threading.current_thread().name == _NAME:
        return work()
    job = _Job(work)
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _RECURSION))
    try:
        _jobs(os.getpid()).put(job)
        job.done.wait()
    finally:
        sys.setrecursionlimit(limit)
    if job.error is not None:
        raise job.error
    result: T = job.result
    return result


@cache
def _jobs(process: int) -> SimpleQueue[_Job]:
    """The jobs of the one deep thread of a process: making it costs more than the analysis of a small file.

    A forked process has the queue of its parent, but not the thread; hence one for each `process` id.
    """
    jobs: SimpleQueue[_Job] = SimpleQueue()

    def serve() -> None:
        while True:
            jobs.get().run()

    size = threading.stack_size()
    try:
        for stack in (_STACK, _STACK // 8, 0):
            threading.stack_size(stack)
            with contextlib.suppress(RuntimeError):
                threading.Thread(target=serve, name=_NAME, daemon=True).start()
                return jobs
    finally:
        threading.stack_size(size)
    raise MemoryError("no thread can be started")
