"""Both sides of a rewrite in numbers: what a legacy layer computes, and what its heir does with its weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from catalogue.pipeline import fix

from kerasfix.verify.carry import Carried, carry_model

_BUILD = """

def build_{}():
    model = Sequential()
    for layer in ({},):
        model.add(layer)
    return model
"""
_RUN = """
def _described(model):
    layers = []
    for number, layer in enumerate(model.layers):
        config = _plain(layer.get_config())
        held = zip(layer.weights, layer.get_weights())
        weights = [{'name': str(one.name), 'shape': list(np.shape(array))} for one, array in held]
        layers.append({'path': layer.name, 'name': layer.name, 'class': type(layer).__name__, 'config': config,
                       'module': type(layer).__module__, 'created': number, 'weights': weights, 'same_as': None,
                       'inbound': [[layers[-1]['path']]] if layers else [], 'container': False})
    return {'name': model.name, 'class': type(model).__name__, 'layers': layers}


def _plain(value):
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else repr(value)


def _case(number, given):
    from keras import backend as K
    K.clear_session()
    model = globals()['build_%d' % number]()
    shape = [5 if size is None else int(size) for size in model.input_shape[1:]]
    random = np.random.RandomState(number)
    x = random.randint(0, 9, [6] + shape) if _indices[number] else random.uniform(-1, 1, [6] + shape).astype('float32')
    result = {'model': _described(model)}
    if given is None:
        return result
    model.compile('sgd', 'mse')
    for layer in model.layers:
        if given == 'made up':
            layer.set_weights([random.uniform(0.1, 1, w.shape).astype('float32') for w in layer.get_weights()])
        elif layer.name in given:
            layer.set_weights(given[layer.name])
    def arrays():
        held = [(layer.name, layer.get_weights()) for layer in model.layers]
        return {name + '/%d' % k: np.array(array) for name, weights in held for k, array in enumerate(weights)}
    result['arrays'] = arrays()
    result['outputs'] = np.array(model.predict(x))
    model.train_on_batch(x, np.ones(result['outputs'].shape) * 0.3)
    result['stepped'] = arrays()
    return result


_results = {}
for _number, _given in _wanted.items():
    try:
        _results[_number] = _case(_number, _given)
    except Exception:
        import traceback
        _results[_number] = traceback.format_exc()
results = _results
"""


@dataclass(frozen=True)
class Original:
    """What legacy models gave: by name, or the text of what went wrong."""

    code: str
    names: tuple[str, ...]
    indices: tuple[bool, ...]
    version: str
    results: dict[str, Any]


@dataclass(frozen=True)
class Heir:
    """What the rewritten model of a case gave with the carried weights."""

    carried: Carried
    stepped: Carried  # the weights after one step of the original, carried over
    result: dict[str, Any]


def run_original(engine: Any, version: str, head: str, cases: dict[str, str], indices: set[str]) -> Original:
    """Build each case as a `Sequential`, give it weights, predict, and take one step of training."""
    code = head + "".join(_BUILD.format(number, layers) for number, layers in enumerate(cases.values()))
    names, flags = tuple(cases), tuple(name in indices for name in cases)
    found = _results(engine, code, flags, dict.fromkeys(range(len(names)), "made up"))
    return Original(code, names, flags, version, {names[number]: result for number, result in found.items()})


def run_heirs(engine: Any, original: Original, target: str) -> dict[str, Heir | str]:
    """Fix the code, carry the weights of each case, and run it."""
    code = fix(original.code, target)
    numbers = {number: None for number, name in enumerate(original.names) if isinstance(original.results[name], dict)}
    described = _results(engine, code, original.indices, numbers)
    carried: dict[int, tuple[Carried, Carried]] = {}
    for number, found in described.items():
        before = original.results[original.names[number]]
        if isinstance(found, dict):
            states = (before["arrays"], before["stepped"])
            one, other = (carry_model(before["model"], state, found["model"], original.version) for state in states)
            carried[number] = one, other
    given = {number: _plain(one.weights) for number, (one, _) in carried.items()}
    ran = _results(engine, code, original.indices, given)
    heirs: dict[str, Heir | str] = {}
    for number in numbers:
        result = ran.get(number, described[number])
        heirs[original.names[number]] = result if isinstance(result, str) else Heir(*carried[number], result)
    return heirs


def _plain(weights: dict[str, list[np.ndarray]]) -> dict[str, list[np.ndarray]]:
    return {path: [np.array(array) for array in arrays] for path, arrays in weights.items()}


def _results(engine: Any, code: str, indices: tuple[bool, ...], wanted: dict[int, Any]) -> dict[int, Any]:
    variables = {"_wanted": wanted, "_indices": list(indices)}
    found: dict[int, Any] = engine.run(code + _RUN, variables, timeout=600)["results"]
    return found
