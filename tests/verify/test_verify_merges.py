"""What is said of a merge, held against the model that one gets with the other: on Keras 3, and on Keras 1.2.2."""

from __future__ import annotations

import json

import pytest

from kerasfix.verify.merges import Follower, Merge, merges
from kerasfix.verify.verdicts import Architecture, Layer, Tensor

DESCRIBE = """
import json


def described(model):
    layers = []
    for layer in model.layers:
        nodes = getattr(layer, "_inbound_nodes", None) or layer.inbound_nodes
        first = nodes[0]
        inputs = first.input_tensors
        layers.append({
            "path": layer.name,
            "kind": type(layer).__name__,
            "inbound": [[t._keras_history[0].name for t in n.input_tensors if n.input_tensors is not n.output_tensors
                         and t._keras_history[0] is not layer] for n in nodes],
            "input_shapes": [list(getattr(t, "_keras_shape", None) or t.shape) for t in inputs],
            "output_shapes": [list(getattr(t, "_keras_shape", None) or t.shape) for t in first.output_tensors],
            "parameters": int(layer.count_params()),
            "config": layer.get_config(),
        })
    return json.dumps({"parameters": int(model.count_params()), "layers": layers}, default=str)


"""
INPUTS = """
from keras.layers import *
from keras.models import Model

a, b = Input(SHAPE), Input(SHAPE)
"""
MODERN = {
    "dense": ("(6,)", "x = Dense(10)(MERGE([Dense(64)(a), Dense(64)(b)]))"),
    "dense without a bias": ("(6,)", "x = Dense(10, use_bias=False)(MERGE([a, b]))"),
    "activation, dropout and normalization": (
        "(6,)",
        "x = Dense(3)(Dropout(0.5)(Activation('relu')(BatchNormalization()(MERGE([a, b])))))",
    ),
    "normalization without a scale": ("(6,)", "x = Dense(3)(BatchNormalization(scale=False)(MERGE([a, b])))"),
    "layer normalization": ("(5, 6)", "x = LayerNormalization()(MERGE([a, b]))"),
    "convolution": ("(8, 8, 3)", "x = Conv2D(5, 3, padding='same')(MERGE([a, b]))"),
    "convolution, pooling, flatten, dense": (
        "(9, 8, 3)",
        "x = Dense(2)(Flatten()(MaxPooling2D(2)(Conv2D(5, (3, 2), strides=2)(MERGE([a, b])))))",
    ),
    "flatten": ("(8, 8, 3)", "x = Dense(2)(Flatten()(AveragePooling2D(3, strides=2, padding='same')(MERGE([a, b]))))"),
    "convolution of sequences": ("(9, 4)", "x = Conv1D(5, 3, dilation_rate=2, padding='causal')(MERGE([a, b]))"),
    "convolution in groups": ("(8, 8, 4)", "x = Conv2D(6, 3, groups=2)(MERGE([a, b]))"),
    "separable": ("(8, 8, 3)", "x = SeparableConv2D(6, 3, depth_multiplier=2)(MERGE([a, b]))"),
    "depthwise": ("(8, 8, 3)", "x = Conv2D(2, 1)(DepthwiseConv2D(3, depth_multiplier=2)(MERGE([a, b])))"),
    "transposed": ("(8, 8, 3)", "x = Dense(2)(Conv2DTranspose(6, 3, strides=2)(MERGE([a, b])))"),
    "padding and upsampling": ("(8, 8, 3)", "x = Conv2D(2, 1)(UpSampling2D()(ZeroPadding2D()(MERGE([a, b]))))"),
    "global pooling": ("(8, 8, 3)", "x = Dense(2)(GlobalAveragePooling2D()(MERGE([a, b])))"),
    "lstm": ("(7, 5)", "x = LSTM(4)(MERGE([a, b]))"),
    "gru": ("(7, 5)", "x = Dense(2)(GRU(4, return_sequences=True)(MERGE([a, b])))"),
    "gru as it was": ("(7, 5)", "x = GRU(4, reset_after=False)(MERGE([a, b]))"),
    "simple rnn": ("(7, 5)", "x = SimpleRNN(4, use_bias=False)(MERGE([a, b]))"),
    "bidirectional": ("(7, 5)", "x = Dense(2)(Bidirectional(LSTM(4))(MERGE([a, b])))"),
    "time distributed": ("(7, 5)", "x = LSTM(2)(TimeDistributed(Dense(4))(MERGE([a, b])))"),
    "prelu": ("(7, 5)", "x = Dense(2)(PReLU(shared_axes=[1])(MERGE([a, b])))"),
    "repeated": ("(5,)", "x = LSTM(2)(RepeatVector(3)(MERGE([a, b])))"),
    "several consumers": (
        "(6,)",
        "m = MERGE([a, b]); x = Concatenate()([Dense(3)(m), Dense(4)(Activation('tanh')(m)), m]); x = Dense(2)(x)",
    ),
    "along time": ("(7, 5)", "x = Dense(3)(Flatten()(Conv1D(4, 3)(MERGE([a, b]))))", "Concatenate(axis=1)"),
    "permuted": ("(7, 5)", "x = Dense(3)(Permute((2, 1))(MERGE([a, b])))", "Concatenate(axis=1)"),
}


