"""The base class of optimizers that say by `get_updates` what becomes of all weights."""

import inspect

import tensorflow as tf
from keras import backend as K
from keras.optimizers import Optimizer


class UpdatesOptimizer(Optimizer):
    """The `Optimizer` of Keras 1 and 2: `get_updates` gives pairs of a variable and its new value."""

    lr = None

    def __init__(self, clipnorm=0.0, clipvalue=0.0, name=None, **kwargs):
        super().__init__(name=name or type(self).__name__)
        self.clipping = {"clipnorm": clipnorm or 0.0, "clipvalue": clipvalue or 0.0}
        self.kept = []
        self.asked = 0
        self.begun = False

    @property
    def learning_rate(self):
        return self.lr

    @learning_rate.setter
    def learning_rate(self, value):
        if isinstance(value, tf.Variable):
            self.lr = value
        else:
            self.lr.assign(value)

    def state(self, make, *args, name=None, **kwargs):
        """A variable that `get_updates` makes once; afterwards it gets the same one again."""
        if self.asked == len(self.kept):
            self.kept.append(make(*args, **kwargs))
        self.asked += 1
        return self.kept[self.asked - 1]

    def get_gradients(self, loss, params):
        gradients = self.gradients
        norm, value = self.clipping["clipnorm"], self.clipping["clipvalue"]
        if norm > 0:
            total = K.sqrt(sum(K.sum(K.square(one)) for one in gradients))
            gradients = [tf.where(total >= norm, one * norm / total, one) for one in gradients]
        return [K.clip(one, -value, value) for one in gradients] if value > 0 else gradients

    def pairs(self, gradients, variables):
        """Each variable with its new value."""
        self.gradients, self.asked = list(gradients), 0
        given = {"loss": None, "params": list(variables), "constraints": ConstraintsOfVariables()}
        names = inspect.signature(self.get_updates).parameters
        return list(self.get_updates(**{name: value for name, value in given.items() if name in names}))

    def apply_gradients(self, grads_and_vars, name=None, **kwargs):
        grads, variables = zip(*grads_and_vars)
        if not self.begun:
            with tf.init_scope():
                self.pairs([tf.zeros_like(one) for one in variables], variables)
            self.begun = True
        gradients = [tf.zeros_like(one) if grad is None else grad for grad, one in zip(grads, variables)]
        for variable, value in self.pairs(gradients, variables):
            variable.assign(value)
        return self.iterations

    def get_config(self):
        return {name: value for name, value in self.clipping.items() if value}


class ConstraintsOfVariables:
    """The constraints of variables, which keep them themselves now, as Keras 1 handed them to `get_updates`."""

    def __contains__(self, variable):
        return getattr(variable, "constraint", None) is not None

    def __getitem__(self, variable):
        return variable.constraint
