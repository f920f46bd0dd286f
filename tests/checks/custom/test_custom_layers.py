from __future__ import annotations

import textwrap

import pytest
from catalogue.pipeline import RULES, check, fix

from kerasfix import analysis
from kerasfix.settings import Settings
from kerasfix.source.read import SourceFile, read_source

BOTH = ("keras2", "keras3")


def found(code: str, rule: str, target: str = "keras2") -> list[str]:
    """The messages of a rule."""
    return [one.message for one in check(textwrap.dedent(code), target) if one.rule == rule]


def fixed(code: str, target: str = "keras2", *, unsafe: bool = False) -> str:
    """What all rules make of the code."""
    return fix(textwrap.dedent(code), target, unsafe=unsafe)


def layer(body: str, base: str = "Layer", imports: str = "Layer") -> str:
    """A layer of Keras 1 with that body."""
    return (
        f"from keras import backend as K\nfrom keras.layers import {imports}\n\n\nclass Mine({base}):\n"
        + textwrap.indent(textwrap.dedent(body).strip("\n"), "    ")
        + "\n"
    )


# -- get_output_shape_for


@pytest.mark.parametrize("target", BOTH)
@pytest.mark.parametrize(
    "code",
    [
        # both names, in the class, in a base or in a subclass
        """
        from keras.layers import Layer
        class A(Layer):
            def get_output_shape_for(self, shape):
                return self.compute_output_shape(shape)
            def compute_output_shape(self, shape):
                return shape
        """,
        """
        from keras.layers import Layer
        class A(Layer):
            def get_output_shape_for(self, shape):
                return self.compute_output_shape(shape)
        class B(A):
            def compute_output_shape(self, shape):
                return shape
        """,
        # asks what there is
        """
        from keras.layers import Dense
        layer = Dense(3)
        if hasattr(layer, 'get_output_shape_for'):
            shape = layer.get_output_shape_for((2, 3))
        else:
            shape = layer.compute_output_shape((2, 3))
        """,
        """
        from keras.layers import Dense
        try:
            shape = Dense(3).get_output_shape_for((2, 3))
        except AttributeError:
            shape = None
        """,
        # not a layer's
        """
        import keras
        class Plan:
            def get_output_shape_for(self, shape):
                return shape
            def ask(self):
                return self.get_output_shape_for(3)
        """,
    ],
)
def test_the_shape_of_what_is_left_alone(code, target):
    assert found(code, "get-output-shape-for", target) == []


@pytest.mark.parametrize("target", BOTH)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("return self.get_output_shape_for(s)", "return self.compute_output_shape(s)"),
        ("return super(Mine, self).get_output_shape_for(s)", "return s"),
        ("return super(Mine, self).get_output_shape_for(s[1:])", "return s[1:]"),
        ("return self.layer.get_output_shape_for(s)", "return self.layer.compute_output_shape(s)"),
        (
            "return [l.get_output_shape_for(s) for l in self.all]",
            "return [l.compute_output_shape(s) for l in self.all]",
        ),
        ("f = self.get_output_shape_for", "f = self.compute_output_shape"),
    ],
)
def test_the_shape_is_asked_by_its_new_name(before, after, target):
    code = layer(f"def shape(self, s):\n    {before}\n\ndef call(self, x):\n    return x")
    assert after in fixed(code, target)


@pytest.mark.parametrize("together", [True, False])
def test_the_shape_of_a_layer_between_files(tmp_path, together):
    shape = "def get_output_shape_for(self, s):\n        return"
    base = f"from keras.layers import Layer\n\n\nclass Base(Layer):\n    {shape} s\n"
    user = (
        "import keras\nfrom base import Base\n\n\nclass Mine(Base):\n"
        f"    {shape} super(Mine, self).get_output_shape_for(s)\n"
    )
    if together:
        (tmp_path / "base.py").write_text(base)
    (tmp_path / "user.py").write_text(user)
    group = [source for path in tmp_path.iterdir() if isinstance(source := read_source(str(path)), SourceFile)]
    outcomes = analysis.fix(group, Settings("keras2", RULES))
    for outcome in outcomes.values():
        assert "get_output_shape_for" not in outcome.text
    assert "super(Mine, self).compute_output_shape(s)" in outcomes[str(tmp_path / "user.py")].text


# -- add_weight


