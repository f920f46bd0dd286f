"""Every rewrite of `merge(...)` and `Merge(...)` on tensors computes what real Keras 1.2.2 computed.

The models of a run are built one after the other in one process, which makes a case cost milliseconds: the original
text runs on Keras 1.2.2, the fixed text on tf_keras (target keras2) and on Keras 3 (target keras3), with the same
weights and inputs. Compared are the numbers and the shapes at run time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from catalogue.pipeline import RULES
from reference.engines import Engine, keras3_engine, legacy_engine, tf_keras_engine

from kerasfix import analysis
from kerasfix.findings import Applicability
from kerasfix.settings import Settings
from kerasfix.source.read import SourceFile

SAFE, UNSAFE, MANUAL = Applicability.SAFE, Applicability.UNSAFE, Applicability.MANUAL
MODERN = {"keras2": tf_keras_engine, "keras3": keras3_engine}

# The inputs that a case may name, without the batch; p and q are numbers of words, with zeros where there is none.
SHAPES = {
    **dict.fromkeys("abc", (5,)), **dict.fromkeys("stu", (3, 5)), "r": (5, 3), "w": (2, 5), "sq": (4, 4),
    **dict.fromkeys("ij", (2, 3, 4)), "p": (6,), "q": (6,),
}  # fmt: skip
HEAD = """\
from functools import partial

from keras.layers import *
from keras.layers import Input, Lambda, Layer, merge, Merge
from keras.models import Model
from keras import backend as K

