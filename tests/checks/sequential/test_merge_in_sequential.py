"""How models that begin with Merge are rewritten, and which are left as they are."""

from __future__ import annotations

import pytest
from catalogue.pipeline import check, fix

from kerasfix.findings import Applicability

BRANCHES = """
left = Sequential([Dense(4, input_shape=(8,))])
right = Sequential([Dense(4, input_shape=(6,))])
"""
OLD = "from keras.layers import Activation, Dense, Merge\nfrom keras.models import Sequential\n" + BRANCHES
NEW = "from keras.layers import Activation, Dense, Concatenate\nfrom keras.models import Sequential, Model\n" + BRANCHES

FIXES = {
    "its configuration is one of a model": (
        """
model = Sequential([Merge([left, right], mode='concat'), Dense(3)])
config = model.get_config()
again = Sequential.from_config(config), Sequential.from_config(model.get_config())
other = Sequential.from_config(left.get_config())
""",
        """
x = Concatenate()([left.outputs[0], right.outputs[0]])
x = Dense(3)(x)
model = Model(left.inputs + right.inputs, x)
config = model.get_config()
again = Model.from_config(config), Model.from_config(model.get_config())
other = Sequential.from_config(left.get_config())
""",
    ),
    "comments and formatting stay": (
        """
# The model.
model = Sequential()  # joins both
# First the merge.
model.add(Merge([left,  # the left one
                 right], mode='concat'))  # behind
model.add(  # why
    Dense(3)  # how
)
model.add(
    Dense(3,
          activation='tanh')
)

# Then compile.
model.compile('sgd', 'mse')
""",
        """
# The model.
# joins both
# First the merge.
x = Concatenate()([left.outputs[0],  # the left one
                   right.outputs[0]])  # behind
x = (  # why
    Dense(3)(x)  # how
)
x = Dense(3,
          activation='tanh')(x)
model = Model(left.inputs + right.inputs, x)

# Then compile.
model.compile('sgd', 'mse')
""",
    ),
    "several statements on a line": (
        """
model = Sequential(); model.add(Merge([left, right], mode='concat')); model.add(Dense(3)); model.compile('sgd', 'mse')
""",
        """
x = Concatenate()([left.outputs[0], right.outputs[0]]); x = Dense(3)(x); model = Model(left.inputs + right.inputs, x); \
model.compile('sgd', 'mse')
""",
    ),
    "a name that is taken": (
        """
x = 3
model = Sequential()
model.add(Merge([left, right], mode='concat'))
model.add(Dense(x))
model.compile('sgd', 'mse')
""",
        """
x = 3
model = Concatenate()([left.outputs[0], right.outputs[0]])
model = Dense(x)(model)
model = Model(left.inputs + right.inputs, model)
model.compile('sgd', 'mse')
""",
    ),
    "models that are built side by side": (
        """
a = Sequential()
b = Sequential()
a.add(Merge([left, right], mode='concat'))
b.add(Merge([right, left], mode='concat'))
a.add(Dense(2))
b.add(Dense(3))
a.compile('sgd', 'mse')
b.compile('sgd', 'mse')
""",
        """
a = Concatenate()([left.outputs[0], right.outputs[0]])
b = Concatenate()([right.outputs[0], left.outputs[0]])
a = Dense(2)(a)
a = Model(left.inputs + right.inputs, a)
b = Dense(3)(b)
b = Model(right.inputs + left.inputs, b)
a.compile('sgd', 'mse')
b.compile('sgd', 'mse')
""",
    ),
    "a function that uses the model": (
        """
def report():
    return model.count_params(), model.layers[1]


model = Sequential()
model.add(Merge([left, right], mode='concat'))
model.add(Dense(2))
report()
""",
        """
def report():
    return model.count_params(), model.layers[-1]


x = Concatenate()([left.outputs[0], right.outputs[0]])
x = Dense(2)(x)
model = Model(left.inputs + right.inputs, x)
report()
""",
    ),
    "comments in the list": (
        """
model = Sequential([
    # the merge
    Merge([left, right], mode='concat'),  # both
    # two layers
    Dense(3),  # one
    Activation('tanh')
    # done
], name='both')  # the model
print(model)
""",
        """
# the merge
x = Concatenate()([left.outputs[0], right.outputs[0]])  # both
# two layers
x = Dense(3)(x)  # one
x = Activation('tanh')(x)
# done
model = Model(left.inputs + right.inputs, x, name='both')  # the model
print(model)
""",
    ),
    "arguments by name": (
        """
model = Sequential(name='all')
model.add(layer=Merge(mode='concat', layers=(left, right), name='joined'))
model.add(layer=Dense(2))
""",
        """
x = Concatenate(name='joined')([left.outputs[0], right.outputs[0]])
x = Dense(2)(x)
model = Model(left.inputs + right.inputs, x, name='all')
""",
    ),
    "another model of the same name on the other path": (
        """
import sys
if sys.argv:
    model = Sequential()
    model.add(Merge([left, right], mode='concat'))
    model.add(Dense(2))
else:
    model = Sequential()
    model.add(Dense(2, input_shape=(3,)))
model.compile('sgd', 'mse')
""",
        """
import sys
if sys.argv:
    x = Concatenate()([left.outputs[0], right.outputs[0]])
    x = Dense(2)(x)
    model = Model(left.inputs + right.inputs, x)
else:
    model = Sequential()
    model.add(Dense(2, input_shape=(3,)))
model.compile('sgd', 'mse')
""",
    ),
    "with blocks": (
        """
import tensorflow as tf
model = Sequential()
with tf.device('/cpu:0'):
    model.add(Merge([left, right], mode='concat'))
    with tf.device('/gpu:0'):
        model.add(Dense(2))
model.compile('sgd', 'mse')
model.layers[1].trainable = False
""",
        """
import tensorflow as tf
with tf.device('/cpu:0'):
    x = Concatenate()([left.outputs[0], right.outputs[0]])
    with tf.device('/gpu:0'):
        x = Dense(2)(x)
model = Model(left.inputs + right.inputs, x)
model.compile('sgd', 'mse')
model.layers[-1].trainable = False
""",
    ),
    "an early return": (
        """
def build(top):
    model = Sequential()
    model.add(Merge([left, right], mode='concat'))
    if not top:
        return model
    model.add(Dense(2))
    return model
""",
        """
def build(top):
    x = Concatenate()([left.outputs[0], right.outputs[0]])
    model = Model(left.inputs + right.inputs, x)
    if not top:
        return model
    model = Model(model.inputs, Dense(2)(model.outputs[0]))
    return model
""",
    ),
    "attributes": (
        """
class Net:
    def __init__(self, size):
        self.left = Sequential([Dense(3, input_shape=(2,))])
        self.right = Sequential([Dense(3, input_shape=(2,))])
        self.model = Sequential()
        self.model.add(Merge([self.left, self.right], mode='concat'))
        self.model.add(Dense(size))

    def fit(self):
        return self.model.fit(), self.model.predict_proba([]), self.model.layers[-1]
""",
        """
class Net:
    def __init__(self, size):
        self.left = Sequential([Dense(3, input_shape=(2,))])
        self.right = Sequential([Dense(3, input_shape=(2,))])
        x = Concatenate()([self.left.outputs[0], self.right.outputs[0]])
        x = Dense(size)(x)
        self.model = Model(self.left.inputs + self.right.inputs, x)

    def fit(self):
        return self.model.fit(), self.model.predict([]), self.model.layers[-1]
""",
    ),
    "predictions of a Sequential": (
        """
model = Sequential()
model.add(Merge([left, right], mode='concat'))
model.add(Dense(3, activation='softmax'))
classes = model.predict_classes([1, 2], verbose=0)
other = Sequential()
other.add(Merge([left, right], mode='concat'))
other.add(Dense(1))
other.add(Activation('sigmoid'))
print(other.predict_classes([1, 2]))
""",
        """
x = Concatenate()([left.outputs[0], right.outputs[0]])
x = Dense(3, activation='softmax')(x)
model = Model(left.inputs + right.inputs, x)
classes = model.predict([1, 2], verbose=0).argmax(axis=-1)
x = Concatenate()([left.outputs[0], right.outputs[0]])
x = Dense(1)(x)
x = Activation('sigmoid')(x)
other = Model(left.inputs + right.inputs, x)
print((other.predict([1, 2]) > 0.5).astype('int32'))
""",
    ),
    "branches that are made in place": (
        """
def tower(size):
    return Sequential([Dense(4, input_shape=(size,))])


model = Sequential()
model.add(Merge([tower(6), tower(8)], mode='concat'))
model.add(Dense(1))
""",
        """
def tower(size):
    return Sequential([Dense(4, input_shape=(size,))])


branches = [tower(6), tower(8)]
x = Concatenate()([branch.outputs[0] for branch in branches])
x = Dense(1)(x)
model = Model([branch.inputs[0] for branch in branches], x)
""",
    ),
    "a model for every round": (
        """
models = []
for size in (2, 3):
    model = Sequential()
    model.add(Merge([left, right], mode='concat'))
    model.add(Dense(size))
    model.compile('sgd', 'mse')
    models.append(model)
""",
        """
models = []
for size in (2, 3):
    x = Concatenate()([left.outputs[0], right.outputs[0]])
    x = Dense(size)(x)
    model = Model(left.inputs + right.inputs, x)
    model.compile('sgd', 'mse')
    models.append(model)
""",
    ),
}

