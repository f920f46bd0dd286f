"""Layers written for Keras 1.2.2, run there and, after the fix, on today's libraries: the same weights and numbers."""

from __future__ import annotations

import textwrap

import numpy as np
import pytest
from catalogue.pipeline import fix
from catalogue.probe import original, probe, weights_of
from reference.engines import keras3_engine, tf_keras_engine

ENGINES = {"keras2": tf_keras_engine, "keras3": keras3_engine}
CASES = {
    "dense": """
        from keras import activations, initializations, regularizers, constraints
        from keras import backend as K
        from keras.engine import InputSpec, Layer
        from keras.layers import Input
        from keras.models import Model


        class Linear(Layer):
            def __init__(self, output_dim, init='glorot_uniform', activation='linear', weights=None, W_regularizer=None,
                         b_regularizer=None, W_constraint=None, bias=True, **kwargs):
                self.init = initializations.get(init)
                self.activation = activations.get(activation)
                self.output_dim = output_dim
                self.W_regularizer = regularizers.get(W_regularizer)
                self.b_regularizer = regularizers.get(b_regularizer)
                self.W_constraint = constraints.get(W_constraint)
                self.bias = bias
                self.initial_weights = weights
                self.input_spec = [InputSpec(ndim='2+')]
                super(Linear, self).__init__(**kwargs)

            def build(self, input_shape):
                input_dim = input_shape[-1]
                self.input_spec = [InputSpec(dtype=K.floatx(), ndim='2+')]
                self.W = self.add_weight((input_dim, self.output_dim),
                                         initializer=self.init,
                                         name='{}_W'.format(self.name),
                                         regularizer=self.W_regularizer,
                                         constraint=self.W_constraint)
                if self.bias:
                    self.b = self.add_weight((self.output_dim,), initializer='zero', name='{}_b'.format(self.name),
                                             regularizer=self.b_regularizer)
                else:
                    self.b = None
                if self.initial_weights is not None:
                    self.set_weights(self.initial_weights)
                    del self.initial_weights
                self.built = True

            def call(self, x, mask=None):
                output = K.dot(x, self.W)
                if self.bias:
                    output += self.b
                return self.activation(output)

            def get_output_shape_for(self, input_shape):
                return (input_shape[0], self.output_dim)

            def get_config(self):
                config = {'output_dim': self.output_dim,
                          'init': self.init.__name__,
                          'activation': self.activation.__name__,
                          'W_regularizer': self.W_regularizer.get_config() if self.W_regularizer else None,
                          'b_regularizer': self.b_regularizer.get_config() if self.b_regularizer else None,
                          'W_constraint': self.W_constraint.get_config() if self.W_constraint else None,
                          'bias': self.bias}
                base_config = super(Linear, self).get_config()
                return dict(list(base_config.items()) + list(config.items()))


        x = Input(shape=(4,))
        _layer = Linear(3, W_regularizer='l2')
        y = _layer(x)
        model = Model(x, Linear(2, init='uniform', activation='tanh', bias=False)(y))
        model.compile('sgd', 'mse')
        _copy = Linear.from_config(_layer.get_config())
        _copy(x)
    """,
    "weights by hand, in another order than they are made": """
        from keras import initializations
        from keras import backend as K
        from keras.engine.topology import Layer
        from keras.layers import Input
        from keras.models import Model


        class Pair(Layer):
            def __init__(self, **kwargs):
                self.init = initializations.get('glorot_uniform')
                super(Pair, self).__init__(**kwargs)

            def build(self, input_shape):
                self.V = self.init((3, input_shape[1]), name='{}_V'.format(self.name))
                self.W = self.init((input_shape[1], 3), name='{}_W'.format(self.name))
                self.b = K.zeros((3,), name='{}_b'.format(self.name))
                self.trainable_weights = [self.W, self.b, self.V]

            def call(self, x, mask=None):
                return K.dot(K.tanh(K.dot(x, self.W) + self.b), self.V)


        x = Input(shape=(5,))
        model = Model(x, Pair()(x))
        model.compile('sgd', 'mse')
    """,
    "branches, arrays and weights that are not trained": """
        import numpy as np
        from keras import backend as K
        from keras.engine.topology import Layer
        from keras.layers import Input
        from keras.models import Model


        class Normed(Layer):
            def __init__(self, scale, shift=True, **kwargs):
                self.scale = scale
                self.shift = shift
                super(Normed, self).__init__(**kwargs)

            def build(self, input_shape):
                start = self.scale * np.ones((input_shape[1],))
                self.gamma = K.variable(start, name='{}_gamma'.format(self.name))
                self.offset = K.variable(np.arange(input_shape[1]) / 7., name='{}_offset'.format(self.name))
                if self.shift:
                    self.beta = K.ones((input_shape[1],), name='{}_beta'.format(self.name))
                    self.trainable_weights = [self.gamma, self.beta]
                else:
                    self.trainable_weights = [self.gamma]
                self.non_trainable_weights = [self.offset]

            def call(self, x, mask=None):
                output = x * self.gamma + self.offset
                return output + self.beta if self.shift else output


        x = Input(shape=(4,))
        model = Model(x, Normed(3., False)(Normed(2.)(x)))
        model.compile('sgd', 'mse')
    """,
    "a layer in a layer, and the shape of what it gives": """
        from keras import backend as K
        from keras.engine.topology import Layer
        from keras.layers import Dense, Input, TimeDistributed
        from keras.models import Model


        class Gate(Layer):
            def __init__(self, units, **kwargs):
                self.units = units
                super(Gate, self).__init__(**kwargs)

            def build(self, input_shape):
                self.dense = Dense(self.units, activation='sigmoid')
                self.dense.build(input_shape)
                self.trainable_weights = self.dense.trainable_weights

            def call(self, x, mask=None):
                return self.dense.call(x) * 2

            def get_output_shape_for(self, input_shape):
                return self.dense.get_output_shape_for(input_shape)


        class Plain(Layer):
            def call(self, x, mask=None):
                return K.abs(x)

            def get_output_shape_for(self, input_shape):
                return super(Plain, self).get_output_shape_for(input_shape)


        x = Input(shape=(3, 4))
        model = Model(x, TimeDistributed(Gate(2))(Plain()(x)))
        model.compile('sgd', 'mse')
    """,
    "masks": """
        from keras import backend as K
        from keras.engine.topology import Layer
        from keras.layers import Input, LSTM, Masking
        from keras.models import Model


        class Through(Layer):
            def __init__(self, **kwargs):
                self.supports_masking = True
                super(Through, self).__init__(**kwargs)

            def call(self, x, mask=None):
                return x * 2


        class Mean(Layer):
            def call(self, x, mask):
                if mask is None:
                    return K.mean(x, axis=1)
                mask = K.expand_dims(K.cast(mask, K.floatx()))
                return K.sum(x * mask, axis=1) / K.sum(mask, axis=1)

            def compute_mask(self, x, input_mask=None):
                return None

            def get_output_shape_for(self, input_shape):
                return (input_shape[0], input_shape[2])


        class Sum(Layer):
            def call(self, inputs, mask=None):
                return inputs[0] + (inputs[1] if mask[1] is None else inputs[1] * 3)

            def compute_mask(self, inputs, mask=None):
                return mask[0]

            def get_output_shape_for(self, input_shape):
                return input_shape[0]


        x = Input(shape=(3, 2))
        seen = Through()(Masking(0.5)(x))
        model = Model(x, Sum()([Mean()(seen), Mean()(x)]))
        model.compile('sgd', 'mse')
    """,
    "a regularizer that is told its weight": """
        from keras import initializations, regularizers, constraints
        from keras import backend as K
        from keras.engine.topology import Layer
        from keras.layers import Input
        from keras.models import Model


        class Old(Layer):
            def __init__(self, W_regularizer=None, W_constraint=None, **kwargs):
                self.init = initializations.get('uniform')
                self.W_regularizer = regularizers.get(W_regularizer)
                self.W_constraint = constraints.get(W_constraint)
                super(Old, self).__init__(**kwargs)

            def build(self, input_shape):
                self.W = self.init((input_shape[1], 2), name='{}_W'.format(self.name))
                self.trainable_weights = [self.W]
                self.regularizers = []
                if self.W_regularizer:
                    self.W_regularizer.set_param(self.W)
                    self.regularizers.append(self.W_regularizer)
                self.constraints = {}
                if self.W_constraint:
                    self.constraints[self.W] = self.W_constraint

            def call(self, x, mask=None):
                return K.dot(x, self.W)

            def get_output_shape_for(self, input_shape):
                return (input_shape[0], 2)


        x = Input(shape=(4,))
        model = Model(x, Old()(x))
        model.compile('sgd', 'mse')
    """,
    "variables that are no weights": """
        import numpy as np
        from keras import backend as K
        from keras.engine.topology import Layer
        from keras.layers import Dense, Input
        from keras.models import Model


        class Table(Layer):
            def __init__(self, **kwargs):
                self.table = K.variable(np.linspace(1, 2, 4))
                super(Table, self).__init__(**kwargs)

            def build(self, input_shape):
                self.shift = K.ones((4,))
                self.trainable_weights = []

            def call(self, x, mask=None):
                rows = K.variable(np.linspace(3, 4, 4))
                return (x * self.table + self.shift) * rows

            def get_output_shape_for(self, input_shape):
                return input_shape


        x = Input(shape=(4,))
        model = Model(x, Dense(2)(Table()(x)))
        model.compile('sgd', 'mse')
    """,
    "weights that a flag makes trainable, and names with slashes": """
        from keras import backend as K
        from keras.engine.topology import Layer
        from keras.layers import Dense, Input
        from keras.models import Model


        class Flagged(Layer):
            def __init__(self, trained, **kwargs):
                self.trained = trained
                super(Flagged, self).__init__(**kwargs)

            def build(self, input_shape):
                self.a = K.random_uniform_variable((4,), 1, 2, name='{}/a'.format(self.name))
                self.c = self.add_weight((4,), 'one', '{}/c'.format(self.name))
                if self.trained:
                    self.trainable_weights.append(self.a)
                else:
                    self.non_trainable_weights.append(self.a)

            def call(self, x, mask=None):
                return x * self.a + self.c


        x = Input(shape=(4,))
        model = Model(x, Dense(2)(Flagged(False)(x)))
        model.compile('sgd', 'mse')
    """,
    "a wrapper and a subclass of a layer": """
        from keras import backend as K
        from keras.layers import Dense, Input, Wrapper
        from keras.models import Model


        class Twice(Wrapper):
            def build(self, input_shape):
                if not self.layer.built:
                    self.layer.build(input_shape)
                    self.layer.built = True
                super(Twice, self).build()

            def call(self, x, mask=None):
                return self.layer.call(x) * 2

            def get_output_shape_for(self, input_shape):
                return self.layer.get_output_shape_for(input_shape)


        class Cosine(Dense):
            def call(self, x, mask=None):
                norm = K.sqrt(K.sum(K.square(self.W), axis=0)) + 1.
                return K.dot(x, self.W) / norm + self.b * self.output_dim


        x = Input(shape=(4,))
        model = Model(x, Cosine(2)(Twice(Dense(3))(x)))
        model.compile('sgd', 'mse')
    """,
    "a constraint and a regularizer": """
        from keras import backend as K
        from keras.constraints import Constraint
        from keras.layers import Dense, Input
        from keras.models import Model
        from keras.regularizers import Regularizer


        class Positive(Constraint):
            def __call__(self, p):
                p *= K.cast(p >= 0., K.floatx())
                return p


        class Cubic(Regularizer):
            def __init__(self, by=0.1):
                self.by = by

            def __call__(self, x):
                return self.by * K.sum(K.abs(x) * K.square(x))

            def get_config(self):
                return {'name': self.__class__.__name__, 'by': self.by}


        x = Input(shape=(4,))
        model = Model(x, Dense(3, W_constraint=Positive(), W_regularizer=Cubic(0.3))(x))
        model.compile('sgd', 'mse')
    """,
    "recurrent, with two states": """
        from keras import backend as K
        from keras.layers import Dense, Masking, recurrent
        from keras.models import Sequential


        class Slots(recurrent.Recurrent):
            def __init__(self, output_dim, slots=3, **kwargs):
                self.output_dim = output_dim
                self.slots = slots
                self.uses_learning_phase = True
                super(Slots, self).__init__(**kwargs)

            def build(self, input_shape):
                self.states = [None, None]
                self.W = self.add_weight((input_shape[2], self.output_dim), initializer='glorot_uniform', name='W')
                self.U = self.add_weight((self.slots, self.output_dim), initializer='orthogonal', name='U')
                self.S = self.add_weight((input_shape[2], self.slots), initializer='glorot_uniform', name='S')
                self.first = self.add_weight((self.slots,), initializer='one', name='first')
                self.built = True

            def preprocess_input(self, x):
                return x * 2

            def get_initial_states(self, x):
                zeros = K.expand_dims(K.sum(K.zeros_like(x), axis=(1, 2)))
                return [K.tile(zeros, [1, n]) + extra for n, extra in ((self.output_dim, 0), (self.slots, self.first))]

            def get_constants(self, x):
                return [K.mean(x, axis=1), K.in_train_phase(K.ones_like(x[:, 0]), K.ones_like(x[:, 0]))]

            def step(self, x, states):
                before, slots, mean, ones = states
                slots = K.sigmoid(K.dot(x * ones + mean, self.S)) * slots
                after = K.tanh(K.dot(x, self.W) + K.dot(slots, self.U) + before)
                return after * 3, [after, slots]


        model = Sequential([
            Masking(mask_value=0., input_shape=(5, 4)),
            Slots(3, return_sequences=True, unroll=True),
            Slots(2, slots=2, go_backwards=True, return_sequences=True),
            Slots(2, slots=2),
            Dense(2),
        ])
        model.compile('sgd', 'mse')
    """,
    "initializers of one's own": """
        import numpy as np
        from keras import backend as K
        from keras import initializations
        from keras.initializations import identity, uniform
        from keras.layers import Dense, Input
        from keras.models import Model


        def ramp(shape, name=None):
            return K.variable(np.arange(np.prod(shape)).reshape(shape) / 10., name=name)


        def eye(shape, name=None, dim_ordering='th'):
            return 3 * initializations.identity(shape, scale=2, name=name)


        x = Input(shape=(4,))
        y = Dense(4, init=lambda shape, name: identity(shape, scale=0.5, name=name))(x)
        y = Dense(4, init=ramp)(y)
        model = Model(x, Dense(4, init=lambda shape, name: uniform(shape, 0., name=name))(y))
        model.compile('sgd', 'mse')
    """,
}


@pytest.mark.parametrize("target", ENGINES)
@pytest.mark.parametrize("name", CASES)
def test_a_layer_computes_what_it_did(name, target):
    code = textwrap.dedent(CASES[name])
    old = original(code)
    after = fix(code, target)
    assert fix(after, target, unsafe=True) == after
    new = probe(ENGINES[target](), after, weights_of(old))
    for model, was in old.items():
        now = new[model]
        assert [w.shape for w in was["weights"]] == [w.shape for w in now["weights"]]
        for before, output in zip(was["outputs"], now["outputs"], strict=True):
            np.testing.assert_allclose(output, before, atol=1e-6)
        assert now["loss"] == pytest.approx(was["loss"], rel=1e-5)
        assert now["moved"] == was["moved"]