"""


@dataclass(frozen=True)
class Case:
    """Code that leaves the output in `x` (or several in a list), and how safe its fixes are for the two targets."""

    code: str
    keras2: Applicability = SAFE
    keras3: Applicability = SAFE
    runs_on: tuple[str, ...] = ("keras2", "keras3")  # where the fixed code can run: Keras 3 has no `K.concatenate`

    def __str__(self) -> str:
        return " ".join(self.code.split())[:100]

    @property
    def inputs(self) -> list[str]:
        return [name for name in SHAPES if re.search(rf"\b{name}\b", self.code)]

    @property
    def text(self) -> str:
        inputs = "".join(f"{name} = Input(shape={SHAPES[name]})\n" for name in self.inputs)
        return f"{HEAD}{inputs}{self.code}\nmodel = Model([{', '.join(self.inputs)}], x)\n"


def call(inputs: str, rest: str = "") -> Case:
    return Case(f"x = merge([{inputs}]{rest})")


PLAIN = ("sum", "mul", "ave", "max", "concat")
MODES = (*PLAIN, "dot", "cos")
CASES = [
    call("a, b"),
    *(call("a, b", f", mode='{mode}'") for mode in MODES),
    *(call("a, b", f", '{mode}', -1, -1") for mode in MODES),
    *(call("a, b, c", f", '{mode}'") for mode in PLAIN),
    *(Case(f"x = merge((a, b), mode='{mode}')") for mode in MODES),
    *(Case(f"both = (a, b)\nx = merge(both, mode='{mode}')") for mode in MODES),
    Case("x = merge(mode='mul', inputs=[a, b])"),
    Case("x = merge(inputs=(a, b), mode='concat', name='z')"),
    call("a, b", ", mode='sum', arguments={}, output_mask=None, output_shape=(5,), concat_axis=1, dot_axes=1"),
    call("a, a", ", mode='sum'"),
    # -- axes of concat
    *(call("a, b", f", mode='concat', concat_axis={axis}") for axis in (-2, -1, 0, 1)),
    *(call("s, t, u", f", mode='concat', concat_axis={axis}") for axis in range(-3, 3)),
    *(call("i, j", f", 'concat', {axis}") for axis in range(-4, 4)),
    call("s, w", ", mode='concat', concat_axis=1"),
    call("s, w, t", ", mode='concat', concat_axis=-2"),
    Case("axis = 2\nx = merge([s, t], mode='concat', concat_axis=axis)"),
    Case("axis = 1 if K.epsilon() > 1 else 3\nx = merge([i, j], mode='concat', concat_axis=axis)"),
    # -- axes of dot and cos
    *(call("a, b", f", mode='dot', dot_axes={axes}") for axes in (1, -1, (1, 1), [1, 1], (-1, -1))),
    *(call("s, t", f", mode='dot', dot_axes={axes}") for axes in (1, 2, -1, -2, (1, 1), (2, 2), [1, 1], [2, 2])),
    *(call("s, r", f", mode='dot', dot_axes={axes}") for axes in ((1, 2), (2, 1), [2, 1])),
    *(call("sq, sq", f", mode='dot', dot_axes={axes}") for axes in (1, -1, (1, 2), [2, 1], (2, 2))),
    call("s, w", ", mode='dot'"),
    call("s, w", ", mode='dot', dot_axes=2"),
    call("s, w", ", mode='dot', dot_axes=(2, 2)"),
    *(Case(f"axes = {axes}\nx = merge([s, t], mode='dot', dot_axes=axes)") for axes in (2, -2, (1, 1), [2, 2])),
    *(call("a, b", f", mode='cos', dot_axes={axes}") for axes in (1, -1, (1, 1), [1, 1], (-1, -1))),
    Case("x = Reshape((1,))(merge([a, b], mode='cos', name='z'))"),
    Case("x = Flatten()(merge([a, Lambda(lambda t: t * 0, output_shape=(5,))(b)], mode='cos'))"),
    Case("x = merge([merge([a, b], 'cos'), merge([b, c], 'cos')], mode='concat', concat_axis=1)"),
    Case("x = Dense(3, activation='tanh')(merge([Dense(4)(a), Dense(4)(b)], mode='cos', dot_axes=1))"),
    # -- merges in merges, in comprehensions, in lists that grow, in helpers
    Case("x = merge([merge([a, b], mode='mul'), merge([b, c])], mode='concat')"),
    Case("x = merge([merge([z, a], mode='sum') for z in (b, c)], mode='concat')"),
    Case("zs = [a]\nzs.append(b)\nzs += [c]\nx = merge(zs, mode='concat')"),
    Case("x = a\nfor z in (b, c):\n    x = merge([x, z], mode='concat')"),
    Case("x = merge([a, b][::-1] + [c] * 2, mode='concat')"),
    Case("x = merge([a, b] if K.epsilon() else [b, c], mode='ave')"),
    Case("zs = {'one': a, 'two': b}\nx = merge([zs['one'], zs['two']], mode='mul')"),
    Case("zs = [a, b, c]\nx = merge(zs[1:], mode='sum')"),
    Case("def zs():\n    return [a, b][:int(K.epsilon() + 2)]\nx = merge(zs(), mode='sum')", UNSAFE, UNSAFE),
    Case("def join(x, y):\n    return merge([x, y], mode='concat')\nx = join(join(a, b), c)"),
    # -- a mode that varies
    Case("mode = 'mul' if K.epsilon() else 'sum'\nx = merge([a, b], mode=mode)"),
    Case("modes = {'one': 'sum', 'two': 'mul'}\nx = merge([merge([a, b], modes['one']), c], mode=modes['two'])"),
    Case("x = merge([merge([a, b], mode=mode) for mode in ['sum', 'mul', 'concat']], mode='concat')"),
    Case("def join(x, y, m='sum'):\n    return merge([x, y], m)\nx = join(join(a, b), join(b, c, 'mul'), 'concat')",
         UNSAFE, UNSAFE),
    Case("def join(x, y, m, n=-1):\n    return merge([x, y], m, n)\nx = join(join(s, t, 'sum'), t, 'concat', 1)",
         UNSAFE, UNSAFE),
    # -- modes that are functions
    call("a, b", ", mode=lambda x: x[0] - x[1], output_shape=(5,)"),
    call("a, b", ", mode=lambda x: x[0] - x[1], output_shape=[5]"),
    call("s, t", ", mode=lambda x: x[0] - x[1], output_shape=[3, 5]"),
    call("a, b", ", mode=(lambda x: x[0] - x[1]), output_shape=lambda shapes: shapes[0], name='gap'"),
    Case("x = merge((a, b), mode=lambda x: (x + [x[0]])[2] - x[1], output_shape=(5,))"),
    Case("def gap(x):\n    return x[0] - x[1]\ndef shape(shapes):\n    return shapes[0]\n"
         "x = merge([a, b], gap, -1, -1, shape, None, None)"),
    Case("def gap(x, k):\n    return x[0] - k * x[1]\nx = merge([a, b], gap, output_shape=(5,), arguments={'k': 3})"),
    Case("def gap(x, k=2):\n    return x[0] - k * x[1]\nx = merge([a, b], gap, output_shape=(5,), arguments=None)"),
    Case("def gap(x, **more):\n    return x[0] - more['k'] * x[1]\nmore = {'k': 4}\n"
         "x = merge([a, b], gap, output_shape=(5,), arguments=more)"),
    Case("def gap(x, k):\n    return x[0] - k * x[1]\nx = merge([a, b], partial(gap, k=3), output_shape=(5,))"),
    Case("class Gap(object):\n    def of(self, x):\n        return x[0] - x[1]\n"
         "gap = Gap()\nx = merge([a, b], gap.of, output_shape=(5,))"),
    Case("class Gap(object):\n    @staticmethod\n    def of(x):\n        return x[0] - x[1]\n"
         "    def model(self):\n        return merge([a, b], mode=self.of, output_shape=(5,))\nx = Gap().model()"),
    Case("def join(x, y, by):\n    return merge([x, y], mode=by, output_shape=(5,))\n"
         "x = join(join(a, b, lambda x: x[0] - x[1]), c, lambda x: x[0] * x[1])", UNSAFE, UNSAFE),
    call("a, b", ", mode=lambda x: merge([x[0], x[1] * 2], mode='mul'), output_shape=(5,)"),
    Case("x = merge([a, b], mode=lambda x: K.concatenate(x, axis=1), output_shape=(10,))", runs_on=("keras2",)),
    Case("x = merge([a, b], mode=K.concatenate, output_shape=(10,))", runs_on=("keras2",)),
    Case("def far(pair):\n    x, y = pair\n    return K.sqrt(K.sum(K.square(x - y), axis=1, keepdims=True))\n"
         "x = merge([a, b], mode=far, output_shape=lambda shapes: (shapes[0][0], 1))", runs_on=("keras2",)),
    # -- the layer
    *(Case(f"x = Merge(mode='{mode}')([a, b])") for mode in MODES),
    *(Case(f"layer = Merge(mode='{mode}', name='z')\nx = layer([a, b])") for mode in (*PLAIN, "dot")),
    Case("x = Merge()([a, b, c])"),
    Case("x = Merge(None, 'concat', 1)([s, w])"),
    Case("x = Merge(layers=None, mode='dot', dot_axes=[2, 1])([s, r])"),
    Case("layer = Merge(mode='dot', dot_axes=2)\nx = layer([s, t])"),
    Case("x = Merge(mode='sum')(inputs=[a, b])"),
    Case("layer = Merge(mode=lambda x: x[0] - x[1], output_shape=(5,))\nx = layer([a, b])"),
    Case("layers = [Merge(mode='mul'), Merge(mode='concat')]\nx = layers[1]([layers[0]([a, b]), c])"),
    Case("def join(x, y):\n    return Merge(mode='mul')([x, y])\nx = join(join(a, b), c)"),
]  # fmt: skip


def own(body: str, arguments: str, output: str, safety: Applicability = SAFE) -> Case:
    """A layer of one's own with these lines in its `call`."""
    lines = "\n        ".join(body.splitlines())
    shape = f"self, shapes):\n        return {output}\n"
    return Case(
        f"class Own(Layer):\n    def call(self, x, mask=None):\n        {lines}\n"
        f"    def get_output_shape_for({shape}    def compute_output_shape({shape}x = Own()({arguments})",
        safety,
        safety,
    )


