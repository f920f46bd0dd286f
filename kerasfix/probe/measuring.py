"""What a model computes: its outputs for given weights and inputs, its loss, and its weights after a training step."""

from __future__ import absolute_import, division, print_function

import numpy as np

from . import together
from .errors import said
from .feeding import targets_for
from .graphs import listed

RATE = 0.1  # of the one step of plain gradient descent: large, so that the change shows in single precision
_OURS = ("loss", "loss_weights", "sample_weight_mode", "weighted_metrics")


class Measured(object):
    """What one model gave.

    Attributes:
        outputs: One array for each output.
        targets: Those that the loss was computed with; None where no loss could be.
        loss: The loss on these, regularizers included; None where there is none.
        stepped: The weights after the step, by the path of the layer; None without a loss.
        own_loss: Whether the loss is what the code compiled the model with; the mean squared error if it did not.
        losses: Those of some steps with the user's own optimizer, from the same weights; may be empty.
        moved: Whether these steps changed the weights; None if there were none.
        no_loss: Why there is no loss.
        no_training: Why these steps could not be taken.
    """

    def __init__(self):
        self.outputs = []
        self.targets = None
        self.loss = None
        self.stepped = None
        self.own_loss = True
        self.losses = []
        self.moved = None
        self.no_loss = None
        self.no_training = None


def weights_of(places):
    """The weights of a model, by the paths of its layers."""
    found = {}
    with together.reading(places):
        for path, layer in places.leaves:
            if hasattr(layer, "get_weights"):
                arrays = layer.get_weights()
                if arrays:
                    found[path] = [np.array(one) for one in arrays]
    return found


def set_weights(places, weights):
    """Give layers their weights, by path. Raises what Keras raises for those that do not fit."""
    with together.writing(places.dialect):
        for path, layer in places.leaves:
            if path in weights:
                layer.set_weights(weights[path])


def perturbed(weights, seed):
    """Weights with some noise where they are all alike, so that no bias is zero and no normalization does nothing.

    Weights that were drawn stay as they are: a recurrent layer that begins with the identity must not run away.
    """
    random = np.random.RandomState(seed)
    found = {}
    for path in sorted(weights):
        found[path] = [_perturbed(random, one) for one in weights[path]]
    return found


def _perturbed(random, array):
    if array.dtype.kind != "f" or not array.size or np.ptp(array) > 0:
        return array
    noise = random.uniform(-0.05, 0.05, array.shape)
    # What is one all over is a scale or a variance, and positive.
    return (array + noise if array.min() < 1 else array + np.abs(noise)).astype(array.dtype)


def measure(dialect, model, places, feed, seen, weights, steps, as_graph=False, loss=None):
    """Measure one model.

    Args:
        dialect: Its `Dialect`.
        model: The model.
        places: Its `Places`.
        feed: What to feed it; a `Feed` without targets gets some that fit its losses.
        seen: What was seen of it, with how the code compiled it.
        weights: Those to measure with, by path.
        steps: How many steps to take with the user's own optimizer.
        as_graph: Compute as `fit` and `predict` do, where running operations one by one is quicker.
        loss: For the step of plain gradient descent, in place of the code's; None: the code's.
    """
    found = Measured()
    _reset(model, places, weights)
    found.outputs = predict(dialect, model, feed, as_graph)
    compiled = seen.compiled or {"loss": "mse"}
    found.own_loss = seen.compiled is not None
    found.targets = feed.targets
    if found.targets is None:
        found.targets = _targets(compiled, found.outputs, feed)
    if found.targets is None:
        found.no_loss = "which targets its loss takes is not known"
        return found
    if found.own_loss:
        try:
            found.losses = _own_steps(model, feed, found.targets, steps)
            found.moved = _moved(weights, weights_of(places))
        except Exception as error:
            found.no_training = said(error)
        _reset(model, places, weights)
    _compile_plain(dialect, model, compiled if loss is None else dict(compiled, loss=loss), as_graph)
    found.loss = _loss(model.train_on_batch(_one(feed.inputs), _one(found.targets)))
    found.stepped = weights_of(places)
    if not found.own_loss:
        found.losses, found.moved = [found.loss], _moved(weights, found.stepped)
    return found


def predict(dialect, model, feed, as_graph=False):
    """The outputs of a model, as arrays."""
    if as_graph:
        model.run_eagerly, model.predict_function = False, None  # what an earlier measurement may have set
        outputs = model.predict_on_batch(_one(feed.inputs))
    elif dialect.major >= 3 or dialect.package == "tf_keras":
        # The same operations without a graph, which would be made for this one call.
        outputs = model(_one([_tensor(one) for one in feed.inputs]), training=False)
    else:
        outputs = model.predict_on_batch(_one(feed.inputs))
    return [np.asarray(one) for one in listed(outputs)]


def _tensor(array):
    import tensorflow

    return tensorflow.convert_to_tensor(array)


def _one(arrays):
    return arrays if len(arrays) != 1 else arrays[0]


def _reset(model, places, weights):
    set_weights(places, weights)
    if any(getattr(layer, "stateful", False) for _, layer in places.leaves):
        for _, layer in places.leaves:
            if getattr(layer, "stateful", False) is True and hasattr(layer, "reset_states"):
                layer.reset_states()
            elif getattr(layer, "stateful", False) is True and hasattr(layer, "reset_state"):
                layer.reset_state()


def _targets(compiled, outputs, feed):
    loss = compiled.get("loss")
    if isinstance(loss, dict):
        loss = [loss[key] for key in loss]
        if len(loss) != len(outputs):
            return None
    losses = list(loss) if isinstance(loss, (list, tuple)) else [loss] * len(outputs)
    return targets_for(losses, outputs, 11)


def _own_steps(model, feed, targets, steps):
    """Some steps with the optimizer, the losses and the metrics that the code compiled the model with."""
    try:
        return _steps(model, feed, targets, steps)
    except Exception:
        if not hasattr(model, "make_train_function") or getattr(model, "train_function", None) is None:
            raise
        # The function that the code trained with may be bound to shapes that were seen before.
        model.train_function = None
        return _steps(model, feed, targets, steps)


def _steps(model, feed, targets, steps):
    losses = []
    for _ in range(steps):
        if hasattr(model, "reset_metrics"):  # or the loss is the mean of all steps so far
            model.reset_metrics()
        losses.append(_loss(model.train_on_batch(_one(feed.inputs), _one(targets))))
    return losses


def _compile_plain(dialect, model, compiled, as_graph):
    given = dict((key, value) for key, value in compiled.items() if key in _OURS and value is not None)
    given.pop("weighted_metrics", None)
    given["optimizer"] = dialect.sgd(RATE)
    given.setdefault("loss", compiled.get("loss"))
    if dialect.major >= 3:
        given["run_eagerly"], given["jit_compile"] = not as_graph, False
    elif dialect.package == "tf_keras":
        given["run_eagerly"] = not as_graph
    model.compile(**given)


def _loss(result):
    if isinstance(result, dict):
        result = result["loss"]
    return float(np.ravel(result[0] if isinstance(result, (list, tuple)) else result)[0])


def _moved(before, after):
    return any(not np.array_equal(one, other) for path in before for one, other in zip(before[path], after[path]))
