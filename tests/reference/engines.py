"""Runs code on the Keras it was written for, and on today's: the reference that tests compare numbers with.

The fixtures `legacy` (Keras 1.2.2), `keras3` and `tf_keras` are engines; each is a process of its own that imports its
Keras once, at its first case, and forks a child for every case, so that a case costs half a second and leaves nothing
behind:

    def test_concat(legacy, keras3):
        x = np.random.rand(2, 3).astype("float32")
        old = legacy.run("from keras import backend as K; y = K.eval(K.concatenate([K.variable(x)] * 2))", {"x": x})
        new = keras3.run("import keras; y = keras.ops.concatenate([x, x])", {"x": x})
        np.testing.assert_allclose(old["y"], new["y"])

`run` gives back the variables that the code left and that hold plain data (arrays, numbers, text, lists of them; eager
tensors become arrays). `run_model` builds a model, carries weights into it, predicts, and may train:

        before = legacy.run_model(old_code, [x])
        after = keras3.run_model(new_code, [x], weights=before.weights, targets=[y])

What the code raises is an `EngineError` with the traceback as its text: `pytest.raises(EngineError, match="...")`.
In `tf_keras`, `keras` and `tensorflow.keras` mean tf_keras. `legacy_engine("2.0.9")` gives other versions of Keras.

Legacy Keras comes from the package index, once, into `.legacy-keras/` of the checkout (or the folder that the
environment variable KERASFIX_LEGACY_KERAS names), and runs on today's TensorFlow by way of `legacy_tensorflow`.
Without TensorFlow these tests fail, unless KERASFIX_SKIP_NUMERIC_TESTS=1 says that they are to be skipped.
"""

from __future__ import annotations

import atexit
import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np
import pytest

_HERE = Path(__file__).resolve().parent
_CHECKOUT = _HERE.parents[1]
# Each case runs on its own thread of control already; a hang in a rewritten training loop must not hang the tests.
_TIMEOUT = 120.0
_START_TIMEOUT = 300.0
SKIP_VARIABLE = "KERASFIX_SKIP_NUMERIC_TESTS"
FOLDER_VARIABLE = "KERASFIX_LEGACY_KERAS"
LEGACY_VERSION = "1.2.2"

sys.path.insert(0, str(_HERE))  # the messages are pickled by the name of their module, which the other end has, too
from engine_protocol import Case, ModelCase, ModelRun, Reply  # noqa: E402


class EngineError(Exception):
    """The code failed in its engine; the text is the traceback from there."""