CASES += [
    own("return merge([x, x])", "a", "shapes"),
    own("y = x * 2\nreturn merge([x, y, y], mode='concat', concat_axis=1)", "a", "(shapes[0], 15)"),
    own("y = merge([merge([x, x * 2]), x], mode='max')\nreturn y * y", "a", "shapes"),
    own("y, z = x\nreturn merge([y * 1, z], mode='ave')", "[a, b]", "shapes[0]"),
    own("return merge(x, mode='mul')", "[a, b]", "shapes[0]", UNSAFE),
    own("y, z = x\nreturn Merge(mode='sum')([y * 1, z])", "[a, b]", "shapes[0]"),
    own("y, z = x\nreturn merge([y * 1, z], mode='dot', dot_axes=1)", "[a, b]", "(shapes[0][0], 1)", UNSAFE),
    own("y, z = x\nreturn merge([y * 1, z], mode='dot', dot_axes=2)", "[s, t]", "(shapes[0][0], 3, 3)", UNSAFE),
    own("y, z = x\nreturn merge([y, z], mode='dot', dot_axes=(1, 1))", "[s, t]", "(shapes[0][0], 5, 5)", UNSAFE),
    own("y, z = x\nreturn merge([y * 1, z], mode='cos')", "[a, b]", "(shapes[0][0], 1, 1)", UNSAFE),
    own("y, z = x\nreturn merge([y, z], mode=lambda p: p[0] - p[1], output_shape=(5,))", "[a, b]", "shapes[0]"),
    Case("x = Lambda(lambda z: merge([z[:, :2], z], mode='concat'), output_shape=(7,))(a)"),
]