REFUSALS = {
    "a Merge under a condition": (
        """
import sys
model = Sequential()
if sys.argv:
    model.add(Merge([left, right], mode='concat'))
model.add(Dense(3))
""",
        "only under a condition",
    ),
    "a branch that is bound again": (
        """
model = Sequential()
model.add(Merge([left, right], mode='concat'))
left = None
model.add(Dense(2))
""",
        "`left` is bound again",
    ),
    "a function that adds": (
        """
def grow(given):
    given.add(Dense(3))


model = Sequential()
model.add(Merge([left, right], mode='concat'))
grow(model)
""",
        "`given.add` on line 8 changes it",
    ),
    "a closure that adds": (
        """
def grow():
    model.add(Dense(3))


model = Sequential()
model.add(Merge([left, right], mode='concat'))
grow()
""",
        "a function that runs later",
    ),
    "a caller that adds": (
        """
def build():
    model = Sequential()
    model.add(Merge([left, right], mode='concat'))
    return model


model = build()
model.add(Dense(2))
""",
        "`model.add` on line 14 changes it",
    ),
    "a closure that may run too early": (
        """
def report():
    return model.count_params()


sizes = map(report, [])
model = Sequential()
model.add(Merge([left, right], mode='concat'))
""",
        "may run before the model is complete",
    ),
    "adding and using in one loop": (
        """
model = Sequential()
model.add(Merge([left, right], mode='concat'))
for size in (2, 3):
    model.add(Dense(size))
    print(model.output_shape)
""",
        "changed and used in one loop",
    ),
    "add as a function": (
        """
model = Sequential()
model.add(Merge([left, right], mode='concat'))
list(map(model.add, [Dense(2)]))
""",
        "`model.add` is handed on",
    ),
    "another name for the model": (
        """
model = Sequential()
model.add(Merge([left, right], mode='concat'))
other = model
model.add(Dense(2))
other.compile('sgd', 'mse')
""",
        "handed on before it is complete",
    ),
    "two paths meet in an add": (
        """
import sys
if sys.argv:
    model = Sequential()
    model.add(Merge([left, right], mode='concat'))
else:
    model = Sequential([Dense(2, input_shape=(3,))])
model.add(Dense(2))
""",
        "may be another model",
    ),
    "one first layer for two branches": (
        """
first = Dense(4, input_shape=(8,))
left = Sequential()
left.add(first)
right = Sequential()
right.add(first)
model = Sequential()
model.add(Merge([left, right], mode='concat'))
""",
        "begins with the same layer",
    ),
    "the model as the head of another": (
        """
inner = Sequential()
inner.add(Merge([left, right], mode='concat'))
model = Sequential()
model.add(inner)
model.add(Dense(2))
""",
        "takes it as a layer",
    ),
    "the layers of the Merge": (
        """
model = Sequential()
model.add(Merge([left, right], mode='concat'))
model.add(Dense(2))
print(model.layers[0].layers[1])
""",
        "asks the `Merge` itself",
    ),
    "layers by a number that is not known": (
        """
model = Sequential()
model.add(Merge([left, right], mode='concat'))
for size in (2, 3):
    model.add(Dense(size))
model.layers[1].trainable = False
""",
        "depends on how many layers are added",
    ),
    "a mode that is not known": (
        """
import sys
inner = Sequential()
inner.add(Merge([left, right], mode=sys.argv[1]))
model = Sequential()
model.add(Merge([inner, right], mode='concat'))
model.add(Dense(2))
""",
        "only known at run time",
    ),
}

