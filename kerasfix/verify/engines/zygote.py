"""The process that has one Keras imported and forks a child for every piece of work.

It is started by `process` and talks as `protocol` says. It never calls TensorFlow itself: a context or session that
exists before a fork does not survive it.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from kerasfix.verify.engines import child, kinds, linux
from kerasfix.verify.engines.protocol import DESCRIPTORS, ENGINE_PREFIX
from kerasfix.verify.engines.scratch import remove_tree


def main(engine: str, control: int, folder: str) -> NoReturn:
    """Import the Keras of `engine`, then serve until the other end of the socket `control` closes.

    Args:
        engine: Its name: see `kinds`.
        control: Descriptor of the socket on which the requests come.
        folder: Of this engine, in that of the run. Both are removed at the end: nobody else does so when the asker was
            killed.
    """
    parent = os.getppid()
    requests = socket.socket(fileno=control)
    try:
        with _watching_over(parent, Path(folder)):
            version = kinds.prepare(engine)
        ready = {"version": version}
    except BaseException:
        ready = {"error": traceback.format_exc()}
    with contextlib.suppress(OSError):
        requests.sendall(json.dumps(ready).encode() + b"\n")
        if "version" in ready:
            _Zygote(requests, parent).serve()
    _tidy(Path(folder))
    os._exit(0)  # TensorFlow takes a second to leave in good order


def _tidy(folder: Path) -> None:
    remove_tree(folder)
    others = folder.parent.glob(f"{ENGINE_PREFIX}*")
    if not any(others):
        remove_tree(folder.parent)


@contextlib.contextmanager
def _watching_over(parent: int, folder: Path) -> Iterator[None]:
    """Leave when the parent is gone: during the imports nothing else looks."""

    def look(number: int, frame: FrameType | None) -> None:
        if os.getppid() != parent:
            _tidy(folder)
            os._exit(1)

    signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, 0.5, 0.5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)


_LOOK_SECONDS = 1.0


@dataclass(slots=True)
class _Child:
    pid: int
    leash: socket.socket
    killed: bool = False


class _Zygote:
    def __init__(self, requests: socket.socket, parent: int) -> None:
        self._requests = requests
        self._parent = parent
        self._children: dict[int, _Child] = {}  # by the descriptor of its leash
        self._wakeup, self._woken = socket.socketpair()
        for end in (self._wakeup, self._woken):
            end.setblocking(False)

    def serve(self) -> None:
        linux.adopt_orphans()
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.set_wakeup_fd(self._woken.fileno(), warn_on_full_buffer=False)
        # What is there now is never garbage: collecting it in a child would only copy its pages.
        gc.collect()
        gc.freeze()
        try:
            while self._turn():
                pass
        finally:
            for one in list(self._children.values()):
                self._kill(one)
            while self._children:
                self._bury(*os.waitpid(-1, 0))

    def _turn(self) -> bool:
        """Wait for something to do and do it; False at the end."""
        sources: list[Any] = [descriptor for descriptor, one in self._children.items() if not one.killed]
        readable, _, _ = select.select([self._requests, self._wakeup, *sources], [], [], _LOOK_SECONDS)
        if os.getppid() != self._parent:  # another child of it may have inherited its end of the socket
            return False
        for descriptor in readable:
            if descriptor in self._children:
                self._kill(self._children[descriptor])
        if self._wakeup in readable:
            with contextlib.suppress(BlockingIOError):
                self._wakeup.recv(4096)
            self._reap()
        return self._requests not in readable or self._request()

    def _request(self) -> bool:
        data, descriptors, _, _ = socket.recv_fds(self._requests, 1, DESCRIPTORS)
        if not data:
            return False
        job, answer, log, leash = descriptors
        one = _Child(self._fork(job, answer, log, leash), socket.socket(fileno=leash))
        for descriptor in (job, answer, log):
            os.close(descriptor)
        self._children[leash] = one
        self._tell(one, {"pid": one.pid})
        return True

    def _fork(self, job: int, answer: int, log: int, leash: int) -> int:
        engine = os.getpid()
        pid = os.fork()
        if pid:
            return pid
        # Nothing of the others may be open in it: their ends would be kept alive, and could be misused.
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.close(leash)
        for end in (self._requests, self._wakeup, self._woken, *(other.leash for other in self._children.values())):
            end.close()
        return child.run(job, answer, log, engine)

    def _kill(self, one: _Child) -> None:
        # Not reaped yet, so that its number cannot be that of another process.
        os.kill(one.pid, signal.SIGKILL)
        one.killed = True

    def _reap(self) -> None:
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            self._bury(pid, status)

    def _bury(self, pid: int, status: int) -> None:
        one = next((one for one in self._children.values() if one.pid == pid), None)
        if one is None:
            return
        strays = self._end_strays(pid)
        del self._children[one.leash.fileno()]
        self._tell(one, {"status": os.waitstatus_to_exitcode(status), "strays": strays})
        one.leash.close()

    def _end_strays(self, dead: int) -> int:
        """Kill what a child left behind: it has come to this process, which has no other children than its own."""
        known = {one.pid for one in self._children.values()}
        ended = 0
        while strays := linux.children_of(os.getpid()) - known:
            for pid in strays:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)
                    ended += 1
        return ended

    def _tell(self, one: _Child, message: dict[str, int]) -> None:
        with contextlib.suppress(OSError):
            one.leash.sendall(json.dumps(message).encode() + b"\n")