# Masks: a SimpleRNN behind the merge shows which steps it sees.
EMBED = "E = Embedding(9, 3, mask_zero=True)\nF = Embedding(9, 3, mask_zero=True)\nU = Embedding(9, 3)\n"
SEEN = "\nx = SimpleRNN(4)(x)"


def masked(code: str, keras2: Applicability = SAFE, keras3: Applicability = SAFE) -> Case:
    return Case(f"{EMBED}{code}{SEEN}", keras2, keras3)


# Keras 3 joins masks in another way: there the fix is for those who know that it makes no difference.
CASES += [
    *(masked(f"x = merge([E(p), F(q)], mode='{mode}')", SAFE, UNSAFE) for mode in ("sum", "mul", "ave", "concat")),
    *(masked(f"x = merge([E(p), U(q)], mode='{mode}')", SAFE, UNSAFE) for mode in ("sum", "mul", "ave")),
    *(masked(f"x = merge([E(p), U(q), F(q)], mode='{mode}')", SAFE, UNSAFE) for mode in ("sum", "mul", "ave")),
    masked("x = merge([Activation('tanh')(E(p)), Dropout(0.5)(U(q))])", SAFE, UNSAFE),
    masked("x = merge([TimeDistributed(Dense(3))(E(p)), SimpleRNN(3, return_sequences=True)(F(q))])", SAFE, UNSAFE),
    masked("x = merge([merge([E(p), F(p)]), U(q)], mode='mul')", SAFE, UNSAFE),
    masked("x = merge([E(p), F(q)], mode='concat', concat_axis=1)"),
    masked("x = merge([E(p), F(q)], mode='dot')"),
    masked("x = merge([U(p), U(q)], mode='mul')"),
    masked("x = merge([E(p), F(q)], mode=lambda z: z[0] + z[1], output_shape=(6, 3))"),
    masked("x = merge([RepeatVector(6)(SimpleRNN(3)(E(p))), RepeatVector(6)(SimpleRNN(3)(F(q)))], mode='sum')"),
    *(
        masked(f"{first}x = merge([{inputs}], mode=lambda z: z[0] + z[1], output_shape=(6, 3), output_mask={mask})")
        for first, mask in (
            ("", "lambda m: m[0]"),
            ("", "lambda m: m[1] if m[0] is None else m[0]"),
            ("", "lambda inputs: inputs[0]"),
            ("", "lambda m, k=0: m[k]"),
            ("", "lambda m: None"),
            ("", "None"),
            ("def first(masks):\n    return masks[0]\n", "first"),
        )
        for inputs in ("E(p), F(q)", "E(p), U(q)", "U(p), U(q)")
    ),
    masked("def f(z, mask):\n    return (z[0] + z[1]) * (2. if mask[1] is None else 3.)\n"
           "x = merge([E(p), U(q)], mode=f, output_shape=(6, 3))"),
    masked("def f(z, k, mask=None):\n    return (z[0] + k * z[1]) * (2. if mask is None else 3.)\n"
           "x = merge([E(p), F(q)], mode=f, output_shape=(6, 3), arguments={'k': 2})"),
]  # fmt: skip