@pytest.mark.parametrize(
    ("target", "before", "after"),
    [
        ("keras2", "((3,), initializer='one')", "(shape=(3,), initializer='one')"),
        ("keras2", "(((3, 4)), 'one')", "(shape=((3, 4)), initializer='one')"),
        ("keras2", "(s[1:], 'one', 'w')", "(shape=s[1:], initializer='one', name='w')"),
        ("keras2", "([3] + list(s), 'one', '%s_w' % self.name)", "(shape=[3] + list(s), initializer='one', name="),
        ("keras2", "((3,), 'one', 'w', False)", "(shape=(3,), initializer='one', name='w', trainable=False)"),
        ("keras2", "('w', (3,), initializer='one')", None),
        ("keras2", "(shape=(3,), initializer='one')", None),
        ("keras3", "((3,), initializer='one')", None),
        ("keras3", "((3,), 'one', 'w')", "(shape=(3,), initializer='one', name='w')"),
        ("keras3", "((3,), 'one', 'float32')", None),
        ("keras3", "('w', (3,), initializer='one')", "(name='w', shape=(3,), initializer='one')"),
        ("keras3", "('w', shape=(3,))", "(name='w', shape=(3,))"),
        ("keras3", "('{}_w'.format(1), (3,), K.floatx(), 'one')", "shape=(3,), dtype=K.floatx(), initializer='one')"),
        ("keras3", "(shape=(3,), initializer='one', name='a/b')", "(shape=(3,), initializer='one', name='a_b')"),
    ],
)
def test_the_arguments_of_add_weight(target, before, after):
    code = layer(f"def build(self, s):\n    self.w = self.add_weight{before}\n\ndef call(self, x):\n    return x")
    assert bool(found(code, "add-weight-order", target)) is (after is not None)
    assert (after or before) in fixed(code, target)


# -- attributes


def init(*lines: str, legacy: bool = True) -> str:
    """A layer whose `__init__` has those lines."""
    body = "def __init__(self, name=None, regularizer=None, **kwargs):\n" + textwrap.indent("\n".join(lines), "    ")
    shape = "\n\ndef get_output_shape_for(self, s):\n    return s" if legacy else ""
    return layer(f"{body}\n\ndef call(self, x):\n    return x{shape}")


SUPER = "super(Mine, self).__init__(**kwargs)"


@pytest.mark.parametrize(
    "code",
    [
        init(SUPER, "self.supports_masking = True"),
        init("self.supports_masking = True", SUPER, legacy=False),
        init("self.supports_masking = True", SUPER)
        + "\n    def compute_mask(self, x, mask=None):\n        return mask\n",
        init("self.init = 3", SUPER),
    ],
)
def test_attributes_that_last(code):
    assert found(code, "layer-attribute-before-init") == []


def test_an_attribute_goes_behind_the_call_that_sets_it():
    after = fixed(init("self.supports_masking = True  # lets them through", "self.n = 1", SUPER, "self.m = 2"))
    lines = [line.strip() for line in after.splitlines()]
    assert lines.index("self.supports_masking = True  # lets them through") == lines.index(SUPER) + 1
    assert lines.index("self.n = 1") == lines.index(SUPER) - 1


@pytest.mark.parametrize(
    "lines",
    [
        ("if name:", "    self.supports_masking = True", SUPER),
        ("self.input_spec = name", "kwargs['spec'] = self.input_spec", SUPER),
        ("self.supports_masking = name", "name = 3", SUPER),
    ],
)
def test_an_attribute_that_is_needed_before_stays(lines):
    code = init(*lines)
    (message,) = found(code, "layer-attribute-before-init")
    assert "is lost" in message
    assert "\n".join(f"        {line}" for line in lines) in fixed(code, unsafe=True)


def test_the_name_is_passed_on():
    assert "super(Mine, self).__init__(name=name, **kwargs)" in fixed(init(SUPER, "self.name = name"))
    assert found(init(SUPER, "self.name = name"), "read-only-layer-attribute", "keras3") == []


@pytest.mark.parametrize(
    ("target", "name"), [("keras2", "input_shape"), ("keras2", "updates"), ("keras3", "dtype"), ("keras3", "path")]
)
def test_properties_cannot_be_set(target, name):
    assert found(init(SUPER, f"self.{name} = 3"), "read-only-layer-attribute", target)
    other = "keras3" if target == "keras2" else "keras2"
    assert bool(found(init(SUPER, f"self.{name} = 3"), "read-only-layer-attribute", other)) is (name == "dtype")


# -- masks