UNSAFE = {
    "a list of branches of which one stands beside it": (
        """
pair = [right, left]
inner = Sequential()
inner.add(Merge(pair, mode='sum'))
model = Sequential()
model.add(Merge([left, inner], mode='sum'))
""",
        "`left` and `inner` share no input",
    ),
    "parameters": (
        """
def join(first, second):
    model = Sequential()
    model.add(Merge([first, second], mode='concat'))
    return model
""",
        "`first` and `second` are models and `first` and `second` share no input",
    ),
    "a dot product of what is not known": (
        """
from keras.models import load_model
first = load_model('first')
model = Sequential()
model.add(Merge([first, right], mode='dot'))
""",
        "both of `[first, right]` have rank 2, or both have rank 3 "
        "and `first` takes its inputs in the order of its graph",
    ),
}


def ours(code):
    return [finding for finding in check(code, "keras2") if finding.rule == "merge-in-sequential"]


@pytest.mark.parametrize("name", FIXES)
def test_the_model_is_built_with_the_functional_api(name):
    before, after = FIXES[name]
    fixed = fix(OLD + before, "keras2")
    assert fixed == NEW + after
    assert fix(fixed, "keras2", unsafe=True) == fixed
    assert not check(fixed, "keras2")


@pytest.mark.parametrize("name", FIXES)
def test_line_ends_and_tabs_stay(name):
    before, after = FIXES[name]
    assert fix((OLD + before).replace("\n", "\r\n"), "keras2") == (NEW + after).replace("\n", "\r\n")


