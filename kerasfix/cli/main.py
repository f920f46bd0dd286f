"""The entry point: what must be right before, after and around every verb."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from typing import NoReturn

from kerasfix.cli.exit_codes import FAILED, INTERRUPTED, PIPE_CLOSED, TERMINATED


class _Terminated(BaseException):
    """SIGTERM came."""


def main() -> NoReturn:
    """Run the command line and exit: 0 nothing found, 1 findings, 2 the run failed."""
    try:
        # Ends a run as Ctrl-C does: workers are told to stop, and no half of a file stays behind.
        signal.signal(signal.SIGTERM, _terminate)
        code = _run()
        sys.stdout.flush()
    except KeyboardInterrupt:
        _say("interrupted; every file is either fixed or as it was")
        _leave(INTERRUPTED)
    except _Terminated:
        _leave(TERMINATED)
    except BrokenPipeError:
        code = PIPE_CLOSED
    except OSError as error:
        _say(f"the output cannot be written: {error.strerror or error}")
        code = FAILED
    _exit(code)


def _run() -> int:
    import click

    from kerasfix.cli.app import app

    for stream in (sys.stdout, sys.stderr):
        _tolerate(stream)
    try:
        return int(app.main(prog_name="kerasfix", standalone_mode=False) or 0)
    except click.exceptions.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as error:
        error.show()
        return FAILED


def _tolerate(stream: object) -> None:
    """File names and sources may hold what the terminal cannot show, which must not end a run."""
    encoding = str(getattr(stream, "encoding", "")).lower()
    errors = "surrogateescape" if encoding.startswith("utf") else "backslashreplace"
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure:
        reconfigure(errors=errors)


def _say(message: str) -> None:
    with contextlib.suppress(OSError):  # nobody may be left to tell
        print(f"kerasfix: {message}", file=sys.stderr, flush=True)


def _terminate(number: int, frame: object) -> NoReturn:
    raise _Terminated


def _leave(code: int) -> NoReturn:
    """Exit at once: an ordinary exit waits for threads, and one may be in the middle of a long analysis."""
    os._exit(code)


def _exit(code: int) -> NoReturn:
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        # What could not be written would be tried again, with a traceback, when Python ends.
        devnull = os.open(os.devnull, os.O_WRONLY)
        for number in (1, 2):
            os.dup2(devnull, number)
    sys.exit(code)
