"""System calls that Python has no functions for. On other systems, and on kernels without them, they do nothing."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from functools import cache
from typing import Any

# include/uapi/linux/prctl.h
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38


@cache
def libc() -> Any:
    """The C library of this process."""
    return ctypes.CDLL(None, use_errno=True)


def prctl(option: int, *arguments: Any) -> bool:
    """Set an attribute of this process; False where that fails."""
    if sys.platform != "linux":
        return False
    padded = [*arguments, 0, 0, 0, 0][:4]
    values = [ctypes.c_ulong(one) if isinstance(one, int) else one for one in padded]
    return bool(libc().prctl(option, *values) == 0)


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when the thread that forked it ends; `parent` is the process of that thread."""
    prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if sys.platform == "linux" and os.getppid() != parent:  # it ended before
        os._exit(1)


def adopt_orphans() -> None:
    """Become the parent of all descendants that lose theirs, so that none escapes."""
    prctl(_PR_SET_CHILD_SUBREAPER, 1)


def renounce_privileges() -> bool:
    """Never gain privileges by executing a file; needed to restrict oneself without being root."""
    return prctl(_PR_SET_NO_NEW_PRIVS, 1)


def be_killed_first() -> None:
    """Have the kernel choose this process when the system is out of memory."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")


def children_of(parent: int) -> set[int]:
    """The processes whose parent this is, by /proc."""
    found: set[int] = set()
    try:
        names = os.listdir("/proc")
    except OSError:
        return found
    for name in names:
        if name.isdigit() and _parent(name) == parent:
            found.add(int(name))
    return found


def _parent(pid: str) -> int:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            text = file.read()
    except OSError:
        return 0
    # The name of the program, in parentheses, may itself have any of these characters.
    return int(text[text.rindex(b")") + 1 :].split()[1])
