"""What runs a case in a child of an engine: see `engines`."""

from __future__ import annotations

import importlib
import linecache
import pickle
import random
import sys
import traceback
import types
from pathlib import Path
from typing import Any

import numpy as np
from reference.engine_protocol import Case, ModelCase, ModelRun, Reply

SEED = 1


def answer(asked: tuple[Case | ModelCase, Path]) -> None:
    """Run a case, and leave the reply in a file: it has arrays, and is read by who wrote the case."""
    case, file = asked
    try:
        _seed()
        reply = Reply(value=_run_model(case) if isinstance(case, ModelCase) else _run(case))
    except BaseException as error:
        reply = Reply(error="".join(traceback.format_exception(error)))
    file.write_bytes(pickle.dumps(reply))


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
    except Exception:  # before Keras 2.3; of no type of its own in 1.0
        return sgd(lr=learning_rate)


def _as_list(value: Any) -> list[np.ndarray]:
    return [np.asarray(item) for item in (value if isinstance(value, (list, tuple)) else [value])]
