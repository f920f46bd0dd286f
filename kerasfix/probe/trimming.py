"""Training, evaluation and prediction cut down to a few batches, each as its own Keras asks for it."""

from __future__ import absolute_import, division, print_function

import time

import numpy as np

from .arguments import names_of

_EPOCHS = ("epochs", "nb_epoch")
# Sizes that generators are asked for: batches in Keras 2 and later, samples in Keras 1.
_BATCHES = ("steps_per_epoch", "validation_steps", "steps")
_SAMPLES = ("samples_per_epoch", "nb_val_samples", "val_samples")
_FREE_CALLS = 3  # calls in a loop that are made in full
_LARGE = 100000  # numbers of a sample of which few are enough
_FEW = 4
_SLOW = 5.0  # seconds of a call after which no other one is
_LOOP_SECONDS = 10.0  # that a loop may go on for after them
_LOOP_CALLS = 3000
_TRAINING = ("fit", "fit_generator", "train_on_batch")


class SeenEnough(BaseException):
    """Raised in a training loop of the user's that has shown what there is to see."""


class Trained(object):
    """A call that trains: its result, the losses on the way, and the first batch that went in."""

    def __init__(self, result, losses, samples):
        self.result = result
        self.losses = losses
        self.samples = samples


class Loops(object):
    """Ends loops around the methods of models: after some calls the last result is given again, and then it is over."""

    def __init__(self, steps):
        self.steps = max(steps, _FREE_CALLS)
        self._calls = {}

    def bounded(self, seen, name, given, call):
        """Make a call, or give what the last one gave for data of that shape."""
        key = (id(seen), name, None if name in _TRAINING else _size_of(given.get("x")))
        count, result, since = self._calls.get(key, (0, None, None))
        if count < self.steps:
            started = time.time()
            result = call()
            ended = time.time()
            self._calls[key] = (self.steps if ended - started > _SLOW else count + 1, result, ended)
            return result
        if count > _LOOP_CALLS or time.time() - since > _LOOP_SECONDS:
            raise SeenEnough("seen %d calls of `%s`" % (count, name))
        self._calls[key] = (count + 1, result, since)
        return result


def _size_of(data):
    if isinstance(data, (list, tuple)):
        return tuple(_size_of(one) for one in data) if len(data) < 10 else len(data)
    return getattr(data, "shape", None)


def run(model, name, original, given, steps):
    """A call that tests or predicts, on what a few batches hold; predictions are repeated to the length asked for."""
    given = dict(given)
    _quiet(given, names_of(original))
    data = given.get("x")
    if name.endswith("generator") or name.endswith("on_batch") or not _sized(data):
        _few_batches(given, steps)
        return original(model, **given)
    length = _length(data)
    kept = min(length, steps * (given.get("batch_size") or 32))
    given = dict((key, value) for key, value in first_samples(given, kept).items() if value is not None)
    result = original(model, **given)
    return _repeated(result, length) if name.startswith("predict") else result


def train(model, name, original, given, steps, dialect):
    """A call that trains, with its data cut to some steps of one epoch."""
    if name == "train_on_batch":
        result = original(model, **given)
        samples = (_listed(given.get("x")), _listed(given.get("y")))
        return Trained(result, [float(np.ravel(_first(result))[0])], _copied(samples))
    given = dict(given)
    names = names_of(original)
    _quiet(given, names)
    peek = samples = None
    if name == "fit_generator" or not _sized(given.get("x")):
        peek = Peek(given)
        _few_batches(given, steps)
    else:
        samples = _few_samples(given, steps)
    _one_epoch(given, names)
    watch = _losses(dialect)
    given["callbacks"] = list(_listed(given.get("callbacks"))) + [watch]
    result = original(model, **given)
    return Trained(result, watch.seen, peek.samples if peek else samples)


def enough_of(data):
    """How many samples of some data are enough for a batch; None where they are not all that large."""
    return _FEW if any(map(_is_large, data if isinstance(data, (list, tuple)) else [data])) else None


def _is_large(array):
    shape = getattr(array, "shape", None)
    return shape is not None and len(shape) > 1 and np.prod(shape[1:]) > _LARGE


def first_samples(given, count):
    """The arguments of a call that takes a batch, with no more than its first samples."""
    parts = ((key, given[key]) for key in ("x", "y", "sample_weight") if given.get(key) is not None)
    return dict(given, **dict((key, _head(part, count)) for key, part in parts))


def _quiet(given, names):
    if "verbose" in names:
        given["verbose"] = 0
    for key in ("workers", "nb_worker"):
        if key in given:
            given[key] = 1
    for key in ("use_multiprocessing", "pickle_safe"):
        if key in given:
            given[key] = False


