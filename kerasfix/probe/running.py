"""Runs the user's code once, with the world around it stood in for, and says what models came of it."""

from __future__ import absolute_import, division, print_function

import contextlib
import os
import random
import signal
import sys
import threading
import traceback
import types

import numpy as np

from . import describing, graphs, measuring, old_division, precision, randomness, tracing, world
from .describing import Places, count, describe_layers, describe_tensors, whole
from .dialect import current
from .errors import said
from .feeding import BATCH, SMALLEST_BATCH, Feed, counts, made_up, untied, varied
from .plain import plain
from .sources import Sources
from .trimming import SeenEnough
from .watching import Watcher

MOST_MODELS = 24  # of one run that are measured
_SAMPLES = 16  # of a batch that the user's code fed, if they do
_LARGEST_BATCH = 4000000  # numbers in a batch that the user's code fed


class Run(object):
    """One run of the user's code.

    Args:
        job: A dictionary as kerasfix.verify hands it to a child: `path`, and maybe `texts`, `classic` (those of
            them that divide as Python 2 does), `call`, `argv`, `data_format`, `seed`, `steps`, `patience` (seconds
            after which the code is not run on), `frugal` (whether memory is short, and a single step of the smallest
            batches has to do), `doubled` (whether to compute in double precision).
    """

    def __init__(self, job):
        self.job = job
        self.sources = Sources(job["path"], job.get("texts") or {}, job.get("classic") or ())
        self.digest = self.sources.digest()
        self.seed = job.get("seed", 1)
        self.frugal = bool(job.get("frugal"))
        self.steps = 1 if self.frugal else job.get("steps", 3)
        self.dialect = None
        self.watcher = None
        self.world = None
        self.error = None
        self.stopped = None
        self.namespace = {}
        self.result = None
        self.of_module = set()  # models that are there before anything is called

    def perform(self):
        """Run the code to its end, or until it fails or has shown enough."""
        self.dialect = current()
        if self.job.get("data_format"):
            self.dialect.set_data_format(self.job["data_format"])
        if self.job.get("doubled"):
            precision.double(self.dialect)
        self._seed()
        self.fixed_draws = randomness.fix(self.dialect)
        largest = SMALLEST_BATCH if self.frugal else None
        self.watcher = Watcher(self.dialect, self.sources.is_users, self.sources.line, self.steps, largest)
        self.watcher.install()
        sys.argv = [self.sources.path] + list(self.job.get("argv") or [])
        self.world = world.install(self.sources.folder)
        self.sources.install()
        try:
            with patience(self.job.get("patience")):
                self._run()
        except SeenEnough as enough:
            self.stopped = str(enough)
        except SystemExit as error:
            if error.code not in (None, 0):
                self.error = self._error("exit", error)
        except Exception as error:
            reason = self.world.reason(error)
            self.error = self._error("unserved" if reason else "exception", error)
            self.error["message"] = self.world.shown(reason or self.error["message"])
        self.watcher.stop()

    def _seed(self):
        random.seed(self.seed)
        np.random.seed(self.seed)
        tensorflow = sys.modules.get("tensorflow")
        if hasattr(tensorflow, "set_random_seed"):
            tensorflow.set_random_seed(self.seed)
        elif tensorflow is not None:
            tensorflow.random.set_seed(self.seed)

    def _run(self):
        call = self.job.get("call")
        name = "__main__" if call is None else self.sources.module_name()
        module = types.ModuleType(name)
        module.__file__ = self.sources.path
        module.__package__ = None if call is None else name.rpartition(".")[0]
        if "." in name:
            __import__(module.__package__)
        sys.modules[name] = module
        self.namespace = vars(module)
        exec(self.sources.compiled(self.sources.path), self.namespace)
        if call is not None:
            self.of_module = set(id(seen) for seen in self.watcher.models)
            self.result = eval(compile(call, "<call>", "eval"), self.namespace)

    def _error(self, kind, error):
        entries = [entry for entry in traceback.extract_tb(sys.exc_info()[2]) if self.sources.is_users(entry[0])]
        places = [(os.path.abspath(entry[0]), entry[1]) for entry in entries]
        line = ([None] + [number for path, number in places if path == self.sources.path])[-1]
        lines = traceback.format_exception(type(error), error, sys.exc_info()[2])
        return {
            "kind": kind,
            "type": type(error).__name__,
            "message": str(error),
            "traceback": "".join(lines)[-6000:],
            "line": line,
            "places": places,
        }

    def files(self):
        """The files of the user's that were run."""
        found = [getattr(module, "__file__", None) for module in list(sys.modules.values()) if module is not None]
        return sorted(set(os.path.abspath(path) for path in found if path and self.sources.is_users(path)))

    def variables(self):
        """The names of models at the end, by `id`: variables of the module, or what a builder gave back."""
        names = {}
        for name, value in list(self.namespace.items()):
            if not name.startswith("_") and self.dialect.is_model(value):
                names.setdefault(id(value), name)
        return names

    def described(self):
        """The models as `MODEL` entries and what they are made of: a list of `Described`, in the order of creation."""
        found = []
        names = self.variables()
        for seen in self.watcher.models:
            if not graphs.outputs_of_model(whole(self.dialect, seen.model)) and not seen.used:
                continue  # never built, or only begun when the code failed
            try:
                found.append(Described(self, seen, names.get(id(seen.model))))
            except Exception as error:  # a model that was never built, or only half
                note = "a model could not be described: %s" % said(error)
                if note not in self.world.notes:
                    self.world.notes.append(note)
        _tell_parts(found)
        return found

    def meta(self, models):
        """What is to be said of the run."""
        return {
            "keras": self.dialect.version,
            "package": self.dialect.package,
            "backend": self.dialect.backend_name(),
            "python": "%d.%d.%d" % sys.version_info[:3],
            "numpy": np.__version__,
            "data_format": self.dialect.data_format(),
            "fixed_draws": self.fixed_draws,
            "scenario": {
                "path": os.path.basename(self.sources.path),
                "call": self.job.get("call"),
                "argv": list(self.job.get("argv") or []),
                "digest": self.digest,
            },
            "notes": list(self.world.notes) + old_division.notes,
            "files": self.files(),
            "error": self.error,
            "stopped": self.stopped,
            "models": [model.meta for model in models],
        }


