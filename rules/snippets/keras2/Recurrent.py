"""The base class of recurrent layers that Keras has no more."""

from keras import backend as K
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
        zeros = K.expand_dims(K.sum(K.zeros_like(x), axis=(1, 2)))
        return [K.tile(zeros, [1, size]) for _ in self.states]

    def get_initial_state(self, x):
        return self.get_initial_states(x)

    def get_constants(self, x):
        return []

    def preprocess_input(self, x):
        return x

    def call(self, x, mask=None):
        states = list(self.states if self.stateful else self.get_initial_state(x))
        constants = list(self.get_constants(x))
        steps = self.preprocess_input(x)
        masked = mask is not None and not self.unroll

        def advance(given, before):
            output, after = self.step(given[0] if masked else given, [*before, *constants])
            if masked:
                after = [K.switch(given[1], new, old) for new, old in zip(after, before)]
                output = K.switch(given[1], output, before[0])
            return output, list(after)

        last, outputs, after = K.rnn(
            advance,
            (steps, K.expand_dims(K.cast(mask, "bool"))) if masked else steps,
            states,
            go_backwards=self.go_backwards,
            mask=mask if self.unroll else None,
            unroll=self.unroll,
            input_length=K.int_shape(steps)[1],
        )
        if self.stateful:
            for state, new in zip(self.states, after):
                K.update(state, new)
        return outputs if self.return_sequences else last

    def get_config(self):
        names = ["return_sequences", "go_backwards", "stateful", "unroll"]
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