def _one_epoch(given, names):
    key = next((key for key in _EPOCHS if key in given), None) or next(key for key in _EPOCHS if key in names)
    first = given.get("initial_epoch") or 0
    asked = given.get(key)
    given[key] = min(asked, first + 1) if isinstance(asked, int) else first + 1


def _few_samples(given, steps):
    size = given.get("batch_size") or 32
    share = 1.0 - (given.get("validation_split") or 0.0)
    length = _length(given["x"])
    kept = min(length, int(np.ceil(steps * size / max(share, 0.05))))
    given.update(first_samples(given, kept))
    held = given.get("validation_data")
    if isinstance(held, (list, tuple)) and _sized(held[0]):
        given["validation_data"] = type(held)(_head(part, size * 2) for part in held)
    for key in ("steps_per_epoch", "validation_steps"):
        if given.get(key):
            given[key] = min(given[key], steps)
    return _copied((_listed(_head(given["x"], size)), _listed(_head(given.get("y"), size))))


def _few_batches(given, steps):
    size = 1
    data = given.get("generator", given.get("x"))
    for key in _BATCHES:
        if given.get(key):
            given[key] = min(int(given[key]), steps)
    for key in _SAMPLES:
        if given.get(key):
            size = size if size > 1 else _batch_of(data)
            given[key] = min(int(given[key]), steps * size)


def _batch_of(data):
    return getattr(data, "batch_size", None) or 32


class Peek(object):
    """The first batch of a generator, as (inputs, targets), once it was asked for; None where it cannot be had.

    Nothing is taken from a generator before Keras does: it may need what a callback makes at the begin of training.
    """

    def __init__(self, given):
        key = "generator" if "generator" in given else "x"
        data = given.get(key)
        self.samples = None
        if hasattr(data, "__getitem__"):
            self.samples = _samples_of(data[0]) if hasattr(data, "__len__") and len(data) else None
        elif type(data).__name__ == "generator":  # an iterator with methods of its own stays what it is
            given[key] = self._watched(data)

    def _watched(self, data):
        for batch in data:
            if self.samples is None:
                self.samples = _samples_of(batch)
            yield batch


def _samples_of(batch):
    if not isinstance(batch, (list, tuple)) or len(batch) < 2:
        return None
    return _copied((_listed(batch[0]), _listed(batch[1])))


def _losses(dialect):
    class Losses(dialect.module("callbacks").Callback):
        """Takes down the loss of each batch; Keras 1 and 2 have that of the batch, later ones the mean so far."""

        def __init__(self):
            super(Losses, self).__init__()
            self.seen = []

        def on_batch_end(self, batch, logs=None):
            if logs and "loss" in logs:
                self.seen.append(float(np.ravel(logs["loss"])[0]))

    return Losses()


def _sized(data):
    if isinstance(data, dict):
        return bool(data) and all(_sized(one) for one in data.values())
    if isinstance(data, (list, tuple)):
        return len(data) > 0
    return hasattr(data, "shape") and hasattr(data, "__getitem__") and len(getattr(data, "shape", ())) > 0


def _length(data):
    if isinstance(data, dict):
        return _length(next(iter(data.values())))
    if isinstance(data, (list, tuple)) and hasattr(data[0], "shape") and len(getattr(data[0], "shape", ())) > 0:
        return _length(data[0])
    return len(data)


def _head(data, count):
    if isinstance(data, dict):
        return dict((key, _head(one, count)) for key, one in data.items())
    if isinstance(data, (list, tuple)) and data and (data[0] is None or (hasattr(data[0], "shape") and data[0].shape)):
        return type(data)(_head(one, count) for one in data)
    return data if data is None else data[:count]


def _repeated(result, length):
    if isinstance(result, list):
        return [_repeated(one, length) for one in result]
    if not len(result) or len(result) >= length:
        return result
    times = -(-length // len(result))
    return np.concatenate([result] * times)[:length]


def _listed(value):
    if value is None:
        return []
    if isinstance(value, dict):
        return dict(value)
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _first(result):
    if isinstance(result, dict):
        return result["loss"]
    return result[0] if isinstance(result, (list, tuple)) else result


def _copied(samples):
    """Arrays of the first batch, or None where they are something else."""

    def arrays(part):
        if isinstance(part, dict):
            return dict((key, np.array(one)) for key, one in part.items())
        return [np.array(one) for one in part]

    try:
        inputs, targets = (arrays(part) for part in samples)
    except Exception:
        return None
    return inputs, targets
