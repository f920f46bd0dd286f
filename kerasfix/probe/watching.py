"""Sees the models that code makes, and what it does with them; training that would take hours becomes a few steps."""

from __future__ import absolute_import, division, print_function

import functools
import inspect
import re
import sys
import threading

from . import graphs, trimming
from .arguments import arguments_of, names_of
from .describing import describe_optimizer
from .errors import said

TRAINING = ("fit", "fit_generator", "train_on_batch")
TESTING = ("evaluate", "evaluate_generator", "test_on_batch")
PREDICTING = ("predict", "predict_generator", "predict_on_batch", "predict_classes", "predict_proba")


class Seen(object):
    """A model that the code made.

    Attributes:
        model: The model itself.
        created: Its number in the order in which layers and models were made.
        function: The function of the user's code that made it; None at module level.
        line: Where.
        target: What the line assigns it to, as it is written; None if it does not.
        compiled: What the code compiled it with last, by the names of the arguments; None if it did not.
        optimizer: Its optimizer as `describing.describe_optimizer` has it, before it was trained with that; None if it
            was not.
        samples: The first batch that it was trained on, as (inputs, targets); None if it was not.
        training: What was seen of its training; None if it was not trained.
        used: The methods that the code called.
    """

    def __init__(self, model, created, function, line, target):
        self.model = model
        self.created = created
        self.function = function
        self.line = line
        self.target = target
        self.compiled = None
        self.optimizer = None
        self.samples = None
        self.training = None
        self.used = []


class Training(object):
    """What was seen of the training of one model."""

    def __init__(self, by):
        self.by = by
        self.losses = []
        self.calls = 0
        self.error = None


