"""Work spread over processes, such that none can take the run down.

The pools of the standard library hang or give up as a whole when a worker is killed (out of memory, a crash in native
code); here that costs the one piece of work it was at.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_PATIENCE = 2.0  # seconds that a worker has to end once it was told to


@dataclass(frozen=True, slots=True)
class Lost:
    """Instead of a result: the worker died at this piece of work."""

    reason: str


@dataclass(slots=True)
class _Worker(Generic[Item]):
    process: Any  # every start method has a class of its own
    connection: Connection
    at: int  # the piece of work that it is at


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(
    function: Callable[[Item], Result], items: Sequence[Item], jobs: int
) -> Generator[tuple[int, Result | Lost]]:
    """Call `function`, which must not raise, for each of `items` in up to `jobs` processes.

    Gives pairs of an index and its result as they come. Closing the iterator, or an exception in its consumer, ends
    the processes.
    """
    # Forked workers have all modules already. On macOS system libraries do not survive a fork.
    forks = "fork" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"
    context: Any = multiprocessing.get_context("fork" if forks else "spawn")
    workers: dict[Connection, _Worker[Item]] = {}
    todo = iter(range(len(items)))

    def hire() -> None:
        index = next(todo, None)
        if index is None:
            return
        ours, theirs = context.Pipe()
        # A fork inherits our ends of all pipes; open in a worker, they would keep the others alive after our death.
        inherited = [*workers, ours] if forks else []
        process = context.Process(target=_serve, args=(function, theirs, inherited), daemon=True)
        with _no_interrupt():
            process.start()
        theirs.close()
        workers[ours] = _Worker(process, ours, index)
        _send(workers[ours], items[index])

    finished = False
    try:
        for _ in range(min(jobs, len(items))):
            hire()
        while workers:
            for connection in wait(list(workers)):
                assert isinstance(connection, Connection)
                worker = workers[connection]
                try:
                    result = connection.recv()
                except (EOFError, OSError):
                    del workers[connection]
                    connection.close()
                    yield worker.at, Lost(_reason(worker.process))
                    hire()
                    continue
                yield worker.at, result
                index = next(todo, None)
                if index is None:
                    del workers[connection]
                    _dismiss(worker)
                    continue
                worker.at = index
                _send(worker, items[index])
        finished = True
    finally:
        if not finished:
            for worker in workers.values():
                worker.process.terminate()
            for worker in workers.values():
                _dismiss(worker)


def _send(worker: _Worker[Item], item: Item) -> None:
    # If it died between two pieces of work, receiving will say so.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        worker.connection.send(item)


def _dismiss(worker: _Worker[Item]) -> None:
    worker.connection.close()
    worker.process.join(_PATIENCE)
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join()


def _reason(process: Any) -> str:
    process.join(_PATIENCE)
    code = process.exitcode
    if code is None or code >= 0:
        return "the process that was at it ended"
    try:
        return f"the process that was at it was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"the process that was at it was ended by signal {-code}"


@contextlib.contextmanager
def _no_interrupt() -> Iterator[None]:
    """Holds Ctrl-C back while a worker starts, which would answer it with a traceback; a fork keeps it held back."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(function: Callable[[Any], object], connection: Connection, inherited: Sequence[Connection]) -> None:
    # Ctrl-C reaches all processes of a terminal; the first one decides what happens.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
    for other in inherited:
        other.close()
    try:
        while True:
            connection.send(function(connection.recv()))
    except EOFError:
        return
    except BaseException:  # nobody is there to read a traceback; the death itself is reported
        os._exit(1)
