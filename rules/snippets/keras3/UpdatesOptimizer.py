"""The base class of optimizers that say by `get_updates` what becomes of all weights."""

import inspect

import tensorflow as tf
from keras import Variable, ops
from keras.optimizers import Optimizer


class UpdatesOptimizer(Optimizer):
    """The `Optimizer` of Keras 1 and 2: `get_updates` gives pairs of a variable and its new value."""

    def __init__(self, clipnorm=0.0, clipvalue=0.0, name=None, **kwargs):
        super().__init__(learning_rate=0.0, name=name)
        self.clipping = {"clipnorm": clipnorm or 0.0, "clipvalue": clipvalue or 0.0}
        self.kept = []
        self.asked = 0
        self.lr = None

    @property
    def iterations(self):
        return self._iterations

    @iterations.setter
    def iterations(self, variable):
        self._iterations = variable

    @property
    def learning_rate(self):
        return self._learning_rate if self.lr is None else self.lr

    @learning_rate.setter
    def learning_rate(self, value):
        if isinstance(value, Variable):
            self.lr = value
        else:
            self.lr.assign(value)

    def state(self, make, *args, name=None, **kwargs):
        """A variable that `get_updates` makes once; afterwards it gets the same one again."""
        if self.asked == len(self.kept):
            made = make(*args, **kwargs)
            self.kept.append(made if isinstance(made, Variable) else Variable(made, trainable=False))
        self.asked += 1
        return self.kept[self.asked - 1]

    def get_gradients(self, loss, params):
        gradients = self.gradients
        norm, value = self.clipping["clipnorm"], self.clipping["clipvalue"]
        if norm > 0:
            total = ops.sqrt(sum(ops.sum(ops.square(one)) for one in gradients))
            gradients = [ops.where(total >= norm, one * norm / total, one) for one in gradients]
        return [ops.clip(one, -value, value) for one in gradients] if value > 0 else gradients

    def build(self, variables):
        super().build(variables)
        with tf.init_scope():
            self.pairs([ops.zeros_like(one) for one in variables], variables)

    def pairs(self, gradients, variables):
        """Each variable with its new value."""
        self.gradients, self.asked = list(gradients), 0
        given = {"loss": None, "params": list(variables), "constraints": ConstraintsOfVariables()}
        names = inspect.signature(self.get_updates).parameters
        return list(self.get_updates(**{name: value for name, value in given.items() if name in names}))

    def apply(self, grads, trainable_variables=None):
        variables = list(self._trainable_variables if trainable_variables is None else trainable_variables)
        if not self.built:
            self.build(variables)
        gradients = [ops.zeros_like(one) if grad is None else grad for grad, one in zip(grads, variables)]
        for variable, value in self.pairs(gradients, variables):
            variable.assign(value)

    def get_config(self):
        return {name: value for name, value in self.clipping.items() if value}


class ConstraintsOfVariables:
    """The constraints of variables, which keep them themselves now, as Keras 1 handed them to `get_updates`."""

    def __contains__(self, variable):
        return getattr(variable, "constraint", None) is not None

    def __getitem__(self, variable):
        return variable.constraint
