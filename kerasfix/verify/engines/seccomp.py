"""A seccomp filter: the Linux kernel refuses this process new processes, programs and sockets, whatever code it runs.

It does for ctypes and native libraries what `audit` does for Python, on the architectures that TensorFlow has wheels
for.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from dataclasses import dataclass

from kerasfix.verify.engines.linux import prctl, renounce_privileges

_PR_SET_SECCOMP = 22
_MODE_FILTER = 2

# include/uapi/linux/seccomp.h, filter.h, bpf_common.h
_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000
_LOAD = 0x20
_JUMP_EQUAL = 0x15
_JUMP_AT_LEAST = 0x35
_JUMP_ANY_BIT = 0x45
_RETURN = 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data
_CLONE_THREAD = 0x00010000
_X32 = 0x40000000  # on x86-64, a second set of numbers for the same calls


@dataclass(frozen=True, slots=True)
class _Machine:
    """The numbers of system calls: arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h."""

    architecture: int
    clone: int
    # New processes and programs, sockets (pairs of them remain), io_uring, which would do the same unseen, mounts, and
    # the memory of other processes.
    refused: tuple[int, ...]
    # Owners, permissions, times, attributes of files: Landlock leaves them alone, and honest code copies them, too.
    ignored: tuple[int, ...]


_CLONE3 = 435
_MACHINES = {
    "x86_64": _Machine(
        architecture=0xC000003E,
        clone=56,
        refused=(57, 58, 59, 322, 41, 425, 101, 311, 165, 166, 155, 161, 272, 308, 321, 428, 429, 430, 442),
        ignored=(90, 91, 268, 452, 92, 93, 94, 260, 132, 235, 261, 280, 188, 189, 190, 197, 198, 199, 463, 466, 469),
    ),
    "aarch64": _Machine(
        architecture=0xC00000B7,
        clone=220,
        refused=(221, 281, 198, 425, 117, 271, 40, 39, 41, 51, 97, 268, 280, 428, 429, 430, 442),
        ignored=(52, 53, 452, 54, 55, 88, 5, 6, 7, 14, 15, 16, 463, 466, 469),
    ),
}


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def available() -> bool:
    """Whether the kernel has filters, and there is one for this architecture."""
    return _machine() is not None and os.path.exists("/proc/sys/kernel/seccomp/actions_avail")


def confine() -> bool:
    """Refuse this process all system calls that would reach out of it.

    Returns:
        Whether it is confined: False where there is no seccomp, or none for this architecture.
    """
    machine = _machine()
    if machine is None or not renounce_privileges():
        return False
    text = _program(machine)
    program = _Program(len(text) // 8, text)
    return prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program))


def _machine() -> _Machine | None:
    if sys.platform != "linux" or sys.maxsize < 2**32:  # programs of 32 bits have other numbers
        return None
    return _MACHINES.get(platform.machine())


def _program(machine: _Machine) -> bytes:
    refuse = _ERRNO | errno.EPERM
    lines = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_EQUAL, 1, 0, machine.architecture),
        (_RETURN, 0, 0, refuse),
        (_LOAD, 0, 0, _NUMBER),
        (_JUMP_AT_LEAST, 0, 1, _X32),
        (_RETURN, 0, 0, refuse),
    ]
    results = dict.fromkeys(machine.refused, refuse) | dict.fromkeys(machine.ignored, _ERRNO)
    # Its flags are in memory, out of a filter's sight: the C library falls back to `clone`.
    results[_CLONE3] = _ERRNO | errno.ENOSYS
    for number, result in results.items():
        lines += [(_JUMP_EQUAL, 0, 1, number), (_RETURN, 0, 0, result)]
    lines += [
        (_JUMP_EQUAL, 0, 3, machine.clone),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_JUMP_ANY_BIT, 1, 0, _CLONE_THREAD),
        (_RETURN, 0, 0, refuse),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)