# What Keras 1 computed and no layer does, or what it did not compute at all.
REFUSED = [
    *(call("a, b", f", mode='dot', dot_axes={axes}") for axes in (0, -2, 2, (0, 0), (1, -1), (1, 2))),
    *(call("s, t", f", mode='dot', dot_axes={axes}") for axes in (0, -3, (-1, -1), (-1, 2), (0, 0), 3, (1, 2, 3))),
    *(call("i, j", f", mode='dot'{axes}") for axes in ("", ", dot_axes=1", ", dot_axes=3", ", dot_axes=(2, 2)")),
    *(call("s, a", f", mode='dot', dot_axes={axes}") for axes in (-1, (2, 1))),
    *(call("s, t", f", mode='cos', dot_axes={axes}") for axes in (1, 2, -1, (2, 2))),
    call("a", ", mode='sum'"),
    Case("x = merge([], mode='sum')"),
    own("y, z = x\nreturn merge([y * 1, z], mode='dot')", "[s, t]", "(shapes[0][0], 5, 5)"),
    own("y, z = x\nreturn merge([y, z], mode='dot', dot_axes=-1)", "[s, t]", "(shapes[0][0], 3, 3)"),
    Case("layer = Merge(mode='cos')\nx = layer([a, b])"),
]
# Nobody can tell from the outside whether these assumptions hold.
ASSUMING = [
    *(Case(c.code, c.keras2, c.keras3) for c in CASES if UNSAFE in (c.keras2, c.keras3)),
    call("a, b", ", mode='dot', dot_axes=([1], [1])"),
    masked("def f(z, mask):\n    return z[0] if mask is None else z[1]\n"
           "x = merge([U(p), U(q)], mode=f, output_shape=(6, 3))"),
]  # fmt: skip

RUN_ALL = """
import traceback
results, failures = {}, {}
for _name, (_code, _inputs, _weights) in cases.items():
    try:
        _space = {"np": np, "__name__": "__main__"}
        exec(compile(_code, _name, "exec"), _space)
        _model = _space["model"]
        if _weights is not None:
            _model.set_weights(_weights)
        _given = _inputs if len(_inputs) > 1 else _inputs[0]
        _output = _model.predict_on_batch(_given) if graph else _model(_given)
        results[_name] = (np.asarray(_output), _model.get_weights())
    except Exception:
        failures[_name] = traceback.format_exc()
"""


@cache
def findings(case: Case, target: str, style: str = "layer") -> list[Applicability]:
    source = SourceFile("case.py", case.text, "utf-8", False)
    found = analysis.check([source], Settings(target, frozenset({"merge-function", "merge-layer"}), style))["case.py"]
    assert isinstance(found, list)
    return [finding.applicability for finding in found]


@cache
def fixed(case: Case, target: str, style: str = "layer") -> str:
    source = SourceFile("case.py", case.text, "utf-8", False)
    return analysis.fix([source], Settings(target, RULES, style, unsafe=True))["case.py"].text


def arrays(case: Case) -> list[np.ndarray]:
    random = np.random.RandomState(3)
    given = {name: random.uniform(-1, 1, (4, *shape)).astype("float32") for name, shape in SHAPES.items()}
    for name in "pq":
        given[name] = random.randint(0, 9, (4, 6)).astype("int32") * random.randint(0, 2, (4, 6)).astype("int32")
        given[name][:, 3] = 1  # a sequence with no word at all is another matter
    return [given[name] for name in case.inputs]


def run_all(engine: Engine, cases: dict[str, tuple], *, graph: bool) -> dict[str, dict]:
    return engine.run(RUN_ALL, {"cases": cases, "graph": graph}, timeout=300)


@cache
def reference() -> dict[str, dict]:
    return run_all(legacy_engine(), {case.code: (case.text, arrays(case), None) for case in CASES}, graph=True)


@cache
def modern(target: str, style: str) -> dict[str, dict]:
    results = reference()["results"]
    cases = {
        case.code: (fixed(case, target, style), arrays(case), results[case.code][1])
        for case in CASES
        if target in case.runs_on and case.code in results and getattr(case, target) is not MANUAL
    }
    return run_all(MODERN[target](), cases, graph=False)


@pytest.mark.parametrize("target", MODERN)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_fix_is_as_safe_as_it_says(case, target):
    found = findings(case, target)
    assert found
    assert MANUAL not in found
    assert (UNSAFE in found) is (getattr(case, target) is UNSAFE)