@contextlib.contextmanager
def patience(seconds):
    """Ends code that goes on for longer with `SeenEnough`, so that what it has made by then can be measured."""

    def enough(number, frame):
        raise SeenEnough("it goes on for more than %d seconds" % seconds)

    main = threading.current_thread().name == "MainThread"
    if not seconds or not main or not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, enough)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class Described(object):
    """A model with its description.

    Attributes:
        seen: What the watcher saw of it.
        meta: Its `MODEL` entry.
        places: Its layers by their paths.
    """

    def __init__(self, run, seen, variable):
        self.seen = seen
        self.run = run
        model = whole(run.dialect, seen.model)
        inputs, outputs = graphs.inputs_of_model(model), graphs.outputs_of_model(model)
        self.places = Places(run.dialect, seen.model)
        self._batch = graphs.batch_of_model(model)  # the size of batches that it is made for; None: any
        returned = variable is None and seen.model is run.result
        watcher = run.watcher
        self.meta = {
            "name": seen.model.name,
            "variable": variable or seen.target,
            "of_module": variable is not None,
            "returned": returned,
            "function": seen.function,
            "line": seen.line,
            "class": type(seen.model).__name__,
            "created": seen.created,
            "part_of": [],
            "inputs": describe_tensors(inputs, getattr(model, "input_names", None) or ()),
            "outputs": describe_tensors(outputs, getattr(model, "output_names", None) or ()),
            "layers": describe_layers(self.places, watcher.created, watcher.lines),
            "parameters": count(model),
            "trainable": int(
                sum(np.prod(weight["shape"]) for weight in _trainable(model))  # one number has an empty shape: 1.0
            ),
            "used": list(seen.used),
            "compiled": None if seen.compiled is None else _compiled(seen),
            "training": None if seen.training is None else _training(seen.training),
            "probe": None,
        }

    @property
    def matters(self):
        """Whether the model is one that the code is about: no part of another, nor one of the script around a call."""
        if id(self.seen) in self.run.of_module and not self.meta["returned"]:
            return False
        return bool(self.seen.used) or self.meta["returned"] or not self.meta["part_of"]

    def feeds(self):
        """What to feed it, the best first: what the code fed it, then what can be made up, then the former if it is
        all alike in parts, such as lengths, which nobody else can make up.
        """
        own = self._fed()
        if own is not None and varied(own.inputs):
            some = None if self._batch else own.first(SMALLEST_BATCH if self.run.frugal else _SAMPLES)
            if some is not None and varied(some.inputs):
                yield some
            yield own
        # A size of batches that the code takes for granted is one that it fed to some model.
        fed = [len(one.samples[0][0]) for one in self.run.watcher.models if one.samples and _is_fed(one.samples[0])]
        usual = SMALLEST_BATCH if self.run.frugal else BATCH
        for size in sorted(set(fed) | {usual}, key=lambda size: (size != usual, size)):
            inputs, batch = made_up(self.run.dialect, self.seen.model, self.run.seed, size)
            yield Feed(inputs, None, batch, False)
            if counts(inputs) > 1:
                inputs, batch = made_up(self.run.dialect, self.seen.model, self.run.seed, size, shrinking=True)
                yield Feed(inputs, None, batch, False)
        if own is not None and not varied(own.inputs):
            yield own

    def _fed(self):
        """The first batch that the code trained it on, unless it is a large one; None if there is none."""
        if self.seen.samples is None:
            return None
        inputs, targets = (self._ordered(part, kind) for part, kind in zip(self.seen.samples, ("inputs", "outputs")))
        if not inputs or not targets or sum(one.size for one in inputs) > _LARGEST_BATCH:
            return None
        if self.run.dialect.backend_name() == "theano":
            inputs = [untied(one, self.run.seed) for one in inputs]
        return Feed(inputs, targets, len(inputs[0]), True)

    def penalty_of_parts(self, weights):
        """What the regularizers of the models that are used as layers in it add to its loss, where that can be told."""
        parts = [layer for _, layer, _, container, _ in self.places.entries if container]
        losses = [loss for part in parts for loss in getattr(part, "losses", None) or []]
        if not losses or not hasattr(losses[0], "numpy"):
            return 0.0
        measuring.set_weights(self.places, weights)
        return float(sum(float(loss) for part in parts for loss in part.losses))

    def _ordered(self, arrays, kind):
        names = [one["name"] for one in self.meta[kind]]
        if isinstance(arrays, dict):
            return [arrays[name] for name in names] if set(names) == set(arrays) else None
        return arrays if len(arrays) == len(names) else None

    def measure(self, feed, weights, as_graph=False, loss=None):
        """Measure it with what it is fed and with weights by path; see `measuring.measure`.

        Some operations are there only in a graph, such as pooling with the channels first on a processor.
        """
        model, steps = self.seen.model, self.run.steps
        given = (self.run.dialect, model, self.places, feed, self.seen, weights, steps)
        if as_graph:
            return measuring.measure(*given, as_graph=True, loss=loss)
        try:
            return measuring.measure(*given)
        except Exception:
            if self.run.dialect.major < 3 and self.run.dialect.package == "keras":  # has nothing else than graphs
                raise
            return measuring.measure(*given, as_graph=True)


