"""Which Keras this is, and where it keeps what the probe asks for."""

from __future__ import absolute_import, division, print_function

import importlib


class Dialect(object):
    """One installed Keras.

    Args:
        keras: The module, `keras` or `tf_keras`.
    """

    def __init__(self, keras):
        self.keras = keras
        self.version = keras.__version__
        self.major = int(self.version.split(".")[0])
        self.package = keras.__name__.split(".")[0]
        self.backend = self.module("backend")
        self.Layer = self.module("layers").Layer
        self.models = self.module("models")
        self.Model = self.models.Model
        self.Sequential = self.models.Sequential

    def module(self, name):
        """A module of this Keras by its name below the package."""
        return importlib.import_module(self.keras.__name__ + "." + name)

    @property
    def model_classes(self):
        """The classes whose `__init__` makes models; each calls another at most once."""
        classes = [self.Model, self.Sequential]
        if self.major >= 3:
            functional = importlib.import_module("keras.src.models.functional")
            classes.append(functional.Functional)
        return classes

    @property
    def operation(self):
        """The base of all that can stand in a graph of layers."""
        return importlib.import_module("keras.src.ops.operation").Operation if self.major >= 3 else self.Layer

    def is_model(self, value):
        """Whether a value is a model, the containers of Keras 1 included."""
        if isinstance(value, self.Model):
            return True
        container = getattr(self.keras, "engine", None) if self.major < 3 else None
        container = getattr(getattr(container, "topology", None), "Container", None)
        return container is not None and isinstance(value, container)

    def data_format(self):
        """`channels_first` or `channels_last`, as the backend has it."""
        if hasattr(self.backend, "image_data_format"):
            return self.backend.image_data_format()
        return {"th": "channels_first", "tf": "channels_last"}[self.backend.image_dim_ordering()]

    def set_data_format(self, name):
        """Let layers take their images so, where the code does not say it."""
        if hasattr(self.backend, "set_image_data_format"):
            self.backend.set_image_data_format(name)
        else:
            self.backend.set_image_dim_ordering({"channels_first": "th", "channels_last": "tf"}[name])

    def backend_name(self):
        """`tensorflow`, `theano` and the like."""
        name = getattr(self.backend, "backend", None)
        if name is None:
            name = getattr(self.backend, "_BACKEND", "tensorflow")
        return name() if callable(name) else name

    def sgd(self, rate):
        """Plain gradient descent with a learning rate."""
        optimizer = self.module("optimizers").SGD
        if self.major < 3 and self.package == "keras" and self.backend_name() == "tensorflow":
            optimizer = _in_order(optimizer)
        try:
            plain = optimizer(learning_rate=rate)
        except Exception:  # a TypeError before Keras 2.3, none yet in Keras 1.0
            return optimizer(lr=rate)
        return _summed(optimizer)(learning_rate=rate) if hasattr(plain, "update_step") else plain

    def release(self):
        """Such as "Keras 1.2.2"."""
        return "%s %s" % ("Keras" if self.package == "keras" else self.package, self.version)


def _in_order(optimizer):
    """An optimizer of old Kerases that changes no weight before all gradients are known.

    The variables of TensorFlow 0 and 1 are buffers that are read when an operation runs: as Keras puts it, the step of
    an upper layer races with the gradients of those below, and with the regularizers in the loss.
    """

    class InOrder(optimizer):
        def get_gradients(self, loss, params):
            import tensorflow

            gradients = super(InOrder, self).get_gradients(loss, params)
            known = [tensorflow.convert_to_tensor(one) for one in gradients if one is not None]  # not only some rows
            with tensorflow.control_dependencies(known + [loss]):
                later = iter([tensorflow.identity(one) for one in known])
            return [one if one is None else next(later) for one in gradients]

    return InOrder


def _summed(optimizer):
    """An optimizer that sums the gradients of a row of an embedding before it takes the step.

    Today's take one step for each place where the row is used; with a thousand of them, the rounding of each adds up to
    more than what is compared.
    """
    import tensorflow

    class Summed(optimizer):
        def update_step(self, gradient, *args):
            return super(Summed, self).update_step(tensorflow.convert_to_tensor(gradient), *args)

    return Summed


def current():
    """The Keras of this process: what `import keras` gives."""
    return Dialect(importlib.import_module("keras"))