def architecture(described: str) -> Architecture:
    found = json.loads(described)
    layers = [
        Layer(
            path=layer["path"],
            kind=layer["kind"],
            inbound=tuple(map(tuple, layer["inbound"])),
            input_shapes=tuple(map(tuple, layer["input_shapes"])),
            output_shapes=tuple(map(tuple, layer["output_shapes"])),
            parameters=layer["parameters"],
            created=at,
            config=layer["config"],
        )
        for at, layer in enumerate(found["layers"])
    ]
    return Architecture("Keras 3", "Functional", (), (), tuple(layers), found["parameters"], found["parameters"])


def built(engine, code: str) -> Architecture:
    return architecture(engine.run(f"{DESCRIBE}\n{code}\nfound = described(Model([a, b], x))")["found"])


def only(found: tuple[Merge, ...], kind: str) -> Merge:
    return next(merge for merge in found if merge.kind == kind)


def with_weights(one: Architecture) -> list[int]:
    return [layer.parameters for layer in one.layers if layer.parameters]


@pytest.mark.parametrize("name", MODERN)
def test_the_other_merge_has_the_parameters_that_keras_3_counts(keras3, name):
    shape, code, *concatenate = MODERN[name]
    head = INPUTS.replace("SHAPE", shape)
    summed = built(keras3, head + code.replace("MERGE", "Add()"))
    joined = built(keras3, head + code.replace("MERGE", concatenate[0] if concatenate else "Concatenate()"))
    concat, *_ = merges(joined)
    assert concat.otherwise is not None
    assert (concat.otherwise.kind, concat.otherwise.total) == ("Add", summed.parameters)
    assert concat.otherwise.shape == only(merges(summed), "Add").output
    others = {follower.layer.kind: follower.other for follower in concat.followers}
    assert others.items() <= {layer.kind: layer.parameters for layer in summed.layers}.items() or "several" in name
    if concatenate:
        return  # what is said of `Add` is about the last axis
    add = only(merges(summed), "Add")
    assert add.otherwise is not None
    assert (add.otherwise.kind, add.otherwise.total) == ("Concatenate", joined.parameters)
    assert add.otherwise.shape == concat.output


def test_the_numbers_of_the_dense_layer_that_everybody_asks_for(keras3):
    head = INPUTS.replace("SHAPE", "(6,)")
    (merge,) = merges(built(keras3, head + MODERN["dense"][1].replace("MERGE", "Concatenate()")))
    (follower,) = merge.followers
    assert (follower.layer.parameters, follower.sum) == (1290, "128 × 10 + 10")
    assert (follower.other, follower.other_sum) == (650, "64 × 10 + 10")
    where = "side by side along axis 1, the last, where the sizes add up: 64 + 64 = 128."
    assert merge.why == f"`Concatenate` puts its inputs {where}"


