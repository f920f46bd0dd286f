"""Starts and ends the process of an engine, and asks it for children."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

import kerasfix
from kerasfix.verify.engines import kinds, legacy
from kerasfix.verify.engines.answers import Unavailable
from kerasfix.verify.engines.protocol import ENGINE_PREFIX, Job

_START_SECONDS = 300.0
_END_SECONDS = 5.0
_LOG = "log"

# `-m` would import the module twice. The folder that kerasfix is in comes last, so that nothing beside it hides what is
# installed.
_BOOTSTRAP = """
import sys
sys.path[:] = [folder for folder in sys.path if folder] + [sys.argv[4]]
sys.dont_write_bytecode = True
from kerasfix.verify.engines import zygote
zygote.main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
"""


class EngineProcess:
    """One engine; started at once, and to be waited for.

    Args:
        engine: Its name: see `kinds`.
        run_folder: Folder of the run, in which it gets one of its own.
        cache: Folder of legacy Keras versions; None for the user's.
        python_path: Folders to import from before all others.

    Raises:
        Unavailable: It cannot be had here.
    """

    def __init__(
        self, engine: str, run_folder: Path, cache: Path | None = None, python_path: Sequence[Path] = ()
    ) -> None:
        version = kinds.legacy_version(engine)
        if not hasattr(os, "fork") or not hasattr(socket, "send_fds"):
            raise Unavailable(
                "`kerasfix verify` forks its processes, which this system cannot do: use Linux, or WSL on Windows"
            )
        kinds.require_installed(engine)
        folders = [*python_path, *([legacy.fetch(version, cache)] if version else [])]
        self._lock = threading.Lock()
        self.folder = Path(tempfile.mkdtemp(prefix=ENGINE_PREFIX, dir=run_folder))
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = self._start(engine, theirs, folders)
        self._engine = engine
        self._ready = False
        self.version = ""

    def request(self, job: Job, answer: int, log: int, leash: int) -> None:
        """Have it fork a child for a job; the descriptors are those of `protocol`.

        Raises:
            OSError: It is gone.
        """
        with tempfile.TemporaryFile() as file:
            pickle.dump(job, file)
            file.seek(0)
            with self._lock:
                socket.send_fds(self._control, [b"\0"], [file.fileno(), answer, log, leash])

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def log(self) -> str:
        """What it printed itself."""
        with contextlib.suppress(OSError):
            return (self.folder / _LOG).read_text(errors="replace")[-4000:]
        return ""

    def kill(self) -> None:
        """End it at once, which also ends its children."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End it; it ends its children."""
        if not self._ready:
            self.kill()  # in the midst of an import it hears nothing
        self._control.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def _start(self, engine: str, control: socket.socket, folders: Sequence[Path]) -> subprocess.Popen[bytes]:
        path = [*map(str, folders), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
        home = self.folder / "home"  # every version of Keras reads and writes ~/.keras/keras.json
        home.mkdir()
        inherited = {name: value for name, value in os.environ.items() if name != "KERAS_HOME"}
        environment = {
            **inherited,
            **kinds.environment(engine),
            "HOME": str(home),
            "PYTHONPATH": os.pathsep.join(os.path.abspath(folder) for folder in path),
        }
        root = Path(kerasfix.__file__).resolve().parents[1]
        arguments = [engine, str(control.fileno()), str(self.folder), str(root)]
        with (self.folder / _LOG).open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-c", _BOOTSTRAP, *arguments],
                pass_fds=[control.fileno()],
                env=environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for its asker, which then ends it
            )

    def await_ready(self) -> None:
        """Wait until it has imported its Keras.

        Raises:
            Unavailable: It could not.
        """
        self._control.settimeout(_START_SECONDS)
        try:
            with self._control.makefile("rb") as file:
                message = json.loads(file.readline() or b"{}")
        except TimeoutError:
            message = {"error": f"not ready after {_START_SECONDS:g} seconds"}
        except OSError as error:  # it was closed meanwhile
            message = {"error": str(error)}
        if "version" not in message:
            text = str(message.get("error") or self.log()).strip() or "its process died"
            self.close()
            raise Unavailable(f"the engine `{self._engine}` could not be started: {text}")
        self._control.settimeout(None)
        self.version = str(message["version"])
        self._ready = True
