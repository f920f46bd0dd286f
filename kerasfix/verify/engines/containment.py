"""Shuts a process in, in layers, and says which of them there are here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from kerasfix.verify.engines import audit, landlock, seccomp


def contain(writable: Sequence[Path], report: Callable[[str], None]) -> None:
    """Keep this process from changing files elsewhere, from the network, and from other processes; for good.

    Args:
        writable: Folders below which it may do with files what it wants.
        report: Called with what Python code was refused, such as "tried to write /etc/passwd".
    """
    audit.install(writable, report)
    landlock.confine(writable, map(Path, audit.DEVICES))
    seccomp.confine()


def layers() -> tuple[str, ...]:
    """What holds children here. Without the last two, native code (HDF5, TensorFlow, ctypes) can do what it wants."""
    found = {"audit": True, "landlock": landlock.available(), "seccomp": seccomp.available()}
    return tuple(name for name, there in found.items() if there)
