"""What the functional models compute: the original on Keras 1.2.2, the fixed text on both Keras of today."""

from __future__ import annotations

import numpy as np
import pytest
from catalogue.pipeline import check, fix
from reference.engines import keras3_engine, legacy_engine, tf_keras_engine

ENGINES = {"keras2": tf_keras_engine, "keras3": keras3_engine}

HEAD = """
from keras.layers import (Activation, Dense, Dropout, Embedding, Flatten, GlobalMaxPooling1D, Masking, Merge, Permute,
                          RepeatVector, Reshape, SimpleRNN)
from keras.models import Sequential, Model
"""

BRANCHES = """
left = Sequential()
left.add(Dense(4, input_shape=(8,), activation='tanh', name='left'))
right = Sequential([Dense(4, input_shape=(6,), name='right')])
"""

CASES = {
    **{
        f"mode {mode}": BRANCHES
        + f"""
model = Sequential()
model.add(Merge([left, right], mode={mode!r}))
model.add(Dense(3, name='top', activation='tanh'))
model.add(Dense(2, name='last'))
"""
        for mode in ("sum", "mul", "concat", "ave", "max", "dot")
    },
    "mode cos": BRANCHES
    + """
model = Sequential()
model.add(Merge([left, right], mode='cos'))
""",
    "no mode": BRANCHES
    + """
model = Sequential()
model.add(Merge([left, right]))
model.add(Dense(2, name='last'))
""",
    "function as mode": BRANCHES
    + """
def gap(parts, scale=1.):
    return (parts[0] - parts[1]) * scale

model = Sequential()
model.add(Merge([left, right], mode=gap, output_shape=lambda shapes: shapes[0], arguments={'scale': 3.}))
model.add(Dense(2, name='last'))
""",
    "mode in a variable": BRANCHES
    + """
mode = 'mul'
model = Sequential()
model.add(Merge([left, right], mode=mode))
model.add(Dense(2, name='last'))
""",
    "tree of depth three": """
story = Sequential()
story.add(Embedding(12, 4, input_length=5, name='story'))
story.add(Dropout(0.3))
question = Sequential()
question.add(Embedding(12, 4, input_length=3, name='question'))
match = Sequential()
match.add(Merge([story, question], mode='dot', dot_axes=[2, 2]))
match.add(Activation('softmax'))
evidence = Sequential()
evidence.add(Embedding(12, 3, input_length=5, name='evidence'))
response = Sequential()
response.add(Merge([match, evidence], mode='sum'))
response.add(Permute((2, 1)))
model = Sequential()
model.add(Merge([response, question], mode='concat', concat_axis=-1))
model.add(Flatten())
model.add(Dense(5, name='top'))
""",
    "branches shared by two trees": BRANCHES
    + """
first = Sequential()
first.add(Merge([right, left], mode='sum'))
first.add(Dense(4, name='first'))
second = Sequential()
second.add(Merge([left, right], mode='mul'))
model = Sequential()
model.add(Merge([second, first, right], mode='concat'))
model.add(Dense(2, name='last'))
""",
    "a tree that is used by itself, too": BRANCHES
    + """
other = Sequential()
other.add(Dense(4, input_shape=(5,), name='other'))
inner = Sequential()
inner.add(Merge([right, left], mode='sum'))
inner.add(Dense(4, name='inner'))
inner.compile('sgd', 'mse')
model = Sequential()
model.add(Merge([left, other, inner], mode='concat'))
model.add(Dense(2, name='last'))
""",
    "one branch twice": BRANCHES
    + """
model = Sequential()
model.add(Merge([left, left], mode='sum'))
model.add(Dense(2, name='last'))
""",
    "loops and conditions": BRANCHES
    + """
deep, wide = 2, True
model = Sequential()
model.add(Merge([left, right], mode='concat'))
for number in range(deep):
    model.add(Dense(5, name='loop%d' % number))
    if wide:
        model.add(Activation('tanh'))
    else:
        model.add(Activation('relu'))
model.add(Dense(2, name='last'))
""",
    "add after the model is used": BRANCHES
    + """
model = Sequential()
model.add(Merge([left, right], mode='concat'))
model.add(Dense(5, name='top'))
model.compile('sgd', 'mse')
model.add(Activation('tanh'))
model.add(Dense(model.output_shape[-1], name='last'))
model.compile('sgd', 'mse')
""",
    "pop": BRANCHES
    + """
model = Sequential()
model.add(Merge([left, right], mode='concat'))
model.add(Dense(5, name='top'))
model.add(Dense(3, name='gone'))
model.add(Activation('softmax'))
model.pop()
model.pop()
model.add(Dense(2, name='last'))
""",
    "layers by number": BRANCHES
    + """
model = Sequential()
model.add(Merge([left, right], mode='concat'))
model.add(Dense(5, name='top'))
model.add(Activation('tanh'))
model.add(Dense(2, name='last'))
seen = [model.layers[1].name, model.layers[-1].name, model.layers[3].name] + [layer.name for layer in model.layers[3:]]
assert seen == ['top', 'last', 'last', 'last'], seen
assert [layer.name for layer in model.layers[:-2]][1:] == [layer.name for layer in model.layers[1:2]] == ['top']
assert len(model.layers) == 4
for layer in model.layers:
    layer.trainable = False
""",
    "the list form": BRANCHES
    + """
model = Sequential([
    Merge([left, right], mode='ave'),
    Dense(3, name='top'),
    Activation('tanh'),
])
model.add(Dense(2, name='last'))
""",
    "a Merge with a name": BRANCHES
    + """
merged = Merge([left, right], mode='concat', concat_axis=1)
model = Sequential()
model.add(merged)
model.add(Dense(2, name='last'))
""",
    "a builder": """
def tower(size, name):
    branch = Sequential()
    branch.add(Dense(4, input_shape=(size,), name=name))
    branch.add(Activation('tanh'))
    return branch


def build(depth=2):
    queries = tower(6, 'queries')
    documents = tower(8, 'documents')
    model = Sequential()
    model.add(Merge([queries, documents], mode='dot'))
    for number in range(depth):
        model.add(Dense(5, name='deep%d' % number))
    return model


model = build()
""",
    "an attribute": BRANCHES
    + """
class Net(object):
    def __init__(self):
        self.model = Sequential()
        self.model.add(Merge([left, right], mode='concat'))
        self.model.add(Dense(3, name='top'))
        self.compiled()

    def compiled(self):
        self.model.compile('sgd', 'mse')

model = Net().model
""",
    "a list of branches": """
branches = []
for number in range(3):
    branch = Sequential()
    branch.add(Dense(4, input_shape=(number + 2,), name='branch%d' % number))
    branches.append(branch)
model = Sequential()
model.add(Merge(branches, mode='concat'))
model.add(Dense(2, name='last'))
""",
    "a list of branches, within a tree": BRANCHES
    + """
pair = [right, left]
inner = Sequential()
inner.add(Merge(pair, mode='sum'))
other = Sequential([Dense(4, input_shape=(5,), name='other')])
model = Sequential()
model.add(Merge([other, inner], mode='concat'))
model.add(Dense(2, name='last'))
""",
    "branches that are made in place": """
def tower(size, name):
    return Sequential([Dense(4, input_shape=(size,), name=name)])


model = Sequential()
model.add(Merge([tower(6, 'first'), tower(8, 'second')], mode='sum'))
model.add(Dense(2, name='last'))
""",
    "branches of a comprehension": """
def tower(size):
    branch = Sequential()
    branch.add(Dense(4, input_shape=(size,), name='branch%d' % size))
    return branch


def build(sizes):
    model = Sequential()
    model.add(Merge([tower(size) for size in sizes], mode='concat'))
    model.add(Dense(2, name='last'))
    return model


model = build([2, 3, 5])
""",
    "functional branches of a function": """
from keras.layers import Input


def tower(size, name):
    given = Input(shape=(size,))
    return Model(given, Dense(3, name=name)(given))


first = tower(3, 'first')
second = tower(5, 'second')
model = Sequential()
model.add(Merge([first, second], mode='mul'))
model.add(Dense(2, name='last'))
""",
    "trees of a function": """
def pair(name):
    left = Sequential([Dense(4, input_shape=(3,), name=name + '_left')])
    right = Sequential([Dense(4, input_shape=(5,), name=name + '_right')])
    both = Sequential()
    both.add(Merge([left, right], mode='mul'))
    return both


first = pair('first')
second = pair('second')
model = Sequential()
model.add(Merge([second, first], mode='concat'))
model.add(Dense(2, name='last'))
""",
    "functional branches over one input": """
from keras.layers import Input
given = Input(shape=(4,))
a = Model(given, Dense(3, name='a')(given))
b = Model(given, Dense(3, name='b')(given))
c = Sequential([Dense(3, input_shape=(5,), name='c')])
model = Sequential()
model.add(Merge([c, a, b], mode='concat'))
model.add(Dense(2, name='last'))
""",
    "masks that end at the Merge": """
left = Sequential()
left.add(Masking(mask_value=2., input_shape=(5, 1)))
left.add(SimpleRNN(4, return_sequences=True, name='left'))
right = Sequential()
right.add(Masking(mask_value=1., input_shape=(5, 1)))
right.add(SimpleRNN(4, return_sequences=True, name='right'))
model = Sequential()
model.add(Merge([left, right], mode='sum'))
model.add(SimpleRNN(3, name='top'))
""",
    "masks that nothing heeds": """
left = Sequential()
left.add(Embedding(12, 4, input_length=3, mask_zero=True, name='left'))
left.add(SimpleRNN(4, return_sequences=True, name='rnn'))
right = Sequential()
right.add(Embedding(12, 4, input_length=3, name='right'))
model = Sequential()
model.add(Merge([left, right], mode='mul'))
model.add(Dropout(0.5))
model.add(Flatten())
model.add(Dense(2, name='last'))
""",
}
UNSAFE: set[str] = set()

