"""The base class of recurrent layers that Keras has no more."""

import inspect

from keras import ops
from keras.layers import InputSpec, Layer


class Recurrent(Layer):
    """The `Recurrent` of Keras 1: calls `step(x, states)` for one step in time after the other."""

    def __init__(
        self,
        weights=None,
        return_sequences=False,
        go_backwards=False,
        stateful=False,
        unroll=False,
        consume_less=None,
        implementation=None,
        input_dim=None,
        input_length=None,
        **kwargs,
    ):
        if input_dim is not None:
            kwargs["input_shape"] = (input_length, input_dim)
        super().__init__(**kwargs)
        self.initial_weights = weights
        self.return_sequences = return_sequences
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.unroll = unroll
        self.input_spec = [InputSpec(ndim=3)]
        self.supports_masking = True
        self.supports_jit = False

    def __setattr__(self, name, value):
        if name == "states":  # which are no weights: neither trained nor saved
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)

    def compute_output_shape(self, input_shape):
        size = getattr(self, "units", None) or self.output_dim
        return (input_shape[0], input_shape[1], size) if self.return_sequences else (input_shape[0], size)

    def compute_mask(self, inputs, mask=None):
        return mask if self.return_sequences else None

    def get_initial_states(self, x):
        size = getattr(self, "units", None) or self.output_dim
        zeros = ops.expand_dims(ops.sum(ops.zeros_like(x), axis=(1, 2)), -1)
        return [ops.tile(zeros, [1, size]) for _ in self.states]

    def get_initial_state(self, x):
        return self.get_initial_states(x)

    def get_constants(self, x):
        return []

    def preprocess_input(self, x):
        return x

    def call(self, x, mask=None, training=None):
        states = list(self.states if self.stateful else self.get_initial_state(x))
        constants = list(_in_phase(self.get_constants, x, training))
        steps = _in_phase(self.preprocess_input, x, training)
        over_time = ops.transpose(steps, (1, 0, *range(2, len(steps.shape))))
        valid = ops.ones_like(over_time[:, :, 0], "bool") if mask is None else ops.transpose(ops.cast(mask, "bool"))
        if self.go_backwards:
            over_time, valid = ops.flip(over_time, axis=0), ops.flip(valid, axis=0)

        def advance(carried, given):
            last, before = carried[0], list(carried[1:])
            output, after = self.step(given[0], [*before, *constants])
            if mask is not None:
                after = [_where(given[1], new, old) for new, old in zip(after, before)]
                output = _where(given[1], output, last if self.unroll else before[0])
            carried = [output, *after]
            return carried, carried

        first = ops.zeros_like(self.step(over_time[0], [*states, *constants])[0])
        carried, outputs = ops.scan(advance, [first, *map(ops.convert_to_tensor, states)], [over_time, valid])
        if self.stateful:
            for state, new in zip(self.states, carried[1:]):
                state.assign(new)
        if not self.return_sequences:
            return carried[0]
        return ops.transpose(outputs[0], (1, 0, *range(2, len(outputs[0].shape))))

    def get_config(self):
        names = ["return_sequences", "go_backwards", "stateful", "unroll"]
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


def _in_phase(method, x, training):
    """What a method gives for `x`, with `training` where it takes that."""
    return method(x, training=training) if "training" in inspect.signature(method).parameters else method(x)


def _where(valid, new, old):
    """`new` for the samples whose step counts, `old` for those where it is masked."""
    return ops.where(ops.reshape(valid, (-1, *[1] * (len(new.shape) - 1))), new, old)
