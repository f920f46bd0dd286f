"""Locks of `multiprocessing` for a process that cannot have others: locks of threads do.

Those of the system are files in /dev/shm, which is outside of the scratch folder; pools of threads and Keras' own
generators need them, too.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.heap
import multiprocessing.synchronize
import threading
import time
from typing import Any

_RECURSIVE = 0  # Modules/_multiprocessing/semaphore.c: RECURSIVE_MUTEX; SEMAPHORE is 1


def install() -> None:
    """Give this process such locks, and let shared memory be a file in the folder for temporary files."""
    synchronize: Any = multiprocessing.synchronize
    synchronize._multiprocessing.SemLock = ThreadSemaphore
    heap: Any = multiprocessing.heap
    heap.Arena._dir_candidates = []
    # Others start a process that keeps track of what is shared.
    multiprocessing.set_start_method("fork", force=True)


class ThreadSemaphore:
    """What `_multiprocessing.SemLock` is, among threads."""

    SEM_VALUE_MAX = (1 << 31) - 1
    handle = 0

    def __init__(self, kind: int, value: int, maxvalue: int, name: str, unlink: bool) -> None:
        self.kind, self.maxvalue = kind, maxvalue
        self.name = None  # nothing in the file system is to be removed one day
        self._value = value
        self._changed = threading.Condition(threading.Lock())
        self._owner: int | None = None
        self._held = 0

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
        """Take one; False when there is none (in time)."""
        me = threading.get_ident()
        with self._changed:
            if self.kind == _RECURSIVE and self._held and self._owner == me:
                self._held += 1
                return True
            if not self._wait(block, timeout):
                return False
            self._value -= 1
            self._owner = me
            self._held += 1
            return True

    def release(self) -> None:
        """Give one back.

        Raises:
            AssertionError: A recursive lock is held by another thread, or by none.
            ValueError: There are as many as there can be.
        """
        with self._changed:
            if self.kind == _RECURSIVE:
                if not (self._held and self._owner == threading.get_ident()):
                    raise AssertionError("attempt to release recursive lock not owned by thread")
                self._held -= 1
                if self._held:
                    return
            elif self._value >= self.maxvalue:
                raise ValueError("semaphore or lock released too many times")
            else:
                self._held -= 1
            self._value += 1
            self._changed.notify()

    def _wait(self, block: bool, timeout: float | None) -> bool:
        end = None if timeout is None else time.monotonic() + max(0.0, timeout)
        while not self._value:
            left = None if end is None else end - time.monotonic()
            if not block or (left is not None and left <= 0):
                return False
            self._changed.wait(left)
        return True

    def _count(self) -> int:
        return self._held

    def _is_mine(self) -> bool:
        return self._held > 0 and self._owner == threading.get_ident()

    def _get_value(self) -> int:
        return self._value

    def _is_zero(self) -> bool:
        return self._value == 0

    def _after_fork(self) -> None:
        self._held = 0

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()
