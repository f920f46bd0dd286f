"""How much memory processes use, by /proc or, on systems without it, by `ps`."""

from __future__ import annotations

import os
import subprocess
import sys

# Seconds between two looks at a process; to start `ps` costs more than to read a file.
PERIOD = 0.05 if sys.platform == "linux" else 1.0


_OWN = (b"RssAnon:", b"RssShmem:")  # and not the pages of libraries that are mapped


def used(pid: int) -> int | None:
    """Bytes of memory that a process has filled; None when there is no such process."""
    if sys.platform != "linux":
        return _by_ps(pid)
    try:
        with open(f"/proc/{pid}/status", "rb") as file:
            return sum(int(line.split()[1]) * 1024 for line in file if line.startswith(_OWN))
    except OSError:
        return None


def addresses() -> int | None:
    """Bytes of addresses that this process has in use; None where that cannot be told."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return None


def in_words(size: int) -> str:
    """A number of bytes for people."""
    return f"{size / (1 << 30):.1f} GiB" if size >= 1 << 30 else f"{size / (1 << 20):.0f} MiB"


def _by_ps(pid: int) -> int | None:
    try:
        done = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return int(done.stdout) * 1024
    except (OSError, ValueError):
        return None