@pytest.mark.parametrize(
    ("body", "after"),
    [
        ("def call(self, x, mask):\n    return x", "def call(self, x, mask=None):"),
        (
            "def call(self, xs, mask=None):\n    a, b = mask\n    return xs[0]",
            "        if mask is None:\n            mask = [None] * len(xs)\n        a, b = mask",
        ),
        (
            'def compute_mask(self, xs, input_mask=None):\n    """Of the first."""\n    return input_mask[0]',
            '"""Of the first."""\n        if input_mask is None:\n            input_mask = [None] * len(xs)\n',
        ),
    ],
)
def test_masks_that_are_taken_for_granted(body, after):
    shape = "\n\ndef get_output_shape_for(self, s):\n    return s"
    assert after in fixed(layer(body + shape))


@pytest.mark.parametrize(
    "body",
    [
        "def call(self, x, mask=None):\n    return x",
        "def call(self, xs, mask=None):\n    if mask is not None:\n        return mask[0]\n    return xs[0]",
        "def call(self, xs, mask=None):\n    mask = [1]\n    return xs[mask[0]]",
        "def call(self, x):\n    mask = [1]\n    return x * mask[0]",
        "def attend(self, x, mask):\n    return x * mask[0]\n\ndef call(self, x):\n    return x",
    ],
)
def test_masks_that_are_asked_for(body):
    code = layer(body + "\n\ndef get_output_shape_for(self, s):\n    return s")
    assert found(code, "mask-taken-for-granted") == []


# -- what layers are asked for


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("layer.output_shape", "layer.output.shape"),
        ("layer.get_output_at(0)", "layer.output"),
        ("layer.get_input_shape_at(0)", "layer.input.shape"),
        ("layer.get_output_at(1)", "layer._inbound_nodes[1].output_tensors[0]"),
        ("layer.inbound_nodes", "layer._inbound_nodes"),
        ("model.get_output_at(0)", "model.output"),
        ("model.get_output_at(1)", "model._inbound_nodes[0].output_tensors[0]"),
        ("model.layers[1].input_shape", "model.layers[1].input.shape"),
        ("model.output_shape", "model.output_shape"),
    ],
)
def test_what_layers_of_keras_3_do_not_have(before, after):
    code = (
        "from keras.layers import Dense, Input\nfrom keras.models import Model\n\nx = Input(shape=(3,))\n"
        "layer = Dense(2)\n"
        f"model = Model(x, layer(x))\nprint({before})\n"
    )
    assert f"print({after})" in fix(code, "keras3", unsafe=True)
    assert bool(found(code, "removed-layer-attribute", "keras3")) is (before != after)
    assert found(code, "removed-layer-attribute", "keras2") == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("base.get_output_at(0)", "base.outputs[0]"),
        ("base.get_input_at(0)", "base.inputs[0]"),
        ("base.get_output_shape_at(0)", "base.output_shape"),
        ("base.get_input_shape_at(0)", "base.input_shape"),
        ("base.get_input_at(2)", "base._inbound_nodes[1].input_tensors[0]"),
        ("base.get_output_at(i)", None),
        ("base.output_shape", None),
    ],
)
def test_nodes_of_a_sequential(before, after):
    code = (
        "from keras.layers import Dense\nfrom keras.models import Sequential\n\n"
        f"base = Sequential()\nbase.add(Dense(2, input_shape=(3,)))\nprint({before})\n"
    )
    assert f"print({after or before})" in fix(code, "keras3", unsafe=True)
    # `tf_keras` counts the calls alone
    tensorflow = code.replace("from keras", "from tensorflow.keras")
    assert f"print({before})" in fix(tensorflow, "keras3", unsafe=True)


# -- what the cases of others showed


@pytest.mark.parametrize("target", BOTH)
def test_a_constant_of_a_layer_keeps_the_import_that_it_needs(target):
    code = layer(
        """
        def call(self, x, mask=None):
            return K.dot(x, K.variable([[1.0], [2.0]]))
        """
    )
    text = fixed(code, target)
    assert "K.variable" not in text and "import backend as K" in text


@pytest.mark.parametrize("target", BOTH)
def test_a_value_of_its_own_goes_along_when_the_weights_are_put_in_order(target):
    code = layer(
        """
        def build(self, input_shape):
            self.U = K.variable([1.0, 2.0] * 2)
            self.W = K.zeros((4,))
            self.trainable_weights = [self.W, self.U]
        """
    )
    text = fixed(code, target)
    assert text.index("self.W = self.add_weight") < text.index("initial_U = ") < text.index("self.U = self.add_weight")