def _is_fed(inputs):
    return isinstance(inputs, list) and len(inputs) > 0 and getattr(inputs[0], "ndim", 0) > 0


def _trainable(model):
    return [weight for weight in describing.weights_of(model) if weight["trainable"]]


def _compiled(seen):
    names = ("loss", "loss_weights", "metrics", "sample_weight_mode")
    told = dict((name, plain(seen.compiled.get(name))) for name in names)
    told.update(seen.optimizer or describing.describe_optimizer(seen.model, seen.compiled))
    return told


def _training(training):
    return {"by": training.by, "losses": training.losses, "calls": training.calls, "error": training.error}


def _tell_parts(models):
    """Say which models are only a part of another: used as a layer there, or made of some of its layers."""
    by_id = dict((id(model.seen.model), index) for index, model in enumerate(models))
    layers = [set(id(layer) for _, layer in model.places.leaves) for model in models]
    for index, model in enumerate(models):
        inside = [by_id.get(id(layer)) for _, layer, _, container, _ in model.places.entries if container]
        for part in range(len(models)):
            contained = layers[part] and layers[part] < layers[index]
            if part != index and (part in inside or contained):
                models[part].meta["part_of"].append(index)


def record(job):
    """Run the code and measure its models on their own weights: what the original gives.

    Returns:
        The meta data of the recording and its arrays.
    """
    run = Run(job)
    run.perform()
    models = run.described()
    arrays = {}
    measured = 0
    for index, model in enumerate(models):
        if not model.matters:
            continue
        if measured >= MOST_MODELS:
            model.meta["probe"] = {"error": "more than %d models: not measured" % MOST_MODELS}
            continue
        measured += 1
        model.meta["probe"], found = measured_alone(model, run.seed + index, bool(job.get("trace")))
        for key, array in found.items():
            arrays["%d/%s" % (index, key)] = array
    return run.meta(models), arrays


def measured_alone(model, seed, traced=False):
    """The `probe` entry of a model that is measured on its own weights, and its arrays.

    Args:
        model: A `Described` model.
        seed: For the noise on its weights.
        traced: Whether to take down what each layer gives, too.
    """
    empty = [one for one in model.meta["inputs"] if 0 in one["shape"]]
    if empty:
        return {"error": "its input `%s` has no size: %s" % (empty[0]["name"], tuple(empty[0]["shape"]))}, {}
    errors = []
    for feed in model.feeds():
        try:
            weights = measuring.perturbed(measuring.weights_of(model.places), seed)
            found = model.measure(feed, weights)
        except Exception as error:
            errors.append(said(error))
            continue
        arrays = arrays_of(found, feed, weights)
        if traced:
            for number, (name, array) in enumerate(tracing.trace(model.run.dialect, model, feed, weights)):
                arrays["trace/%04d/%s" % (number, name)] = array
        return told(found, feed), arrays
    return {"error": errors[-1]}, {}


def told(found, feed):
    """What is to be said of a measurement."""
    return {
        "error": None,
        "batch": feed.batch,
        "seen": feed.seen,
        "loss": found.loss,
        "own_loss": found.own_loss,
        "losses": found.losses,
        "moved": found.moved,
        "no_loss": found.no_loss,
        "no_training": found.no_training,
    }


def arrays_of(found, feed, weights):
    """The arrays of a measurement by their keys."""
    arrays = {}
    for kind, values in (("inputs", feed.inputs), ("outputs", found.outputs), ("targets", found.targets or [])):
        for index, value in enumerate(values):
            arrays["%s/%d" % (kind, index)] = np.asarray(value)
    for kind, states in (("weights", weights), ("stepped", found.stepped or {})):
        for path, values in states.items():
            for index, value in enumerate(values):
                arrays["%s/%s/%d" % (kind, path, index)] = value
    return arrays
