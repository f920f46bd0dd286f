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

They are the engines that `kerasfix verify` has. Legacy Keras comes from the package index, once, into `.legacy-keras/`
of the checkout (or the folder that the environment variable KERASFIX_LEGACY_KERAS names).
Without TensorFlow these tests fail, unless KERASFIX_SKIP_NUMERIC_TESTS=1 says that they are to be skipped.
"""

from __future__ import annotations

import importlib.util
import os
import pickle
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from reference.engine_protocol import Case, ModelCase, ModelRun, Reply

from kerasfix.verify.engines import Engines, Limits, legacy

_TESTS = Path(__file__).resolve().parents[1]
_TIMEOUT = 120.0
_MEMORY = 8 << 30
SKIP_VARIABLE = "KERASFIX_SKIP_NUMERIC_TESTS"
FOLDER_VARIABLE = "KERASFIX_LEGACY_KERAS"
LEGACY_VERSION = "1.2.2"


class EngineError(Exception):
    """The code failed in its engine; the text is the traceback from there."""


class Engine:
    """One Keras in a process of its own."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._engines: Engines | None = None

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
        if self._engines:
            self._engines.close()
            self._engines = None

    def _ask(self, case: Case | ModelCase) -> Any:
        if self._engines is None:
            _require_tensorflow()
            self._engines = Engines(Limits(memory=_MEMORY), legacy_cache(), [_TESTS])
        folder = Path(tempfile.mkdtemp(dir=self._engines.folder))
        try:
            return self._reply(self._engines, case, folder)
        finally:
            shutil.rmtree(folder)

    def _reply(self, engines: Engines, case: Case | ModelCase, folder: Path) -> Any:
        file = folder / "reply"
        limits = Limits(seconds=case.timeout, memory=_MEMORY)
        answer = engines.run(self._name, "reference.cases:answer", (case, file), limits=limits, writable=[folder])
        if answer.ended:
            raise EngineError(f"{answer.ended.message}\n{answer.log[-4000:]}".rstrip())
        reply: Reply = pickle.loads(file.read_bytes())
        if reply.error is not None:
            raise EngineError(reply.error)
        return reply.value


@cache
def keras3_engine() -> Engine:
    """The Keras 3 that is installed."""
    return Engine("keras3")


@cache
def tf_keras_engine() -> Engine:
    """The tf_keras (Keras 2) that is installed."""
    return Engine("tf_keras")


@cache
def legacy_engine(version: str = LEGACY_VERSION) -> Engine:
    """A multi-backend Keras, 1.0 to 2.3.1, fetched when it is first needed."""
    _require_tensorflow()
    return Engine(f"keras=={version}")


def legacy_cache() -> Path:
    """The folder of all legacy versions of Keras that the tests use."""
    return Path(os.environ.get(FOLDER_VARIABLE) or _TESTS.parent / ".legacy-keras")


def legacy_folder(version: str = LEGACY_VERSION) -> Path:
    """The folder to import a legacy Keras from (its sources are read by tests, too); fetched when it is not there."""
    return legacy.fetch(version, legacy_cache())


def _require_tensorflow() -> None:
    missing = [name for name in ("tensorflow", "keras", "tf_keras") if not importlib.util.find_spec(name)]
    if not missing:
        return
    message = f"not installed: {', '.join(missing)} (pip install 'kerasfix[verify]')"
    if os.environ.get(SKIP_VARIABLE) == "1":
        pytest.skip(f"{message}; {SKIP_VARIABLE}=1")
    pytest.fail(f"{message}; set {SKIP_VARIABLE}=1 to skip the tests that compare numbers", pytrace=False)