@pytest.mark.parametrize("style", ["layer", "function"])
@pytest.mark.parametrize(
    ("case", "target"),
    [
        pytest.param(case, target, id=f"{case}-{target}")
        for case in CASES
        for target in case.runs_on
        if case.keras3 is SAFE or SEEN not in case.code
    ],
)
def test_same_numbers(case, target, style):
    """Masks that Keras 3 joins in another way are the next test's."""
    _compare(case, target, style)


@pytest.mark.parametrize("case", [case for case in CASES if SEEN in case.code and case.keras3 is UNSAFE], ids=str)
def test_masks_are_joined_as_ever_on_keras_2_and_differently_on_keras_3(case):
    _compare(case, "keras2", "layer")
    old, new = reference()["results"][case.code][0], modern("keras3", "layer")["results"][case.code][0]
    assert np.abs(new - old).max() > 1e-3


def _compare(case: Case, target: str, style: str) -> None:
    text = fixed(case, target, style)
    assert not re.search(r"\b[mM]erge\b", text)
    assert case.code not in reference()["failures"], reference()["failures"][case.code]
    found = modern(target, style)
    assert case.code not in found["failures"], f"{text}\n{found['failures'][case.code]}"
    old, new = reference()["results"][case.code][0], found["results"][case.code][0]
    assert new.shape == old.shape, text
    np.testing.assert_allclose(new, old, atol=2e-6, err_msg=text)


@pytest.mark.parametrize("target", MODERN)
@pytest.mark.parametrize("case", REFUSED, ids=str)
def test_what_no_layer_computes_is_reported_and_left_alone(case, target):
    assert findings(case, target) == [MANUAL]
    assert case.code in fixed(case, target)


@pytest.mark.parametrize("case", ASSUMING, ids=str)
def test_an_assumption_is_asked_for(case):
    assert UNSAFE in findings(case, "keras2") + findings(case, "keras3")


# -- training, names

LOSS_BY_NAME = """
from keras.layers import Dense, Input, merge
from keras.models import Model

left = Input(shape=(5,), name='left')
right = Input(shape=(5,), name='right')
hidden = Dense(4, activation='tanh')
MERGES
out = Dense(3, name='out')(joined)
model = Model([left, right], [joined, out])
model.compile('sgd', loss={'joined': 'mse', 'out': 'mae'}, loss_weights={'joined': 0.3, 'out': 2.0})
if weights is not None:
    model.set_weights(weights)
start = model.get_weights()
losses = [float(np.ravel(model.train_on_batch(xs, ys))[0]) for _ in range(2)]
end = model.get_weights()
predictions = [np.asarray(part) for part in model.predict_on_batch(xs)]
names = [tensor.name.split('/')[0] for tensor in model.outputs] if hasattr(model, 'container_nodes') else list(
    model.output_names)
"""
TRAINED = {
    8: "joined = merge([hidden(left), hidden(right)], mode='concat', name='joined')",
    1: "joined = merge([hidden(left), hidden(right)], mode='dot', name='joined')",
    5: """
sides = [hidden(left), hidden(right)]
parts = [merge(sides), merge(sides, mode='mul', name='product'), merge(sides, mode='ave'), merge(sides, mode='max')]
parts = [merge([part, right], mode='concat', concat_axis=1) for part in parts]
joined = merge([Dense(5)(merge(parts, 'sum')), left], mode=lambda t: t[0] * t[1], output_shape=lambda s: s[0],
               name='joined')
""",
}


@pytest.mark.parametrize("width", TRAINED)
@pytest.mark.parametrize("target", MODERN)
def test_training_and_losses_by_name(width, target):
    code = LOSS_BY_NAME.replace("MERGES", TRAINED[width])
    random = np.random.RandomState(5)
    given = {
        "xs": [random.uniform(-1, 1, (8, 5)).astype("float32") for _ in range(2)],
        "ys": [random.uniform(-1, 1, (8, size)).astype("float32") for size in (width, 3)],
    }
    old = legacy_engine().run(code, {**given, "weights": None})
    source = SourceFile("case.py", code, "utf-8", False)
    text = analysis.fix([source], Settings(target, RULES))["case.py"].text
    assert "merge(" not in text
    new = MODERN[target]().run(text, {**given, "weights": old["start"]})
    assert new["names"] == ["joined", "out"]
    np.testing.assert_allclose(new["losses"], old["losses"], rtol=1e-5)
    for one, other in zip([*new["end"], *new["predictions"]], [*old["end"], *old["predictions"]], strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
