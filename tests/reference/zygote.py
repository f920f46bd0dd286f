"""The process that has one Keras imported and forks a child for every case: see `engines`.

    python zygote.py KIND DESCRIPTOR

KIND is `legacy`, `keras3` or `tf_keras`; DESCRIPTOR is the file descriptor of a connection that carries a `Case` in
and a `Reply` out. For `legacy`, the folder with the Keras to use is on PYTHONPATH.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import linecache
import os
import pickle
import random
import select
import signal
import sys
import time
import traceback
import types
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import Any

import legacy_tensorflow
import numpy as np
from engine_protocol import Case, ModelCase, ModelRun, Reply

SEED = 1


def main(kind: str, descriptor: int) -> None:
    """Import the Keras of `kind`, then answer cases until the other end closes."""
    connection = Connection(descriptor)
    try:
        KINDS[kind]()
    except BaseException:
        connection.send(Reply(error=traceback.format_exc()))
        return
    connection.send(Reply())
    while True:
        try:
            case = connection.recv()
        except EOFError:
            return
        connection.send(_in_child(case))


def _prepare_legacy() -> None:
    legacy_tensorflow.install()
    importlib.import_module("keras")


def _prepare_keras3() -> None:
    import keras

    assert keras.__version__.startswith("3."), keras.__version__
    importlib.import_module("tensorflow")


def _prepare_tf_keras() -> None:
    """Let both `keras` and `tensorflow.keras` mean tf_keras, so that code for Keras 2 runs as it is."""
    import tf_keras

    sys.meta_path.insert(0, _Alias("keras", "tf_keras"))
    for name in [name for name in sys.modules if name.partition(".")[0] == "keras"]:
        del sys.modules[name]
    sys.modules["keras"] = tf_keras


class _Alias(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports `alias.x.y` as `target.x.y`: the same module under two names, not a copy of it."""

    def __init__(self, alias: str, target: str) -> None:
        self.prefix, self.target = alias + ".", target + "."

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if not name.startswith(self.prefix):
            return None
        try:
            importlib.import_module(self._real(name))
        except ModuleNotFoundError:
            return None
        return importlib.machinery.ModuleSpec(name, self)

    def exec_module(self, module: types.ModuleType) -> None:
        sys.modules[module.__name__] = sys.modules[self._real(module.__name__)]

    def _real(self, name: str) -> str:
        return self.target + name.removeprefix(self.prefix)


KINDS: dict[str, Callable[[], None]] = {
    "legacy": _prepare_legacy,
    "keras3": _prepare_keras3,
    "tf_keras": _prepare_tf_keras,
}


def _in_child(case: Case | ModelCase) -> Reply:
    reader, writer = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reader)
        _answer(case, writer)
        os._exit(0)
    os.close(writer)
    try:
        sent = _read_all(reader, time.monotonic() + case.timeout)
    finally:
        os.close(reader)
    if sent is None:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    if sent is None:
        return Reply(error=f"no result after {case.timeout:g} seconds")
    if not sent:
        return Reply(error=f"the process ended without a result, with status {os.waitstatus_to_exitcode(status)}")
    reply: Reply = pickle.loads(sent)
    return reply


def _read_all(descriptor: int, deadline: float) -> bytes | None:
    """Everything up to the end of file, or None when the deadline came first."""
    chunks = []
    while True:
        ready, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            return None
        chunk = os.read(descriptor, 1 << 20)
        if not chunk:
            return b"".join(chunks)
        chunks.append(chunk)


def _answer(case: Case | ModelCase, descriptor: int) -> None:
    try:
        _seed()
        reply = Reply(value=_run_model(case) if isinstance(case, ModelCase) else _run(case))
    except BaseException as error:
        reply = Reply(error="".join(traceback.format_exception(error)))
    with os.fdopen(descriptor, "wb") as file:
        pickle.dump(reply, file)


def _seed() -> None:
    random.seed(SEED)
    np.random.seed(SEED)
    tensorflow = sys.modules["tensorflow"]
    if hasattr(tensorflow, "set_random_seed"):
        tensorflow.set_random_seed(SEED)
    else:
        tensorflow.random.set_seed(SEED)


def _run(case: Case) -> dict[str, Any]:
    variables = _execute(case.code, case.inputs)
    result = {}
    for name, value in variables.items():
        if name.startswith("_") or (name in case.inputs and value is case.inputs[name]):
            continue
        value = _to_numpy(value)
        if _is_plain(value):
            result[name] = value
    return result


def _execute(code: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """Run the code as a main program with `np` and the inputs in its globals, and give its globals back."""
    name = "<case>"
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)  # tracebacks show the lines
    module = types.ModuleType("__main__")
    vars(module).update(inputs, np=np)
    sys.modules["__main__"] = module
    exec(compile(code, name, "exec"), vars(module))
    return vars(module)


def _to_numpy(value: Any) -> Any:
    if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
        return type(value)(_to_numpy(item) for item in value)
    if type(value).__name__ in ("EagerTensor", "ResourceVariable", "Variable") and hasattr(value, "numpy"):
        return value.numpy()
    return value


def _is_plain(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(_is_plain(item) for item in value)
    if isinstance(value, dict):
        return all(_is_plain(item) for pair in value.items() for item in pair)
    return value is None or isinstance(value, (np.ndarray, np.generic, bool, int, float, complex, str, bytes))


def _run_model(case: ModelCase) -> ModelRun:
    model = _execute(case.code, case.variables)[case.model]
    inputs = case.inputs if len(case.inputs) > 1 else case.inputs[0]
    if case.weights is not None:
        model.set_weights(case.weights)
    run = ModelRun(
        outputs=_as_list(model.predict_on_batch(inputs)),
        weights=model.get_weights(),
        input_shapes=[tuple(tensor.shape) for tensor in model.inputs],
        output_shapes=[tuple(tensor.shape) for tensor in model.outputs],
    )
    if case.targets is None:
        return run
    targets = case.targets if len(case.targets) > 1 else case.targets[0]
    model.compile(optimizer=_sgd(case.learning_rate), loss=case.loss)
    run.losses = [float(np.ravel(model.train_on_batch(inputs, targets))[0]) for _ in range(case.steps)]
    run.trained_weights = model.get_weights()
    return run


def _sgd(learning_rate: float) -> Any:
    sgd = importlib.import_module("keras.optimizers").SGD
    try:
        return sgd(learning_rate=learning_rate)
    except TypeError:  # before Keras 2.3
        return sgd(lr=learning_rate)


def _as_list(value: Any) -> list[np.ndarray]:
    return [np.asarray(item) for item in (value if isinstance(value, (list, tuple)) else [value])]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
    os._exit(0)  # TensorFlow takes a second to leave in good order
