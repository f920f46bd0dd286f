"""What the process that asks, the engine and its children say to each other.

To start a child, its asker sends the engine one byte with four descriptors: the job (a file that holds a pickled
`Job`), the answer and the log (pipes that the child writes) and the leash (a socket).

On the leash the engine sends one line of JSON with the child's `pid`, and one with its `status` when it has ended and
everything that it left behind, too. When the other end is closed, the engine kills the child.

The child's answer is lines of the job's token and JSON: `{"event": text}`, any number of times, and `{"value": ...}` or
`{"ended": [kind, message]}`. It is never unpickled: the child has run code that nobody has read.
"""

from __future__ import annotations

import json
import os
import threading
from dataclasses import dataclass
from typing import Any

from kerasfix.verify.engines.answers import Limits

ENGINE_PREFIX = "engine-"  # of the folders of the engines in that of the run
DESCRIPTORS = 4  # that come with the request for a child
_MOST_EVENTS = 200


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work."""

    function: str  # "package.module:function"
    payload: Any
    scratch: str
    writable: tuple[str, ...]  # other folders that it may write into
    limits: Limits
    token: str


class AnswerWriter:
    """The child's end of its answer."""

    def __init__(self, descriptor: int, token: str) -> None:
        self._descriptor = descriptor
        self._token = token.encode()
        self._lock = threading.RLock()
        self._seen: set[str] = set()

    def event(self, text: str) -> None:
        """Tell what was contained; each of it once."""
        if text in self._seen or len(self._seen) >= _MOST_EVENTS:
            return
        self._seen.add(text)
        self._write({"event": text})

    def value(self, value: Any) -> None:
        """Hand back the result, which has to be plain data.

        Raises:
            TypeError, ValueError: It cannot be written as JSON.
        """
        self._write({"value": value})

    def ended(self, kind: str, message: str) -> None:
        """Say why there is no result."""
        self._write({"ended": [kind, message]})

    def _write(self, message: dict[str, Any]) -> None:
        rest = memoryview(self._token + json.dumps(message, default=_plain).encode() + b"\n")
        with self._lock:
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]


def _plain(value: Any) -> Any:
    """A number of numpy's as one of Python's."""
    if getattr(value, "ndim", None) == 0 and hasattr(value, "item"):
        return value.item()
    raise TypeError(f"not plain data: {type(value).__module__}.{type(value).__qualname__}")


class AnswerReader:
    """The other end: what a child has sent so far."""

    def __init__(self, token: str, limit: int) -> None:
        self.events: list[str] = []
        self.message: dict[str, Any] | None = None  # the value, or why there is none
        self.overflown = False
        self._token = token.encode()
        self._limit = limit
        self._line = bytearray()

    def feed(self, data: bytes) -> None:
        """Take the next bytes; what does not come from the child's own `AnswerWriter` is dropped."""
        if self.message is not None or self.overflown:
            return
        self._line += data
        if b"\n" not in data:
            self.overflown = len(self._line) > self._limit
            return
        *lines, self._line = self._line.split(b"\n")
        for line in lines:
            self._take(bytes(line))

    def _take(self, line: bytes) -> None:
        if len(line) > self._limit:
            self.overflown = True
        if self.overflown or not line.startswith(self._token):
            return
        try:
            message = json.loads(line[len(self._token) :])
        except (ValueError, RecursionError):
            return
        if not isinstance(message, dict):
            return
        if "event" in message:
            if len(self.events) < _MOST_EVENTS:
                self.events.append(str(message["event"]))
        elif self.message is None:
            self.message = message