@pytest.mark.parametrize("name", REFUSALS)
def test_what_cannot_be_followed_is_reported(name):
    code, reason = REFUSALS[name]
    findings = ours(OLD + code)
    assert findings
    assert {finding.applicability for finding in findings} == {Applicability.MANUAL}
    assert all(reason in finding.message for finding in findings)
    assert all(finding.help for finding in findings)
    assert fix(OLD + code, "keras2", unsafe=True) == OLD + code


@pytest.mark.parametrize("name", UNSAFE)
def test_what_is_assumed_is_said(name):
    code, clause = UNSAFE[name]
    finding = ours(OLD + code)[0]
    assert finding.fix is not None
    assert finding.fix.assumes == clause
    assert fix(OLD + code, "keras2") == OLD + code
    assert "Merge(" not in fix(OLD + code, "keras2", unsafe=True)


def test_a_tree_by_another_name_may_share_its_inputs():
    code = OLD + (
        "model = Sequential()\nmodel.add(Merge([left, right], mode='concat'))\ninner = model\n"
        "model = Sequential()\nmodel.add(Merge([left, inner], mode='concat'))\n"
    )
    first, second = ours(code)
    assert first.applicability is Applicability.SAFE
    assert "`inner` is another name for `model`" in second.message
    fixed = fix(code, "keras2", unsafe=True)
    assert "model.add(Merge([left, inner], mode='concat'))" in fixed
    assert [finding.applicability for finding in ours(fixed)] == [Applicability.MANUAL]


def test_one_fix_for_all_models_of_a_tree():
    code = OLD + (
        "inner = Sequential()\ninner.add(Merge([left, right], mode='sum'))\n"
        "model = Sequential()\nmodel.add(Merge([inner, right], mode='sum'))\n"
    )
    findings = ours(code)
    assert len(findings) == 2
    assert findings[0].fix is findings[1].fix is not None


def test_help_has_the_names_of_the_code():
    code, _ = REFUSALS["a Merge under a condition"]
    (finding,) = ours(OLD + code)
    assert finding.help == (
        "Write `x = Concatenate()([left.outputs[0], right.outputs[0]])`, then `x = layer(x)` for each "
        "`model.add(layer)`, then `model = Model(left.inputs + right.inputs, x)`"
    )
