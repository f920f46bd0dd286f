"""What a piece of work may cost, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class Unavailable(Exception):
    """An engine cannot be had here: something is not installed, or cannot be fetched. The text says what to do."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one piece of work may use.

    Args:
        seconds: Time by the clock, from the fork on.
        memory: Bytes of memory beyond those of the engine itself.
        file_size: Bytes of the largest file.
        answer: Bytes of the value that is handed back.
    """

    seconds: float = 120.0
    memory: int = 4 << 30
    file_size: int = 4 << 30
    answer: int = 64 << 20


@dataclass(frozen=True, slots=True)
class Ended:
    """Why there is no value.

    `kind` is

    - `timeout`: it took too long and was killed;
    - `memory`: it used more memory than it may and was killed, or could not get what it asked for;
    - `crash`: a signal ended it, such as a segmentation fault;
    - `exit`: the code ended the process itself, by `sys.exit` or `os._exit`;
    - `error`: the function raised; the message is the traceback;
    - `lost`: nothing that can be used came back, for any other reason.
    """

    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a piece of work: a value or the reason why there is none.

    `log` is the end of what was printed; `events` is what was contained, such as "tried to open a socket".
    """

    value: Any = None
    ended: Ended | None = None
    log: str = ""
    seconds: float = 0.0
    events: tuple[str, ...] = ()
