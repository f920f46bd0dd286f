"""Landlock: the Linux kernel keeps this process from writing outside of given folders, whatever code it runs.

Python's audit hooks see what Python does; Landlock also holds for HDF5, TensorFlow and ctypes. It came with Linux 5.13
and needs no privileges. Documentation/userspace-api/landlock.rst of the kernel says what each version of it can do.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from kerasfix.verify.engines.linux import libc, renounce_privileges

# The same on every architecture, as with all system calls since Linux 5.1.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_CREATE_RULESET_VERSION = 1
_RULE_PATH_BENEATH = 1

_WRITE_FILE = 1 << 1
_WRITES = _WRITE_FILE | sum(1 << bit for bit in range(4, 13))  # remove and make entries of any kind
_REFER = 1 << 13  # link and rename between folders; since version 2
_TRUNCATE = 1 << 14  # since 3
_TCP = 0b11  # bind and connect; since 4
_SCOPES = 0b11  # abstract Unix sockets of, and signals to, processes outside; since 6


class _Ruleset(ctypes.Structure):
    _fields_ = [("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64)]


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = [("access", ctypes.c_uint64), ("folder", ctypes.c_int32)]


def available() -> bool:
    """Whether the kernel has it, and lets it be used."""
    return _version() > 0


def confine(writable: Iterable[Path], devices: Iterable[Path]) -> bool:
    """Keep this process from changing any file but those below `writable` and, once they are there, `devices`.

    Returns:
        Whether it is confined: False where the kernel has no Landlock, or is not allowed to use it.
    """
    version = _version()
    if version < 1:
        return False
    files = _WRITES | (_REFER if version >= 2 else 0) | (_TRUNCATE if version >= 3 else 0)
    attributes = _Ruleset(files, _TCP if version >= 4 else 0, _SCOPES if version >= 6 else 0)
    # The kernel refuses a structure with bits set that it does not know, and accepts a longer one of zeros.
    ruleset = _call(_CREATE_RULESET, ctypes.byref(attributes), ctypes.sizeof(attributes), 0)
    if ruleset < 0:
        return False
    try:
        for folder in writable:
            _allow(ruleset, folder, files)
        for device in devices:
            _allow(ruleset, device, _WRITE_FILE | (files & _TRUNCATE))
        return renounce_privileges() and _call(_RESTRICT_SELF, ruleset, 0) == 0
    finally:
        os.close(ruleset)


def _version() -> int:
    if sys.platform != "linux":
        return 0
    return _call(_CREATE_RULESET, None, 0, _CREATE_RULESET_VERSION)


def _allow(ruleset: int, path: Path, access: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rule = _PathBeneath(access, descriptor)
        _call(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(descriptor)


def _call(number: int, *arguments: object) -> int:
    values = [ctypes.c_ulong(one) if isinstance(one, int) else one for one in arguments]
    return int(libc().syscall(ctypes.c_long(number), *values))
