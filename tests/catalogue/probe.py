"""Runs the models that a piece of code builds: predicts with given or own weights, then trains a step."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from reference.engines import Engine, legacy_engine

# Appended to the code that runs, on Keras 1.2.2 as on Keras 3. What is not private comes back as the result.
_EPILOGUE = """

def _probe(namespace):
    from keras.models import Model

    def shape_of(tensor):
        shape = getattr(tensor, '_keras_shape', None) or tuple(tensor.shape)
        return tuple(3 if size is None else int(size) for size in shape)

    def flat(weights):  # Keras 2.1 has them by layer, where a Sequential holds a Merge
        return [w for part in weights for w in (flat(part) if isinstance(part, list) else [np.array(part)])]

    models = {name: value for name, value in namespace.items() if name[0] != '_' and isinstance(value, Model)}
    # What the code compiles is what it is about; the others are parts of it.
    compiled = {name: model for name, model in models.items() if getattr(model, 'optimizer', None)}
    results = {}
    for name, model in (compiled or models).items():
        random = np.random.RandomState(7)
        xs = [random.uniform(0.1, 1, shape_of(t)).astype('float32') for t in model.inputs]
        if _weights:
            model.set_weights(_weights[name])
        weights = flat(model.get_weights())
        outputs = model.predict(xs if len(xs) > 1 else xs[0])
        outputs = outputs if isinstance(outputs, list) else [outputs]
        results[name] = result = {'weights': weights, 'outputs': [np.array(o) for o in outputs]}
        if compiled:
            ys = [random.uniform(0.1, 1, o.shape).astype('float32') for o in outputs]
            loss = model.train_on_batch(xs if len(xs) > 1 else xs[0], ys if len(ys) > 1 else ys[0])
            result['loss'] = float(np.ravel(loss)[0])
            result['moved'] = any(not np.array_equal(a, b) for a, b in zip(weights, flat(model.get_weights())))
    return results


models = _probe(dict(globals()))
"""


def probe(engine: Engine, code: str, weights: dict[str, list[np.ndarray]] | None = None) -> dict[str, dict[str, Any]]:
    """What each model of the code gave: `weights`, `outputs`, and `loss` and `moved` where the code compiles it."""
    result = engine.run(code + _EPILOGUE, {"_weights": weights})
    models: dict[str, dict[str, Any]] = result["models"]
    return models


@cache
def original(code: str, version: str = "1.2.2") -> dict[str, dict[str, Any]]:
    """What the code gave on the Keras it was written for."""
    return probe(legacy_engine(version), code)


def weights_of(models: dict[str, dict[str, Any]]) -> dict[str, list[np.ndarray]]:
    """The weights to give to another probe."""
    return {name: model["weights"] for name, model in models.items()}