LEGACY = """
def flat(model):
    found = []
    for layer in model.layers:
        parts = [layer]
        if layer.__class__.__name__ == 'Merge':
            parts = [part for branch in layer.layers for part in flat(branch)]
        elif hasattr(layer, 'layers'):
            parts = flat(layer)
        found.extend(part for part in parts if part not in found)
    return found

layers = [layer for layer in flat(model) if layer.get_weights()]
names = [str(layer.name) for layer in layers]
weights = [layer.get_weights() for layer in layers]
shapes = [[3 if size is None else int(size) for size in tensor._keras_shape] for tensor in model.inputs]
"""
INPUTS = """
random = np.random.RandomState(7)
inputs = [np.floor(random.uniform(0, 3, shape)).astype('float32') for shape in shapes]
result = model.predict(inputs if len(inputs) > 1 else inputs[0])
"""
MODERN = """
for name, values in zip(names, weights):
    model.get_layer(name).set_weights(values)
given_shapes = [[3 if size is None else int(size) for size in tensor.shape] for tensor in model.inputs]
assert given_shapes == shapes, (given_shapes, shapes)
"""


@pytest.mark.parametrize("target", ENGINES)
@pytest.mark.parametrize("name", CASES)
def test_the_functional_model_computes_what_keras_1_computed(name, target):
    before = HEAD + CASES[name]
    after = fix(before, target, unsafe=name in UNSAFE)
    assert "Merge(" not in after
    assert not check(after, target)
    assert fix(after, target, unsafe=True) == after
    old = legacy_engine().run(before + LEGACY + INPUTS)
    given = {key: old[key] for key in ("names", "weights", "shapes")}
    new = ENGINES[target]().run(after + MODERN + INPUTS, given)
    assert new["result"].shape == old["result"].shape
    np.testing.assert_allclose(new["result"], old["result"], atol=2e-6)


def test_unsafe_cases_wait_to_be_asked_for():
    for name in CASES:
        assert ("Merge(" in fix(HEAD + CASES[name], "keras2")) is (name in UNSAFE), name