class Engine:
    """One Keras in a process of its own."""

    def __init__(self, kind: str, python_path: Sequence[Path] = (), variables: Mapping[str, str] | None = None) -> None:
        self._kind = kind
        self._python_path = python_path
        self._variables = dict(variables or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None
        self._scratch: Path | None = None

    def run(self, code: str, inputs: Mapping[str, Any] | None = None, *, timeout: float = _TIMEOUT) -> dict[str, Any]:
        """Run code and give back the plain data that it left in its variables.

        Args:
            code: Python source; `np` is there.
            inputs: Variables for the code.
            timeout: Seconds after which it is stopped.

        Raises:
            EngineError: The code raised, crashed or took too long.
        """
        result: dict[str, Any] = self._ask(Case(code, dict(inputs or {}), timeout))
        return result

    def run_model(
        self,
        code: str,
        inputs: Sequence[np.ndarray],
        *,
        model: str = "model",
        variables: Mapping[str, Any] | None = None,
        weights: Sequence[np.ndarray] | None = None,
        targets: Sequence[np.ndarray] | None = None,
        loss: str = "mse",
        steps: int = 1,
        learning_rate: float = 0.1,
        timeout: float = _TIMEOUT,
    ) -> ModelRun:
        """Build a model, predict, and train it if there are targets.

        Args:
            code: Python source that leaves the model in a variable.
            inputs: One array for each input of the model.
            model: The name of that variable.
            variables: Variables for the code.
            weights: For `set_weights`, e.g. `.weights` of another run; by default the model's own.
            targets: One array for each output: then the model is compiled and trained.
            loss: The loss to train with.
            steps: How many steps of training, with plain gradient descent.
            learning_rate: Its learning rate.
            timeout: Seconds after which it is stopped.

        Raises:
            EngineError: The code, the prediction or the training failed or took too long.
        """
        result: ModelRun = self._ask(
            ModelCase(
                code=code,
                model=model,
                variables=dict(variables or {}),
                inputs=list(inputs),
                weights=None if weights is None else list(weights),
                targets=None if targets is None else list(targets),
                loss=loss,
                steps=steps,
                learning_rate=learning_rate,
                timeout=timeout,
            )
        )
        return result

    def close(self) -> None:
        """End the process, if it was ever needed."""
        if self._connection:
            self._connection.close()
            self._connection = None
        if self._process:
            self._process.wait()
            self._process = None
        if self._scratch:
            shutil.rmtree(self._scratch, ignore_errors=True)
            self._scratch = None

    def _ask(self, case: Case | ModelCase) -> Any:
        connection = self._connection or self._start()
        connection.send(case)
        return self._receive(connection, case.timeout + 30)

    def _receive(self, connection: Connection, timeout: float) -> Any:
        try:
            if not connection.poll(timeout):
                raise EngineError(f"{self._kind}: no answer in {timeout:g} seconds\n{self._log()}")
            reply: Reply = connection.recv()
        except (EOFError, ConnectionResetError):
            raise EngineError(f"{self._kind}: the process died\n{self._log()}") from None
        if reply.error is not None:
            raise EngineError(reply.error)
        return reply.value

    def _start(self) -> Connection:
        _require_tensorflow()
        self._scratch = Path(tempfile.mkdtemp(prefix="kerasfix-engine-"))
        ours, theirs = socket.socketpair()
        environment = {
            **os.environ,
            "HOME": str(self._scratch),  # every version reads and writes ~/.keras/keras.json
            "KERAS_BACKEND": "tensorflow",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "CUDA_VISIBLE_DEVICES": "-1",
            "PYTHONPATH": os.pathsep.join(map(str, self._python_path)),
            **self._variables,
        }
        with theirs, (self._scratch / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, str(_HERE / "zygote.py"), self._kind, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                env=environment,
                cwd=self._scratch,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._connection = Connection(ours.detach())
        atexit.register(self.close)
        self._receive(self._connection, _START_TIMEOUT)
        return self._connection

    def _log(self) -> str:
        return (self._scratch / "log").read_text(errors="replace")[-4000:] if self._scratch else ""


@cache
def keras3_engine() -> Engine:
    """The Keras 3 that is installed."""
    return Engine("keras3")


@cache
def tf_keras_engine() -> Engine:
    """The tf_keras (Keras 2) that is installed."""
    return Engine("tf_keras", variables={"TF_USE_LEGACY_KERAS": "1"})


@cache
def legacy_engine(version: str = LEGACY_VERSION) -> Engine:
    """A multi-backend Keras, 1.1 to 2.3.1, fetched when it is first needed."""
    _require_tensorflow()
    # oneDNN reorders sums by the number of threads; the reference must repeat.
    return Engine("legacy", [legacy_folder(version)], {"TF_ENABLE_ONEDNN_OPTS": "0"})


def legacy_cache() -> Path:
    """The folder of all legacy versions of Keras that the tests use."""
    return Path(os.environ.get(FOLDER_VARIABLE) or _CHECKOUT / ".legacy-keras")


def legacy_folder(version: str = LEGACY_VERSION) -> Path:
    """The folder to import a legacy Keras from (its sources are read by tests, too); fetched when it is not there."""
    cache_folder = legacy_cache()
    folder = cache_folder / version
    if folder.is_dir():
        return folder
    requirements = [f"keras=={version}"]
    if version >= "2.2":
        requirements += ["keras-applications==1.0.8", "keras-preprocessing==1.1.2"]
    cache_folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache_folder) as download:
        target = Path(download) / version
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target)]
        done = subprocess.run([*pip, *requirements], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"could not fetch Keras {version}:\n{done.stderr}")
        try:
            target.rename(folder)
        except OSError:  # another run of the tests was quicker
            if not folder.is_dir():
                raise
    return folder


def _require_tensorflow() -> None:
    missing = [name for name in ("tensorflow", "keras", "tf_keras") if not importlib.util.find_spec(name)]
    if not missing:
        return
    message = f"not installed: {', '.join(missing)} (pip install 'kerasfix[verify]')"
    if os.environ.get(SKIP_VARIABLE) == "1":
        pytest.skip(f"{message}; {SKIP_VARIABLE}=1")
    pytest.fail(f"{message}; set {SKIP_VARIABLE}=1 to skip the tests that compare numbers", pytrace=False)
