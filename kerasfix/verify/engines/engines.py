"""The engines of one run."""

from __future__ import annotations

import atexit
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from kerasfix.verify.engines.answers import Answer, Ended, Limits, Unavailable
from kerasfix.verify.engines.process import EngineProcess
from kerasfix.verify.engines.scratch import remove_tree
from kerasfix.verify.engines.supervise import NotBegunError, supervise


class Engines:
    """Processes with one Keras each, started when they are first needed and ended at the end of the `with` block.

    Args:
        limits: Of every piece of work that says nothing else.
        cache: Folder of legacy Keras versions; None for the user's (see `legacy.cache_folder`).
        python_path: Folders that the engines import from before all others.

    Attributes:
        folder: A folder that is gone at the end, to exchange files with pieces of work: they may read it, and write
            into those folders of it that they are given as `writable`. What is found there afterwards is as little to
            be trusted as the code that ran.
    """

    def __init__(
        self, limits: Limits | None = None, cache: Path | None = None, python_path: Sequence[Path] = ()
    ) -> None:
        self._limits = limits or Limits()
        self._cache = cache
        self._python_path = python_path
        self._run_folder = Path(tempfile.mkdtemp(prefix="kerasfix-verify-")).resolve()
        self.folder = self._run_folder / "exchange"
        self.folder.mkdir()
        self._lock = threading.Lock()
        self._starting: dict[str, threading.Lock] = {}
        self._processes: dict[str, EngineProcess] = {}
        self._failed: dict[str, Unavailable] = {}
        self._closed = False
        atexit.register(self.close)

    def run(
        self,
        engine: str,
        function: str,
        payload: Any = None,
        *,
        limits: Limits | None = None,
        writable: Sequence[Path] = (),
    ) -> Answer:
        """Call a function in a fresh, contained fork of an engine. May be called from several threads at a time.

        Args:
            engine: `keras3`, `tf_keras`, or a legacy version such as `keras==1.2.2`.
            function: As `package.module:function`; it is imported there and called with the payload. What it gives back
                has to be plain data, as JSON has it (infinities and NaN are allowed); arrays are exchanged as files.
            payload: Anything that can be pickled.
            limits: In place of those of all.
            writable: Folders that it may write into besides its scratch folder, which is its working directory.

        Raises:
            Unavailable: The engine cannot be had here.
        """
        given = (function, payload, limits or self._limits, [path.resolve() for path in writable])
        process = self._process(engine)
        try:
            return supervise(process, *given)
        except NotBegunError:
            process.kill()  # if it is not dead yet, it is about to be
        try:
            return supervise(self._process(engine), *given)
        except NotBegunError as error:
            return Answer(ended=Ended("lost", f"the engine died: {error}"))

    def version(self, engine: str) -> str:
        """The version of the Keras that an engine has, such as "3.15.1"; starts it.

        Raises:
            Unavailable: The engine cannot be had here.
        """
        return self._process(engine).version

    def close(self) -> None:
        """End all processes, and remove everything that they left."""
        with self._lock:
            self._closed = True
            processes = list(self._processes.values())
            self._processes.clear()
        for process in processes:
            process.close()
        remove_tree(self._run_folder)
        atexit.unregister(self.close)

    def __enter__(self) -> Engines:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _process(self, engine: str) -> EngineProcess:
        with self._lock:
            starting = self._starting.setdefault(engine, threading.Lock())
        with starting:
            with self._lock:
                self._require_open()
                found = self._processes.get(engine)
                failed = self._failed.get(engine)
            if failed is not None:
                raise failed
            if found is not None and found.alive:
                return found
            try:
                return self._start(engine)
            except Unavailable as error:
                self._failed[engine] = error  # it would fail again, and takes its time
                raise

    def _start(self, engine: str) -> EngineProcess:
        process = EngineProcess(engine, self._run_folder, self._cache, self._python_path)
        with self._lock:
            closed = self._closed
            if not closed:
                self._processes[engine] = process
        if closed:
            process.close()
            self._require_open()
        process.await_ready()
        return process

    def _require_open(self) -> None:
        if self._closed:
            raise Unavailable("the engines were closed")