def test_keras_1_has_other_words_for_the_same(legacy):
    head = """
from keras.layers import *
from keras.models import Model

a, b = Input((9, 8, 3)), Input((9, 8, 3))
m = merge([a, b], mode=MODE)
x = Convolution2D(5, 3, 2, subsample=(2, 2), border_mode='same', dim_ordering='tf')(m)
x = BatchNormalization()(MaxPooling2D((2, 2), dim_ordering='tf')(x))
y = TimeDistributed(LSTM(4, consume_less='gpu'))(m)
y = Dense(3, bias=False)(Flatten()(ZeroPadding1D(1)(y)))
x = merge([Dense(2)(Flatten()(x)), y], mode='concat')
"""
    joined, summed = (built(legacy, head.replace("MODE", repr(mode))) for mode in ("concat", "sum"))
    assert [merge.written for merge in merges(joined)] == ["Merge(mode='concat')", "Merge(mode='concat')"]
    first = merges(joined)[0]
    assert first.otherwise is not None
    assert first.otherwise.total == summed.parameters
    first = merges(summed)[0]
    assert first.otherwise is not None
    assert first.otherwise.total == joined.parameters


@pytest.mark.parametrize("code", ["x = Dense(2)(MERGE([Dense(3)(a), b]))", "x = LSTM(2)(MERGE([a, b, a]))"])
def test_what_keras_3_refuses_is_said_to_be_refused(keras3, code):
    shape = "(6,)" if "Dense" in code else "(7, 5)"
    joined = built(keras3, INPUTS.replace("SHAPE", shape) + code.replace("MERGE", "Concatenate()"))
    (merge,) = merges(joined)
    assert merge.otherwise is not None
    if "LSTM" in code:
        assert merge.otherwise.shape == (None, 7, 5)
        return
    assert merge.otherwise.shape is None
    assert merge.otherwise.reason == "sizes that are 3 and 6 do not fit"
    with pytest.raises(Exception, match="incompatible"):
        built(keras3, INPUTS.replace("SHAPE", shape) + code.replace("MERGE", "Add()"))


def test_a_residual_sum_could_not_be_a_concatenation_where_its_result_is_added_again(keras3):
    code = "m = MERGE([a, b]); x = Dense(2)(Add()([m, a]))"
    head = INPUTS.replace("SHAPE", "(6,)")
    first = merges(built(keras3, head + code.replace("MERGE", "Add()")))[0]
    assert first.otherwise is not None
    assert (first.otherwise.total, first.otherwise.reason) == (None, "sizes that are 6 and 12 do not fit")
    with pytest.raises(Exception, match="incompatible"):
        built(keras3, head + code.replace("MERGE", "Concatenate()"))


def test_broadcasting_keeps_the_larger_size(keras3):
    code = "s = Dense(1)(a); x = Dense(2)(MERGE([s, b]))"
    head = INPUTS.replace("SHAPE", "(7, 6)")
    joined, summed = (built(keras3, head + code.replace("MERGE", kind)) for kind in ("Concatenate()", "Add()"))
    assert merges(joined)[0].otherwise.total == summed.parameters
    assert "repeated" in merges(summed)[0].why


# Without an engine: what is not known stays unknown.


def layer(path: str, kind: str, inbound: list[list[str]], output: tuple, inputs: list[tuple], **known) -> Layer:
    parameters = known.pop("parameters", 0)
    container = known.pop("container", False)
    calls = tuple(map(tuple, inbound))
    return Layer(path, kind, calls, tuple(inputs), (output,), parameters, 0, known, container)


def model(*layers: Layer) -> Architecture:
    tensor = Tensor("x", (None, 4))
    inputs = [layer(name, "InputLayer", [], (None, 4), []) for name in "ab"]
    total = sum(one.parameters for one in layers)
    return Architecture("Keras 3", "Functional", (tensor,), (tensor,), (*inputs, *layers), total, total)


