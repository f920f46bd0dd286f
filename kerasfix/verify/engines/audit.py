"""The portable layer of containment: audit hooks refuse what Python code does outside of its scratch folder.

It says in the code's own terms what was refused, and works on every system. What native code does it cannot see: that
is for `landlock` and `seccomp`.
"""

from __future__ import annotations

import os
import shlex
import socket
import sys
from collections.abc import Callable, Iterable
from os.path import abspath, basename, dirname, join, realpath
from pathlib import Path
from typing import Any

_CHANGES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/stdout", "/dev/stderr")
_TEXT = 200  # characters of one event


def install(writable: Iterable[Path], report: Callable[[str], None]) -> None:
    """Refuse, for the rest of this process, what would reach out of it.

    Files may be written, made, moved and removed below `writable` only; there are no sockets but pairs of them, and no
    other processes. What is refused raises a PermissionError.

    Args:
        writable: Folders.
        report: Called with what is refused, such as "tried to write /etc/passwd".
    """
    guard = _Guard([realpath(folder) for folder in writable], report)
    checks = guard.checks()

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        check = checks.get(event)
        if check is not None:
            check(*arguments)

    sys.addaudithook(hook)


class _Guard:
    def __init__(self, writable: list[str], report: Callable[[str], None]) -> None:
        self._writable = writable
        self._report = report

    def checks(self) -> dict[str, Callable[..., None]]:
        """For each event of https://docs.python.org/3/library/audit_events.html what judges it, by its arguments."""
        change, remove, rename = self._change, self._remove, self._rename
        return {
            "open": self._open,
            "os.mkdir": self._make_folder,
            "os.remove": remove,
            "os.rmdir": remove,
            "os.rename": rename,
            "os.link": rename,
            "os.symlink": lambda source, target, folder: self._judge("write", target, folder),
            "os.truncate": lambda path, length: change(path),
            "os.chmod": lambda path, mode, folder: change(path, folder),
            "os.chown": lambda path, user, group, folder: change(path, folder),
            "os.chflags": lambda path, flags: change(path),
            "os.utime": lambda path, times, ns, folder: change(path, folder),
            "os.setxattr": lambda path, *_: change(path),
            "os.removexattr": lambda path, *_: change(path),
            "sqlite3.connect": self._database,
            "socket.__new__": self._socket,
            "socket.connect": lambda _, address: self._network(address),
            "socket.bind": lambda _, address: self._network(address),
            "socket.sendto": lambda _, address: self._network(address),
            "socket.sendmsg": self._message,
            "socket.getaddrinfo": lambda host, port, *_: self._network((host, port)),
            "socket.gethostbyname": lambda host: self._network(host),
            "socket.gethostbyaddr": lambda host: self._network(host),
            "os.system": self._process,
            "subprocess.Popen": lambda program, arguments, *_: self._process(arguments or program),
            "os.posix_spawn": lambda program, arguments, *_: self._process(arguments),
            "os.spawn": lambda mode, program, arguments, *_: self._process(arguments),
            "os.exec": lambda program, arguments, *_: self._process(arguments),
            "os.startfile": lambda path, *_: self._process(path),
            "os.fork": lambda: self._process("a copy of itself"),
            "os.forkpty": lambda: self._process("a copy of itself"),
            "pty.spawn": self._process,
            "os.kill": self._kill,
            "os.killpg": lambda group, number: self._refuse(f"tried to signal the processes of group {group}"),
        }

    def _open(self, path: Any, mode: str | None, flags: int | None) -> None:
        if isinstance(flags, int) and flags & _CHANGES:
            self._judge("write", path)

    def _make_folder(self, path: Any, mode: int, folder: int = -1) -> None:
        place = self._place(path, folder)
        # `os.makedirs(..., exist_ok=True)` on what is there is no attempt to change anything.
        if place is None or not os.path.isdir(place):
            self._judge("make the folder", path, folder)

    def _change(self, path: Any, folder: int = -1) -> None:
        self._judge("change", path, folder)

    def _remove(self, path: Any, folder: int = -1) -> None:
        self._judge("remove", path, folder, follow=False)

    def _rename(self, source: Any, target: Any, source_folder: int = -1, target_folder: int = -1) -> None:
        # A second name for a file outside would let it be written through a name inside.
        self._judge("move or link", source, source_folder, follow=False)
        self._judge("write", target, target_folder, follow=False)

    def _database(self, database: Any) -> None:
        if database not in (":memory:", "", b":memory:", b""):
            self._judge("write", database)

    def _judge(self, what: str, path: Any, folder: int = -1, *, follow: bool = True) -> None:
        if isinstance(path, int):  # a descriptor: judged when it was opened
            return
        place = self._place(path, folder)
        if place in DEVICES:
            return
        real = place and _real(place, follow)
        if not real or not any(real == one or real.startswith(one + os.sep) for one in self._writable):
            self._refuse(f"tried to {what} {real or _text(path)}")

    def _place(self, path: Any, folder: int) -> str | None:
        """The absolute path that is meant; None where it cannot be told."""
        try:
            name = os.fsdecode(path)
            if folder >= 0:
                name = join(realpath(f"/proc/self/fd/{folder}"), name)
            return abspath(name)
        except (OSError, TypeError, ValueError):
            return None

    def _socket(self, _: Any, family: int, *rest: Any) -> None:
        if family not in (-1, getattr(socket, "AF_UNIX", None)):  # -1: of a descriptor that is there
            self._refuse("tried to open a socket")

    def _message(self, _: Any, address: Any) -> None:
        if address is not None:
            self._network(address)

    def _network(self, address: Any) -> None:
        if isinstance(address, tuple) and len(address) >= 2:
            self._refuse(f"tried to open a socket: {_text(address[0])}:{_text(address[1])}")
        self._refuse(f"tried to open a socket: {_text(address)}")

    def _process(self, command: Any) -> None:
        if isinstance(command, (list, tuple)):
            command = shlex.join(_text(one) for one in command)
        self._refuse(f"tried to start a process: {_text(command)}")

    def _kill(self, pid: int, number: int) -> None:
        if pid != os.getpid():
            self._refuse(f"tried to signal process {pid}")

    def _refuse(self, event: str) -> None:
        event = event[:_TEXT]
        self._report(event)
        raise PermissionError(f"kerasfix verify runs this code contained: it {event}")


def _real(place: str, follow: bool) -> str:
    """Where a path leads; what is removed or moved is a link itself."""
    return realpath(place) if follow else join(realpath(dirname(place)), basename(place))


def _text(value: Any) -> str:
    if isinstance(value, (bytes, os.PathLike)):
        try:
            return os.fsdecode(value)
        except TypeError:
            return repr(value)
    return str(value)
