"""A child: contains itself, calls one function, sends what it gave, and leaves."""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import os
import pickle
import resource
import sys
import tempfile
import threading
import traceback
from pathlib import Path
from typing import NoReturn

from kerasfix.verify.engines import containment, kinds, linux, memory, semaphores
from kerasfix.verify.engines.answers import Limits
from kerasfix.verify.engines.protocol import AnswerWriter, Job

_LONGEST_TRACEBACK = 20_000
_LONGEST_TIMER = 1e6
# Addresses that threads and their heaps reserve and hardly use; TensorFlow has several threads for each processor.
_ADDRESSES = (1 << 30) + (os.cpu_count() or 1) * (256 << 20)


def run(job_descriptor: int, answer: int, log: int, engine: int) -> NoReturn:
    """Be the child of the process `engine`; the descriptors are those of `protocol`."""
    status = 1
    try:
        _detach(log, engine)
        with os.fdopen(job_descriptor, "rb") as file:
            job: Job = pickle.load(file)
        writer = AnswerWriter(answer, job.token)
        _settle(job)
        _limit(job.limits)
        kinds.renew()
        containment.contain([Path(folder) for folder in (job.scratch, *job.writable)], writer.event)
        _work(job, writer)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        # At once: threads that go on, and what the code wants done at the exit, have no say.
        os._exit(status)


def _detach(log: int, engine: int) -> None:
    """Be a session of its own that ends with the engine, prints into the log and has nothing to read."""
    os.setsid()
    linux.die_with_parent(engine)
    linux.adopt_orphans()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, number in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(descriptor, number)
    os.close(nothing)
    os.close(log)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    faulthandler.enable()


def _settle(job: Job) -> None:
    """Make the scratch folder the place for everything that code writes without being told where."""
    os.chdir(job.scratch)
    os.environ.update(HOME=job.scratch, TMPDIR=job.scratch, XDG_CACHE_HOME=job.scratch, XDG_CONFIG_HOME=job.scratch)
    tempfile.tempdir = None
    semaphores.install()


def _limit(limits: Limits) -> None:
    # To the log, where the code was shortly before it is killed.
    faulthandler.dump_traceback_later(min(limits.seconds - min(2.0, limits.seconds / 3), _LONGEST_TIMER))
    linux.be_killed_first()
    # Where the kernel hands dumps to a program, 0 does not keep it from doing so; 1 does.
    _set_limit(resource.RLIMIT_CORE, 1)
    _set_limit(resource.RLIMIT_FSIZE, limits.file_size)
    if in_use := memory.addresses():
        # Its asker watches the memory; this is for what asks for more than there is at once.
        _set_limit(resource.RLIMIT_AS, in_use + limits.memory + _ADDRESSES)


def _set_limit(what: int, value: int) -> None:
    _, most = resource.getrlimit(what)
    if most != resource.RLIM_INFINITY:
        value = min(value, most)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(what, (value, value))


def _work(job: Job, writer: AnswerWriter) -> None:
    try:
        module, _, name = job.function.partition(":")
        value = getattr(importlib.import_module(module), name)(job.payload)
        _name_threads(writer)
        _flush()
        writer.value(value)
    except SystemExit as error:
        _flush()
        writer.ended("exit", f"the code ended itself by sys.exit({error.code!r})"[:_LONGEST_TRACEBACK])
    except MemoryError as error:
        writer.ended(
            "memory", f"needed more than the {memory.in_words(job.limits.memory)} it may use: {error or 'MemoryError'}"
        )
    except BaseException as error:
        _flush()
        writer.ended("error", "".join(traceback.format_exception(error))[-_LONGEST_TRACEBACK:])


def _name_threads(writer: AnswerWriter) -> None:
    """Tell of threads that would have kept the process alive."""
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and not thread.daemon:
            writer.event(f"left a thread running: {thread.name}")


def _flush() -> None:
    with contextlib.suppress(Exception):
        sys.stdout.flush()
        sys.stderr.flush()