CONCAT = layer("m", "Concatenate", [["a", "b"]], (None, 8), [(None, 4), (None, 4)], axis=-1)


def test_a_layer_of_the_users_own_is_not_known():
    own = layer("own", "Attention2", [["m"]], (None, 3), [(None, 8)], parameters=24)
    (merge,) = merges(model(CONCAT, own))
    reason = "is not known: it depends on what `Attention2` does"
    assert merge.followers == (Follower(own, "", None, reason=reason),)
    assert merge.otherwise.total is None


def test_a_class_of_the_users_own_that_is_called_dense_is_not_known():
    own = layer("d", "Dense", [["m"]], (None, 3), [(None, 8)], units=3, parameters=99)
    (merge,) = merges(model(CONCAT, own))
    assert merge.followers[0].other is None
    odd = layer("d", "Dense", [["m"]], (None, 3), [(None, 8)], units="three", parameters=27)
    assert merges(model(CONCAT, odd))[0].followers[0].other is None
    odd = layer("p", "Permute", [["m"]], (None, 8), [(None, 8)], dims=(7, 8))
    assert merges(model(CONCAT, odd))[0].otherwise.total is None


def test_a_shared_layer_has_one_set_of_weights():
    left = layer("left", "Dense", [["a"]], (None, 8), [(None, 4)], units=8, parameters=40)
    shared = layer("d", "Dense", [["m"], ["left"]], (None, 3), [(None, 8)], units=3, parameters=27)
    (merge,) = merges(model(CONCAT, left, shared))
    assert merge.otherwise.total is None
    assert merge.otherwise.reason == "`d` is shared with an input of another size, and has one set of weights"


def test_a_merge_at_the_end_changes_what_the_model_gives():
    (merge,) = merges(model(CONCAT))
    assert (merge.followers, merge.otherwise.output, merge.otherwise.total) == ((), (None, 4), 0)


def test_a_model_that_is_nested_behind_the_merge_is_not_known():
    nested = layer("net", "Sequential", [["m"]], (None, 3), [(None, 8)], parameters=27, container=True)
    inside = layer("net/d", "Dense", [[]], (None, 3), [(None, 8)], units=3, parameters=27)
    (merge,) = merges(model(CONCAT, nested, inside))
    assert merge.otherwise.total is None
    assert [follower.layer.path for follower in merge.followers] == ["net"]


def test_a_merge_that_ends_a_nested_model_leaves_the_rest_open():
    inner = layer("net/m", "Concatenate", [["net/a", "net/b"]], (None, 8), [(None, 4), (None, 4)], axis=-1)
    (merge,) = merges(model(inner))
    assert (merge.otherwise.total, merge.otherwise.output) == (None, None)


def test_dot_and_functions_have_no_other():
    dot = layer("m", "Merge", [["a", "b"]], (None, 1), [(None, 4), (None, 4)], mode="dot", dot_axes=[1, 1])
    own = layer("n", "Merge", [["a", "b"]], (None, 1), [(None, 4), (None, 4)], mode={"function": "f"})
    first, second = merges(model(dot, own))
    assert (first.kind, first.otherwise, first.written) == ("Dot", None, "Merge(mode='dot')")
    assert first.why == "`Dot` takes two inputs along axis 1, which vanishes, and gives their products, added up."
    assert (second.kind, second.otherwise, second.written) == ("Merge", None, "Merge(mode=a function)")


def test_what_is_no_merge_is_left_out():
    own = layer("m", "Merge", [["a", "b"]], (None, 1), [(None, 4), (None, 4)])
    lambda_layer = layer("l", "Lambda", [["a", "b"]], (None, 1), [(None, 4), (None, 4)])
    assert merges(model(own, lambda_layer)) == ()
    assert merges(model(layer("c", "Concatenate", [], (None, 8), []))) == ()