@pytest.mark.parametrize("target", BOTH)
@pytest.mark.parametrize(
    "use", ["c = {'bias': self.bias}", "return not self.bias", "return self.units if self.bias and x else 0"]
)
def test_a_bias_that_is_a_yes_or_no(use, target):
    code = layer("def f(self, x):\n    " + use, base="Dense", imports="Dense")
    assert fixed(code, target) == code.replace("self.bias", "self.use_bias")


@pytest.mark.parametrize("target", BOTH)
@pytest.mark.parametrize(
    "body",
    [
        "def f(self, x):\n    return x if self.bias is None else x + self.bias",
        "def f(self, x):\n    return [self.bias, x]",
        # an attribute of one's own
        "def __init__(self, bias):\n    self.bias = bias\ndef f(self, x):\n    return x if self.bias else 0",
    ],
)
def test_a_bias_that_is_the_weight(body, target):
    code = layer(body, base="Dense", imports="Dense")
    assert fixed(code, target) == code


@pytest.mark.parametrize("target", BOTH)
def test_a_class_that_comes_from_another_recurrent_layer_waits_for_a_person(target):
    code = layer("def step(self, x, states):\n    return x, [x]", base="LSTM", imports="LSTM")
    assert fixed(code, target) == code
    assert found(code, "recurrent-layer-with-step", target) == ["recurrent layers do not call `step` any more"]


@pytest.mark.parametrize("target", BOTH)
def test_a_recurrent_of_ones_own_stays(target):
    code = layer("def step(self, x, states):\n    return x, [x]", base="Recurrent").replace(
        "\n\nclass Mine", "\n\nclass Recurrent(Layer):\n    pass\n\n\nclass Mine"
    )
    assert fixed(code, target) == code
    assert not found(code, "recurrent-layer-with-step", target)


def test_the_input_of_a_layer_of_ones_own():
    own = "class {}(Layer):\n{}\n\n\n"
    code = "from keras.layers import Layer\nfrom keras.models import Sequential\n\n\n"
    code += own.format("A", "    def call(self, x):\n        return x")
    code += own.format(
        "B", "    def __init__(self, input_dtype):\n        super().__init__()\n        print(input_dtype)"
    )
    code += "m = Sequential()\nm.add({}\nm.add(B(input_dtype='int32'))\n"
    assert "m.add(A(input_shape=(4,)))" in fixed(code.format("A(batch_input_shape=(None, 4)))"), "keras3")
    text = fixed(code.format("A(batch_input_shape=(3, 4)))"), "keras3")
    assert "m.add(Input(batch_shape=(3, 4)))\nm.add(A())\nm.add(B(input_dtype='int32'))\n" in text


# -- optimizers

OPTIMIZER = """from keras import backend as K
from keras.optimizers import Optimizer


class Mine(Optimizer):
    def get_updates(self, loss, params):
        return [{}]
"""


@pytest.mark.parametrize(
    ("change", "pair"),
    [
        ("K.update(params[0], loss)", "(params[0], loss)"),
        ("K.update_add(self.n, 1)", "(self.n, self.n + 1)"),
        ("K.update_sub(self.n, loss - 1)", "(self.n, self.n - (loss - 1))"),
        ("K.moving_average_update(self.n, loss, 0.9)", "(self.n, self.n * 0.9 + loss * (1 - 0.9))"),
        ("(self.n, self.state(K.zeros, (3,)))", "(self.n, self.state(K.zeros, (3,)))"),
        ("(self.n, K.zeros((3,), dtype='float32'))", "(self.n, self.state(K.zeros, (3,), dtype='float32'))"),
    ],
)
def test_updates_are_pairs(change, pair):
    text = fixed(OPTIMIZER.format(change))
    assert text.endswith(
        f"class Mine(UpdatesOptimizer):\n    def get_updates(self, loss, params):\n        return [{pair}]\n"
    )
    assert fixed(text) == text


def test_an_optimizer_that_looks_for_names_is_not_sure_to_find_them():
    code = OPTIMIZER.format("K.update(p, loss) for p in params if p.name == 'b'")
    safe = fixed(code, "keras3")
    assert "class Mine(Optimizer)" in safe
    for start in (code, safe):
        assert "(p, loss) for p in params if p.name == 'b'" in fixed(start, "keras3", unsafe=True)


@pytest.mark.parametrize("change", ["K.update(*params)", "K.update(params[0], new_x=loss)"])
def test_an_update_that_is_not_understood(change):
    code = OPTIMIZER.format(change)
    assert fixed(code) == code
    assert found(code, "optimizer-with-get-updates") == ["nothing calls `Mine.get_updates` any more"]