class Watcher(object):
    """Watches one Keras while the user's code runs.

    Args:
        dialect: The `Dialect` to watch.
        is_users: Tells by a file name whether a frame is one of the user's code.
        source_line: Gives the text of a line by file name and number.
        steps: How many steps of training to take where the code would take many.
        largest: How many samples a batch may have; None: as many as the code says, unless they are very large.
    """

    def __init__(self, dialect, is_users, source_line, steps=3, largest=None):
        self.dialect = dialect
        self.is_users = is_users
        self.source_line = source_line
        self.steps = steps
        self.largest = largest
        self.models = []
        self.created = {}
        self.lines = {}
        self.keep = []  # what is gone could give its `id` to another
        self._by_id = {}
        self._inside = threading.local()
        self._watching = True
        self.loops = trimming.Loops(steps)

    def install(self):
        """Replace the methods of the classes that are watched."""
        self._wrap_init(self.dialect.operation, self._layer_made)
        for cls in self.dialect.model_classes:
            self._wrap_init(cls, self._model_made)
            for name in TRAINING + TESTING + PREDICTING + ("compile",):
                if name in vars(cls) or (cls is self.dialect.Model and hasattr(cls, name)):
                    self._wrap_method(cls, name)
        if hasattr(self.dialect.backend, "function"):
            self._wrap_function(self.dialect.backend)

    def stop(self):
        """From here on nothing is recorded or trimmed."""
        self._watching = False

    def seen(self, model):
        """What was seen of a model; None if it was not seen being made."""
        return self._by_id.get(id(model))

    def _wrap_init(self, cls, made):
        original = cls.__init__

        @functools.wraps(original)
        def __init__(this, *args, **kwargs):
            depth = getattr(self._inside, "init", {})
            self._inside.init = depth
            outermost = id(this) not in depth
            depth[id(this)] = True
            if outermost and self._watching and id(this) not in self.created:
                self.created[id(this)] = len(self.created) + 1
                self.keep.append(this)
            try:
                original(this, *args, **kwargs)
            finally:
                if outermost:
                    depth.pop(id(this), None)
            if outermost and self._watching:
                made(this)

        _keep_signature(__init__, original)  # Keras 3 takes down what layers are made with, by the names in it
        cls.__init__ = __init__

    def _layer_made(self, layer):
        if id(layer) not in self.lines:
            place = self._place(sys._getframe(2))
            self.lines[id(layer)] = place[1] if place else None

    def _model_made(self, model):
        if id(model) in self._by_id or not self.dialect.is_model(model):
            return
        frame = sys._getframe(2)
        while frame is not None and frame.f_code.co_name == "__init__" and frame.f_locals.get("this") is not None:
            frame = frame.f_back
        maker = frame.f_locals.get("self") if frame is not None else None
        if maker is not model and isinstance(maker, self.dialect.Sequential) and not self._is_users_frame(frame):
            return  # what a Sequential keeps inside
        place = self._place(frame)
        function, line, target = place if place else (None, None, None)
        seen = Seen(model, self.created[id(model)], function, line, target)
        self._by_id[id(model)] = seen
        self.models.append(seen)

    def _is_users_frame(self, frame):
        return self.is_users(frame.f_code.co_filename)

    def _place(self, frame):
        """The innermost function of the user's code around a frame, with the line, and what the line assigns to."""
        while frame is not None and not self._is_users_frame(frame):
            frame = frame.f_back
        if frame is None:
            return None
        name = getattr(frame.f_code, "co_qualname", None) or _qualified(frame)
        text = self.source_line(frame.f_code.co_filename, frame.f_lineno) or ""
        target = re.match(r"\s*([A-Za-z_][\w.]*)\s*=[^=]", text)
        return None if name == "<module>" else name, frame.f_lineno, target and target.group(1)

    def _wrap_method(self, cls, name):
        original = getattr(cls, name)
        original = getattr(original, "__func__", original)  # of Python 2

        @functools.wraps(original)
        def method(this, *args, **kwargs):
            if not self._watching or getattr(self._inside, "method", False):
                return original(this, *args, **kwargs)
            seen = self._by_id.get(id(this))
            if seen is None:
                return original(this, *args, **kwargs)
            self._inside.method = True
            try:
                return self._called(seen, name, original, args, kwargs)
            finally:
                self._inside.method = False

        _keep_signature(method, original)  # the wrapper for scikit-learn looks at it
        setattr(cls, name, method)

    def _wrap_function(self, backend):
        """Bound loops around what the user's code makes with `K.function`, as those around the methods of models."""
        original = backend.function

        @functools.wraps(original)
        def function(*args, **kwargs):
            made = original(*args, **kwargs)
            if not self._watching or not self._is_users_frame(sys._getframe(1)):
                return made
            self.keep.append(made)
            return lambda *given: self.loops.bounded(
                made, "function", {"x": given[0] if given else None}, lambda: made(*given)
            )

        backend.function = function

    def _called(self, seen, name, original, args, kwargs):
        given = arguments_of(original, (seen.model,) + args, kwargs)
        if name not in seen.used:
            seen.used.append(name)
        if name == "compile":
            result = original(seen.model, *args, **kwargs)
            seen.compiled, seen.optimizer = given, None
            return result
        if name not in TRAINING:
            return self.loops.bounded(seen, name, given, lambda: self._run(seen, name, original, given))
        if seen.training is None:
            seen.training = Training(name)
        if seen.optimizer is None:  # callbacks may change it
            seen.optimizer = describe_optimizer(seen.model, seen.compiled)
        return self.loops.bounded(seen, name, given, lambda: self._train(seen, name, original, given))

    def _smaller(self, seen, original, given):
        """The arguments of a call with a size of batches that is allowed, unless the model has one of its own."""
        largest = self.largest or trimming.enough_of(given.get("x"))
        if largest is None or graphs.batch_of_model(seen.model):
            return given
        if "batch_size" in names_of(original):
            return dict(given, batch_size=min(given.get("batch_size") or 32, largest))
        return trimming.first_samples(given, largest) if original.__name__.endswith("_on_batch") else given

    def _run(self, seen, name, original, given):
        given = self._smaller(seen, original, given)
        return trimming.run(seen.model, name, original, given, self.steps)

    def _train(self, seen, name, original, given):
        training = seen.training
        training.calls += 1
        given = self._smaller(seen, original, given)
        try:
            call = trimming.train(seen.model, name, original, given, self.steps, self.dialect)
        except Exception as error:
            training.error = said(error)
            raise
        training.losses.extend(call.losses)
        if seen.samples is None:
            seen.samples = call.samples
        return call.result


def _keep_signature(wrapper, original):
    if hasattr(inspect, "signature"):
        wrapper.__signature__ = inspect.signature(original)


def _qualified(frame):
    name = frame.f_code.co_name
    first = frame.f_code.co_varnames[:1]
    if first in (("self",), ("cls",)) and first[0] in frame.f_locals:
        owner = frame.f_locals[first[0]]
        owner = owner if isinstance(owner, type) else type(owner)
        return "%s.%s" % (owner.__name__, name)
    return name
